"""Writes what a turn of the event loop left in the outboxes: once per connection, after all of it has happened.

The acks and the events of one commit thereby leave in one write, without a task and without awaiting a socket.
"""

import asyncio
import logging
from typing import Protocol

from appliance.figures import ChannelFigures

logger = logging.getLogger("kefu.channels")


class Flushable(Protocol):
    """Something with an outbox."""

    def flush(self) -> None:
        """Write what fits."""
        ...


class Flusher:
    """Collects connections that have something to write, and flushes each once."""

    def __init__(self, loop: asyncio.AbstractEventLoop, figures: ChannelFigures | None = None) -> None:
        self._loop = loop
        self.figures = figures or ChannelFigures()
        self._since = 0.0
        self._due: list[Flushable] = []

    def add(self, connection: Flushable) -> None:
        """Flush `connection` at the end of this turn of the loop; the caller adds it once until then."""
        if not self._due:
            self._loop.call_soon(self._flush)
            self._since = self._loop.time()
        self._due.append(connection)

    def _flush(self) -> None:
        due, self._due = self._due, []
        for connection in due:
            try:
                connection.flush()
            except Exception:
                # The others that are due belong to other people.
                logger.exception("a connection could not be flushed")
        # One look at the clock for all of them: the last one is told to have waited as long as the first.
        self.figures.direct.observe(self._loop.time() - self._since, len(due))
