"""What SQLite's errors mean to an operator: each becomes one sentence with its remedy, in both languages.

The same table serves the writer, the readers and the opening of the file, so that a full disk reads the same
wherever it is met.
"""

from pathlib import Path

import apsw

from appliance.errors import StoreError, StoreUnusable, Text
from appliance.stores.refusals import (
    ALREADY_OPEN,
    CID_USED,
    ID_TAKEN,
    LOGIN_TAKEN,
    SEQ_TAKEN,
    conflict,
    malformed,
)

_REMEDY_RESTORE = Text(
    "请停止 kefu，另存该文件，然后从备份恢复。",
    "Stop kefu, put the file aside, and restore a backup.",
)

# Table and column as SQLite names them in "UNIQUE constraint failed: ...", and what was violated.
_UNIQUE = (
    ("conversation.visitor", ALREADY_OPEN),
    ("conversation.id", ID_TAKEN),
    ("log.cid", CID_USED),
    ("log.conversation", SEQ_TAKEN),
    ("agent.login", LOGIN_TAKEN),
)


def violated(error: apsw.ConstraintError) -> StoreError:
    """Return the Conflict that a violated unique constraint means; a plain StoreError for a malformed value."""
    message = str(error)
    for column, cause in _UNIQUE:
        if message.startswith("UNIQUE") and column in message:
            return conflict(cause)
    return malformed(message)


def trouble(error: Exception, path: Path) -> StoreError:
    """Return what `error`, met while working on the database at `path`, means to an operator."""
    if isinstance(error, StoreError):
        return error
    if isinstance(error, apsw.ConstraintError):
        return violated(error)
    if isinstance(error, apsw.FullError):
        return StoreError(
            Text(f"磁盘已满，{path} 无法写入。", f"The disk is full: {path} cannot grow."),
            Text(
                f"请在 {path.parent} 所在磁盘腾出空间；之后 kefu 会自动恢复。",
                f"Free space on the disk of {path.parent}; kefu then recovers by itself.",
            ),
        )
    if isinstance(error, apsw.CorruptError | apsw.NotADBError):
        return StoreError(
            Text(f"数据库 {path} 已损坏：{error}。", f"The database {path} is damaged: {error}."),
            _REMEDY_RESTORE,
        )
    if isinstance(error, apsw.BusyError):
        return StoreError(
            Text(f"数据库 {path} 被其他程序锁住。", f"The database {path} is locked by another program."),
            Text("请关闭正在打开该文件的工具。", "Close the tool that has the file open."),
        )
    if isinstance(error, apsw.ReadOnlyError | apsw.CantOpenError | apsw.PermissionsError | PermissionError):
        return StoreError(
            Text(f"数据库 {path} 无法写入：{error}。", f"The database {path} cannot be written: {error}."),
            Text(
                "请检查文件与目录的所有者与权限。",
                "Check owner and permissions of the file and its directory.",
            ),
        )
    if isinstance(error, FileNotFoundError):
        return StoreError(
            Text(f"数据库 {path} 不见了。", f"The database {path} is gone."),
            Text(
                "请把数据目录放回原处，或停止 kefu 后从备份恢复。",
                "Put the data directory back, or stop kefu and restore it from a backup.",
            ),
        )
    if isinstance(error, apsw.IOError | OSError):
        return StoreError(
            Text(f"读写 {path} 时磁盘出错：{error}。", f"The disk failed while working on {path}: {error}."),
            Text(
                "请检查磁盘（dmesg）；之后 kefu 会自动恢复。",
                "Check the disk (dmesg); kefu then recovers by itself.",
            ),
        )
    return StoreError(
        Text(
            f"数据库 {path} 出现意外错误：{type(error).__name__}: {error}。",
            f"Unexpected trouble with the database {path}: {type(error).__name__}: {error}.",
        ),
        Text("请附上日志报告该问题。", "Please report it with the log."),
    )


def unusable(error: Exception, path: Path) -> StoreUnusable:
    """Return `trouble` as the reason why the database cannot be opened at all."""
    if isinstance(error, StoreUnusable):
        return error
    found = trouble(error, path)
    return StoreUnusable(found.cause, found.remedy)


def damaged(path: Path, zh: str, en: str) -> StoreUnusable:
    """Return the refusal of a file that is no sound database; nothing in it has been changed."""
    return StoreUnusable(
        Text(f"数据库 {path} {zh}。文件未被改动。", f"The database {path} {en}. It has not been changed."),
        _REMEDY_RESTORE,
    )
