"""Randomness for ids, drawn from the system in one piece: the floors below take it as an argument."""

import os


class Entropy:
    """Hands out random bytes; a system call for each id would cost more than the id."""

    __slots__ = ("_at", "_pool")

    _SIZE = 4_096

    def __init__(self) -> None:
        self._pool = b""
        self._at = 0

    def take(self, count: int) -> bytes:
        """Return `count` random bytes (at most 4,096), never the same ones twice."""
        if self._at + count > len(self._pool):
            self._pool = os.urandom(self._SIZE)
            self._at = 0
        piece = self._pool[self._at : self._at + count]
        self._at += count
        return piece
