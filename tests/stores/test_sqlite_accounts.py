"""How accounts are kept in SQLite, where an operator may look at them (the contract suite judges the rest)."""

import asyncio
from pathlib import Path

import apsw

from appliance.ports import Accounts
from appliance.stores.sqlite import SqliteStore
from appliance.stores.sqlite_file import DATABASE
from tests.contract.samples import T0, agent


async def test_a_refused_save_changes_neither_agent(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path, now=lambda: T0)
    accounts: Accounts = store
    await accounts.save_agent(agent(1), "hash-1")
    await accounts.save_agent(agent(2), "hash-2")
    await accounts.set_presence("agent-1", "busy", T0 + 5)
    await store.close()
    connection = apsw.Connection(str(tmp_path / DATABASE))
    rows = connection.execute(
        "SELECT id, login, password_hash, body->>'name' FROM agent ORDER BY id"
    ).fetchall()
    assert rows == [("agent-1", "login-1", "hash-1", "客服1"), ("agent-2", "login-2", "hash-2", "客服2")]
    assert connection.execute("SELECT * FROM presence").get == ("agent-1", "busy", T0 + 5)
    connection.close()


async def test_many_small_writes_share_transactions(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path, now=lambda: T0)
    await asyncio.gather(*(store.save_agent(agent(n)) for n in range(200)))
    assert len(await store.agents()) == 200
    await store.close()
