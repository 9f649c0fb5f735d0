"""Runs one random chart twice, on the core and by the textbook, and keeps what each did."""

from collections.abc import Callable
from typing import NamedTuple, SupportsIndex

from appliance.flow import macrostep
from appliance.flow.graph import Graph
from appliance.flow.macrostep import begin, dispatch, settle
from appliance.flow.states import Node, Run, Transition
from appliance.flow.turn import FlowError, Turn, turn_of
from appliance.inputs import Custom
from appliance.model import Snapshot, Visitor
from tests.conformance.textbook import Arrow, Chart, Endless, Textbook

MOST = macrostep.MOST_MICROSTEPS


class Seen(NamedTuple):
    """What a run showed after one event: the order of everything, and what is left of it."""

    trace: tuple[str, ...]
    active: tuple[str, ...]
    history: dict[str, tuple[str, ...]]


class Told(list[str]):
    """The internal queue; what is taken from it is kept in the trace, so that events nobody listens to count, too."""

    def __init__(self, trace: list[str]) -> None:
        super().__init__()
        self.trace = trace

    def pop(self, place: SupportsIndex = -1) -> str:
        """Take an event."""
        event = super().pop(place)
        self.trace.append(f"hear {event}")
        return event


class Script:
    """What guards and actions do, the same for both runs: nothing but counting, so that nothing depends on the machine.

    An eventless transition holds twice; others by the length of the trace or by In().  Every fifth action raises an event,
    four times at most: charts that never rest are of use, but not every third one.
    """

    def __init__(self) -> None:
        self.trace: list[str] = []
        self.taken: dict[str, int] = {}

    def guard(self, arrow: Arrow, inside: frozenset[str]) -> bool:
        """Answer for a transition."""
        number = int(arrow.name.removeprefix("t"))
        if not arrow.events and self.taken.get(arrow.name, 0) >= 2:
            return False
        match number % 4:
            case 0:
                return len(self.trace) % 3 != 0
            case 1:
                return f"s{number % 11}" not in inside
            case _:
                return True

    def act(self, what: str, queue: list[str]) -> None:
        """Keep what happens, and raise something now and then."""
        self.trace.append(what)
        if what.startswith("act t"):
            name = what.removeprefix("act ")
            self.taken[name] = self.taken.get(name, 0) + 1
        if len(self.trace) % 5 == 4 and len(self.trace) < 20:
            queue.append("abc"[len(self.trace) % 3])


def by_the_textbook(chart: Chart, events: list[str]) -> list[Seen]:
    """Run a chart by the book."""
    script = Script()
    book = Textbook(chart, script.guard, script.act, MOST)
    book.queue = Told(script.trace)
    seen: list[Seen] = []
    for work in (book.start, *(_given(book.handle, event) for event in events)):
        script.trace.clear()
        if not book.running:
            break
        try:
            work()
        except Endless:
            seen.append(Seen(("endless",), (), {}))
            break
        seen.append(Seen(tuple(script.trace), book.active, book.remembered))
    return seen


def _given(handle: Callable[[str], None], event: str) -> Callable[[], None]:
    return lambda: handle(event)


def on_the_core(chart: Chart, events: list[str]) -> list[Seen]:
    """Run a chart on the core, each event from the snapshot that the last one left."""
    script = Script()
    graph = compiled(chart, script)
    snapshot = Snapshot("chart", Visitor("v"), graph.id, 0)
    seen: list[Seen] = []
    for now, event in enumerate((None, *events)):
        script.trace.clear()
        turn = turn_of(graph, snapshot, Custom("x"), lambda name, scope: None, now, {})
        turn.internal = Told(script.trace)
        try:
            _work(turn, event)
        except FlowError:
            seen.append(Seen(("endless",), (), {}))
            break
        snapshot = turn.snapshot()
        seen.append(Seen(tuple(script.trace), snapshot.active, snapshot.history))
        _check_entered(turn, script, now)
        if turn.ended is not None:
            break
    return seen


def _work(turn: Turn, event: str | None) -> None:
    if event is None:
        begin(turn, turn.graph.begin.alone)
    elif not dispatch(turn, event):
        settle(turn)


def _check_entered(turn: Turn, script: Script, now: int) -> None:
    """The times of entry belong to their states: who was entered in this step has its time, the others an older one."""
    entered = {what.removeprefix("enter ") for what in script.trace if what.startswith("enter ")}
    for name, since in zip(turn.active, turn.entered, strict=True):
        assert (since == now) == (name in entered), f"{name} was entered at {since}, not at {now}"


def compiled(chart: Chart, script: Script) -> Graph:
    """Return the chart as a graph of the core."""
    nodes: dict[str, Node] = {}
    for state in chart.states.values():
        parent = nodes[state.parent.name] if state.parent else None
        history = state.kind if state.history else ""
        nodes[state.name] = Node(
            state.name, parent, state.order, state.kind == "final", state.kind == "parallel", history
        )
    for state in chart.states.values():
        node = nodes[state.name]
        if state.initial is not None:
            node.initial = _transition(state.initial, nodes, script)
        node.entry = (_act(script, f"enter {state.name}"),)
        node.exit = (_act(script, f"exit {state.name}"),)
        both = [(arrow, _transition(arrow, nodes, script)) for arrow in state.arrows]
        node.always = tuple(each for arrow, each in both if not arrow.events)
        names = dict.fromkeys(event for arrow, _ in both for event in arrow.events)
        node.on = {event: tuple(each for arrow, each in both if event in arrow.events) for event in names}
    graph = Graph("chart", b"", nodes, nodes[chart.begin.targets[0].name])
    graph.begin = Transition(None, tuple(nodes[target.name] for target in chart.begin.targets))
    return graph


def _transition(arrow: Arrow, nodes: dict[str, Node], script: Script) -> Transition:
    assert arrow.source is not None
    return Transition(
        nodes[arrow.source.name],
        tuple(nodes[target.name] for target in arrow.targets),
        (lambda turn: script.guard(arrow, frozenset(turn.active))) if arrow.name.startswith("t") else None,
        (_act(script, f"act {arrow.name}"),),
        reenter=not arrow.internal,
    )


def _act(script: Script, what: str) -> Run:
    return lambda turn: script.act(what, turn.internal)
