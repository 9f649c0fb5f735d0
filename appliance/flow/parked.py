"""A conversation whose flow failed twice goes on as plain chat: people before machinery.

Without a flow the rules are few: messages are recorded, an agent is asked for in the default queue while nobody owns the
conversation, and either side may end it.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from appliance import inputs
from appliance.effects import Step
from appliance.flow.outcome import finish
from appliance.flow.receive import STALE, receive
from appliance.flow.turn import Turn
from appliance.model import Snapshot, Waiting
from appliance.records import Parked, Queued


def park(turn: Turn, cause: str) -> None:
    """Take the conversation out of its flow.  An agent who owns it keeps it; otherwise one is asked for."""
    turn.failures += 1
    turn.records.append(Parked(cause))
    turn.parked = True
    turn.timers = ()
    turn.ai = None
    if isinstance(turn.input, inputs.AgentLost | inputs.AgentTransferred):
        # Whatever failed over it, an agent who is gone, or gave it away, does not keep it.
        turn.release()
    if turn.held is not None:
        turn.held = replace(turn.held, state="")
        turn.waiting = None
    else:
        _want_somebody(turn)


def _want_somebody(turn: Turn, queue: str = "", only: str = "") -> None:
    turn.visit += 1
    if turn.waiting_since is None:
        turn.waiting_since = turn.now
    before = turn.waiting
    queue = queue or (before.queue if before else turn.graph.default_queue)
    turn.waiting = Waiting(
        queue, turn.waiting_since, "", asking=True, visit=turn.visit, only=only, avoid=turn.avoid
    )
    if before is None or before.queue != queue:
        turn.records.append(Queued(queue, turn.waiting_since))


def parked_step(turn: Turn, before: Snapshot) -> Step:
    """Return the step of an input to a parked conversation."""
    if receive_parked(turn) is STALE:
        return Step(before, (), tuple(turn.effects), False)
    after = _AFTER.get(type(turn.input))
    if after is not None:
        after(turn, turn.input)
    return finish(turn, before, handled=False)


def receive_parked(turn: Turn) -> str | None:
    """Return what `receive` says; timers and folding differences mean nothing without a flow."""
    if isinstance(turn.input, inputs.TimerDue | inputs.FoldDiffered):
        return STALE
    return receive(turn)


def _ended(turn: Turn, source: Any) -> None:
    turn.ended = turn.active[-1] if turn.active else ""


def _lost(turn: Turn, source: inputs.AgentLost) -> None:
    turn.release()
    _want_somebody(turn)


def _transferred(turn: Turn, source: inputs.AgentTransferred) -> None:
    turn.release()
    _want_somebody(turn, source.to_queue, source.to_agent)


_AFTER: dict[type, Callable[[Turn, Any], None]] = {
    inputs.VisitorEnded: _ended,
    inputs.AgentClosed: _ended,
    inputs.AgentLost: _lost,
    inputs.AgentTransferred: _transferred,
}
