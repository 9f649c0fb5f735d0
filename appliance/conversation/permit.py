"""Who may do what in a conversation, decided by its mailbox at the moment it happens.

The session proves who somebody is; whether he may act *here and now* depends on the conversation's state, so the
decision is made beside it, on the same snapshot that the step will take.
"""

from collections.abc import Callable

from msgspec import Struct

from appliance import inputs
from appliance.errors import Refused, Text
from appliance.inputs import Input
from appliance.model import Millis, Snapshot

RECALL_MS = 120_000


class Actor(Struct, frozen=True, gc=False):
    """Who acts: kind "visitor", "agent" or "system" (desk, timers, AI); `chief` is true for supervisor and owner."""

    kind: str
    id: str = ""
    name: str = ""
    chief: bool = False


SYSTEM_ACTOR = Actor("system")

_NOT_YOURS = Refused(
    "not_yours",
    Text("这个会话现在不由您负责。", "This conversation is not yours at the moment."),
    Text("请先接入，或请主管介入。", "Accept it first, or ask a supervisor to join."),
)
_CLOSED = Refused(
    "closed",
    Text("会话已结束。", "This conversation has ended."),
    Text("再发一条消息即开始新会话。", "A new message begins a new conversation."),
)
_TOO_MANY_TRANSFERS = Refused(
    "invalid",
    Text("这个会话转接的次数已到上限。", "This conversation has been transferred as often as is allowed."),
    Text("请直接服务，或请主管介入。", "Please serve the visitor, or ask a supervisor to join."),
)
_HIS_ALREADY = Refused(
    "invalid",
    Text("这个会话已经由这位客服负责。", "This conversation is with that agent already."),
    Text("请选另一位客服或一个队列。", "Choose another agent, or a queue."),
)
_TOO_LATE_TO_RECALL = Refused(
    "invalid",
    Text("只能在两分钟内撤回自己的消息。", "Only your own messages can be recalled, within two minutes."),
    Text("请再发一条消息说明。", "Please send another message instead."),
)
_CHIEFS_ONLY = Refused(
    "denied",
    Text("只有主管可以介入会话。", "Only a supervisor may join a conversation of another agent."),
    Text("请联系主管。", "Please ask your supervisor."),
)

_VISITOR_MAY = (
    inputs.Opened,
    inputs.VisitorSaid,
    inputs.VisitorEnded,
    inputs.VisitorAskedHuman,
    inputs.VisitorRated,
    inputs.FormSent,
    inputs.Recalled,
)


def permit(
    snapshot: Snapshot,
    actor: Actor,
    source: Input,
    now: Millis,
    sent_at: Callable[[str, int], Millis | None],
    most_transfers: int = 3,
) -> Refused | None:
    """Return None when `actor` may do `source` now, else why not.

    `sent_at(actor, seq)` tells when that actor sent the entry, None when it is not his.
    """
    if not snapshot.open:
        return _CLOSED
    if actor.kind == "system":
        return None
    if isinstance(source, inputs.Recalled):
        sent = sent_at(actor.id, source.seq)
        return None if sent is not None and now - sent <= RECALL_MS else _TOO_LATE_TO_RECALL
    if actor.kind == "visitor":
        mine = snapshot.visitor.id == actor.id and isinstance(source, _VISITOR_MAY)
        return None if mine else _NOT_YOURS
    return _permit_agent(snapshot, actor, source, most_transfers)


def _permit_agent(snapshot: Snapshot, actor: Actor, source: Input, most_transfers: int) -> Refused | None:
    owns = snapshot.held is not None and snapshot.held.agent == actor.id
    match source:
        case inputs.AgentSaid():
            return None if owns or actor.id in snapshot.joined else _NOT_YOURS
        case inputs.AgentTransferred():
            if snapshot.transfers >= most_transfers:
                return _TOO_MANY_TRANSFERS
            if snapshot.held is not None and snapshot.held.agent == source.to_agent:
                return _HIS_ALREADY
            return None if owns or actor.chief else _NOT_YOURS
        case inputs.AgentClosed() | inputs.AgentNoted() | inputs.StaffTagged():
            return None if owns or actor.chief else _NOT_YOURS
        case inputs.StaffJoined():
            return None if actor.chief else _CHIEFS_ONLY
    return _NOT_YOURS  # An offer, too, is accepted at the desk, which knows for whom it reserved a slot.
