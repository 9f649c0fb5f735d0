"""What a session asks its channel to do: the whole output of the pure delivery floor.

Client frames that need no translation (typing, presence, watch) are commands as they are.
"""

from typing import Literal

from msgspec import Struct

from appliance.delivery.frames import Do, Hello, Presenting, Send, Typed, Watch
from appliance.errors import Text
from appliance.inputs import Input
from appliance.model import Audience


class Peer(Struct, frozen=True, gc=False):
    """Who is at the other end, proven: a visitor or a member of staff."""

    role: Literal["visitor", "agent", "supervisor", "owner"]
    id: str
    name: str = ""

    @property
    def audience(self) -> Audience:
        """Return what this peer may see."""
        return Audience.VISITOR if self.role == "visitor" else Audience.STAFF

    @property
    def chief(self) -> bool:
        """Return whether the peer may watch and join what is not his."""
        return self.role in ("supervisor", "owner")


class Admit(Struct, frozen=True, gc=False):
    """Find out who this is and what is his; then Session.admitted, or a close."""

    hello: Hello


class Submit(Struct, frozen=True, gc=False):
    """Give `input` to the conversation's mailbox, later answer with Ack, Refused or Retry under `frame.cid`.

    `input` is None for what the desk decides, not the conversation: `accept`, `decline`, `take`.  A visitor's `send`
    with `conversation` null is a VisitorSaid, too: only the runtime knows whether it opens a conversation.
    """

    frame: Send | Do
    input: Input | None


class ReadFrom(Struct, frozen=True, gc=False):
    """Read the newest `limit` entries with after < seq < before; then Session.page with this very command.

    `resume` tells that the answer moves the session's position; without it, it is a page of history.
    """

    conversation: str
    after: int
    before: int | None
    limit: int
    resume: bool


class Marked(Struct, frozen=True, gc=False):
    """This peer has received, or read, everything up to these seqs (0: unchanged)."""

    conversation: str
    delivered: int
    read: int


class Beat(Struct, frozen=True, gc=False):
    """Write these bytes at once, past everything that waits."""

    data: bytes


class Close(Struct, frozen=True, gc=False):
    """End the connection.  `cause` goes to the log; `abort` means: do not wait for what stands in the transport."""

    code: int
    reason: str
    cause: Text
    abort: bool = False


Command = Admit | Submit | ReadFrom | Marked | Typed | Presenting | Watch | Beat | Close
