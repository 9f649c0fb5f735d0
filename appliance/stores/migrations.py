"""How a database of an older kefu becomes one of this kefu, and why one of a newer kefu is left alone.

The numbered files in migrations/ are the only place where tables are made.  What was applied is written down
with its checksum: a file that changed after its release would make two databases of the same number differ.
"""

import hashlib
import re
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import apsw
from msgspec import Struct

from appliance.errors import StoreUnusable, Text
from appliance.model import Millis

_FILE = re.compile(r"(\d{4})_([a-z_]+)\.sql")


class Migration(Struct, frozen=True):
    """One step: its number, its file name, its statements."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Return the checksum of the statements."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def shipped() -> list[Migration]:
    """Return the migrations of this program in their order."""
    found = []
    for file in resources.files("appliance.stores").joinpath("migrations").iterdir():
        match = _FILE.fullmatch(file.name)
        if match:
            found.append(Migration(int(match[1]), file.name, file.read_text(encoding="utf-8")))
    return sorted(found, key=lambda migration: migration.number)


def refuse_foreign(connection: apsw.Connection, path: Path, known: Sequence[Migration]) -> int:
    """Return the schema version of the database, which only reads it.

    Raises StoreUnusable when it is newer than `known`, or when an applied migration is not the one known here.
    """
    applied: list[tuple[int, str, str]] = [
        (number, name, sha256)
        for number, name, sha256 in connection.execute(
            "SELECT number, name, sha256 FROM migration ORDER BY number"
        )
    ]
    have = {migration.number: migration for migration in known}
    newest_known = max(have, default=0)
    version = max((number for number, _, _ in applied), default=0)
    if version > newest_known:
        raise _newer(path, version, newest_known)
    for number, name, sha256 in applied:
        if number not in have or have[number].sha256 != sha256:
            raise _changed(path, number, name)
    return version


def apply(connection: apsw.Connection, path: Path, known: Sequence[Migration], now: Millis) -> None:
    """Bring the database to the newest of `known` in one transaction: it is migrated whole or not at all."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migration("
            "number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT"
        )
        version = refuse_foreign(connection, path, known)
        for migration in known:
            if migration.number > version:
                connection.execute(migration.sql)
                connection.execute(
                    "INSERT INTO migration VALUES (?, ?, ?, ?)",
                    (migration.number, migration.name, migration.sha256, now),
                )
                connection.execute(
                    "UPDATE meta SET value = ? WHERE name = 'schema_version'", (migration.number,)
                )
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _newer(path: Path, version: int, known: int) -> StoreUnusable:
    return StoreUnusable(
        Text(
            f"数据库 {path} 的结构版本是 {version}，本程序只认识到 {known}。文件未被改动。",
            f"The database {path} has schema version {version}; this program knows versions up to {known}. "
            "It has not been changed.",
        ),
        Text(
            "请使用写出该数据库的 kefu 版本（或更新的版本），或从升级前的备份恢复。",
            "Run the kefu version that wrote it, or a later one, or restore the backup made before the upgrade.",
        ),
    )


def _changed(path: Path, number: int, name: str) -> StoreUnusable:
    return StoreUnusable(
        Text(
            f"数据库 {path} 的第 {number} 步迁移（{name}）与本程序自带的不一致。文件未被改动。",
            f"Migration {number} ({name}) of the database {path} is not the one that this program ships. "
            "It has not been changed.",
        ),
        Text(
            "该数据库由改动过的或未发布的 kefu 写出：请使用那个版本，或从备份恢复。",
            "A modified or unreleased kefu wrote this database: run that version, or restore a backup.",
        ),
    )
