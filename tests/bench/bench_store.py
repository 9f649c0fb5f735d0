"""How many units a second the SQLite store makes durable, against a bare loop on the same disk in the same run.

The bare loop is what one would write first: one connection, executemany, COMMIT, with the same settings and the same
table, and nothing else to do.  The store answers each unit on the event loop besides, and it keeps its rate when that
loop is busy, which is where the bare loop falls to a twentieth.
"""

import asyncio
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import apsw
import uvloop

from appliance import inputs, records
from appliance.errors import StoreError
from appliance.model import Audience, Visitor
from appliance.ports import Unit
from appliance.records import Entry
from appliance.stores.sqlite import SqliteStore
from appliance.stores.sqlite_file import open_database
from tests.bench.result import Result

CONVERSATIONS = 4_000
GOAL = 60_000

_INSERT = (
    "INSERT INTO log(conversation, seq, at, audience, visitor_prev, staff_prev, sender, cid, body) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def run(quick: bool) -> list[Result]:
    """Measure 200, 1,000 and 4,000 units outstanding, one entry each; then 1,000 beside a busy interpreter.

    `quick` measures 1,000 only.
    """
    seconds = 0.25 if quick else 3.0
    results = []
    for outstanding in (1_000,) if quick else (200, 1_000, 4_000):
        bare = _bare(outstanding, seconds, busy=False)
        rate = _store(outstanding, seconds, busy=False)
        results.append(
            _result(f"store.durable.{outstanding}", rate, bare, GOAL if outstanding >= 1_000 else None)
        )
    bare = _bare(1_000, seconds, busy=True)
    results.append(_result("store.durable.1000.busy", _store(1_000, seconds, busy=True), bare, None))
    return results


def _result(name: str, rate: float, bare: float, goal: float | None) -> Result:
    return Result(name=name, value=rate, unit="units/s", better="more", goal=goal, reference=bare)


def _messages() -> Iterator[Entry]:
    """Yield the messages of CONVERSATIONS visitors in turn, for ever; the bodies are of everyday length."""
    seq = 0
    while True:
        seq += 1
        for number in range(CONVERSATIONS):
            cid = f"0199e0f0-{seq:04x}-7000-8000-{number:012x}"
            body = records.encode(
                records.Happened(inputs.VisitorSaid(cid=cid, text="请问订单 20251017 什么时候发货？谢谢"))
            )
            conversation = f"01k7c{number:021d}"
            yield Entry(
                conversation,
                seq,
                1_760_000_000_000 + seq,
                Audience.VISITOR,
                body,
                seq - 1,
                seq - 1,
                f"v{number:025d}",
                cid,
            )


class _Spinner:
    """Python code that never pauses, as an event loop under full load hardly does."""

    def __init__(self, busy: bool) -> None:
        self._stop = not busy
        self._thread = threading.Thread(target=self._spin)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop = True
        self._thread.join()

    def _spin(self) -> None:
        count = 0
        while not self._stop:
            count += 1


def _bare(batch: int, seconds: float, busy: bool) -> float:
    """Return rows a second of executemany and COMMIT in batches of `batch`."""
    with tempfile.TemporaryDirectory() as folder:
        connection = open_database(Path(folder), 0)
        messages = _messages()
        rows = 0
        with _Spinner(busy):
            start = time.perf_counter()
            while time.perf_counter() - start < seconds:
                rows += _bare_batch(connection, messages, batch)
            elapsed = time.perf_counter() - start
        connection.close()
    return rows / elapsed


def _bare_batch(connection: apsw.Connection, messages: Iterator[Entry], batch: int) -> int:
    made = [next(messages) for _ in range(batch)]
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        _INSERT,
        [
            (
                e.conversation,
                e.seq,
                e.at,
                e.audience,
                e.visitor_prev,
                e.staff_prev,
                e.sender,
                e.cid,
                e.body.decode(),
            )
            for e in made
        ],
    )
    connection.execute("COMMIT")
    return batch


def _store(outstanding: int, seconds: float, busy: bool) -> float:
    """Return units a second, each acknowledged on the loop, with `outstanding` of them always under way."""
    return uvloop.run(_keep_busy(outstanding, seconds, busy))


async def _keep_busy(outstanding: int, seconds: float, busy: bool) -> float:
    with tempfile.TemporaryDirectory() as folder:
        store = await SqliteStore.open(Path(folder), now=lambda: 0)
        messages = _messages()
        await _opened(store, messages)
        finished = asyncio.Event()
        stored = 0
        waiting = 0
        end = 0.0

        def done(error: StoreError | None) -> None:
            nonlocal stored, waiting
            if error is not None:
                raise error
            stored += 1
            if time.perf_counter() < end:
                entry = next(messages)
                store.commit(Unit(entry.conversation, (entry,)), done)
            else:
                waiting -= 1
                if not waiting:
                    finished.set()

        with _Spinner(busy):
            start = time.perf_counter()
            end = start + seconds
            waiting = outstanding
            for _ in range(outstanding):
                entry = next(messages)
                store.commit(Unit(entry.conversation, (entry,)), done)
            await finished.wait()
            elapsed = time.perf_counter() - start
        await store.close()
    return stored / elapsed


async def _opened(store: SqliteStore, messages: Iterator[Entry]) -> None:
    """Open all conversations, so that what is measured afterwards is messages only."""
    answers = []
    for _ in range(CONVERSATIONS):
        entry = next(messages)
        answer: asyncio.Future[StoreError | None] = asyncio.get_running_loop().create_future()
        visitor = Visitor(entry.sender or "")
        store.commit(Unit(entry.conversation, (entry,), visitor, "bundle"), answer.set_result)
        answers.append(answer)
    assert not any(await asyncio.gather(*answers))
