"""What a start may read of the history before it decides whether it comes about."""

from pathlib import Path

import pytest

from appliance.errors import StoreError
from appliance.stores.sqlite import SqliteStore
from appliance.stores.sqlite_configs import read_configs
from appliance.stores.sqlite_file import DATABASE
from tests.contract.samples import T0
from tests.contract.test_configs import config


def test_where_there_is_no_database_nothing_is_made(tmp_path: Path) -> None:
    assert read_configs(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


async def test_the_history_is_read_without_changing_anything(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path, now=lambda: T0)
    await store.go_live(config("一"))
    second = await store.go_live(config("二", T0 + 5))
    await store.close()
    before = (tmp_path / DATABASE).read_bytes()
    found = read_configs(tmp_path)
    assert [each.text for each in found] == ["二", "一"]
    assert found[0] == second
    assert (tmp_path / DATABASE).read_bytes() == before


async def test_a_database_of_an_older_kefu_has_no_history(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path, now=lambda: T0)
    await store._writer.write(lambda db: db.execute("DROP TABLE config").get)
    await store.close()
    assert read_configs(tmp_path) == []


def test_what_is_no_database_is_trouble_in_words(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError):
        read_configs(tmp_path)
