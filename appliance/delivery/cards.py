"""What a client shows outside the stream of events: the card of a conversation, the desk, a person's own settings.

These are views: the runtime fills them from snapshots, accounts and receipts; nothing here is stored.  A field without
a default always stands in the frame (null included); one with a default is left out when it has that value, which is
also how staff-only fields are kept from visitors.
"""

from typing import Any

from msgspec import Struct

from appliance.model import Millis


class _View(Struct, frozen=True, gc=False, omit_defaults=True):
    pass


class AgentName(_View, frozen=True):
    """An agent as a visitor may know him."""

    id: str
    name: str = ""


class VisitorCard(_View, frozen=True):
    """A visitor as staff sees him."""

    id: str
    name: str
    level: int = 0
    tags: tuple[str, ...] = ()
    lang: str = "zh"
    page: str = ""
    title: str = ""
    referrer: str = ""
    channel: str = "web"
    signed: bool = False


class ReceiptLine(_View, frozen=True):
    """How far one reader has come: `reader` is "visitor" or an agent id; both values are seqs."""

    reader: str
    delivered: int
    read: int


class LastLine(_View, frozen=True):
    """The newest message of a conversation, for a list."""

    seq: int
    at: Millis
    kind: str
    text: str


class Card(_View, frozen=True, kw_only=True):
    """A conversation in somebody's list.

    `head` is the last seq that this audience may see, `unread` counts from the reader's mark.  `visitor`, `state`,
    `queue`, `waiting_since`, `why` and `tags` are for staff only.  `rating_asked`, `form_asked` and `menu` let a page
    that was reloaded show the right panel.
    """

    id: str
    agent: AgentName | None
    opened_at: Millis
    closed_at: Millis | None
    head: int
    unread: int
    receipts: list[ReceiptLine]
    last: LastLine | None
    rating_asked: bool
    form_asked: bool
    menu: list[str]
    visitor: VisitorCard | None = None
    state: str = ""
    queue: str = ""
    waiting_since: Millis | None = None
    why: dict[str, Any] | None = None
    tags: tuple[str, ...] = ()


class You(_View, frozen=True):
    """Whom the server takes this client for; `role` is visitor, agent, supervisor or owner."""

    id: str
    name: str
    role: str


class ClientLimits(_View, frozen=True):
    """What a client must keep to: bytes of one message (UTF-8), sends without an ack."""

    message_bytes: int
    outbox: int


class Site(_View, frozen=True):
    """The site that runs this appliance."""

    name: str


class Greeting(_View, frozen=True):
    """What the widget says before a conversation exists."""

    say: str
    menu: list[str]


class ReplyLine(_View, frozen=True):
    """A quick reply; an empty `owner` means everybody's."""

    id: str
    shortcut: str
    text: str
    owner: str


class QueueLine(_View, frozen=True):
    """One queue: who waits since when, how many agents are ready for it."""

    name: str
    length: int
    oldest_since: Millis | None
    ready: int


class WaitingLine(_View, frozen=True):
    """One waiting conversation; `asking` tells whether an agent is wanted right now."""

    conversation: str
    queue: str
    position: int
    since: Millis
    vip: bool
    visitor: VisitorCard
    asking: bool


class AgentLine(_View, frozen=True):
    """One agent: `status` is his choice, `shown` what he is: ready, busy, away, offline or reconnecting."""

    id: str
    name: str
    role: str
    status: str
    shown: str
    held: int
    capacity: int


class Banner(_View, frozen=True):
    """What supervisors and the owner must know of the configuration, at the top of their console as long as it is so.

    `code` is reload_failed (what was to go live did not), unconfirmed (what is live goes back at `until` unless somebody
    confirms it) or last_good (not the file runs, but what ran before it).
    """

    code: str
    zh: str
    en: str
    since: Millis
    until: Millis | None = None


class DeskView(_View, frozen=True):
    """The desk as staff sees it."""

    queues: list[QueueLine]
    waiting: list[WaitingLine]
    agents: list[AgentLine]
    banner: Banner | None = None


class ModeView(_View, frozen=True):
    """What is off or slowed down under load, for whoever comes while it is; no such view means that all is well.

    `off` holds any of read_receipts, typing, push_delay, batching, presence, new_visitors (see overload.py).  For staff only:
    `load` (a share of what can be borne), `cause` (what made it so), `until` (the end of a forced tier).
    """

    tier: int
    off: tuple[str, ...]
    since: Millis
    load: float | None = None
    cause: str = ""
    until: Millis | None = None
