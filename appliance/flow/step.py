"""The heart: one input works on one conversation.  Pure: the same graph, snapshot, input, facts and time give the same
step, always; replay, simulation and checking all call this very function.

`step` raises when the flow itself is at fault; `step_safely` is what the appliance calls: the first failure of a
conversation takes the flow's on_error, the second parks it, and no message is lost over either.
"""

from collections.abc import Callable

from appliance.effects import RefuseOffer, Step
from appliance.flow.graph import Graph
from appliance.flow.macrostep import begin, bind_owner, dispatch, select, settle
from appliance.flow.outcome import finish
from appliance.flow.parked import park, parked_step
from appliance.flow.receive import SILENT, STALE, receive
from appliance.flow.scope import Scope
from appliance.flow.states import Transition
from appliance.flow.turn import FlowError, Turn, turn_of
from appliance.inputs import (
    AgentAccepted,
    AgentLost,
    AgentTransferred,
    AiAnswered,
    AiFailed,
    FoldDiffered,
    Input,
    Offered,
    Opened,
    StaffTagged,
    TimerDue,
    VisitorKnown,
)
from appliance.model import Millis, Snapshot, Timer, Value
from appliance.records import Failed

STEP_VERSION = 1
"""Raised whenever the same log would give other records than before."""

Read = Callable[[str, Scope], Value]
"""Tells a fact from outside by its name, about the conversation as it is at that moment of the step.

"message:NAME" gives the rendered text NAME.  May raise."""

_MOVES_ALWAYS = (VisitorKnown, StaffTagged)


def step(graph: Graph, snapshot: Snapshot | None, input: Input, read: Read, now: Millis) -> Step:  # noqa: A002
    """Return what `input`, arriving at `now`, makes of the conversation.

    `snapshot` None means that the conversation begins; `input` is then Opened.  A closed conversation takes nothing.
    Raises whatever the flow ran into (FlowError, KeyError for states it does not know): see `step_safely`.
    """
    return _step(graph, snapshot, input, read, now, {})


def step_safely(graph: Graph, snapshot: Snapshot | None, input: Input, read: Read, now: Millis) -> Step:  # noqa: A002
    """Return `step(...)`, or what becomes of the conversation when its flow fails.  Never raises over a flow."""
    facts: dict[str, Value] = {}
    try:
        return _step(graph, snapshot, input, read, now, facts)
    except Exception as error:
        cause = f"{type(error).__name__}: {error}"
    before = _opened(graph, input, now) if snapshot is None else snapshot
    if graph.on_error is not None and not before.failures:
        try:
            return _take_on_error(
                graph.on_error, turn_of(graph, before, input, read, now, facts), before, cause
            )
        except Exception as error:
            cause = f"{cause}; on_error: {type(error).__name__}: {error}"
    turn = turn_of(graph, before, input, read, now, facts)
    _consume(turn)
    park(turn, cause)
    return finish(turn, before, handled=False)


def _step(
    graph: Graph,
    snapshot: Snapshot | None,
    source: Input,
    read: Read,
    now: Millis,
    facts: dict[str, Value],
) -> Step:
    if snapshot is None:
        before = _opened(graph, source, now)
        turn = turn_of(graph, before, source, read, now, facts)
        begin(turn, graph.begin.alone)
        return finish(turn, before, handled=True)
    if snapshot.closed_at is not None:
        return _too_late(snapshot, source)
    turn = turn_of(graph, snapshot, source, read, now, facts)
    if snapshot.parked:
        return parked_step(turn, snapshot)
    if type(source) is TimerDue:
        return _timer(turn, snapshot, source)
    if type(source) is FoldDiffered:
        raise FlowError(f"the log differs: {source.cause}")
    event = receive(turn)
    if event is STALE:
        return Step(snapshot, (), tuple(turn.effects), False)
    if event == SILENT:
        if isinstance(source, _MOVES_ALWAYS):
            settle(turn)
        return finish(turn, snapshot, handled=True)
    handled = dispatch(turn, event)
    if not handled:
        handled = _unhandled(turn, event)
    if event == "agent.accept":
        _accepted(turn)
    return finish(turn, snapshot, handled)


