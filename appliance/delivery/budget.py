"""One budget for the bytes that wait for all peers together.

Each outbox has its own cap, but ten thousand slow readers within their caps would still fill the machine.  When the sum
passes the hard limit, whoever has most waiting is cut off first, at once; he resumes by his cursor and loses nothing.

Long before that, what waits is to stay small beside what the appliance weighs anyway.  A moment's fan-out may be larger than
that, and is gone when the loop has turned; so the soft limit grows with the number of peers, is looked at between turns, and
strikes only those who have not taken a byte for a second.
"""

from typing import Protocol

MOST_WAITING_BYTES = 268_435_456
CALM_BYTES = 4_194_304
CALM_BYTES_A_PEER = 512
"""The soft limit: a fifth of what an idle visitor weighs, and enough for sixteen pages where there are few."""

STUCK_LOOKS = 4
"""Whoever took nothing for so many looks (of a quarter of a second each) is stuck."""


class Holder(Protocol):
    """An outbox, as the budget sees it."""

    @property
    def size(self) -> int:
        """Return the bytes that wait."""
        ...

    def cut(self) -> None:
        """Drop everything and be slow: the connection ends at its next look."""
        ...


class Budget:
    """Counts what waits in all outboxes that share it.  `used` is in bytes."""

    __slots__ = ("_holders", "_limit", "_looks", "used")

    def __init__(self, limit: int = MOST_WAITING_BYTES) -> None:
        self._limit = limit
        self._holders: dict[Holder, int] = {}
        """Who has something waiting, and at which look he last took some of it."""
        self._looks = 0
        self.used = 0

    @property
    def share(self) -> float:
        """Return how much of the hard limit is used."""
        return self.used / self._limit

    def waits(self, holder: Holder) -> None:
        """Something waits in `holder`, in which nothing did before."""
        self._holders[holder] = self._looks

    def empty(self, holder: Holder) -> None:
        """Nothing waits in `holder` any more."""
        self._holders.pop(holder, None)

    def changed(self, by: int) -> None:
        """Some holder has `by` bytes more (or, negative, less) than before."""
        self.used += by
        while self.used > self._limit and self._holders:
            # Cutting comes back here with what was freed; the largest is looked for only when there is too much.
            max(self._holders, key=_size).cut()

    def moved(self, holder: Holder) -> None:
        """`holder` has taken some of what waits for him."""
        if holder in self._holders:
            self._holders[holder] = self._looks

    def look(self, peers: int) -> bool:
        """Cut the stuck, the largest first, until what waits is calm for so many peers; return whether anything waits."""
        self._looks += 1
        calm = CALM_BYTES + CALM_BYTES_A_PEER * peers
        if self.used > calm:
            stuck = [each for each, moved in self._holders.items() if self._looks - moved >= STUCK_LOOKS]
            for each in sorted(stuck, key=_size, reverse=True):
                if self.used <= calm:
                    break
                each.cut()
        return bool(self._holders)


def _size(holder: Holder) -> int:
    return holder.size
