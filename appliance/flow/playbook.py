"""Runs the operator's own `tests:` on a virtual clock, through the very step that serves real visitors.

`11s 用户发送消息 -> 分配客服` means: eleven seconds after the beginning the visitor writes, and then that state is active.
Timers fire when they are due on the way.  The outside is what `given` says, else a desk in calm service.
"""

from collections.abc import Callable

from msgspec import Struct

from appliance import inputs
from appliance.config.diagnostics import Diagnostic, Span
from appliance.config.hours import Hours
from appliance.config.spec import Spec, Trial, TrialStep
from appliance.config.vocabulary import VARIABLES
from appliance.errors import Text
from appliance.flow.graph import Graph
from appliance.flow.occasions import Cannot, occasion
from appliance.flow.scope import Scope
from appliance.flow.step import next_timer, step_safely
from appliance.inputs import Input
from appliance.model import Millis, Snapshot, Value, Visitor
from appliance.records import Failed, Parked, Record

BEGINNING: Millis = 1_000_000
"""When a playbook's clock starts; far enough from zero that a missing time shows."""

_MOST_TIMERS = 10_000
_CALM: dict[str, Value] = {
    "hours.open": True,
    "ai.on": False,
    "agents.ready": 1,
    "load": 0.0,
    "tier": 0,
    "queue.position": 1,
    "queue.length": 0,
    "queue.oldest": 0,
}
HoursOf = Callable[[str], Hours]
"""Tells the opening hours of a queue by its name."""

_FACTS = frozenset(word.name for word in VARIABLES if word.fact)
_VISITOR = {"visitor.level": "level", "visitor.tags": "tags", "visitor.signed": "signed"}
_VISITOR |= {"visitor.channel": "channel", "visitor.lang": "lang", "visitor.page": "page"}


class Failure(Struct, frozen=True):
    """The first step of a trial that went otherwise: `message` names expected and actual, `at` is its place."""

    trial: str
    step: int
    at: Span
    message: Text


class Playbook:
    """One conversation on a virtual clock.  `records` is everything that was logged, in order."""

    def __init__(
        self,
        graph: Graph,
        given: dict[str, Value] | None = None,
        hours: HoursOf | None = None,
        begins: Millis | None = None,
    ) -> None:
        """`given` supposes values; from `begins` on the opening `hours` of its queue apply, unless it supposes them too."""
        given = dict(given or {})
        first_values = {name: given.pop(name) for name in list(given) if name in graph.vars}
        self._graph = graph.supposing(given.pop("vip", None), first_values)
        supposed = {name: given.pop(name) for name in list(given) if name in _FACTS}
        self._facts = {**_CALM, **supposed}
        about = {_VISITOR[name]: given.pop(name) for name in list(given) if name in _VISITOR}
        if "tags" in about:
            about["tags"] = tuple(about["tags"])
        self._visitor = Visitor("visitor", **about)
        self._menu = str(given.pop("menu", ""))
        self.unusable = sorted(given)
        self._hours = None if begins is None or "hours.open" in supposed else hours
        self._shift = (begins or BEGINNING) - BEGINNING
        self.now = BEGINNING
        self.snapshot: Snapshot | None = None
        self.records: list[Record] = []
        self._count = 0

    def read(self, name: str, scope: Scope) -> Value:
        """Tell a fact: what was given, else that of a calm desk; a text renders as its own name."""
        if name.startswith("message:"):
            return name.removeprefix("message:")
        if name == "queue.wait" and name not in self._facts:
            waiting = self.snapshot.waiting if self.snapshot else None
            return self.now - waiting.since if waiting else 0
        if name == "hours.open" and self._hours is not None:
            return self._hours(scope.likely_queue()).is_open(self.now + self._shift)
        return self._facts.get(name)

    def advance(self, to: Millis) -> None:
        """Let the clock run to `to` after the beginning; timers due on the way, and then, fire."""
        end = BEGINNING + to
        for _ in range(_MOST_TIMERS):
            timer = next_timer(self.snapshot) if self.snapshot and self.snapshot.open else None
            if timer is None or timer.due > end:
                break
            self.now = max(self.now, timer.due)
            self.put(inputs.TimerDue(timer.order))
        else:
            raise Cannot(Text("计时器没完没了", "the timers never come to rest"))
        self.now = max(self.now, end)

    def put(self, source: Input) -> None:
        """Let an input happen now."""
        done = step_safely(self._graph, self.snapshot, source, self.read, self.now)
        self.snapshot = done.snapshot
        self.records += done.records

    def event(self, event: str, text: str = "") -> None:
        """Let an event happen now, as the input that raises it.  The first must be a message: it opens."""
        self._count += 1
        cid = f"c{self._count}"
        if self.snapshot is None:
            if event not in ("visitor.message", "visitor.menu"):
                raise Cannot(
                    Text(
                        "会话从访客的第一条消息开始", "a conversation begins with the visitor's first message"
                    )
                )
            menu = text if event == "visitor.menu" else self._menu
            self.put(
                inputs.Opened(self._visitor, self._graph.id, cid, text or "…", menu, conversation="test")
            )
            return
        if not self.snapshot.open:
            raise Cannot(Text("会话已经结束", "the conversation has ended"))
        self.put(occasion(event, self.snapshot, cid, text))


def play(graph: Graph, trial: Trial, hours: HoursOf | None = None) -> Failure | None:
    """Run one trial; return its first step that went otherwise, None when all went as written."""
    book = Playbook(graph, trial.given, hours, trial.begins)
    if book.unusable:
        names = ", ".join(book.unusable)
        return Failure(
            trial.name, 0, trial.at, Text(f"given 里不能假设 {names}", f"{names} cannot be supposed in given")
        )
    steps = (attempt(book, trial, number, step) for number, step in enumerate(trial.steps))
    return next((failure for failure in steps if failure is not None), None)


def attempt(book: Playbook, trial: Trial, number: int, step: TrialStep) -> Failure | None:
    """Let one step of a trial happen; return how it went otherwise than written."""
    before = len(book.records)
    try:
        book.advance(step.time)
        if step.event:
            book.event(step.event, step.text)
    except Cannot as cannot:
        return Failure(trial.name, number, step.at, cannot.why)
    return _compare(trial, number, step, book, book.records[before:])


def _compare(
    trial: Trial, number: int, step: TrialStep, book: Playbook, records: list[Record]
) -> Failure | None:
    causes = [record.cause for record in records if isinstance(record, Failed | Parked)]
    if causes:
        return Failure(
            trial.name, number, step.at, Text(f"流程出错：{causes[0]}", f"the flow failed: {causes[0]}")
        )
    active = book.snapshot.active if book.snapshot else ()
    if step.state in active:
        return None
    actual = " / ".join(active) or "…"
    return Failure(
        trial.name,
        number,
        step.state_at,
        Text(
            f"测试“{trial.name}”第 {number + 1} 步：应该在“{step.state}”，实际在“{actual}”",
            f"test '{trial.name}', step {number + 1}: expected '{step.state}', actually '{actual}'",
        ),
    )


def failures(spec: Spec, graph: Graph) -> list[Diagnostic]:
    """Run all trials of `spec` and return what failed as diagnostics (K501)."""
    found: list[Diagnostic] = []
    for number, trial in enumerate(spec.tests):
        failure = play(graph, trial, spec.hours_of)
        if failure is not None:
            path = f"$.tests[{number}].steps[{failure.step}]"
            found.append(Diagnostic("K501", "error", path, failure.at, failure.message))
    return found
