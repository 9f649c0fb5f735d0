"""What waits to be written to one peer, bounded.

Ordered frames keep their order and are never dropped: over the cap the peer is slow and is cut off, it resumes by its
cursor.  Passing frames (typing, queue, desk, presence) hold only their latest value and are dropped first.  Receipts are
maxima.  Nothing here knows what the bytes mean.
"""

from typing import TypeVar

from appliance.delivery.budget import Budget
from appliance.delivery.codec import encode
from appliance.delivery.frames import Receipts
from appliance.delivery.packed import Key

K = TypeVar("K")
V = TypeVar("V")

MOST_FRAMES = 256
MOST_BYTES = 1_048_576
TRANSPORT_BYTES = 16_384
"""At most this much may stand in the transport: a heartbeat is never far from the wire, and what waits can be cut."""


class Outbox:
    """The queue of one connection.  `slow` turns true once, when the cap is passed, and stays.

    The caps may be set anew; what waits already is measured by them when the next frame comes.
    """

    __slots__ = (
        "_budget",
        "_bytes",
        "_ordered",
        "_passing",
        "_receipts",
        "most_bytes",
        "most_frames",
        "slow",
    )

    def __init__(
        self, most_frames: int = MOST_FRAMES, most_bytes: int = MOST_BYTES, budget: Budget | None = None
    ) -> None:
        # Nothing waits for nearly everybody nearly always, so what would hold it is made when it is needed.
        self._ordered: list[bytes] | None = None
        self._passing: dict[Key, bytes] | None = None
        self._receipts: dict[tuple[str, str], Receipts] | None = None
        self._bytes = 0
        self._budget = budget
        self.most_frames = most_frames
        self.most_bytes = most_bytes
        self.slow = False

    @property
    def size(self) -> int:
        """Return the bytes that wait, receipts not counted."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._ordered or ()) + len(self._receipts or ()) + len(self._passing or ())

    def __bool__(self) -> bool:
        return bool(self._ordered or self._receipts or self._passing)

    def put(self, data: bytes) -> None:
        """Append a frame that must arrive, in order."""
        if self.slow:
            return
        if self._ordered is None:
            self._ordered = [data]
        else:
            self._ordered.append(data)
        self._count(len(data))
        if self._bytes > self.most_bytes or len(self._ordered or ()) > self.most_frames:
            self._relieve()

    def put_first(self, data: bytes) -> None:
        """Prepend a frame: the welcome, which precedes whatever happened while it was made."""
        self._ordered = [data, *(self._ordered or ())]
        self._count(len(data))

    def pass_on(self, key: Key, data: bytes) -> None:
        """Replace the passing frame of `key`, or drop it when there is no room."""
        passing = self._passing = self._passing or {}
        former = passing.pop(key, b"")
        if self._bytes - len(former) + len(data) > self.most_bytes:
            self._count(-len(former))
            return
        passing[key] = data
        self._count(len(data) - len(former))

    def receipt(self, receipts: Receipts) -> None:
        """Raise the receipts of a reader."""
        waiting = self._receipts = self._receipts or {}
        key = (receipts.conversation, receipts.reader)
        former = waiting.get(key)
        if former is not None:
            receipts = Receipts(
                receipts.conversation,
                receipts.reader,
                max(former.delivered, receipts.delivered),
                max(former.read, receipts.read),
            )
        waiting[key] = receipts

    def take(self, room: int) -> bytes | None:
        """Remove what fits into `room` bytes, in order, and return it as one frame (an array when several).

        A frame larger than TRANSPORT_BYTES goes alone, when the whole of it is free.  None: nothing there or nothing fits.
        """
        ordered = self._ordered
        if ordered and self._bytes + len(ordered) < room and not self._passing and not self._receipts:
            # Nearly always all of it fits, and nothing else waits.
            self._ordered = None
            self._count(-self._bytes)
            return ordered[0] if len(ordered) == 1 else b"[%b]" % b",".join(ordered)
        taken = self._remove(room)
        if not taken:
            return None
        return taken[0] if len(taken) == 1 else b"[%b]" % b",".join(taken)

    def take_all(self) -> list[bytes]:
        """Remove everything and return it, frame by frame."""
        return self._remove(2 * self.most_bytes + self.size)

    def _remove(self, room: int) -> list[bytes]:
        whole = room >= TRANSPORT_BYTES
        taken: list[bytes] = []
        # The brackets of an array.
        room -= 2
        if self._ordered is not None:
            room = self._take_ordered(self._ordered, room, whole, taken)
        if self._ordered is None and (self._receipts or self._passing):
            self._take_passing(room, whole, taken)
        if taken and self._budget is not None:
            self._budget.moved(self)
        return taken

    def _take_ordered(self, ordered: list[bytes], room: int, whole: bool, taken: list[bytes]) -> int:
        """Move what fits to `taken`; return the room that is left."""
        before = room
        for data in ordered:
            if len(data) >= room and not (whole and not taken):
                break
            room -= len(data) + 1
            taken.append(data)
        if len(taken) == len(ordered):
            self._ordered = None
        else:
            del ordered[: len(taken)]
        if taken:
            self._count(len(taken) - (before - room))
        return room

    def _take_passing(self, room: int, whole: bool, taken: list[bytes]) -> None:
        for reader, receipts in tuple((self._receipts or {}).items()):
            data = encode(receipts)
            if len(data) < room or (whole and not taken):
                self._receipts = _without(self._receipts, reader)
                room -= len(data) + 1
                taken.append(data)
        for key, data in tuple((self._passing or {}).items()):
            if len(data) < room or (whole and not taken):
                self._passing = _without(self._passing, key)
                self._count(-len(data))
                room -= len(data) + 1
                taken.append(data)

    def _over(self) -> bool:
        return self._bytes > self.most_bytes or len(self._ordered or ()) > self.most_frames

    def _relieve(self) -> None:
        passing, self._passing = self._passing or {}, None
        self._count(-sum(len(data) for data in passing.values()))
        if self._over():
            self.cut()

    def cut(self) -> None:
        """Drop everything: this peer is slow and comes back by its cursor."""
        self.slow = True
        self._ordered = self._passing = self._receipts = None
        self._count(-self._bytes)

    def _count(self, by: int) -> None:
        before = self._bytes
        self._bytes = after = before + by
        if self._budget is not None:
            if not before:
                self._budget.waits(self)
            if not after:
                self._budget.empty(self)
            self._budget.changed(by)


def _without(waiting: dict[K, V] | None, key: K) -> dict[K, V] | None:
    if waiting is not None:
        del waiting[key]
    return waiting or None
