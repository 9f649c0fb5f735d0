"""The database file: made whole or not at all, looked at before it is touched, opened with the right settings.

A file that is damaged, foreign or newer is refused by reading alone; kefu never writes into something that it does
not understand.  A new database is made under another name and renamed when it is complete, so an empty or half-made
file under the real name always means damage.
"""

import os
from pathlib import Path

import apsw

from appliance.errors import StoreUnusable, Text
from appliance.model import Millis
from appliance.stores import migrations
from appliance.stores.sqlite_errors import damaged, unusable

DATABASE = "kefu.db"
APPLICATION_ID = 0x4B454655  # "KEFU", bytes 68 to 71 of the file

# SQLite before this version can corrupt a WAL database that two connections have open.
_OLDEST_SQLITE = (3, 51, 3)
# Up to this size the whole file is checked at start (about 0.3 s); beyond it the start must not wait for the disk.
_CHECK_BYTES = 64 << 20
_AUTOCHECKPOINT_PAGES = 4_000
_BUSY_MS = 5_000


def open_database(directory: Path, now: Millis) -> apsw.Connection:
    """Return the one writing connection to the database in `directory`, made or migrated if need be.

    Raises StoreUnusable when the file is damaged, foreign, newer than this program, or cannot be written.
    """
    path = directory / DATABASE
    _refuse_old_sqlite()
    known = migrations.shipped()
    try:
        if path.exists():
            _examine(path, known)
        else:
            _create(path, known, now)
        connection = connect(path)
        try:
            migrations.apply(connection, path, known, now)
        except BaseException:
            connection.close()
            raise
    except (apsw.Error, OSError) as error:
        raise unusable(error, path) from error
    return connection


def connect(path: Path) -> apsw.Connection:
    """Return a connection that may write, to a database that exists.

    Every commit is synced (FULL): under a simulated power cut NORMAL lost one acknowledged row in nine.
    """
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        connection.set_busy_timeout(_BUSY_MS)
        connection.execute("PRAGMA journal_mode = wal")
        connection.execute("PRAGMA synchronous = full")
        connection.execute("PRAGMA cache_size = -65536")
        connection.execute("PRAGMA journal_size_limit = 67108864")
        connection.execute("PRAGMA cell_size_check = on")
        connection.wal_autocheckpoint(_AUTOCHECKPOINT_PAGES)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_reader(path: Path) -> apsw.Connection:
    """Return a connection for queries; it cannot write and never checkpoints."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(_BUSY_MS)
    return connection


def _refuse_old_sqlite() -> None:
    version = apsw.sqlite_lib_version()
    if tuple(int(part) for part in version.split(".")) < _OLDEST_SQLITE:
        raise StoreUnusable(
            Text(
                f"SQLite {version} 在多连接的 WAL 模式下可能损坏数据库。",
                f"SQLite {version} can corrupt a WAL database that two connections have open.",
            ),
            Text("请按 requirements.txt 安装 apsw。", "Install apsw as requirements.txt pins it."),
        )


def _create(path: Path, known: list[migrations.Migration], now: Millis) -> None:
    journal = path.with_name(path.name + "-wal")
    if journal.exists():
        # SQLite would replay this journal into the new database.
        raise damaged(
            path,
            f"不见了，但它的日志 {journal.name} 还在",
            f"is gone, but its journal {journal.name} is there",
        )
    fresh = path.with_name(path.name + ".new")
    for leftover in ("", "-wal", "-shm", "-journal"):
        fresh.with_name(fresh.name + leftover).unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    connection = connect(fresh)
    try:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        migrations.apply(connection, path, known, now)
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    finally:
        connection.close()
    fresh.rename(path)
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _examine(path: Path, known: list[migrations.Migration]) -> None:
    """Read enough of the file to know that it is ours and sound; raise StoreUnusable otherwise."""
    _examine_header(path)
    if not os.access(path, os.R_OK | os.W_OK):
        raise unusable(PermissionError("permission denied"), path)
    connection = connect_reader(path)
    try:
        if path.stat().st_size <= _CHECK_BYTES:
            verdict = connection.execute("PRAGMA quick_check(1)").get
            if verdict != "ok":
                raise damaged(path, f"已损坏：{verdict}", f"is damaged: {verdict}")
        migrations.refuse_foreign(connection, path, known)
    except apsw.SQLError as error:
        raise damaged(path, f"缺少 kefu 的表：{error}", f"lacks the tables of kefu: {error}") from error
    finally:
        connection.close()


def _examine_header(path: Path) -> None:
    size = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(100)
    if size == 0:
        raise damaged(path, "是空文件", "is empty")
    if len(header) < 100 or not header.startswith(b"SQLite format 3\0"):
        raise damaged(path, "不是 SQLite 数据库", "is no SQLite database")
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise StoreUnusable(
            Text(
                f"{path} 是另一个程序的数据库。文件未被改动。",
                f"{path} is the database of another program. It has not been changed.",
            ),
            Text(
                "请移走该文件，或用 --data 指定另一个目录。",
                "Move it away, or name another directory with --data.",
            ),
        )
    page = int.from_bytes(header[16:18], "big")
    expected = (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")
    journal = path.with_name(path.name + "-wal")
    # A checkpoint cut short leaves the header ahead of the file; the journal then still holds the missing pages.
    if size < expected and not (journal.exists() and journal.stat().st_size):
        raise damaged(
            path,
            f"被截断：应有 {expected} 字节，只有 {size}",
            f"is cut off: {expected} bytes expected, {size} found",
        )
