"""One conversation as one session follows it: positions only, never content.

What the peer is given is always a chain: each event names its predecessor, and a live event is passed on only when that
predecessor is what the peer was given last.  Everything else is noted as "there is more" and read from the log.
"""

from collections.abc import Sequence

import msgspec
from msgspec import Raw, Struct

from appliance import records
from appliance.delivery.events import event_json, recalls
from appliance.delivery.frames import Events, Gap
from appliance.model import Audience
from appliance.records import Entry

PAGE_BYTES = 262_144
PART_BYTES = 49_152


class Stream:
    """`sent`: the seq up to which the peer was given everything; `head`: the last seq known to exist for it.

    `acked`: what the peer confirmed.  While `reading` is true, live events only raise `head`.  `fresh` until the first read
    of a resume has been answered; `known` tells that the peer brought a cursor; `misses` counts reads in a row that found nothing
    although there is more; `moved` that `sent` has changed since the last ping told it.
    """

    __slots__ = ("acked", "fresh", "head", "known", "misses", "moved", "reading", "sent")

    def __init__(self, sent: int, head: int, known: bool, fresh: bool) -> None:
        self.sent = sent
        self.acked = sent
        self.head = head
        self.known = known
        self.fresh = fresh
        self.reading = False
        self.misses = 0
        self.moved = False

    @property
    def owing(self) -> bool:
        """Return whether the peer has confirmed less than he was given."""
        return self.acked < self.sent

    @property
    def behind(self) -> bool:
        """Return whether there is something that the peer was not given."""
        return self.head > self.sent


class Reading(Struct, frozen=True):
    """A page of the log, ready to be written: frames in order, and the seq that the peer has after them."""

    frames: tuple[Events, ...]
    last: int


def page(
    conversation: str,
    audience: Audience,
    after: int,
    entries: Sequence[Entry],
    head: int,
    recalled: frozenset[int],
) -> Reading:
    """Return entries after `after` as frames of at most PART_BYTES, the newest PAGE_BYTES of them.

    Whatever lies between `after` and the first of them is declared as the gap of the first frame.
    """
    found = [(entry, records.decode(entry.body)) for entry in entries if entry.seq > after]
    hidden = recalled | recalls(record for _, record in found)
    events: list[tuple[Entry, bytes]] = []
    size = 0
    for entry, record in reversed(found):
        data = event_json(entry, audience, hidden, record)
        if data is None:
            continue
        size += len(data)
        if size > PAGE_BYTES and events:
            break
        events.append((entry, data))
    events.reverse()
    if not events:
        return _nothing(conversation, after, head, missing=False)
    first = events[0][0]
    prev = first.visitor_prev if audience is Audience.VISITOR else first.staff_prev
    gap = Gap(after + 1, first.seq - 1) if prev > after else None
    return Reading(_parts(conversation, after, events, head, gap), events[-1][0].seq)


def skipped(conversation: str, after: int, head: int) -> Reading:
    """Return the frame that declares everything after `after` a gap, without reading anything."""
    return _nothing(conversation, after, head, missing=head > after)


def _nothing(conversation: str, after: int, head: int, missing: bool) -> Reading:
    gap = Gap(after + 1, head) if missing else None
    return Reading((Events(conversation, [], after, head, gap),), head if missing else after)


def _parts(
    conversation: str, after: int, events: Sequence[tuple[Entry, bytes]], head: int, gap: Gap | None
) -> tuple[Events, ...]:
    parts: list[Events] = []
    batch: list[Raw] = []
    size = 0
    start = last = after
    for entry, data in events:
        if batch and size + len(data) > PART_BYTES:
            parts.append(Events(conversation, batch, start, head, gap))
            batch, size, gap, start = [], 0, None, last
        batch.append(msgspec.Raw(data))
        size += len(data)
        last = entry.seq
    parts.append(Events(conversation, batch, start, head, gap))
    return tuple(parts)
