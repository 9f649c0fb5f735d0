"""Counts what conversations go through, from what they commit: messages, waits, ends, and in which states they stand.

It reads committed records and nothing else, so it cannot count what did not come about.  A message costs it half a microsecond;
everything else is rarer.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from appliance import inputs
from appliance.figures import PATIENCE, SCORES, SIZES, Histogram
from appliance.flow.graph import Graph
from appliance.model import Millis, Snapshot
from appliance.ports import Published
from appliance.records import (
    Assigned,
    Closed,
    Entry,
    Happened,
    Queued,
    RatingSaved,
    Record,
    Released,
    Said,
    Unqueued,
    decode,
)
from appliance.runtime.mailbox import Mailbox

START = "start"
"""Where a conversation comes from that begins."""

NOWHERE = "none"
"""The queue of what stood in none."""

KINDS: Final = (
    ("in", "visitor"),
    ("in", "agent"),
    ("in", "note"),
    ("in", "form"),
    ("out", "flow"),
)
"""Direction and kind of what is counted as a message, in the order of `Tally.messages`."""

_AGENT, _FLOW = 1, 4
_MESSAGES: Final[dict[type, int]] = {
    inputs.Opened: 0,
    inputs.VisitorSaid: 0,
    inputs.AgentSaid: _AGENT,
    inputs.AgentNoted: 2,
    inputs.FormSent: 3,
}

ENDS: Final = ("visitor", "agent", "timer", "left", "flow")
_ENDS: Final[dict[type, str]] = {
    inputs.VisitorEnded: "visitor",
    inputs.VisitorRated: "visitor",
    inputs.VisitorSaid: "visitor",
    inputs.FormSent: "visitor",
    inputs.AgentClosed: "agent",
    inputs.TimerDue: "timer",
    inputs.VisitorLeft: "left",
}

_Since = tuple[str, Millis]
"""A queue, and since when."""


class Tally:
    """See the module.  Loop only.  Queues and states are named as the conversation's own configuration names them."""

    def __init__(self, resident: Callable[[str], Mailbox | None]) -> None:
        self._resident = resident
        self.messages = [0] * len(KINDS)
        self.sizes = Histogram(SIZES)
        self.started: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        self.waited: defaultdict[str, Histogram] = defaultdict(_patience)
        """From standing in a queue until an agent had it."""
        self.answered: defaultdict[str, Histogram] = defaultdict(_patience)
        """From a visitor's first message until an agent's."""
        self.handled: defaultdict[str, Histogram] = defaultdict(_patience)
        """From an agent's having it until he let it go."""
        self.scores = Histogram(SCORES)
        self.standing: Counter[str] = Counter()
        """Open conversations in memory by innermost state, each region for itself."""
        self.moves: Counter[tuple[str, str]] = Counter()
        self.here = 0
        """How many of them that are."""
        self.open = 0
        """Open conversations, in memory or not."""
        self._waiting: dict[str, _Since] = {}
        self._unanswered: dict[str, Millis] = {}
        self._held: dict[str, _Since] = {}

    # ---- what is committed

    def published(self, published: Published) -> None:
        """Count one committed unit."""
        records = published.records
        if len(records) == 1 and type(records[0]) is Happened and records[0].to is None:
            message = _MESSAGES.get(type(records[0].input))
            if message is not None:
                # Nearly everything that is ever committed: it has to be cheap.
                self._said(message, published.conversation, published.entries[0])
                return
        self._count(published)

    def _said(self, message: int, conversation: str, entry: Entry) -> None:
        self.messages[message] += 1
        size, sizes = len(entry.body), self.sizes
        sizes.counts[bisect_left(SIZES, size)] += 1
        sizes.total += size
        if message == _AGENT and conversation in self._unanswered:
            self._replied(conversation, entry.at)

    def _count(self, published: Published) -> None:
        conversation = published.conversation
        cause: type = Happened
        records: Iterable[Record] = published.records or [decode(each.body) for each in published.entries]
        for entry, record in zip(published.entries, records, strict=True):
            if type(record) is not Happened:
                self._emitted(conversation, record, entry.at, cause)
                continue
            cause = type(record.input)
            message = _MESSAGES.get(cause)
            if message is not None:
                self._said(message, conversation, entry)
            if record.to is not None:
                self._moved(conversation, record.to)
        if published.entries[0].seq == 1:
            self._began(conversation, published.entries[0].at)

    def _began(self, conversation: str, at: Millis) -> None:
        self.open += 1
        self._unanswered[conversation] = at
        self.started[self._queue_of(conversation)] += 1

    def _queue_of(self, conversation: str) -> str:
        known = self._held.get(conversation) or self._waiting.get(conversation)
        return known[0] if known else NOWHERE

    def _replied(self, conversation: str, at: Millis) -> None:
        began = self._unanswered.pop(conversation)
        self.answered[self._queue_of(conversation)].observe((at - began) / 1000)

    def _emitted(self, conversation: str, record: Record, at: Millis, cause: type) -> None:
        match record:
            case Said():
                self.messages[_FLOW] += 1
            case Queued(queue):
                self._waiting[conversation] = queue, at
            case Unqueued():
                self._waiting.pop(conversation, None)
            case Assigned(queue=queue):
                waited = self._waiting.pop(conversation, None)
                if waited is not None:
                    self.waited[waited[0]].observe((at - waited[1]) / 1000)
                self._held[conversation] = queue or NOWHERE, at
            case Released():
                self._let_go(conversation, at)
            case RatingSaved(score):
                self.scores.observe(score)
            case Closed():
                self._closed(conversation, at, cause)
            case _:
                pass

    def _let_go(self, conversation: str, at: Millis) -> None:
        held = self._held.pop(conversation, None)
        if held is not None:
            self.handled[held[0]].observe((at - held[1]) / 1000)

    def _closed(self, conversation: str, at: Millis, cause: type) -> None:
        self.open -= 1
        self.ended[_ENDS.get(cause, "flow")] += 1
        self._let_go(conversation, at)
        self._waiting.pop(conversation, None)
        self._unanswered.pop(conversation, None)
        mailbox = self._resident(conversation)
        if mailbox is not None:
            self.left(mailbox)

    # ---- in which states they stand

    def _moved(self, conversation: str, to: tuple[str, ...]) -> None:
        mailbox = self._resident(conversation)
        if mailbox is None or mailbox.graph is None:
            return
        before, after = mailbox.place, mailbox.graph.leaves(to)
        self._stand(mailbox, after)
        self.moves.update(_steps(before or (START,), after))

    def _stand(self, mailbox: Mailbox, leaves: tuple[str, ...]) -> None:
        self.here += bool(leaves) - bool(mailbox.place)
        for state in mailbox.place:
            self.standing[state] -= 1
        for state in leaves:
            self.standing[state] += 1
        mailbox.place = leaves

    def restored(self, conversation: str, graph: Graph, snapshot: Snapshot) -> None:
        """A conversation has been read back: it stands somewhere, and may have waited since before this start."""
        mailbox = self._resident(conversation)
        if mailbox is None or not snapshot.open:
            return
        self._stand(mailbox, graph.leaves(snapshot.active))
        if snapshot.waiting is not None:
            self._waiting.setdefault(conversation, (snapshot.waiting.queue, snapshot.waiting.since))
        if snapshot.held is not None:
            self._held.setdefault(conversation, (snapshot.held.queue or NOWHERE, snapshot.held.since))

    def left(self, mailbox: Mailbox) -> None:
        """A conversation is closed, or leaves memory."""
        self._stand(mailbox, ())


def _patience() -> Histogram:
    return Histogram(PATIENCE)


def _steps(before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the states that were left with those that were entered: of regions, only those in which something changed."""
    gone = [state for state in before if state not in after]
    come = [state for state in after if state not in before]
    if len(gone) == len(come):
        yield from zip(gone, come, strict=True)
    else:
        yield from ((one, other) for one in gone or before for other in come or after)
