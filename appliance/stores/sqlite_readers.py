"""Queries beside the writer: a few read-only connections, so that a slow list never holds up a commit.

Every query returns its whole answer as one row, built by SQLite's JSON functions.  Each fetched row would give up and
take back the interpreter lock; beside a busy event loop a history of 500 rows would wait 500 times.
"""

import asyncio
import queue
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import apsw
import msgspec

from appliance.figures import PoolFigures
from appliance.model import Audience, Millis
from appliance.records import Entry
from appliance.stores.refusals import closed
from appliance.stores.sqlite_errors import trouble
from appliance.stores.sqlite_file import connect_reader

T = TypeVar("T")

ENTRIES = (
    "json_group_array(json_array(conversation, seq, at, audience, visitor_prev, staff_prev, sender, cid, body) "
    "ORDER BY seq)"
)
"""The SQL expression that `entries` decodes; its source is the log table or a selection of it."""

_entries_decoder = msgspec.json.Decoder(
    list[tuple[str, int, Millis, Audience, int, int, str | None, str | None, str]]
)


def entries(answer: str) -> list[Entry]:
    """Return the log entries in a JSON array made by `ENTRIES`, their bodies byte for byte as they were committed."""
    return [
        Entry(conversation, seq, at, audience, body.encode(), visitor_prev, staff_prev, sender, cid)
        for conversation, seq, at, audience, visitor_prev, staff_prev, sender, cid, body in _entries_decoder.decode(
            answer
        )
    ]


class Readers:
    """A pool of `count` read-only connections, each used by one thread at a time.

    `_count` is how many threads may read, `_made` how many connections, or places for one, there are: as many as were ever
    wanted, because those that are not wanted any more only cost a file each.
    """

    def __init__(self, path: Path, count: int) -> None:
        self._path = path
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="kefu-store-reader")
        # None stands for a connection still to be opened, or opened again after it failed.
        self._idle: queue.SimpleQueue[apsw.Connection | None] = queue.SimpleQueue()
        for _ in range(count):
            self._idle.put(None)
        self._count = self._made = count
        self.figures = PoolFigures("db", count)
        """What this pool counts of itself; a query that finds every thread at work has missed."""
        self._former: list[ThreadPoolExecutor] = []
        self._closed = False

    async def read(self, query: Callable[[apsw.Connection], T]) -> T:
        """Run `query` on a reading thread; it sees everything that was acknowledged before the call.

        Raises StoreError when the database fails or the store is closed.
        """
        if self._closed:
            raise closed()
        figures, asked = self.figures, time.perf_counter()
        missed = figures.used >= self._count
        figures.used += 1
        try:
            began, answer = await asyncio.get_running_loop().run_in_executor(self._pool, self._timed, query)
        finally:
            figures.used -= 1
        if missed:
            figures.missed(began - asked)
        else:
            figures.hits += 1
        return answer

    def resize(self, count: int) -> None:
        """Let `count` queries run at once from now on; those under way are not disturbed."""
        if count == self._count or self._closed:
            return
        for _ in range(count - self._made):
            self._idle.put(None)
        former, self._pool = self._pool, ThreadPoolExecutor(count, thread_name_prefix="kefu-store-reader")
        former.shutdown(wait=False)
        # One that has nothing under way is done with; only the others are waited for at the end.
        self._former = [*(pool for pool in self._former if _busy(pool)), former]
        self._count, self._made = count, max(count, self._made)
        self.figures.size = count

    def _timed(self, query: Callable[[apsw.Connection], T]) -> tuple[float, T]:
        """Return when a thread was found for the query, and its answer."""
        return time.perf_counter(), self._run(query)

    def _run(self, query: Callable[[apsw.Connection], T]) -> T:
        connection = self._idle.get()
        try:
            if connection is None:
                connection = connect_reader(self._path)
            return query(connection)
        except (apsw.Error, OSError) as error:
            if connection is not None:
                connection.close(True)
                connection = None
            raise trouble(error, self._path) from error
        finally:
            self._idle.put(connection)

    async def close(self) -> None:
        """Let the running queries finish, then close all connections.  Idempotent."""
        if self._closed:
            return
        self._closed = True
        for pool in (*self._former, self._pool):
            await asyncio.to_thread(pool.shutdown)
        for _ in range(self._made):
            connection = self._idle.get_nowait()
            if connection is not None:
                connection.close()


def _busy(pool: ThreadPoolExecutor) -> bool:
    """Return whether a pool that was shut down still has a thread at work."""
    return any(thread.is_alive() for thread in pool._threads)  # noqa: SLF001  # nothing public tells
