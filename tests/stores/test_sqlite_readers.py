"""The readers: bounded, read-only, and able to go on after a connection failed."""

import asyncio
import threading
from pathlib import Path

import apsw
import pytest

from appliance.errors import StoreError
from appliance.stores.sqlite_file import DATABASE, open_database
from appliance.stores.sqlite_readers import Readers


@pytest.fixture
def path(tmp_path: Path) -> Path:
    connection = open_database(tmp_path, 0)
    connection.close()
    return tmp_path / DATABASE


async def test_no_more_queries_run_at_once_than_there_are_readers(path: Path) -> None:
    readers = Readers(path, 2)
    running, most, lock, third = 0, 0, threading.Lock(), threading.Event()

    def query(connection: apsw.Connection) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        third.wait(0.05)
        with lock:
            running -= 1
        return int(connection.execute("SELECT 1").get)

    assert await asyncio.gather(*(readers.read(query) for _ in range(6))) == [1] * 6
    assert most == 2
    await readers.close()


async def test_more_or_fewer_may_read_from_now_on_and_what_runs_is_not_disturbed(path: Path) -> None:
    readers = Readers(path, 1)
    waiting = threading.Event()

    def query(connection: apsw.Connection) -> int:
        waiting.wait(5)
        return int(connection.execute("SELECT 1").get)

    slow = asyncio.gather(readers.read(query), readers.read(query))
    await asyncio.sleep(0.05)
    readers.resize(3)
    readers.resize(3)
    assert await readers.read(lambda db: db.execute("SELECT 2").get) == 2
    waiting.set()
    assert list(await slow) == [1, 1]
    readers.resize(1)
    assert await asyncio.gather(*(readers.read(query) for _ in range(4))) == [1] * 4
    await readers.close()
    readers.resize(2)


async def test_after_fewer_there_may_be_as_many_again_and_nothing_is_left_behind(path: Path) -> None:
    readers = Readers(path, 4)
    meeting = threading.Barrier(4)

    def together(connection: apsw.Connection) -> int:
        meeting.wait(5)
        return int(connection.execute("SELECT 1").get)

    for _ in range(5):
        readers.resize(2)
        readers.resize(2)
        readers.resize(4)
        assert await asyncio.gather(*(readers.read(together) for _ in range(4))) == [1] * 4
    async with asyncio.timeout(5):
        # A thread that has given its answer takes a moment to be gone, and is only then left out.
        while len(readers._former) > 2:  # no event tells when a thread is gone
            await asyncio.sleep(0.01)
            readers.resize(2)
            readers.resize(4)
    await readers.close()


async def test_a_reader_cannot_write(path: Path) -> None:
    readers = Readers(path, 1)
    with pytest.raises(StoreError) as caught:
        await readers.read(lambda db: db.execute("DELETE FROM meta"))
    assert str(path) in caught.value.cause.en
    await readers.close()


async def test_after_a_failure_the_next_query_has_a_fresh_connection(path: Path) -> None:
    readers = Readers(path, 1)

    def fail(connection: apsw.Connection) -> None:
        raise apsw.CorruptError("malformed")

    assert await readers.read(lambda db: db.execute("SELECT 1").get) == 1
    with pytest.raises(StoreError, match="damaged"):
        await readers.read(fail)
    assert await readers.read(lambda db: db.execute("SELECT 1").get) == 1
    await readers.close()


async def test_a_database_that_cannot_be_opened_is_an_error_of_the_query(tmp_path: Path) -> None:
    readers = Readers(tmp_path / "nowhere.db", 1)
    with pytest.raises(StoreError):
        await readers.read(lambda db: None)
    await readers.close()


async def test_close_waits_for_running_queries(path: Path) -> None:
    readers = Readers(path, 2)
    go = threading.Event()

    def wait(connection: apsw.Connection) -> int:
        go.wait(10)
        return int(connection.execute("SELECT 7").get)

    query = asyncio.gather(readers.read(wait))
    await asyncio.sleep(0)
    closing = asyncio.gather(readers.close())
    await asyncio.sleep(0)
    go.set()
    assert list(await query) == [7]
    await closing
    await readers.close()
    with pytest.raises(StoreError, match="closed"):
        await readers.read(lambda db: None)
