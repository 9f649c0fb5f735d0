"""The writer when the disk, a job or a caller fails: nothing false is acknowledged, and it goes on afterwards."""

import asyncio
import resource
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import apsw
import pytest
from msgspec import structs

from appliance.errors import Conflict, StoreError
from appliance.stores import sqlite_writer
from appliance.stores.sqlite import SqliteStore
from appliance.stores.sqlite_file import DATABASE, connect
from appliance.stores.sqlite_ledger import Ledger
from tests.contract.samples import T0, Draft, agent, everything, outcome, outcomes, stored


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await SqliteStore.open(tmp_path, now=lambda: T0)
    yield opened
    await opened.close()


class Disk:
    """A disk that is full on demand: connections made meanwhile may not let the database grow."""

    def __init__(self, store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
        self._store = store
        self.full = False
        self.connections = 0
        monkeypatch.setattr(sqlite_writer, "connect", self._connect)

    def _connect(self, path: Path) -> apsw.Connection:
        self.connections += 1
        connection = connect(path)
        if self.full:
            self._fill(connection)
        return connection

    @staticmethod
    def _fill(connection: apsw.Connection) -> None:
        connection.execute(f"PRAGMA max_page_count = {connection.pragma('page_count')}")

    async def fill(self) -> None:
        """From now on the database cannot grow by a page."""
        self.full = True
        await self._store._writer.write(self._fill)


def large(draft: Draft) -> str:
    """Return more text than the free room on any page."""
    return draft.id * 10_000


async def test_on_a_full_disk_the_whole_batch_fails_and_nothing_is_stored(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(store, monkeypatch)
    old, drafts = Draft("old"), [Draft(f"c{n}") for n in range(5)]
    await stored(store, old.unit())
    await disk.fill()
    units = [draft.unit(draft.entry(large(draft))) for draft in drafts]
    for _ in range(2):
        answers = await outcomes(store, units)
        assert all(type(answer) is StoreError for answer in answers)
        for language in (0, 1):
            assert all(answer and answer.cause[language] and answer.remedy[language] for answer in answers)
        assert answers[0] is not None
        assert "disk is full" in answers[0].cause.en
        assert [await store.load(draft.id) for draft in drafts] == [None] * 5
        assert store.failing()
    assert len(await everything(store, "old")) == 1

    disk.full = False
    await stored(store, *units)
    assert not store.failing()
    await stored(store, old.unit())
    assert [len(await everything(store, draft.id)) for draft in drafts] == [1] * 5


async def test_on_a_full_disk_jobs_fail_too_and_work_again_later(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(store, monkeypatch)
    await disk.fill()
    with pytest.raises(StoreError, match="disk is full"):
        await store.put("b1", b"x" * 100_000, T0)
    disk.full = False
    await store.put("b1", b"y", T0)
    assert await store.get("b1") == b"y"


@pytest.fixture
def small_files() -> Iterator[Callable[[int], None]]:
    """Let no file of this process grow beyond so many bytes: the kernel then fails the write itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_when_a_write_fails_nothing_is_acknowledged_and_it_recovers(
    store: SqliteStore, tmp_path: Path, small_files: Callable[[int], None]
) -> None:
    draft = Draft("c1")
    await stored(store, draft.unit())
    journal = tmp_path / (DATABASE + "-wal")
    small_files(journal.stat().st_size + 50_000)
    acknowledged = 1
    failure: StoreError | None = None
    for _ in range(50):
        before = draft.heads
        unit = draft.unit(draft.entry("长" * 2_000))
        failure = await outcome(store, unit)
        if failure is not None:
            draft.heads = before
            break
        acknowledged += 1
    assert type(failure) is StoreError
    assert "disk" in failure.cause.en
    assert isinstance(await outcome(store, Draft("c2").unit(Draft("c2").entry("长" * 40_000))), StoreError)
    assert len(await everything(store, "c1")) == acknowledged

    small_files(resource.RLIM_INFINITY)
    await stored(store, draft.unit(), Draft("c2").unit())
    assert len(await everything(store, "c1")) == acknowledged + 1
    await store.close()
    connection = apsw.Connection(str(tmp_path / DATABASE))
    assert connection.execute("PRAGMA integrity_check").get == "ok"
    assert connection.execute("SELECT count(*) FROM log").get == acknowledged + 2
    connection.close()


async def test_while_the_database_cannot_be_opened_again_every_commit_fails(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(store, monkeypatch)
    await disk.fill()
    refusals = iter([apsw.CantOpenError("no"), OSError("no")])

    def refuse(path: Path) -> apsw.Connection:
        for error in refusals:
            raise error
        return connect(path)

    unit = Draft("c1").unit(Draft("c1").entry("x" * 100_000))
    assert isinstance(await outcome(store, unit), StoreError)
    monkeypatch.setattr(sqlite_writer, "connect", refuse)
    assert [type(await outcome(store, unit)) for _ in range(3)] == [StoreError, StoreError, type(None)]


async def test_a_defect_in_the_writer_is_told_to_every_caller(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> list[StoreError | None]:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "store", fail)
        answers = await outcomes(store, [Draft("c1").unit(), Draft("c2").unit()])
        assert ["ZeroDivisionError" in str(answer) for answer in answers] == [True, True]
    await stored(store, Draft("c1").unit(), Draft("c2").unit())


async def test_a_job_that_raises_leaves_nothing_and_spoils_nobody(store: SqliteStore) -> None:
    def half(connection: apsw.Connection) -> None:
        connection.execute("INSERT INTO presence VALUES ('a', 'ready', 0)")
        raise ZeroDivisionError("half done")

    answers = await asyncio.gather(
        outcome(store, Draft("c1").unit()),
        store._writer.write(half),
        store.save_agent(agent(1)),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [type(None), ZeroDivisionError, type(None)]
    assert await store.presences() == {}
    assert await store.agents() == [agent(1)]


async def test_a_cancelled_caller_does_not_disturb_the_writer(store: SqliteStore) -> None:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(store.save_agent(agent(1)))
        await asyncio.sleep(0)
        task.cancel()
    await store.save_agent(agent(2))
    assert [one.id for one in await store.agents()] == ["agent-1", "agent-2"]


async def test_a_done_that_raises_does_not_silence_the_others(store: SqliteStore) -> None:
    seen: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: seen.append(context["message"]))

    def fail(error: StoreError | None) -> None:
        raise ZeroDivisionError

    store.commit(Draft("c1").unit(), fail)
    await stored(store, Draft("c2").unit())
    assert len(seen) == 1
    assert store.queue_depth() == 0


async def test_done_may_commit_again_at_once(store: SqliteStore) -> None:
    draft, finished = Draft("c1"), asyncio.Event()

    def go_on(error: StoreError | None) -> None:
        assert error is None
        if draft.heads.seq < 50:
            store.commit(draft.unit(), go_on)
        else:
            finished.set()

    store.commit(draft.unit(), go_on)
    await finished.wait()
    assert len(await everything(store, "c1")) == 50


async def test_more_units_than_a_batch_holds_are_all_stored(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_writer, "_BATCH", 7)
    drafts = [Draft(f"c{n}") for n in range(100)]
    await stored(store, *(draft.unit() for draft in drafts), *(draft.unit() for draft in drafts))
    assert len(await store.touched()) == 100


async def test_a_burst_is_one_transaction(store: SqliteStore) -> None:
    commits: list[str] = []

    def committed(connection: apsw.Connection, name: str, pages: int) -> int:
        commits.append(name)
        return apsw.SQLITE_OK

    await store._writer.write(lambda connection: connection.set_wal_hook(committed))
    commits.clear()
    # The first unit may be taken while the others are still being given; they all go into the next batch.
    await stored(store, *(Draft(f"c{n}").unit() for n in range(500)))
    assert 1 <= len(commits) <= 25


async def test_a_unit_refused_by_the_writer_is_a_conflict_not_a_failure(store: SqliteStore) -> None:
    await stored(store, Draft("c1").unit())
    connection = store._writer._connection
    assert isinstance(await outcome(store, Draft("c1").unit()), Conflict)
    assert store._writer._connection is connection


def test_a_loop_that_ended_does_not_stop_the_writer_from_storing(tmp_path: Path) -> None:
    async def give() -> tuple[SqliteStore, sqlite_writer._Stop]:
        store = await SqliteStore.open(tmp_path, now=lambda: T0)
        for n in range(100):
            store.commit(Draft(f"c{n}").unit(), lambda error: None)
        return store, sqlite_writer._Stop(asyncio.get_running_loop().create_future())

    async def look() -> int:
        store = await SqliteStore.open(tmp_path, now=lambda: T0)
        found = len(await store.touched())
        await store.close()
        return found

    store, stop = asyncio.run(give())
    # The loop is closed now, as it is when the appliance dies of an error without closing its store.
    store._writer._queue.put(stop)
    store._writer._thread.join(10)
    assert asyncio.run(look()) == 100


async def test_a_deleted_database_acknowledges_nothing(store: SqliteStore, tmp_path: Path) -> None:
    draft = Draft("c1")
    await stored(store, draft.unit())
    place, away = tmp_path / DATABASE, tmp_path / "away"
    place.rename(away)
    for _ in range(2):
        answer = await outcome(store, draft.unit())
        assert answer is not None
        assert "is gone" in answer.cause.en
        assert "Put the data directory back" in answer.remedy.en
    away.rename(place)
    assert await outcome(store, Draft("c2").unit()) is None


async def test_it_keeps_to_a_declared_rate_and_tells_what_that_costs(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path, now=lambda: T0, readers=1, rate=200)
    loop = asyncio.get_running_loop()
    try:
        assert store.least_wait_ms() == 0.0
        began = loop.time()
        drafts = [Draft(f"c{number}") for number in range(60)]
        assert await outcomes(store, [draft.unit() for draft in drafts]) == [None] * 60
        # A batch is paid for after it was answered, so the last one is not in the time.
        assert loop.time() - began >= 0.2
        assert store.commits.each >= 0.0045
        assert store.commits.rows.total == sum(len(draft.unit().entries) for draft in drafts)
        assert store.commits.rows.count == store.commits.seconds.count > 1
        assert store.commits.last_wait >= 0.1
        least = store.commits.least_wait
        assert least is not None
        assert store.least_wait_ms() == least * 1000
    finally:
        began = loop.time()
        await store.close()


async def test_who_waits_for_a_disk_that_does_not_answer_is_seen_waiting(
    store: SqliteStore,
) -> None:
    held = threading.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(store._writer.write(lambda db: held.wait(10)))
        await asyncio.sleep(0.05)
        waiting = tasks.create_task(outcome(store, Draft("c1").unit()))
        await asyncio.sleep(0.1)
        assert store.least_wait_ms() >= 50
        held.set()
    assert waiting.result() is None
    assert store.least_wait_ms() >= 50
    assert store.least_wait_ms() == 0.0


async def test_who_goes_before_others_waits_for_none_of_them_and_starves_none(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path, now=lambda: T0, readers=1, rate=400)
    order: list[str] = []
    all_done = asyncio.get_running_loop().create_future()

    def commit(name: str, favoured: bool) -> None:
        def done(error: StoreError | None) -> None:
            order.append(name if error is None else str(error))
            if len(order) == 180:
                all_done.set_result(None)

        store.commit(structs.replace(Draft(name).unit(), favoured=favoured), done)

    try:
        for number in range(120):
            commit(f"o{number}", False)
        await asyncio.sleep(0.02)
        for number in range(60):
            commit(f"v{number}", True)
        await all_done
        places = {name: place for place, name in enumerate(order)}
        assert len(places) == 180
        # They were all there before the second half of the others had its turn, and some of those came in between.
        assert places["v59"] < places["o119"]
        assert places["o25"] < places["v59"]
        assert [name for name in order if name.startswith("o")] == [f"o{number}" for number in range(120)]
        assert [name for name in order if name.startswith("v")] == [f"v{number}" for number in range(60)]
    finally:
        await store.close()


@pytest.mark.parametrize("rate", [0, 1, 200])
async def test_a_stop_leaves_nobody_behind_who_goes_before_others(tmp_path: Path, rate: int) -> None:
    store = await SqliteStore.open(tmp_path, now=lambda: T0, readers=1, rate=rate)
    done: list[object] = []
    for number in range(30):
        unit = structs.replace(Draft(f"v{number}").unit(), favoured=number % 2 == 0)
        store.commit(unit, done.append)
    await store.close()
    await asyncio.sleep(0.05)
    assert done == [None] * 30
