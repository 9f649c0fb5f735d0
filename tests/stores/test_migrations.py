"""Numbered migrations: applied once, in order, whole or not at all; newer and changed ones are refused."""

from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from msgspec.structs import replace

from appliance.errors import StoreUnusable
from appliance.stores.migrations import Migration, apply, refuse_foreign, shipped

PATH = Path("kefu.db")
ONE = Migration(
    1,
    "0001_meta.sql",
    "CREATE TABLE meta(name TEXT, value ANY); INSERT INTO meta VALUES ('schema_version', 0);",
)
TWO = Migration(2, "0002_more.sql", "CREATE TABLE more(x); INSERT INTO more VALUES (1);")
BROKEN = Migration(3, "0003_broken.sql", "CREATE TABLE broken(x); INSERT INTO nowhere VALUES (1);")


@pytest.fixture
def connection() -> apsw.Connection:
    return apsw.Connection(":memory:")


def tables(connection: apsw.Connection) -> set[str]:
    return {
        str(name) for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    }


def test_the_shipped_ones_are_numbered_without_gaps() -> None:
    migrations = shipped()
    assert [migration.number for migration in migrations] == list(range(1, len(migrations) + 1))
    assert len(migrations) >= 2


def test_each_is_written_down_with_number_name_checksum_and_time(connection: apsw.Connection) -> None:
    apply(connection, PATH, [ONE, TWO], 77)
    rows = connection.execute("SELECT * FROM migration ORDER BY number").fetchall()
    assert rows == [(1, ONE.name, ONE.sha256, 77), (2, TWO.name, TWO.sha256, 77)]
    assert connection.execute("SELECT value FROM meta").get == 2


def test_applied_ones_are_not_applied_again(connection: apsw.Connection) -> None:
    apply(connection, PATH, [ONE], 1)
    apply(connection, PATH, [ONE, TWO], 2)
    apply(connection, PATH, [ONE, TWO], 3)
    assert connection.execute("SELECT count(*) FROM more").get == 1
    assert connection.execute("SELECT max(applied_at) FROM migration").get == 2


def test_one_that_fails_leaves_the_database_as_it_was(connection: apsw.Connection) -> None:
    apply(connection, PATH, [ONE], 1)
    with pytest.raises(apsw.SQLError):
        apply(connection, PATH, [ONE, TWO, BROKEN], 2)
    assert tables(connection) == {"migration", "meta"}
    assert refuse_foreign(connection, PATH, [ONE]) == 1


def test_a_newer_database_is_refused_with_both_versions(connection: apsw.Connection) -> None:
    apply(connection, PATH, [ONE, TWO], 1)
    attempts: list[Callable[[], object]] = [
        lambda: refuse_foreign(connection, PATH, [ONE]),
        lambda: apply(connection, PATH, [ONE], 5),
    ]
    for attempt in attempts:
        with pytest.raises(StoreUnusable) as caught:
            attempt()
        for text in (caught.value.cause.zh, caught.value.cause.en):
            assert "2" in text
            assert "1" in text
        assert all(caught.value.remedy)
    assert not connection.in_transaction


def test_a_changed_migration_is_refused(connection: apsw.Connection) -> None:
    apply(connection, PATH, [ONE, TWO], 1)
    changed = replace(ONE, sql=ONE.sql + " ")
    with pytest.raises(StoreUnusable, match=r"0001_meta\.sql"):
        apply(connection, PATH, [changed, TWO], 2)
    with pytest.raises(StoreUnusable, match=r"0001_meta\.sql"):
        refuse_foreign(connection, PATH, [TWO])
