"""Making, refusing and opening the database file: what cannot be used is refused, and not touched."""

import os
import stat
from pathlib import Path

import apsw
import pytest

from appliance.errors import StoreUnusable
from appliance.stores import migrations
from appliance.stores.sqlite_file import APPLICATION_ID, DATABASE, connect_reader, open_database


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The path of a complete database that nobody has open."""
    close(open_database(tmp_path, 0))
    return tmp_path / DATABASE


def close(connection: apsw.Connection) -> None:
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    connection.close()


def refused(database: Path) -> StoreUnusable:
    """Check that the file is refused and stays as it is; return the refusal."""
    before = database.read_bytes()
    with pytest.raises(StoreUnusable) as caught:
        open_database(database.parent, 0)
    assert database.read_bytes() == before
    assert all([*caught.value.cause, *caught.value.remedy])
    assert str(database) in caught.value.cause.zh
    return caught.value


def test_a_new_database_is_ours_private_and_durable(tmp_path: Path) -> None:
    connection = open_database(tmp_path, 0)
    assert stat.S_IMODE((tmp_path / DATABASE).stat().st_mode) == 0o600
    assert connection.pragma("application_id") == APPLICATION_ID
    assert connection.pragma("journal_mode") == "wal"
    assert connection.pragma("synchronous") == 2
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    connection.close()


def test_it_can_be_opened_again(database: Path) -> None:
    close(open_database(database.parent, 1))
    connection = connect_reader(database)
    assert connection.execute("SELECT max(applied_at) FROM migration").get == 0
    with pytest.raises(apsw.ReadOnlyError):
        connection.execute("DELETE FROM meta")
    connection.close()


def test_a_half_made_database_is_made_anew(tmp_path: Path) -> None:
    for suffix in (".new", ".new-wal", ".new-shm"):
        (tmp_path / (DATABASE + suffix)).write_bytes(b"rubbish")
    open_database(tmp_path, 0).close()
    assert not (tmp_path / (DATABASE + ".new")).exists()


def test_a_start_that_dies_while_making_it_leaves_no_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [*migrations.shipped(), migrations.Migration(99, "0099_broken.sql", "no such statement")]
    monkeypatch.setattr(migrations, "shipped", lambda: broken)
    with pytest.raises(StoreUnusable):
        open_database(tmp_path, 0)
    assert not (tmp_path / DATABASE).exists()


def test_an_empty_file_is_refused(database: Path) -> None:
    database.write_bytes(b"")
    assert "empty" in refused(database).cause.en


@pytest.mark.parametrize(
    "content", [b"\0" * 8192, b"short", b"rubbish " * 4096], ids=["zeros", "short", "text"]
)
def test_a_file_that_is_no_database_is_refused(database: Path, content: bytes) -> None:
    database.write_bytes(content)
    assert "no SQLite database" in refused(database).cause.en


@pytest.mark.parametrize("keep", [100, 4096, 3 * 4096 + 17])
def test_a_truncated_database_is_refused(database: Path, keep: int) -> None:
    os.truncate(database, keep)
    assert "cut off" in refused(database).cause.en


def test_a_database_with_damaged_pages_is_refused(database: Path) -> None:
    content = bytearray(database.read_bytes())
    content[4096 : 8 * 4096] = os.urandom(7 * 4096)
    database.write_bytes(content)
    assert "damaged" in refused(database).cause.en


def test_a_damaged_schema_page_is_refused(database: Path) -> None:
    content = bytearray(database.read_bytes())
    content[100:4096] = os.urandom(3996)
    database.write_bytes(content)
    assert "damaged" in refused(database).cause.en


def test_the_database_of_another_program_is_refused(database: Path) -> None:
    database.unlink()
    other = apsw.Connection(str(database))
    other.execute("CREATE TABLE bookmarks(x)")
    other.close()
    assert "another program" in refused(database).cause.en


def test_a_database_without_our_tables_is_refused(database: Path) -> None:
    database.unlink()
    other = apsw.Connection(str(database))
    other.execute(f"PRAGMA application_id = {APPLICATION_ID}; CREATE TABLE x(y)")
    other.close()
    assert "lacks the tables" in refused(database).cause.en


def test_a_newer_database_is_refused(database: Path) -> None:
    other = apsw.Connection(str(database))
    other.execute("INSERT INTO migration VALUES (9999, '9999_future.sql', '', 0)")
    close(other)
    error = refused(database)
    assert "9999" in error.cause.en
    assert str(len(migrations.shipped())) in error.cause.en


def test_a_changed_migration_is_refused(database: Path) -> None:
    other = apsw.Connection(str(database))
    other.execute("UPDATE migration SET sha256 = 'x' WHERE number = 1")
    close(other)
    assert "0001_log.sql" in refused(database).cause.en


def test_a_journal_without_its_database_is_not_replayed_into_a_new_one(database: Path) -> None:
    database.unlink()
    journal = database.with_name(DATABASE + "-wal")
    journal.write_bytes(b"somebody's last messages")
    with pytest.raises(StoreUnusable, match="is gone"):
        open_database(database.parent, 0)
    assert journal.read_bytes() == b"somebody's last messages"
    assert not database.exists()


def test_a_file_that_the_journal_completes_is_accepted(tmp_path: Path) -> None:
    # A checkpoint cut short leaves a header that promises more pages than the file has.
    connection = open_database(tmp_path, 0)
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    connection.execute("INSERT INTO bundle VALUES ('b', zeroblob(100000), 0)")
    images = {path.name: path.read_bytes() for path in tmp_path.iterdir() if not path.name.endswith("-shm")}
    connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    whole = (tmp_path / DATABASE).read_bytes()
    connection.close()
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / (DATABASE + "-wal")).write_bytes(images[DATABASE + "-wal"])
    (copy / DATABASE).write_bytes(whole[:4096] + images[DATABASE][4096:])
    again = open_database(copy, 0)
    assert again.execute("SELECT length(source) FROM bundle").get == 100000
    again.close()


@pytest.mark.parametrize("name", [DATABASE, DATABASE + ".new"])
def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path, name: str) -> None:
    # A directory in place of the file: permissions would not stop root, who may run these tests.
    (tmp_path / name).mkdir()
    with pytest.raises(StoreUnusable) as caught:
        open_database(tmp_path, 0)
    assert all([*caught.value.cause, *caught.value.remedy])


def test_a_file_without_permission_is_refused(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "cannot be written" in refused(database).cause.en


def test_an_sqlite_that_corrupts_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.40.1")
    with pytest.raises(StoreUnusable, match=r"3\.40\.1"):
        open_database(tmp_path, 0)
    assert list(tmp_path.iterdir()) == []
