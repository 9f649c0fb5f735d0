"""What a step and a guard cost: the part of a message's price that the flow language is answerable for."""

import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from appliance import inputs
from appliance.config.load import load
from appliance.effects import Step
from appliance.flow.compile import compile_flow
from appliance.flow.graph import Graph
from appliance.flow.guards import compile_guard
from appliance.flow.playbook import Playbook
from appliance.flow.step import step, step_safely
from appliance.inputs import Input
from appliance.model import Snapshot, Timer, Value
from tests.bench.result import Result

_ROOT = Path(__file__).parents[2]


def run(quick: bool) -> list[Result]:
    """Measure; `quick` repeats less."""
    rounds = 20_000 if quick else 200_000
    graph, book = _served()
    snapshot = book.snapshot
    assert snapshot is not None
    said = inputs.VisitorSaid("c9", "还有一个问题")
    bare = _cost(_bare_machine(snapshot, said), rounds)
    hot = _cost(lambda: step(graph, snapshot, said, book.read, book.now), rounds)
    safe = _cost(lambda: step_safely(graph, snapshot, said, book.read, book.now), rounds)
    answered = step(graph, snapshot, said, book.read, book.now).snapshot
    again = _cost(lambda: step(graph, answered, said, book.read, book.now), rounds)
    average = _playbook_average(rounds // 50)
    return [
        Result(name="step: 访客消息 等访客 -> 等客服", value=hot, unit="µs", goal=8.0, reference=bare),
        Result(name="step_safely: the same", value=safe, unit="µs", goal=8.0, reference=bare),
        Result(name="step: a message no state listens to", value=again, unit="µs", goal=8.0, reference=bare),
        Result(
            name="step: average over kefu.yaml's tests", value=average, unit="µs", goal=15.0, reference=bare
        ),
        *_guards(rounds),
    ]


def _served() -> tuple[Graph, Playbook]:
    """Return a conversation in service whose visitor is about to write."""
    graph = _shipped()[0]
    book = Playbook(graph)
    book.event("visitor.message")
    book.advance(20_000)
    book.event("agent.accept")
    book.event("agent.message")
    return graph, book


def _shipped() -> tuple[Graph, list[Playbook], list[list[tuple[int, str, str]]]]:
    spec, found = load((_ROOT / "kefu.yaml").read_text(encoding="utf-8"), "kefu.yaml")
    assert spec is not None, found.render("en")
    graph, _ = compile_flow(spec)
    assert graph is not None
    books = [Playbook(graph, trial.given) for trial in spec.tests]
    return (
        graph,
        books,
        [[(each.time, each.event, each.text) for each in trial.steps] for trial in spec.tests],
    )


def _playbook_average(rounds: int) -> float:
    """Return the mean cost of all steps that the shipped tests make, timers included."""
    calls: list[Callable[[], Step]] = []
    _, books, stories = _shipped()
    for book, story in zip(books, stories, strict=True):
        noting = _Noting(book, calls)
        for at, event, text in story:
            noting.book.advance(at)
            if event:
                noting.book.event(event, text)
    return sum(_cost(call, max(rounds, 200)) for call in calls) / len(calls)


class _Noting:
    """Keeps every step that a playbook makes, ready to be made again."""

    def __init__(self, book: Playbook, calls: list[Callable[[], Step]]) -> None:
        self.book = book
        put = book.put

        def noted(source: Input) -> None:
            graph, before, now = book._graph, book.snapshot, book.now
            calls.append(lambda: step_safely(graph, before, source, book.read, now))
            put(source)

        book.put = noted  # type: ignore[method-assign]


class _Row(Struct, frozen=True, gc=False):
    input: Input
    to: str


class _Bare(Struct, frozen=True, gc=False):
    state: str
    entered: int
    timers: tuple[Timer, ...]


def _bare_machine(snapshot: Snapshot, said: Input) -> Callable[[], object]:
    """Return the least a state machine can do for this message: look up, arm two timers, make state and record."""
    table = {("等访客", "visitor.message"): ("等客服", (60_000, 180_000))}
    events: dict[type, str] = {inputs.VisitorSaid: "visitor.message"}
    before, now = _Bare("等访客", snapshot.entered[-1], snapshot.timers), snapshot.last_at

    def bare() -> object:
        to, delays = table[before.state, events[type(said)]]
        timers = tuple([Timer(now + delay, order, to, order) for order, delay in enumerate(delays)])
        return _Bare(to, now, timers), (_Row(said, to),)

    return bare


def _guards(rounds: int) -> list[Result]:
    results: list[Result] = []
    for text in ("time > 10s", "visitor.level >= 3 || 'VIP' in visitor.tags", "营业中 && load < 85%"):
        guard, problems = compile_guard(text)
        assert guard is not None, problems
        scope = _Scope()
        test = guard.test
        results.append(
            Result(
                name=f"guard: {text}",
                value=_cost(lambda test=test, scope=scope: test(scope), rounds),  # type: ignore[misc]
                unit="µs",
                goal=0.5,
                reference=_cost(lambda scope=scope: scope.time > 10_000, rounds),  # type: ignore[misc]
            )
        )
    return results


class _Scope:
    time = 11_000

    def __init__(self) -> None:
        self.visitor = Playbook(_shipped()[0], {"visitor.level": 1, "visitor.tags": ["VIP"]})._visitor
        self._facts: dict[str, Value] = {"hours.open": True, "load": 0.3}

    def fact(self, name: str) -> Value:
        return self._facts[name]


def _cost(call: Callable[[], object], rounds: int) -> float:
    """Return the best mean of three runs in µs: the machine is shared, its quietest moment tells most."""
    best = float("inf")
    for _ in range(3):
        begun = time.perf_counter_ns()
        for _ in range(rounds):
            call()
        best = min(best, (time.perf_counter_ns() - begun) / rounds / 1_000)
    return best
