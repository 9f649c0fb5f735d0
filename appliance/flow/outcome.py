"""What a finished turn means for the world: effects are read off the difference it made, never ordered by actions.

Because they are differences of snapshots, no action and no built-in rule can forget one, and the same functions tell a
restart what an open conversation is owed.
"""

from appliance.effects import (
    AskAi,
    Effect,
    FreeAgent,
    HoldAgent,
    SetTimer,
    Step,
    WantAgent,
    WithdrawWish,
)
from appliance.flow.graph import Graph
from appliance.flow.receive import ALWAYS_LOGGED
from appliance.flow.turn import Turn
from appliance.model import Snapshot
from appliance.records import Closed, Happened


def finish(turn: Turn, before: Snapshot, handled: bool) -> Step:
    """Return the step that leads from `before` to the turn's state: snapshot, records, effects."""
    if turn.ended is not None:
        _close(turn)
    active = turn.active
    effects = turn.effects
    logged = turn.records or handled or effects or type(turn.input) in ALWAYS_LOGGED
    if not logged and turn.snapshot() == before:
        return Step(before, (), (), False)
    turn.last_at = turn.now
    snapshot = turn.snapshot()
    if snapshot.timers is not before.timers:
        _compare_timers(before, snapshot, effects)
    if snapshot.held is not before.held:
        _compare_held(before, snapshot, effects)
    if snapshot.waiting is not None or before.waiting is not None:
        _compare_waiting(turn.graph, before, snapshot, effects)
    if snapshot.ai is not None and snapshot.ai != before.ai:
        effects.append(AskAi(snapshot.ai.visit))
    happened = Happened(turn.input, turn.facts, None if active == before.active else active)
    return Step(snapshot, (happened, *turn.records), tuple(effects), handled)


def _close(turn: Turn) -> None:
    """End the conversation: nothing is held, wanted or awaited any more."""
    turn.waiting = None
    turn.release()
    turn.ai = None
    turn.timers = ()
    turn.closed_at = turn.now
    turn.records.append(Closed(turn.ended or ""))


def _compare_timers(before: Snapshot, after: Snapshot, effects: list[Effect]) -> None:
    due = after.timers[0].due if after.timers else None
    if due != (before.timers[0].due if before.timers else None):
        effects.append(SetTimer(due))


def _compare_held(before: Snapshot, after: Snapshot, effects: list[Effect]) -> None:
    former = before.held.agent if before.held else ""
    agent = after.held.agent if after.held else ""
    if former == agent:
        return
    if former:
        effects.append(FreeAgent(former))
    if after.held is not None:
        effects.append(HoldAgent(agent, after.held.queue))


def _compare_waiting(graph: Graph, before: Snapshot, after: Snapshot, effects: list[Effect]) -> None:
    if after.waiting is None:
        # An agent who takes the conversation over takes it out of its queue, too.
        if after.held is None or (before.held is not None and before.held.agent == after.held.agent):
            effects.append(WithdrawWish())
        return
    if (
        after.waiting != before.waiting
        or after.priority != before.priority
        or after.last_agent != before.last_agent
        or after.visitor != before.visitor
    ):
        effects.append(_want(graph, after))


def want_agent(graph: Graph, snapshot: Snapshot) -> WantAgent | None:
    """Return what the desk must know of a conversation that waits, None when it does not wait."""
    return _want(graph, snapshot) if snapshot.waiting is not None else None


def _want(graph: Graph, snapshot: Snapshot) -> WantAgent:
    waiting = snapshot.waiting
    assert waiting is not None  # noqa: S101  # both callers know; this tells the type checker
    return WantAgent(
        queue=waiting.queue,
        since=waiting.since,
        asking=waiting.asking,
        visit=waiting.visit,
        vip=graph.is_vip(snapshot),
        priority=snapshot.priority,
        only=waiting.only,
        last_agent=snapshot.last_agent,
        avoid=waiting.avoid,
        left=waiting.left,
    )
