"""The door between a channel and the runtime, seen from the channel: what each needs of the other.

A channel moves frames and knows nothing of stores, mailboxes or desks; the runtime knows nothing of sockets.  The runtime
implements `Gateway` (runtime/gateway.py); every channel implements `Link`.  All calls happen on the event loop's thread;
everything that is not `async` returns at once.
"""

from collections.abc import Sequence
from typing import Literal, Protocol

from msgspec import Struct

from appliance.delivery.commands import Marked, Peer, ReadFrom, Submit
from appliance.delivery.events import Event
from appliance.delivery.frames import Answer, Hello, Presenting, ServerFrame, Typed, Watch, Welcome
from appliance.delivery.packed import Packed
from appliance.delivery.rate import Rate
from appliance.model import Millis
from appliance.records import Entry

POLL_PRESENCE = 33_000
"""A poll counts as presence for so many ms after it ended."""


class Upgrade(Struct, frozen=True):
    """What the HTTP edge established before it handed the request to a channel.

    `agent` is the id of the agent whom the login cookie proved ("" on the visitor's endpoint), `login` names that login;
    Origin is checked.
    """

    role: Literal["visitor", "agent"]
    agent: str = ""
    remote: str = ""
    login: str = ""


class Admission(Struct):
    """Who the peer is and what is his.

    The cards in `welcome.conversations` are the subscriptions: the session resumes each of them from the cursor in
    hello up to `card.head` and beyond.  `rate` is shared by all sessions of one visitor.
    """

    peer: Peer
    welcome: Welcome
    rate: Rate


class History(Struct):
    """The answer to a ReadFrom: entries that the peer may see, ascending, `visitor_prev` and `staff_prev` set.

    `head` is the last seq this audience may see, as of now.  `recalled` holds the seqs whose text was taken back, as far
    as they are among the entries; a `recalled` event within the entries counts by itself.
    """

    entries: Sequence[Entry]
    head: int
    recalled: frozenset[int] = frozenset()


class Link(Protocol):
    """One connected peer, as the runtime sees it.  Every method is safe at any time, also after the end."""

    @property
    def peer(self) -> Peer | None:
        """Return who this is; None before it is admitted."""
        ...

    def publish(self, events: Sequence[Event], within: Millis = 0) -> None:
        """Show committed events, `within` ms at the latest: time for more to come that goes in the same write.

        Those of conversations this link is not subscribed to, or that the peer may not see, are passed over.
        """
        ...

    def join(self, frame: Packed) -> None:
        """Send a Joined frame (packed once for all links of one audience): subscribe, or show the changed card."""
        ...

    def part(self, conversation: str) -> None:
        """Send a Left frame and unsubscribe."""
        ...

    def answer(self, frame: Answer) -> None:
        """Answer a Submit."""
        ...

    def tell(self, frame: ServerFrame | Packed) -> None:
        """Send any other frame; typing, queue, desk and presence may be replaced by newer ones or dropped."""
        ...

    def close(self, code: int, retry_after: Millis | None = None) -> None:
        """End the connection with a code of delivery/codes.py."""
        ...


class Gateway(Protocol):
    """What the runtime offers to every channel."""

    async def admit(self, hello: Hello, upgrade: Upgrade, link: Link) -> Admission:
        """Find out who says hello, register `link` for what concerns him, and return what is his.

        From the registration on, `publish`, `join`, `part` and `tell` may be called, also before this returns: the
        session holds back what comes early.  Register *before* reading the heads for the cards, never after, so that no
        event falls between.  Raises ProtocolError (4500 bad token or agent gone, 1013 overload ...), and then the link
        is not registered.
        """
        ...

    def submit(self, link: Link, submit: Submit) -> None:
        """Take a send or an act; later, exactly once, `link.answer` under its cid.

        May raise errors.Refused at once instead of answering.
        """
        ...

    async def read(self, link: Link, wanted: ReadFrom) -> History:
        """Return the newest `wanted.limit` entries with after < seq < before that this peer may see.

        Authorises again (staff may ask for any conversation).  Raises errors.Refused when the peer may not,
        StoreError when the store cannot.
        """
        ...

    def mark(self, link: Link, marked: Marked) -> None:
        """Note how far the peer has received or read: maxima, to be stored and shown to others in its own time."""
        ...

    def typing(self, link: Link, frame: Typed) -> None:
        """Show others in the conversation that this peer types.  The conversation is one of his."""
        ...

    def present(self, link: Link, frame: Presenting) -> None:
        """An agent chose his status."""
        ...

    def watch(self, link: Link, frame: Watch) -> None:
        """A supervisor watches or stops: answered by join or part.  May raise errors.Refused."""
        ...

    def leave(self, link: Link, linger: Millis) -> None:
        """The link has ended, nothing may be sent any more.  Called exactly once for every admitted link.

        The person counts as present for another `linger` ms: 0 after a socket, POLL_PRESENCE after a poll.
        """
        ...
