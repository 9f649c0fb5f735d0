"""The data directory and its lock: one process at a time, and the second one is told who the first is.

Two processes on one SQLite file would each believe to be the only writer of a conversation.  The lock is the
kernel's (flock): it falls with the process, also with kill -9, so there is never a stale one to clear away.
"""

import fcntl
import os
from pathlib import Path
from types import TracebackType

from appliance.errors import StartError, Text

LOCK_FILE = "kefu.lock"


class Lock:
    """The held lock.  `release()` gives it back; so does leaving a `with` block, and the end of the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Give the lock back; a second call changes nothing.

        The file stays: removing it would let a third process lock a new file while a second waits on the old one.
        """
        if self._descriptor is not None:
            os.truncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> "Lock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def acquire(directory: Path) -> Lock:
    """Lock `directory`, made if it is missing.

    Raises StartError when another process holds it (naming its pid) or when it cannot be written.
    """
    prepare(directory)
    path = directory / LOCK_FILE
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _not_writable(directory, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        pid = os.read(descriptor, 32).decode("ascii", "replace").strip() or "?"
        os.close(descriptor)
        raise _held(directory, pid) from error
    except OSError as error:
        os.close(descriptor)
        raise _not_writable(directory, error) from error
    try:
        os.truncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
    except OSError as error:
        os.close(descriptor)
        raise _not_writable(directory, error) from error
    return Lock(descriptor)


def prepare(directory: Path) -> None:
    """Make `directory` with mode 0700 if it is missing; StartError when it cannot be made or written.

    The mode of a directory that exists is its owner's decision and stays.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _not_writable(directory, error) from error
    if not os.access(directory, os.W_OK | os.X_OK):
        raise _not_writable(directory, PermissionError("permission denied"))


def _held(directory: Path, pid: str) -> StartError:
    return StartError(
        Text(
            f"数据目录 {directory} 正被另一个 kefu 进程（PID {pid}）使用。",
            f"The data directory {directory} is in use by another kefu process (pid {pid}).",
        ),
        Text(
            f"请先停止该进程（kill {pid}），或用 --data 指定另一个目录。",
            f"Stop that process (kill {pid}), or name another directory with --data.",
        ),
    )


def _not_writable(directory: Path, error: OSError) -> StartError:
    reason = error.strerror or str(error)
    return StartError(
        Text(
            f"数据目录 {directory} 无法写入：{reason}。",
            f"The data directory {directory} cannot be written: {reason}.",
        ),
        Text(
            "请检查目录的所有者与权限，或用 --data 指定另一个目录。",
            "Check its owner and permissions, or name another directory with --data.",
        ),
    )
