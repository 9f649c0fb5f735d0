"""Which conversations a peer follows and how far he was given each: the chain of every stream, and the pages it lacks.

This is the part of a session that knows positions.  A live event is passed on when it continues the chain; otherwise a page
of the log is wanted, one at a time and only while the outbox has room, so that a resume never buries a peer.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from appliance.delivery import codes
from appliance.delivery.codec import encode
from appliance.delivery.commands import Marked, ReadFrom
from appliance.delivery.events import Event
from appliance.delivery.frames import Sync
from appliance.delivery.outbox import Outbox
from appliance.delivery.stream import PAGE_BYTES, Reading, Stream, page, skipped
from appliance.model import Audience, Millis
from appliance.records import Entry

EVENTS_WITH_CURSOR = 500
EVENTS_WITHOUT_CURSOR = 100
EVENTS_A_RESUME = 2_000
MOST_HISTORY = 16
MOST_MISSES = 3


_NO_STREAMS: Final[Mapping[str, Stream]] = MappingProxyType({})


class Following:
    """The streams of one peer; what they give him goes into `outbox`."""

    __slots__ = (
        "_budget",
        "_in_flight",
        "_outbox",
        "_owing",
        "_streams",
        "_unacked_since",
        "_wanted",
        "audience",
    )

    def __init__(self, audience: Audience, outbox: Outbox) -> None:
        self.audience = audience
        self._outbox = outbox
        # What an idle peer does not need is not made: he has no conversation, wants no page and owes no ack.
        self._streams: Mapping[str, Stream] = _NO_STREAMS
        self._wanted: list[str | ReadFrom] | None = None
        self._in_flight: ReadFrom | None = None
        self._budget = EVENTS_A_RESUME
        self._owing = 0
        self._unacked_since: Millis = 0

    def __contains__(self, conversation: str) -> bool:
        return conversation in self._streams

    def names(self) -> set[str]:
        """Return the conversations that are followed."""
        return set(self._streams)

    @property
    def reading(self) -> bool:
        """Return whether a page is wanted or on its way."""
        return bool(self._wanted) or self._in_flight is not None

    def position(self, conversation: str) -> int:
        """Return the seq up to which the peer was given everything, 0 when he does not follow the conversation."""
        stream = self._streams.get(conversation)
        return stream.sent if stream else 0

    # ---- the list

    def follow(self, conversation: str, head: int, cursor: int | None = None, resume: bool = False) -> None:
        """Follow a conversation from `cursor` (None: the peer has none), and want what lies between it and `head`.

        Raises ProtocolError(4010) when the cursor lies beyond the end.
        """
        if cursor is not None and cursor > head:
            raise codes.broken(
                codes.POSITION_LOST,
                f"会话 {conversation} 的位置 {cursor} 超出了末尾 {head}。",
                f"Position {cursor} of conversation {conversation} lies beyond its end, {head}.",
            )
        stream = Stream(cursor or 0, head, cursor is not None, fresh=resume)
        self._streams = {**self._streams, conversation: stream}
        if stream.behind:
            self._want(conversation, stream)
        else:
            stream.fresh = False

    def unfollow(self, conversation: str) -> bool:
        """Follow it no more; return whether it was followed."""
        stream = self._streams.get(conversation)
        if stream is None:
            return False
        self._owing -= stream.owing
        self._streams = {name: each for name, each in self._streams.items() if name != conversation}
        return True

    def clear(self) -> None:
        """Follow nothing any more."""
        self._streams = _NO_STREAMS
        self._wanted = None
        self._owing = 0

    # ---- live events and acks

    def publish(self, event: Event, now: Millis) -> bool:
        """Pass a committed event on, or note that there is more; return False when it is nothing to this peer."""
        stream = self._streams.get(event.conversation)
        if stream is None or event.seq <= stream.head:
            return False
        data = event.frame(self.audience)
        if data is None:
            return False
        stream.head = event.seq
        if not stream.reading:
            if event.prev(self.audience) == stream.sent:
                self._outbox.put(data)
                self._gave(stream, event.seq, now)
            else:
                self._want(event.conversation, stream)
        return True

    def got(self, cursors: Mapping[str, int], now: Millis) -> list[Marked]:
        """Take cumulative receive acks; return those that are news, never beyond what was given."""
        marks: list[Marked] = []
        for conversation, claimed in cursors.items():
            stream = self._streams.get(conversation)
            if stream is None:
                continue
            seq = min(claimed, stream.sent)
            if seq > stream.acked:
                self._put(stream, stream.sent, seq)
                self._unacked_since = now
                marks.append(Marked(conversation, seq, 0))
        return marks

    def unacked(self, now: Millis) -> Millis:
        """Return for how many ms the peer has confirmed nothing although something is outstanding."""
        return now - self._unacked_since if self._owing else 0

    def moved(self) -> dict[str, int]:
        """Return the positions that changed since this was asked last."""
        moved = {name: stream for name, stream in self._streams.items() if stream.moved}
        for stream in moved.values():
            stream.moved = False
        return {name: stream.sent for name, stream in moved.items()}

    # ---- pages of the log

    def sync(self, asked: Sync) -> bool:
        """Want what the peer asks for; return False when too much is wanted already."""
        stream = self._streams.get(asked.conversation)
        if stream is None or asked.before is not None:
            if len(self._wanted or ()) > MOST_HISTORY + len(self._streams):
                return False
            self._ask(ReadFrom(asked.conversation, asked.after, asked.before, asked.limit, resume=False))
            return True
        # The peer says where he really is; from there on he is given everything anew.
        sent = min(asked.after, stream.sent)
        self._put(stream, sent, min(stream.acked, sent))
        stream.known = True
        self._want(asked.conversation, stream)
        return True

    def more(self) -> ReadFrom | None:
        """Return the next page to read, None while one is on its way or the outbox has no room for it."""
        if self._in_flight is not None or self._outbox.size >= PAGE_BYTES:
            return None
        while self._wanted and self._in_flight is None:
            wanted = self._wanted.pop(0)
            self._in_flight = self._next(wanted) if isinstance(wanted, str) else wanted
        return self._in_flight

    def _next(self, conversation: str) -> ReadFrom | None:
        stream = self._streams.get(conversation)
        if stream is None or not stream.reading:
            return None
        limit = self._limit(stream)
        if limit > 0:
            return ReadFrom(conversation, stream.sent, None, limit, resume=True)
        reading = skipped(conversation, stream.sent, stream.head)
        self._write(reading)
        # A gap leaves nothing to confirm.
        self._put(stream, reading.last, reading.last)
        stream.fresh = stream.reading = False
        return None

    def page(
        self, wanted: ReadFrom, entries: Sequence[Entry], head: int, recalled: frozenset[int], now: Millis
    ) -> None:
        """Write the page that was read for `wanted`.

        Raises ProtocolError(4010) when the log keeps answering with less than is known to exist.
        """
        if wanted is not self._in_flight:
            return
        self._in_flight = None
        conversation = wanted.conversation
        stream = self._streams.get(conversation)
        if wanted.resume and (stream is None or wanted.after != stream.sent):
            # He left the conversation, or said by sync that he is elsewhere, while this was read.
            if stream is not None:
                self._ask(conversation)
            return
        reading = page(conversation, self.audience, wanted.after, entries, head, recalled)
        if stream is None or not wanted.resume:
            self._write(reading)
            return
        if stream.fresh:
            stream.fresh = False
            self._budget -= len(entries)
        stream.head = max(stream.head, head, reading.last)
        if stream.behind and reading.last == stream.sent:
            self._missed(conversation, stream)
            return
        stream.misses = 0
        self._write(reading)
        if reading.last > stream.sent:
            self._gave(stream, reading.last, now)
        stream.reading = stream.behind
        if stream.reading:
            self._ask(conversation)

    def refused(self, wanted: ReadFrom) -> None:
        """Give up the page: the peer may not read this conversation, so he follows it no more."""
        if wanted is self._in_flight:
            self._in_flight = None
            if wanted.resume:
                self.unfollow(wanted.conversation)

    def _missed(self, conversation: str, stream: Stream) -> None:
        # An entry committed between reading and asking for the head makes one miss; only a row of them is a fault.
        stream.misses += 1
        if stream.misses >= MOST_MISSES:
            raise codes.broken(
                codes.POSITION_LOST,
                f"会话 {conversation} 在 {stream.sent} 之后读不到内容。",
                f"Nothing can be read after {stream.sent} in conversation {conversation}.",
            )
        self._ask(conversation)

    def _limit(self, stream: Stream) -> int:
        most = EVENTS_WITH_CURSOR if stream.known or stream.sent else EVENTS_WITHOUT_CURSOR
        return min(most, max(self._budget, 0)) if stream.fresh else most

    def _want(self, conversation: str, stream: Stream) -> None:
        if not stream.reading:
            stream.reading = True
            self._ask(conversation)

    def _ask(self, wanted: str | ReadFrom) -> None:
        if self._wanted is None:
            self._wanted = []
        self._wanted.append(wanted)

    def _write(self, reading: Reading) -> None:
        for frame in reading.frames:
            self._outbox.put(encode(frame))

    def _gave(self, stream: Stream, seq: int, now: Millis) -> None:
        """Note that the peer was given everything up to `seq`, which lies beyond what he had: he owes an ack for it."""
        if not self._owing:
            self._unacked_since = now
        if stream.acked >= stream.sent:
            self._owing += 1
        stream.sent = seq
        stream.moved = True

    def _put(self, stream: Stream, sent: int, acked: int) -> None:
        """Note where the peer is, and whether he owes an ack there."""
        owed = stream.owing
        stream.sent, stream.acked = sent, acked
        self._owing += stream.owing - owed
