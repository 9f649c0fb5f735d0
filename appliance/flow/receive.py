"""What an input does to a conversation by itself, and by which event the flow gets to know it.

A result that nobody waits for any more (a late accept, an old AI answer, a timer that was cancelled) is refused here, by
comparing visit numbers; the flow never sees it.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from appliance import inputs
from appliance.effects import RefuseOffer, ShowOffer
from appliance.flow.turn import Turn

STALE = None
"""An input that comes too late: it changes nothing and is not logged."""

SILENT = ""
"""An input that is logged but raises no event; what is `always` true is looked at nevertheless."""

Received = str | None


def receive(turn: Turn) -> Received:
    """Apply the turn's input and return its event, SILENT or STALE.  TimerDue is not for this function."""
    return _RECEIVERS[type(turn.input)](turn, turn.input)


def _visitor_said(turn: Turn, source: inputs.VisitorSaid) -> Received:
    if source.menu:
        turn.menu = source.menu
        return "visitor.menu"
    return "visitor.message"


def _rated(turn: Turn, source: inputs.VisitorRated) -> Received:
    return "visitor.rated"


def _known(turn: Turn, source: inputs.VisitorKnown) -> Received:
    turn.visitor = source.visitor
    return SILENT


def _offered(turn: Turn, source: inputs.Offered) -> Received:
    if not turn.wants(source.visit):
        turn.effects.append(RefuseOffer(source.agent, source.visit))
        return STALE
    if not source.accept:
        turn.effects.append(ShowOffer(source.agent, source.visit, source.queue))
        return SILENT
    turn.assign(source.agent, source.name, source.queue)
    return "agent.accept"


def _accepted(turn: Turn, source: inputs.AgentAccepted) -> Received:
    if not turn.wants(source.visit):
        turn.effects.append(RefuseOffer(source.agent, source.visit))
        return STALE
    turn.assign(source.agent, source.name, source.queue)
    return "agent.accept"


def _nobody(turn: Turn, source: inputs.NobodyFree) -> Received:
    return "assign.none" if turn.wants(source.visit) else STALE


def _agent_said(turn: Turn, source: inputs.AgentSaid) -> Received:
    if turn.held is not None and turn.held.agent == source.agent:
        turn.served = True
    return "agent.message"


def _transferred(turn: Turn, source: inputs.AgentTransferred) -> Received:
    # Who may transfer (the owner, a supervisor) was decided by permit.
    if turn.held is None:
        return STALE
    turn.transfers += 1
    return "agent.transfer"


def _lost(turn: Turn, source: inputs.AgentLost) -> Received:
    return "agent.lost" if turn.held is not None and turn.held.agent == source.agent else STALE


def _joined(turn: Turn, source: inputs.StaffJoined) -> Received:
    others = tuple(agent for agent in turn.joined if agent != source.agent)
    turn.joined = (*others, source.agent) if source.inside else others
    return SILENT


def _tagged(turn: Turn, source: inputs.StaffTagged) -> Received:
    turn.tags = source.tags
    if source.keep:
        turn.visitor = replace(turn.visitor, tags=source.tags)
    return SILENT


def _answered(turn: Turn, source: inputs.AiAnswered) -> Received:
    if turn.ai is None or turn.ai.visit != source.visit:
        return STALE
    turn.ai = None
    return "ai.answer"


def _ai_failed(turn: Turn, source: inputs.AiFailed) -> Received:
    if turn.ai is None or turn.ai.visit != source.visit:
        return STALE
    turn.ai = None
    return "ai.failed"


_RECEIVERS: dict[type, Callable[[Turn, Any], Received]] = {
    inputs.VisitorSaid: _visitor_said,
    inputs.VisitorEnded: lambda turn, source: "visitor.close",
    inputs.VisitorLeft: lambda turn, source: "visitor.left",
    inputs.VisitorAskedHuman: lambda turn, source: "visitor.ask_human",
    inputs.VisitorRated: _rated,
    inputs.VisitorKnown: _known,
    inputs.Offered: _offered,
    inputs.AgentAccepted: _accepted,
    inputs.NobodyFree: _nobody,
    inputs.AgentSaid: _agent_said,
    inputs.AgentNoted: lambda turn, source: SILENT,
    inputs.AgentClosed: lambda turn, source: "agent.close",
    inputs.AgentTransferred: _transferred,
    inputs.AgentLost: _lost,
    inputs.StaffJoined: _joined,
    inputs.StaffTagged: _tagged,
    inputs.Recalled: lambda turn, source: SILENT,
    inputs.FormSent: lambda turn, source: "visitor.message",
    inputs.AiAnswered: _answered,
    inputs.AiFailed: _ai_failed,
    # A step within one bundle cannot do it: flow/migrate.py does, with both.
    inputs.Migrated: lambda turn, source: STALE,
    inputs.Custom: lambda turn, source: f"custom.{source.name}",
}

ALWAYS_LOGGED: frozenset[type] = frozenset(
    (
        inputs.Opened,
        inputs.VisitorSaid,
        inputs.VisitorEnded,
        inputs.VisitorAskedHuman,
        inputs.VisitorRated,
        inputs.VisitorKnown,
        inputs.AgentSaid,
        inputs.AgentNoted,
        inputs.AgentClosed,
        inputs.StaffJoined,
        inputs.StaffTagged,
        inputs.Recalled,
        inputs.FormSent,
    )
)
"""What a person did is kept whatever the flow says; other inputs are logged when they change something."""
