"""A file that only its owner can read, made once: keys, and the token of the admin listener.

A file that others can read is refused rather than mended in silence: whoever could read it may have done so, and the operator
has to know.
"""

import contextlib
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

from appliance.errors import StartError, Text

_LONGEST = 64 * 1024


def kept(path: Path, fresh: Callable[[], bytes], what: Text, loss: Text) -> bytes:
    """Return what is in the file at `path`, made of `fresh()` (0600, its directory 0700) when there is none yet.

    Raises StartError when it is readable by others, or cannot be read or written.  `what` names the file, `loss` says what
    follows when it is deleted.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            return _read(path, what, loss)
        _create(path, fresh())
        return _read(path, what, loss)
    except OSError as error:
        raise _unusable(path, what, error.strerror or str(error)) from error


def damaged(path: Path, what: Text, loss: Text) -> StartError:
    """Return the error for a file that does not hold what it should."""
    return StartError(
        Text(f"{what.zh} {path} 已损坏。", f"The {what.en} {path} is damaged."),
        Text(
            f"请从备份恢复它；或删除它，启动时会重新生成（{loss.zh}）。",
            f"Restore it from a backup, or delete it: the next start makes a new one ({loss.en}).",
        ),
    )


def _read(path: Path, what: Text, loss: Text) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    with open(descriptor, "rb") as file:
        mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
        if mode & 0o077:
            raise _exposed(path, mode, what, loss)
        return file.read(_LONGEST)


def _create(path: Path, body: bytes) -> None:
    """Write it.  The file appears whole or not at all, and never replaces one that came to be meanwhile."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(descriptor)
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    _sync(path.parent)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _exposed(path: Path, mode: int, what: Text, loss: Text) -> StartError:
    return StartError(
        Text(
            f"{what.zh} {path} 的权限是 {mode:04o}，其他用户也能访问。",
            f"The {what.en} {path} has mode {mode:04o}: other users can get at it.",
        ),
        Text(
            f"若确定没有外泄，运行 chmod 600 {path}；否则删除它（{loss.zh}）。",
            f"If you are sure that nobody read it, run: chmod 600 {path}. Otherwise delete it ({loss.en}).",
        ),
    )


def _unusable(path: Path, what: Text, reason: str) -> StartError:
    return StartError(
        Text(f"{what.zh} {path} 无法使用：{reason}。", f"The {what.en} {path} cannot be used: {reason}."),
        Text(
            "请检查数据目录的所有者与权限，或用 --data 指定另一个目录。",
            "Check the owner and permissions of the data directory, or name another one with --data.",
        ),
    )
