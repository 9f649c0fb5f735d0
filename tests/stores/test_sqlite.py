"""SqliteStore as a whole: opening, refusing, closing, and leaving one sound file behind."""

import asyncio
import os
import re
from pathlib import Path

import apsw
import pytest

from appliance.errors import StoreUnusable
from appliance.model import Audience
from appliance.ports import Store
from appliance.stores import sqlite, sqlite_configs, sqlite_ledger
from appliance.stores.sqlite import SqliteStore
from appliance.stores.sqlite_file import DATABASE, open_database
from tests.contract.samples import T0, Draft, stored


async def opened(directory: Path) -> SqliteStore:
    return await SqliteStore.open(directory, now=lambda: T0)


async def test_it_is_a_store(tmp_path: Path) -> None:
    store: Store = await opened(tmp_path / "data")
    assert store.queue_depth() == 0
    await store.close()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


async def test_closed_it_leaves_one_sound_file(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    draft = Draft("c1")
    await stored(store, draft.unit(), draft.unit())
    store.checkpoint("c1", draft.checkpoint(), draft.owed())
    await store.close()
    assert os.listdir(tmp_path) == [DATABASE]
    connection = apsw.Connection(str(tmp_path / DATABASE))
    assert connection.execute("PRAGMA integrity_check").get == "ok"
    assert connection.execute("SELECT value FROM meta WHERE name = 'checkpoint'").get == 2
    connection.close()


async def test_a_damaged_database_is_refused_and_stays(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"rubbish" * 1000)
    with pytest.raises(StoreUnusable):
        await opened(tmp_path)
    assert (tmp_path / DATABASE).read_bytes() == b"rubbish" * 1000


@pytest.mark.parametrize("place", ["/proc/kefu", "file"])
async def test_a_directory_that_cannot_be_written_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("a file in its place")
    with pytest.raises(StoreUnusable) as caught:
        await opened(tmp_path / place)
    assert place in caught.value.cause.zh
    assert all(caught.value.remedy)


async def test_a_query_sees_what_was_acknowledged_before_it(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    draft = Draft("c1")
    for number in range(1, 30):
        await stored(store, draft.unit())
        found = await asyncio.gather(*(store.read("c1", Audience.NONE) for _ in range(5)))
        assert [len(entries) for entries in found] == [number] * 5
    await store.close()


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        ("SELECT * FROM log WHERE cid = ? AND sender = ?", "log_by_cid"),
        ("SELECT * FROM log WHERE conversation = ? AND seq > ? ORDER BY seq DESC LIMIT 5", "log_by_seq"),
        ("SELECT id FROM conversation WHERE visitor = ? AND closed_at IS NULL", "conversation_open"),
        (
            "SELECT * FROM conversation WHERE opened_at < ? AND visitor = ? ORDER BY opened_at DESC, id DESC",
            "conversation_of_visitor",
        ),
        (
            "SELECT * FROM conversation WHERE opened_at < ? ORDER BY opened_at DESC, id DESC",
            "conversation_by_time",
        ),
    ],
)
async def test_questions_asked_often_have_their_index(tmp_path: Path, statement: str, index: str) -> None:
    store = await opened(tmp_path)
    await store.close()
    connection = apsw.Connection(str(tmp_path / DATABASE))
    plan = connection.execute("EXPLAIN QUERY PLAN " + statement, (1,) * statement.count("?")).fetchall()
    assert index in str(plan)
    connection.close()


@pytest.mark.parametrize(
    "asked",
    [
        sqlite._TOUCHED,
        sqlite._OWED,
        sqlite_ledger._BEHIND,
        sqlite_configs._IN_USE,
        sqlite_configs._PRUNE,
        sqlite_configs._PINNED,
    ],
)
def test_a_start_looks_at_what_is_open_and_new_and_never_at_everything(tmp_path: Path, asked: str) -> None:
    connection = open_database(tmp_path, 0)
    values = ("[]",) if "?" in asked else ()
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked}", values)]
    connection.close()
    # conversation_open is an index of the open ones only; a SCAN of anything else of that size reads years.
    long = re.compile(r"SCAN (log|c|checkpoint|k|kept|conversation)\b(?! USING INDEX conversation_open)")
    assert not [step for step in plan if long.match(step)], plan
