"""The one thread that writes: it commits whatever has arrived, and answers only after the disk has it.

While one commit waits for the disk the next batch gathers by itself, so batches grow with the load and nobody waits
for a timer.  Arrivals go through a SimpleQueue and are taken out one by one: swapping a list under the producers
could acknowledge a unit that was never stored.
"""

import asyncio
import contextlib
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import apsw
from msgspec import Struct

from appliance.errors import KefuError, StoreError
from appliance.figures import CommitFigures
from appliance.ports import Unit
from appliance.stores.refusals import closed
from appliance.stores.sqlite_errors import trouble
from appliance.stores.sqlite_file import connect
from appliance.stores.sqlite_ledger import Keep, Ledger, is_plain

# A batch of this size is one statement of about 1.5 MB and 40 ms; longer ones only make the first unit wait.
_BATCH = 4_096

Done = Callable[[StoreError | None], None]
T = TypeVar("T")


class _Commit(Struct):
    unit: Unit
    done: Done
    at: float


class _Job(Struct):
    """Any other write: `work` runs in a savepoint of the batch's transaction."""

    work: Callable[[apsw.Connection], object]
    answer: "asyncio.Future[object]"


class _Stop(Struct):
    stopped: "asyncio.Future[None]"


class _Look(Struct):
    """Look among those who go before others."""


_LOOK = _Look()
_Item = _Commit | Keep | _Job | _Stop | _Look


class _Batch:
    """What was gathered for one transaction, by kind, each kind in order of arrival."""

    def __init__(self) -> None:
        self.commits: list[_Commit] = []
        self.rows = 0
        self.keeps: list[Keep] = []
        self.jobs: list[_Job] = []
        self.stop: _Stop | None = None

    def add(self, item: _Item) -> None:
        if type(item) is _Commit:
            self.commits.append(item)
            self.rows += len(item.unit.entries)
        elif type(item) is Keep:
            self.keeps.append(item)
        elif type(item) is _Job:
            self.jobs.append(item)
        elif type(item) is _Stop:
            self.stop = item


class _Outcome(Struct):
    """The answers of one batch, given on the loop."""

    commits: list[tuple[Done, StoreError | None]]
    jobs: list[tuple["asyncio.Future[object]", object, Exception | None]]


FAILING_SECONDS = 10.0
"""Longer than this nobody remembers a failure: with no traffic, nothing would ever show that it is over."""


