"""Writes what a turn of the event loop left in the outboxes: once per connection, after all of it has happened.

The acks and the events of one commit thereby leave in one write, without a task and without awaiting a socket.
"""

import asyncio
import logging
from typing import Protocol

BLOCKED_PAUSE = 0.05
"""Seconds between two looks at the connections whose transport was full: no public callback tells when it drained."""


logger = logging.getLogger("kefu.channels")


class Flushable(Protocol):
    """Something with an outbox."""

    def flush(self) -> bool:
        """Write what fits; return True when something had to stay because the transport is full."""
        ...


class Flusher:
    """Collects connections that have something to write, and flushes each once."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._due: list[Flushable] = []
        self._blocked: list[Flushable] = []

    def add(self, connection: Flushable) -> None:
        """Flush `connection` at the end of this turn of the loop; the caller adds it once until then."""
        if not self._due:
            self._loop.call_soon(self._flush)
        self._due.append(connection)

    def _flush(self) -> None:
        due, self._due = self._due, []
        for connection in due:
            try:
                blocked = connection.flush()
            except Exception:
                # The others that are due belong to other people.
                logger.exception("a connection could not be flushed")
                continue
            if blocked:
                if not self._blocked:
                    self._loop.call_later(BLOCKED_PAUSE, self._retry)
                self._blocked.append(connection)

    def _retry(self) -> None:
        blocked, self._blocked = self._blocked, []
        for connection in blocked:
            self.add(connection)
