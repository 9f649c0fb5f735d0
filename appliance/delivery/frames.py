"""Every frame of the wire protocol, both ways, as a tagged struct: the one place where the words of the wire stand.

Decoding is strict about what is known (a wrong type closes the connection) and deaf to unknown fields, so that a newer
client can talk to an older appliance.  schema/asyncapi.yaml is generated from these classes.
"""

from typing import Annotated, Literal

from msgspec import Meta, Raw, Struct

from appliance.delivery.cards import (
    AgentLine,
    Banner,
    Card,
    ClientLimits,
    DeskView,
    Greeting,
    ModeView,
    QueueLine,
    ReplyLine,
    Site,
    WaitingLine,
    You,
)
from appliance.model import Millis

FRAME_BYTES = 65_536
TYPING_CHARS = 500
PAGE_CHARS = 2_048

Id = Annotated[str, Meta(min_length=1, max_length=64)]
Seq = Annotated[int, Meta(ge=0, le=2**53)]
Number = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Line = Annotated[str, Meta(max_length=2048)]


class _Frame(Struct, frozen=True, gc=False, tag_field="t", omit_defaults=True):
    pass


class Page(Struct, frozen=True, gc=False, omit_defaults=True):
    """The page a visitor is on.  Longer values than 2,048 characters are cut, not refused: nobody chose them."""

    url: str = ""
    title: str = ""
    referrer: str = ""

    def trimmed(self) -> "Page":
        """Return the page with its values cut."""
        return Page(self.url[:PAGE_CHARS], self.title[:PAGE_CHARS], self.referrer[:PAGE_CHARS])


class Hello(_Frame, frozen=True, tag="hello"):
    """The first frame of a client: who he is and how far he has read.  Never a token in a URL."""

    v: Literal[1]
    token: Annotated[str, Meta(max_length=4096)] | None = None
    session: Id | None = None
    epoch: Id | None = None
    cursors: dict[Id, Seq] = {}
    lang: Literal["zh", "en"] = "zh"
    page: Page | None = None
    identity: Annotated[str, Meta(max_length=4096)] | None = None


class Send(_Frame, frozen=True, tag="send"):
    """A message.  `conversation` null: whatever conversation the visitor has open, or a new one."""

    cid: Id
    conversation: Id | None
    text: str
    menu: Line = ""
    note: bool = False


Act = Literal[
    "end",
    "ask_human",
    "rate",
    "form",
    "recall",
    "accept",
    "decline",
    "close",
    "transfer",
    "tag",
    "join",
    "leave",
    "take",
]


class Do(_Frame, frozen=True, tag="do"):
    """An act in a conversation; which further fields belong to which act: see delivery/intake.py."""

    cid: Id
    conversation: Id
    act: Act
    score: Number | None = None
    comment: str = ""
    fields: dict[str, str] | None = None
    seq: Seq | None = None
    visit: Seq | None = None
    to_agent: Line = ""
    to_queue: Line = ""
    note: str = ""
    tags: list[str] | None = None


class Got(_Frame, frozen=True, tag="got"):
    """Cumulative receive acks: everything up to these seqs has arrived."""

    cursors: dict[Id, Seq]


class Read(_Frame, frozen=True, tag="read"):
    """The reader has seen everything up to `seq`."""

    conversation: Id
    seq: Seq


class Typed(_Frame, frozen=True, tag="typing"):
    """The client is typing (`on`) or stopped; `text` is a visitor's unsent text."""

    conversation: Id
    on: bool
    text: str = ""


class Sync(_Frame, frozen=True, tag="sync"):
    """Please send what stands after `after`, and before `before`; the newest `limit` of it."""

    conversation: Id
    after: Seq
    before: Seq | None = None
    limit: Annotated[int, Meta(ge=1, le=500)] = 500


class Presenting(_Frame, frozen=True, tag="presence"):
    """The agent chooses his status."""

    status: Literal["ready", "busy", "away"]


class Watch(_Frame, frozen=True, tag="watch"):
    """A supervisor watches a conversation, or stops."""

    conversation: Id
    on: bool


class Ping(_Frame, frozen=True, tag="ping"):
    """Are you there?  The server's tells the heads that changed since its last."""

    n: Number
    heads: dict[Id, Seq] | None = None


class Pong(_Frame, frozen=True, tag="pong"):
    """The answer to a ping, with its number."""

    n: Number