class Writer:
    """Owns the writing connection.  All methods are called on the loop that made it."""

    def __init__(self, connection: apsw.Connection, path: Path, rate: int = 0) -> None:
        self._path = path
        self.figures = CommitFigures()
        self.rate = rate
        """How many rows it may commit in a second, 0: as many as the disk takes.  May be set at any time."""
        self._connection: apsw.Connection | None = connection
        self._ledger = Ledger(connection)
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._favoured: deque[_Commit] = deque()
        """Units that go before others.  Each has a _Look in the queue, so that the thread wakes up for it."""
        self._waiting = 0
        self._failed_at: float | None = None
        self._closed = False
        self._began = 0.0
        self._thread = threading.Thread(target=self._run, name="kefu-store-writer", daemon=True)
        self._thread.start()

    def commit(self, unit: Unit, done: Done) -> None:
        """Queue `unit`; `done` is called on the loop once its fate is known."""
        if self._closed:
            self._loop.call_soon(done, closed())
            return
        self._waiting += 1
        commit = _Commit(unit, done, time.monotonic())
        if unit.favoured:
            self._favoured.append(commit)
            self._queue.put(_LOOK)
        else:
            self._queue.put(commit)

    def keep(self, checkpoint: Keep) -> None:
        """Queue a checkpoint; nobody is told of its fate."""
        if not self._closed:
            self._queue.put(checkpoint)

    async def write(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run `work` on the writer's thread inside a transaction and return its result once that is durable."""
        if self._closed:
            raise closed()
        answer: asyncio.Future[object] = self._loop.create_future()
        self._queue.put(_Job(work, answer))
        return await answer  # type: ignore[return-value] # the future carries what `work` returned

    def failing(self) -> bool:
        """Return whether a batch failed within the last FAILING_SECONDS and none has succeeded since."""
        failed_at = self._failed_at
        return failed_at is not None and time.monotonic() - failed_at < FAILING_SECONDS

    def queue_depth(self) -> int:
        """Return the number of units not yet answered."""
        return self._waiting

    def least_wait_ms(self) -> float:
        """Return how long the first unit of a batch waited for its turn, in the best case since this was last asked."""
        least, self.figures.least_wait = self.figures.least_wait, None
        if least is not None:
            return least * 1000
        # No batch has come to its turn since: whoever waits does so for the one that the disk is busy with.
        return (time.monotonic() - self._began) * 1000 if self._waiting else 0.0

    async def stop(self) -> None:
        """Commit what is queued, fold the journal into the database, close the connection.  Idempotent."""
        if self._closed:
            return
        self._closed = True
        stopped: asyncio.Future[None] = self._loop.create_future()
        self._queue.put(_Stop(stopped))
        await stopped
        self._thread.join()

    # From here on: the writer's thread.

    def _run(self) -> None:
        while True:
            batch = self._gather()
            began = self._begin(batch)
            outcome = self._settle(batch)
            if batch.commits and self._failed_at is None:
                self.figures.committed(batch.rows, time.monotonic() - began)
            self._tell(self._answer, outcome)
            self._pace(batch, began)
            if batch.stop is not None:
                self._finish()
                self._tell(_stopped, batch.stop.stopped)
                return

    def _begin(self, batch: _Batch) -> float:
        """Note how long the first unit of the batch waited for its turn; return the time."""
        began = self._began = time.monotonic()
        if batch.commits:
            # Who goes before others tells nothing of how long these wait.
            first = next((item for item in batch.commits if not item.unit.favoured), batch.commits[0])
            self.figures.turn(began - first.at)
        return began

    def _pace(self, batch: _Batch, began: float) -> None:
        """Keep to the declared rate, and note what a row takes."""
        rows, rate = batch.rows, self.rate
        if not rows:
            return
        if rate and not self._closed:
            time.sleep(max(began + rows / rate - time.monotonic(), 0.0))
        self.figures.took(rows, time.monotonic() - began)

    def _gather(self) -> _Batch:
        batch = _Batch()
        if not self._favoured:
            batch.add(self._queue.get())
        # By a declared rate it goes in steps of a twentieth of a second, so that nobody waits for a great batch to be paid for.
        enough = max(self.rate // 20, 1) if self.rate else _BATCH
        # A flood of those who go first must not keep everybody else waiting for ever.
        while self._favoured and batch.rows < max(enough * 3 // 4, 1):
            batch.add(self._favoured.popleft())
        try:
            for _ in range(_BATCH - 1):
                if batch.rows >= enough:
                    break
                batch.add(self._queue.get_nowait())
        except queue.Empty:
            pass
        if batch.stop is not None:
            # There is no later batch.
            for commit in self._favoured:
                batch.add(commit)
        return batch

    def _settle(self, batch: _Batch) -> _Outcome:
        """Return what became of `batch`: all that is not reported as failed is on the disk."""
        try:
            outcome = self._write(batch)
            self._failed_at = None
            return outcome
        except Exception as error:  # whatever happened, every caller must hear of it
            self._failed_at = time.monotonic()
            failure = trouble(error, self._path)
            self._drop_connection()
            return _Outcome(
                [(item.done, failure) for item in batch.commits],
                [(job.answer, None, failure) for job in batch.jobs],
            )

    def _write(self, batch: _Batch) -> _Outcome:
        connection = self._reconnected()
        ledger = self._ledger
        units = [item.unit for item in batch.commits]
        only_units = not (batch.keeps or batch.jobs or ledger.must_advance)
        if only_units and all(map(is_plain, units)) and ledger.store_plain(units):
            return _Outcome([(item.done, None) for item in batch.commits], [])
        connection.execute("BEGIN IMMEDIATE")
        errors = ledger.store(units)
        if batch.keeps:
            ledger.keep(batch.keeps)
        jobs = [self._perform(connection, job) for job in batch.jobs]
        if ledger.must_advance:
            ledger.advance()
        connection.execute("COMMIT")
        return _Outcome([(item.done, error) for item, error in zip(batch.commits, errors, strict=True)], jobs)

    def _perform(
        self, connection: apsw.Connection, job: _Job
    ) -> tuple["asyncio.Future[object]", object, Exception | None]:
        """Run one job in its savepoint.  Its own errors are its own; the database's fail the whole batch."""
        connection.execute("SAVEPOINT job")
        result: object = None
        failure: Exception | None = None
        try:
            result = job.work(connection)
        except (apsw.ConstraintError, KefuError) as error:
            failure = trouble(error, self._path) if isinstance(error, apsw.Error) else error
        except apsw.Error:
            raise
        except Exception as error:  # it belongs to the caller and is handed to him
            failure = error
        if failure is not None:
            connection.execute("ROLLBACK TO job")
        connection.execute("RELEASE job")
        return job.answer, result, failure

    def _reconnected(self) -> apsw.Connection:
        """Return the connection, a new one after a failure: what the failed one believed may not be on the disk.

        Raises FileNotFoundError when the database was deleted: the open file would take everything and keep nothing.
        """
        self._path.stat()
        if self._connection is None:
            connection = connect(self._path)
            try:
                self._ledger = Ledger(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except apsw.Error:
                # The failure that led here has been reported; closing what failed may fail the same way.
                connection.close(True)

    def _finish(self) -> None:
        """Leave a database that is one file and starts fast.  Failing at that loses nothing."""
        try:
            connection = self._reconnected()
            connection.execute("BEGIN IMMEDIATE")
            self._ledger.advance()
            connection.execute("COMMIT")
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        except (apsw.Error, OSError):
            # All that was acknowledged is in the journal already; the next start folds it in.
            pass
        finally:
            self._drop_connection()

    def _tell(self, call: Callable[..., None], argument: object) -> None:
        # A closed loop raises RuntimeError: nobody is left to be told, and what was stored stays stored.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, argument)

    # On the loop again.

    def _answer(self, outcome: _Outcome) -> None:
        self._waiting -= len(outcome.commits)
        for done, error in outcome.commits:
            try:
                done(error)
            except Exception as defect:  # one caller's defect must not silence the others
                self._loop.call_exception_handler(
                    {"message": "done() of a commit raised", "exception": defect}
                )
        for answer, result, failure in outcome.jobs:
            if answer.done():
                continue  # Its caller was cancelled while the disk was busy.
            if failure is None:
                answer.set_result(result)
            else:
                answer.set_exception(failure)


def _stopped(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
