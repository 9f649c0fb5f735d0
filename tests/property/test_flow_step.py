"""Properties of the step that hold for every flow and every life of a conversation."""

from hypothesis import given, settings

from appliance import effects, inputs
from appliance.conversation.fold import recorded
from appliance.effects import Effect, Step
from appliance.flow.graph import Graph
from appliance.flow.outcome import want_agent
from appliance.flow.step import step_safely
from appliance.inputs import Input
from appliance.model import Snapshot, Value, Visitor
from appliance.records import Happened, Record, decode, encode
from tests.property.flows import graphs, input_of, lives

Life = list[tuple[str, int, int]]


class World:
    """The outside as the effects of a conversation have told it: what the desk and the clock believe."""

    def __init__(self) -> None:
        self.held = ""
        self.want: effects.WantAgent | None = None
        self.due: int | None = None

    def perform(self, performed: tuple[Effect, ...]) -> None:
        for effect in performed:
            match effect:
                case effects.SetTimer(due):
                    self.due = due
                case effects.FreeAgent(agent):
                    assert self.held == agent
                    self.held = ""
                case effects.HoldAgent(agent):
                    assert self.held == ""
                    self.held, self.want = agent, None
                case effects.WantAgent():
                    self.want = effect
                case effects.WithdrawWish():
                    self.want = None
                case _:
                    pass

    def agrees(self, graph: Graph, snapshot: Snapshot) -> None:
        assert self.held == (snapshot.held.agent if snapshot.held else "")
        assert self.due == (snapshot.timers[0].due if snapshot.timers else None)
        assert self.want == want_agent(graph, snapshot)


def read(name: str, scope: object) -> Value:
    """Tell facts that depend on nothing; one text cannot be rendered."""
    if name == "message:broken":
        raise ZeroDivisionError("template")
    return {"hours.open": True, "load": 0.7, "queue.position": None}.get(name, f"<{name}>")


def legal(graph: Graph, snapshot: Snapshot) -> None:
    """One child of each active state is active, of a parallel one all; everything bound is bound to an active state."""
    if snapshot.parked:
        assert snapshot.timers == ()
        assert snapshot.closed_at is not None or snapshot.held is not None or snapshot.waiting is not None
        return
    active = [graph.nodes[name] for name in snapshot.active]
    assert active == sorted(set(active), key=lambda node: node.order)
    assert [node.parent for node in active].count(None) == 1
    for node in active:
        assert node.parent is None or node.parent in active
        inside = [child for child in node.children if child in active]
        assert len(inside) == (len(node.children) if node.parallel else min(1, len(node.children)))
    assert len(snapshot.entered) == len(snapshot.active)
    entered = dict(zip(active, snapshot.entered, strict=True))
    assert all(entered[node] >= entered[node.parent] for node in active if node.parent)
    for name, kept in snapshot.history.items():
        parent = graph.nodes[name].parent
        assert all(graph.nodes[each].within(parent) for each in kept)
    bound = {*snapshot.active, ""}
    assert {timer.state for timer in snapshot.timers} <= bound
    assert [(timer.due, timer.order) for timer in snapshot.timers] == sorted(
        (timer.due, timer.order) for timer in snapshot.timers
    )
    if snapshot.waiting is not None:
        assert snapshot.waiting.entered_by in bound
        assert snapshot.waiting.asked_by in bound
        assert snapshot.waiting.asking == bool(snapshot.waiting.visit and snapshot.waiting.asking)
    if snapshot.held is not None:
        assert snapshot.held.state in snapshot.active
        assert snapshot.waiting is None or snapshot.waiting.visit != 0 or not snapshot.waiting.asking
    if snapshot.ai is not None:
        assert snapshot.ai.state in bound
    if snapshot.closed_at is not None:
        assert (snapshot.timers, snapshot.held, snapshot.waiting, snapshot.ai) == ((), None, None, None)


def live(graph: Graph, life: Life) -> list[tuple[Input, int, Step]]:
    """Live a life and check every step; return the inputs with their times and steps."""
    world, now, fired = World(), 1_000_000, set[int]()
    opened = inputs.Opened(Visitor("v"), graph.id, "c", "hello", conversation="k")
    done = step_safely(graph, None, opened, read, now)
    told = [(opened, now, done)]
    story: list[tuple[Input, int, Step]] = list(told)
    for number, (kind, wait, choice) in enumerate(life):
        world.perform(done.effects)
        legal(graph, done.snapshot)
        world.agrees(graph, done.snapshot)
        before = done.snapshot
        source, due = input_of(kind, choice, before, number)
        now = max(now, due) if due is not None else now + wait
        done = step_safely(graph, before, source, read, now)
        story.append((source, now, done))
        if not before.open:
            assert done.snapshot is before
            assert done.records == ()
        elif not done.records:
            assert done.snapshot is before
        else:
            assert isinstance(done.records[0], Happened)
            assert done.records[0].input == source
        if isinstance(source, inputs.TimerDue) and done.records:
            assert source.order not in fired
            fired.add(source.order)
    return story


@given(graphs, lives)
@settings(max_examples=200)
def test_every_step_of_every_life_is_legal(graph: Graph, life: Life) -> None:
    live(graph, life)


@given(graphs, lives)
@settings(max_examples=200)
def test_the_log_gives_the_same_life_again(graph: Graph, life: Life) -> None:
    snapshot: Snapshot | None = None
    for _, now, done in live(graph, life):
        if not done.records:
            continue
        logged: list[Record] = [decode(encode(record)) for record in done.records]
        first = logged[0]
        assert isinstance(first, Happened)
        again = step_safely(graph, snapshot, first.input, recorded(first.facts), now)
        assert list(again.records) == logged
        assert again.snapshot == done.snapshot
        snapshot = again.snapshot