class Welcome(_Frame, frozen=True, tag="welcome", kw_only=True):
    """The answer to hello.  `conversations` is the whole list of this person; the client drops all others."""

    session: str
    epoch: str
    now: Millis
    you: You
    limits: ClientLimits
    site: Site
    conversations: list[Card]
    token: str | None = None
    greeting: Greeting | None = None
    presence: str | None = None
    desk: DeskView | None = None
    replies: list[ReplyLine] | None = None
    mode: ModeView | None = None


class Joined(_Frame, frozen=True, tag="joined"):
    """A conversation is now in this person's list, or its card changed: it replaces the former."""

    conversation: Card


class Left(_Frame, frozen=True, tag="left"):
    """The conversation is no longer in this person's list."""

    conversation: str


class Gap(Struct, frozen=True, gc=False, rename={"first": "from", "last": "to"}):
    """What is missing: the seqs `from` up to and including `to`, to be had by sync."""

    first: int
    last: int


class Events(_Frame, frozen=True, tag="events"):
    """Events of one conversation, complete between `after` and the last one, except for `gap`.

    Each is an event without `t` and `conversation`.  The client's cursor becomes the largest of its cursor, the last seq
    here and gap.to.  `head` is the last seq this audience may see.
    """

    conversation: str
    events: list[Raw]
    after: int
    head: int
    gap: Gap | None = None


class Ack(_Frame, frozen=True, tag="ack"):
    """What was sent under `cid` is committed."""

    cid: str
    conversation: str
    seq: int
    at: Millis


class Refused(_Frame, frozen=True, tag="refused"):
    """What was sent under `cid` is refused; final, unless `retry_after` (ms) is given.  Codes: delivery/codes.py."""

    cid: str
    code: str
    zh: str
    en: str
    retry_after: int | None = None


class Retry(_Frame, frozen=True, tag="retry"):
    """The commit failed, nothing was stored: send the same cid again after `retry_after` ms."""

    cid: str
    retry_after: int


class Receipts(_Frame, frozen=True, tag="receipts"):
    """How far a reader ("visitor" or an agent id) has come: maxima of seqs."""

    conversation: str
    reader: str
    delivered: int
    read: int


class Typing(_Frame, frozen=True, tag="typing"):
    """Somebody else types: `who` is "visitor" or an agent id; `text` only for the assignee."""

    conversation: str
    who: str
    name: str
    on: bool
    text: str = ""


class Queue(_Frame, frozen=True, tag="queue"):
    """The visitor's place, from 1; `wait` is the expected ms, null when nobody can tell."""

    conversation: str
    position: int
    length: int
    wait: int | None


class Offer(_Frame, frozen=True, tag="offer"):
    """The agent may accept this conversation until `until`."""

    conversation: str
    visit: int
    queue: str
    until: Millis
    visitor: str


class Unoffer(_Frame, frozen=True, tag="unoffer"):
    """The offer is gone."""

    conversation: str
    visit: int


class Remind(_Frame, frozen=True, tag="remind"):
    """The flow reminds the agent that a visitor waits."""

    conversation: str


class Desk(_Frame, frozen=True, tag="desk"):
    """The desk for staff: a whole view, which replaces the former.  Only chiefs get a banner."""

    queues: list[QueueLine]
    waiting: list[WaitingLine]
    agents: list[AgentLine]
    banner: Banner | None = None


class Status(_Frame, frozen=True, tag="presence"):
    """The agent's own status as the server has it."""

    status: str


class Mode(ModeView, frozen=True, gc=False, tag_field="t", tag="mode", omit_defaults=True):
    """What is off or slowed down under load from now on: it replaces the former."""


class Notice(_Frame, frozen=True, tag="notice"):
    """Something a person should know."""

    code: str
    zh: str
    en: str
    level: Literal["info", "warn", "error"]


VisitorFrame = Hello | Send | Do | Got | Read | Typed | Sync | Ping | Pong
ClientFrame = VisitorFrame | Presenting | Watch
Answer = Ack | Refused | Retry
ServerFrame = (
    Welcome
    | Joined
    | Left
    | Events
    | Ack
    | Refused
    | Retry
    | Receipts
    | Typing
    | Queue
    | Offer
    | Unoffer
    | Remind
    | Desk
    | Status
    | Ping
    | Pong
    | Mode
    | Notice
)
"""All server frames except `event`, whose bytes delivery/events.py makes."""
