"""A life that was multiplied is one that the appliance could have led: it reads every copy, and starts on them."""

import asyncio
from pathlib import Path

import apsw

from appliance.model import Audience
from appliance.records import decode
from appliance.stores.sqlite import SqliteStore
from appliance.stores.sqlite_file import DATABASE
from tests.bench.load import history
from tests.shipped import kefu_yaml
from tools.loadtest.serving import Serving

TURNS = 2


def test_copies_are_what_the_appliance_writes(tmp_path: Path) -> None:
    with Serving(tmp_path, kefu_yaml("100ms")) as serving:
        asyncio.run(history.talk(serving, serving.hire("agent"), TURNS))
        assert serving.stop() == 0
    stored = history.multiply(serving.data, 200)
    assert 200 <= stored < 250
    asyncio.run(_read_all(serving.data, stored))
    database = apsw.Connection(str(serving.data / DATABASE), flags=apsw.SQLITE_OPEN_READONLY)
    assert database.execute("PRAGMA integrity_check").get == "ok"
    assert database.execute("PRAGMA journal_mode").get == "wal"
    for table, columns in history.COLUMNS.items():
        assert database.execute(f"SELECT count(*) FROM {table}").get > 1, table  # noqa: S608
        there = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
        assert set(columns) | {"id"} == there | {"id"}, f"{table} has other columns now: tell history.py"
    database.close()
    with serving:
        assert "Traceback" not in serving.log()
        assert serving.stop() == 0


async def _read_all(data: Path, stored: int) -> None:
    store = await SqliteStore.open(data, now=lambda: 0)
    try:
        assert await store.touched() == []
        assert await store.owed() == []
        summaries = await store.conversations(limit=1_000)
        assert len({each.visitor.id for each in summaries}) == len(summaries)
        rows = 0
        client_ids: list[str] = []
        for each in summaries:
            loaded = await store.load(each.conversation)
            assert loaded is not None
            assert loaded.checkpoint is not None
            assert loaded.checkpoint.snapshot.visitor.id == loaded.visitor == each.visitor.id
            assert not loaded.checkpoint.snapshot.open
            entries = await store.read(each.conversation, Audience.NONE)
            assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
            for entry in entries:
                decode(entry.body)
                if entry.cid:
                    assert entry.cid.encode() in entry.body
                    assert await store.find(entry.sender or "", entry.cid) == entry
                    client_ids.append(entry.cid)
            rows += len(entries)
        assert rows == stored
        assert len(set(client_ids)) == len(client_ids) >= len(summaries) * (2 * TURNS + 3)
    finally:
        await store.close()