def _opened(graph: Graph, source: Input, now: Millis) -> Snapshot:
    """Return a conversation before its first step."""
    if not isinstance(source, Opened):
        raise ValueError(f"a conversation begins with Opened, not with {type(source).__name__}")
    return Snapshot(
        source.conversation,
        source.visitor,
        source.bundle,
        now,
        last_agent=source.last_agent,
        menu=source.menu,
        tags=source.visitor.tags,
        vars=graph.vars,
    )


def _timer(turn: Turn, before: Snapshot, source: TimerDue) -> Step:
    timer = next((armed for armed in turn.timers if armed.order == source.order), None)
    if timer is None or timer.due > turn.now:
        return Step(before, (), (), False)
    turn.timers = tuple([armed for armed in turn.timers if armed.order != source.order])
    node = turn.graph.nodes[timer.state]
    place = turn.active.index(timer.state)
    taken = select(turn, (tuple((place, each) for each in node.after[timer.index].transitions),))
    if taken:
        begin(turn, taken)
    else:
        settle(turn)
    return finish(turn, before, handled=True)


def _unhandled(turn: Turn, event: str) -> bool:
    """What an event does when no state listens: nothing, except where a customer would be lost over it."""
    if event == "visitor.menu" and dispatch(turn, "visitor.message"):
        return True
    if type(turn.input) in (AgentTransferred, AgentLost):
        _ask_again(turn)
        return True
    settle(turn)
    return False


def _ask_again(turn: Turn) -> None:
    """Release the agent and go back to the state in which he was asked for, asking anew."""
    held = turn.held
    assert held is not None  # noqa: S101  # receive let only held conversations through
    turn.release()
    here = turn.graph.configuration(turn.active).innermost(held.state)
    back = turn.graph.back(here, held.asked_by, Turn.ask)
    if back is not None:
        begin(turn, back.alone)
        return
    turn.here = here
    turn.ask()
    settle(turn)


def _accepted(turn: Turn) -> None:
    """The agent owns the conversation whatever the flow made of agent.accept, unless it let go of him at once."""
    source = turn.input
    if turn.held is not None and turn.ended is None:
        bind_owner(turn, turn.graph.configuration(turn.active).innermost(turn.held.asked_by))
    elif isinstance(source, Offered | AgentAccepted):
        turn.effects.append(RefuseOffer(source.agent, source.visit))


def _too_late(snapshot: Snapshot, source: Input) -> Step:
    """A closed conversation takes nothing; an agent's slot that was reserved for it becomes free."""
    if isinstance(source, Offered | AgentAccepted):
        return Step(snapshot, (), (RefuseOffer(source.agent, source.visit),), False)
    return Step(snapshot, (), (), False)


def _take_on_error(transition: Transition, turn: Turn, before: Snapshot, cause: str) -> Step:
    _consume(turn)
    turn.failures += 1
    turn.records.append(Failed(cause))
    begin(turn, transition.alone)
    return finish(turn, before, handled=False)


def _consume(turn: Turn) -> None:
    """Use up what must not come again although its step failed: a due timer, an AI's answer, an agent's offer."""
    source = turn.input
    if isinstance(source, TimerDue):
        turn.timers = tuple([timer for timer in turn.timers if timer.order != source.order])
    elif isinstance(source, AiAnswered | AiFailed):
        turn.ai = None
    elif isinstance(source, Offered | AgentAccepted):
        turn.effects.append(RefuseOffer(source.agent, source.visit))


def next_timer(snapshot: Snapshot) -> Timer | None:
    """Return the timer that fires next: the earliest due, of several the one armed first."""
    return snapshot.timers[0] if snapshot.timers else None
