"""What can happen to a conversation: the only things `step` ever takes.

An input is stored as it came (inside records.Happened), so these classes are also the history format: fields are
only ever added, with defaults.  `event_name` gives the name that flows know an input by.
"""

from msgspec import Struct

from appliance.model import Value, Visitor


class _Input(Struct, frozen=True, gc=False, tag_field="in", omit_defaults=True):
    pass


class Opened(_Input, frozen=True, tag="opened"):
    """The first message of a visitor opens the conversation; it carries that message, there is no second event.

    `bundle` is the id of the compiled flow that the conversation stays pinned to; `last_agent` is the agent who
    served this visitor last, so that a returning customer finds his own.  `conversation` is the id of the new one: the
    log of a conversation begins with its name, so that folding needs nothing beside the log.
    """

    visitor: Visitor
    bundle: str
    cid: str
    text: str
    menu: str = ""
    last_agent: str = ""
    conversation: str = ""


class VisitorSaid(_Input, frozen=True, tag="visitor_said"):
    """visitor.message, or visitor.menu when `menu` names a chosen item that some active state listens for."""

    cid: str
    text: str
    menu: str = ""


class VisitorEnded(_Input, frozen=True, tag="visitor_ended"):
    """visitor.close: the visitor clicked "end"."""

    cid: str = ""


class VisitorLeft(_Input, frozen=True, tag="visitor_left"):
    """visitor.left: no page of the visitor is connected any more.  It has no effect unless a flow gives it one."""


class VisitorAskedHuman(_Input, frozen=True, tag="visitor_asked_human"):
    """visitor.ask_human."""

    cid: str = ""


class VisitorRated(_Input, frozen=True, tag="visitor_rated"):
    """visitor.rated: `score` from 1 to 5."""

    cid: str
    score: int
    comment: str = ""


class VisitorKnown(_Input, frozen=True, tag="visitor_known"):
    """The visitor's profile changed: a signed identity arrived, or staff changed his tags.  Raises no event."""

    visitor: Visitor


class Offered(_Input, frozen=True, tag="offered"):
    """The desk reserved a slot of `agent` for wish number `visit`.

    With `accept` the agent has it at once when the conversation still wants it (agent.accept); without, the offer is shown to
    the agent and AgentAccepted must follow.  `reasons` is the routing decision, for people: see dispatch/routing.py.
    """

    agent: str
    name: str
    visit: int
    queue: str
    accept: bool = True
    reasons: dict[str, Value] = {}


class AgentAccepted(_Input, frozen=True, tag="agent_accepted"):
    """agent.accept: an agent took the offer of wish number `visit`."""

    agent: str
    name: str
    visit: int
    queue: str = ""


class NobodyFree(_Input, frozen=True, tag="nobody_free"):
    """assign.none: at this moment no agent of the queue is even signed in for wish number `visit`."""

    visit: int


class AgentSaid(_Input, frozen=True, tag="agent_said"):
    """agent.message."""

    agent: str
    cid: str
    text: str
    name: str = ""


class AgentNoted(_Input, frozen=True, tag="agent_noted"):
    """A note among staff.  Raises no event."""

    agent: str
    cid: str
    text: str
    name: str = ""


class AgentClosed(_Input, frozen=True, tag="agent_closed"):
    """agent.close."""

    agent: str
    cid: str = ""


class AgentTransferred(_Input, frozen=True, tag="agent_transferred"):
    """agent.transfer: to another agent (`to_agent`) or to a queue (`to_queue`).

    A flow that does not listen gets the built-in behaviour: the conversation asks again, with that target.
    """

    agent: str
    cid: str
    to_agent: str = ""
    to_queue: str = ""
    note: str = ""
    name: str = ""


class AgentLost(_Input, frozen=True, tag="agent_lost"):
    """agent.lost: the agent who holds the conversation did not come back within his grace time."""

    agent: str


class StaffJoined(_Input, frozen=True, tag="staff_joined"):
    """A supervisor barges in (`inside`) or leaves again.  Raises no event."""

    agent: str
    cid: str
    name: str = ""
    inside: bool = True


class StaffTagged(_Input, frozen=True, tag="staff_tagged"):
    """Staff set the tags of the conversation.  Raises no event.

    With `keep` (a supervisor's tags) they stay with the visitor, and `visitor.tags` is what guards know them by.
    """

    agent: str
    cid: str
    tags: tuple[str, ...]
    keep: bool = False


class Recalled(_Input, frozen=True, tag="recalled"):
    """The author took back his message `seq` within two minutes.  Raises no event."""

    author: str
    cid: str
    seq: int


class FormSent(_Input, frozen=True, tag="form_sent"):
    """The visitor filled in the offline form.  It is stored as a message and raises visitor.message."""

    cid: str
    fields: dict[str, str]


class TimerDue(_Input, frozen=True, tag="timer_due"):
    """The armed timer with this `order` has come due.  A stale one changes nothing."""

    order: int


class AiAnswered(_Input, frozen=True, tag="ai_answered"):
    """ai.answer for question number `visit`; an absent confidence is 100 %."""

    visit: int
    text: str
    confidence: float = 1.0


class AiFailed(_Input, frozen=True, tag="ai_failed"):
    """ai.failed for question number `visit`."""

    visit: int
    reason: str


class FoldDiffered(_Input, frozen=True, tag="fold_differed"):
    """Reading the conversation back gave other records than were logged: on_error is taken, the log wins."""

    cause: str


class Migrated(_Input, frozen=True, tag="migrated"):
    """The operator moves the conversation to the bundle that is live.  Raises no event; see flow/migrate.py.

    `states` and `queues` are new names by old ones.
    """

    bundle: str
    states: dict[str, str] = {}
    queues: dict[str, str] = {}


class Custom(_Input, frozen=True, tag="custom"):
    """custom.NAME from the API, with the values that guards may read as event.data."""

    name: str
    cid: str = ""
    data: dict[str, Value] = {}


Input = (
    Opened
    | VisitorSaid
    | VisitorEnded
    | VisitorLeft
    | VisitorAskedHuman
    | VisitorRated
    | VisitorKnown
    | Offered
    | AgentAccepted
    | NobodyFree
    | AgentSaid
    | AgentNoted
    | AgentClosed
    | AgentTransferred
    | AgentLost
    | StaffJoined
    | StaffTagged
    | Recalled
    | FormSent
    | TimerDue
    | AiAnswered
    | AiFailed
    | FoldDiffered
    | Migrated
    | Custom
)
