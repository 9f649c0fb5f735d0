"""The flow of one file as a machine to be explored: the real step, with every choice of the outside and a look inside.

The graph is compiled anew from the bundle, because it gets a watch: every entry of a state that some promise names is
noted, with what was active at that moment.  Nothing else differs from the graph that serves visitors.
"""

from collections.abc import Iterator

from msgspec import Struct

from appliance.config.spec import Guarantee, Spec
from appliance.flow.compile import graph_of
from appliance.flow.scope import Scope
from appliance.flow.states import Node, Run
from appliance.flow.step import step
from appliance.flow.turn import Turn
from appliance.flow.verify_events import Events
from appliance.flow.verify_looks import looks_of
from appliance.flow.verify_samples import Samples
from appliance.flow.verify_states import States
from appliance.inputs import Input
from appliance.model import Millis, Snapshot, Value

_WASTED = 30
"""What a step that raises costs beside one that does not: most have run in a circle for a hundred microsteps."""

Passed = tuple[tuple[str, tuple[str, ...]], ...]
"""The watched states that a step entered, in order, each with all that was active then."""


class Outcome(Struct, frozen=True):
    """What a step made of a conversation when the outside was as `facts` says."""

    snapshot: Snapshot
    facts: dict[str, Value]
    passed: Passed


class Machine:
    """See the module.  `steps` counts the work done, in steps."""

    def __init__(self, spec: Spec, source: bytes) -> None:
        self.graph = graph_of(source)
        self.looks = looks_of(spec)
        self.samples = Samples(spec, self.looks, self.graph.is_vip_profile)
        self.events = Events(spec, self.looks, self.samples)
        self.states = States(spec, self.graph, self.looks)
        self.steps = 0
        self._passed: list[tuple[str, tuple[str, ...]]] = []
        for name in {name for each in spec.main.guarantees for name in (each.source, *each.reach)}:
            self._watch(self.graph.nodes[name])

    def _watch(self, node: Node) -> None:
        def note(turn: Turn) -> None:
            self._passed.append((node.name, turn.active))

        watch: Run = note
        node.entry = (watch, *node.entry)

    def outcomes(self, snapshot: Snapshot | None, source: Input, now: Millis) -> Iterator[Outcome]:
        """Yield what the step makes of this for everything that the facts it reads may be.

        Nothing for a step that raises: its conversation takes on_error or is parked, of which nothing is promised.
        """
        waiting: list[dict[str, Value]] = [{}]
        while waiting:
            outcome, others = self.outcome(snapshot, source, now, waiting.pop())
            waiting += others
            if outcome is not None:
                yield outcome

    def outcome(
        self, snapshot: Snapshot | None, source: Input, now: Millis, given: dict[str, Value]
    ) -> tuple[Outcome | None, list[dict[str, Value]]]:
        """Return what the step makes of this when facts are as `given`, and what else those not given might have been."""
        others: list[dict[str, Value]] = []

        def read(name: str, scope: Scope) -> Value:
            if name in given:
                return given[name]
            if name == "queue.wait":
                return now - scope.waiting.since if scope.waiting else 0
            if name.startswith("message:"):
                return name
            first, *rest = self.samples.of(name)
            others.extend({**given, name: value} for value in rest)
            if rest:
                given[name] = first
            return first

        self._passed.clear()
        self.steps += 1
        try:
            done = step(self.graph, snapshot, source, read, now)
        except Exception:
            self.steps += _WASTED
            return None, others
        return Outcome(done.snapshot, given, tuple(self._passed)), others

    def happens(self, promise: Guarantee, event: str, snapshot: Snapshot | None) -> bool:
        """Whether `event` is the one that the promise is counted from.

        An item of the menu is nothing but a message to a conversation that listens to no menu.
        """
        if event == "visitor.menu" and promise.on == "visitor.message" and snapshot is not None:
            return not self.graph.configuration(snapshot.active).listening(event)
        return event != "" and event == promise.on


def owed_after(
    promise: Guarantee, owed: bool, before: tuple[str, ...], happened: bool, outcome: Outcome
) -> tuple[bool, bool]:
    """Return whether the promise waits to be kept after a step, and whether its time began in this step.

    `before` was active, and `happened` says that the step's event is the one of `on`.
    """
    reach = frozenset(promise.reach)
    began = False
    if promise.on and happened and promise.source in before and reach.isdisjoint(before) and not owed:
        owed = began = True
    for name, active in outcome.passed:
        if not promise.on and name == promise.source and not owed:
            owed = began = True
        if not reach.isdisjoint(active):
            owed = began = False
    if not reach.isdisjoint(outcome.snapshot.active):
        owed = began = False
    return owed, began and owed
