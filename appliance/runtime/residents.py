"""The conversations that are in memory: `pools.sessions` of them at most, the rest in the store until their next event.

One leaves when there are too many or when nothing has happened to it for `IDLE`; before that, what is newer than its checkpoint
is handed to the store.  Three kinds stay, however many there are: those with something under way, those who wait at the desk (it
looks at all of them with every change), and those that a supervisor has joined.  So the bound is one for memory, never one for
conversations.

They stand in a ring.  Keeping it in order of use would cost every message; instead a few are looked at when room is needed, and
of these the one that was idle longest leaves.
"""

from collections.abc import Callable, Iterator
from itertools import islice

from appliance.figures import PoolFigures
from appliance.model import Millis
from appliance.runtime.mailbox import Mailbox

IDLE: Millis = 10 * 60_000
"""After so long without an event a conversation leaves memory."""

LOOKS = 8
"""So many are looked at when one is to leave; who stays goes to the end of the ring."""

SWEEP = 100
"""So many are looked at once a second for having been idle."""


class Residents:
    """See the module.  Loop only.

    `size` is the bound that the live configuration sets; `connected` tells whether a visitor has a page open; `left` is told of
    every mailbox that is dropped.
    """

    def __init__(
        self,
        size: Callable[[], int],
        connected: Callable[[str], object],
        left: Callable[[Mailbox], None] = lambda mailbox: None,
    ) -> None:
        self._left = left
        self._figures = PoolFigures("sessions", size())
        self._size = size
        self._connected = connected
        self._mailboxes: dict[str, Mailbox] = {}
        self._open_of: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._mailboxes)

    def __iter__(self) -> Iterator[Mailbox]:
        return iter(self._mailboxes.values())

    @property
    def figures(self) -> PoolFigures:
        """Return what this pool counts of itself; those at work have something waiting or in flight."""
        self._figures.size = self._size()
        self._figures.used = sum(not mailbox.quiet for mailbox in self)
        self._figures.idle = len(self) - self._figures.used
        return self._figures

    def brought_back(self, seconds: float) -> None:
        """Count a conversation that was read from the store, and how long its event had to wait for that."""
        self._figures.missed(seconds)

    # ---- mailboxes

    def look(self, conversation: str) -> Mailbox | None:
        """Return the mailbox if it is in memory; looking is no event."""
        return self._mailboxes.get(conversation)

    def reach(self, conversation: str) -> Mailbox | None:
        """Return the mailbox if it is in memory, for an event that has come."""
        mailbox = self._mailboxes.get(conversation)
        if mailbox is not None:
            self._figures.hits += 1
        return mailbox

    def take_in(self, mailbox: Mailbox) -> None:
        """Add a mailbox; if there is no room for it, another makes some."""
        self._mailboxes[mailbox.id] = mailbox
        if len(self._mailboxes) > self._size():
            self._make_room()

    def forget(self, conversation: str) -> None:
        """Drop a mailbox that has nothing worth keeping, and whose conversation is over."""
        mailbox = self._mailboxes.get(conversation)
        if mailbox is not None and mailbox.quiet:
            del self._mailboxes[conversation]
            self._left(mailbox)
            self.closed(mailbox.visitor, conversation)

    # ---- whose they are

    def open_of(self, visitor: str) -> str | None:
        """Return the visitor's open conversation, in memory or not, as far as it is known here."""
        return self._open_of.get(visitor)

    def know_open(self, visitor: str, conversation: str) -> None:
        """Take down what the store says; what is known here is newer."""
        self._open_of.setdefault(visitor, conversation)

    def opened(self, visitor: str, conversation: str) -> None:
        """A visitor has begun a conversation."""
        self._open_of[visitor] = conversation

    def closed(self, visitor: str, conversation: str) -> None:
        """A conversation is over: its visitor's next message opens another."""
        if self._open_of.get(visitor) == conversation:
            del self._open_of[visitor]

    # ---- leaving

    def sweep(self, now: Millis) -> None:
        """Let those leave who were idle for long, and those who are too many since the configuration changed."""
        size = self._size()
        for mailbox in self._next(SWEEP):
            if may_leave(mailbox) and (now - mailbox.at >= IDLE or len(self._mailboxes) > size):
                self._see_off(mailbox)

    def _make_room(self) -> None:
        candidates = sorted(filter(may_leave, self._next(LOOKS)), key=_at)
        for mailbox in candidates[: len(self._mailboxes) - self._size()]:
            self._see_off(mailbox)

    def _next(self, count: int) -> list[Mailbox]:
        """Return the next of the ring, and let them stand at its end."""
        found = list(islice(self._mailboxes.values(), count))
        for mailbox in found:
            del self._mailboxes[mailbox.id]
        self._mailboxes.update((mailbox.id, mailbox) for mailbox in found)
        return found

    def _see_off(self, mailbox: Mailbox) -> None:
        mailbox.checkpoint()
        del self._mailboxes[mailbox.id]
        self._left(mailbox)
        self._figures.left += 1
        # Who has a page open may speak at any time, and must be found; all others are asked for in the store when they come.
        if not self._connected(mailbox.visitor):
            self.closed(mailbox.visitor, mailbox.id)


def may_leave(mailbox: Mailbox) -> bool:
    """Return whether nothing would be missed if the conversation were in the store alone."""
    snapshot = mailbox.snapshot
    return mailbox.quiet and snapshot is not None and snapshot.waiting is None and not snapshot.joined


def _at(mailbox: Mailbox) -> Millis:
    return mailbox.at
