"""One budget for the bytes that wait for all peers together.

Each outbox has its own cap, but ten thousand slow readers within their caps would still fill the machine.  When the sum
passes the budget, whoever has most waiting is cut off first; he resumes by his cursor and loses nothing.
"""

from typing import Protocol

MOST_WAITING_BYTES = 268_435_456


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

    __slots__ = ("_holders", "_limit", "used")

    def __init__(self, limit: int = MOST_WAITING_BYTES) -> None:
        self._limit = limit
        self._holders: set[Holder] = set()
        self.used = 0

    def waits(self, holder: Holder) -> None:
        """Something waits in `holder`, in which nothing did before."""
        self._holders.add(holder)

    def empty(self, holder: Holder) -> None:
        """Nothing waits in `holder` any more."""
        self._holders.discard(holder)

    def changed(self, by: int) -> None:
        """Some holder has `by` bytes more (or, negative, less) than before."""
        self.used += by
        while self.used > self._limit and self._holders:
            # Cutting comes back here with what was freed; the largest is looked for only when there is too much.
            max(self._holders, key=lambda each: each.size).cut()
