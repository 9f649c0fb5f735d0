"""A disk whose power can be cut, and which fails when told to: the model that tests/faults/vfs.py puts below SQLite.

Writes go through to the real file, so all reading is the operating system's.  What the disk itself would hold is kept as a
difference: every sector that was written since the last fsync, as it was before.  A cut gives back all of them or some, so
that writes are torn as well as lost.  Names are not modelled: a file that was created, renamed or deleted stays so.
"""

import errno
import os
import random
import threading
from collections.abc import Callable
from typing import Literal, NoReturn

SECTOR = 512
CUT = 70
"""The exit code of a process whose power was cut."""

Failure = Literal["write", "fsync", "full"]
Keep = Literal["nothing", "something"]


class Paper:
    """One file on the disk, by inode: SQLite opens the same one many times, and a rename does not make another of it."""

    def __init__(self, descriptor: int) -> None:
        """`descriptor` stays open for good: closing any one of a file ends all POSIX locks that the process has on it."""
        self._descriptor = descriptor
        self._size = self.length()
        # Sectors as they were at the last fsync: what may still be on its way, and what an fsync failed to bring there.
        self._unsynced: dict[int, bytes] = {}
        self._stranded: dict[int, bytes] = {}

    def clean(self) -> bool:
        """Whether a cut could not change it."""
        return not self._unsynced and not self._stranded and self._size == self.length()

    def length(self) -> int:
        """Return its length as programs see it."""
        return os.fstat(self._descriptor).st_size

    def touch(self, start: int, end: int) -> None:
        """The bytes from `start` to `end` are about to change."""
        for sector in range(start // SECTOR, -(-end // SECTOR)):
            if sector in self._unsynced:
                continue
            before = self._stranded.pop(sector, None)
            if before is None:
                before = os.pread(self._descriptor, SECTOR, sector * SECTOR)
            self._unsynced[sector] = before

    def synced(self) -> None:
        """An fsync succeeded.  What an earlier one failed to write is not tried again, as on Linux."""
        self._unsynced.clear()
        self._size = self.length()

    def not_synced(self) -> None:
        """An fsync failed: programs still read what they wrote, and the disk does not have it."""
        self._stranded.update(self._unsynced)
        self._unsynced.clear()

    def cut(self, share: float) -> None:
        """Leave in the file what is on the disk, with `share` of what was on its way; a length counts as one write."""
        now = self.length()
        size = now if random.random() < share else self._size
        lost = {
            sector: before for sector, before in self._unsynced.items() if self._loses(sector, now, share)
        }
        for sector, before in {**lost, **self._stranded}.items():
            os.pwrite(self._descriptor, before.ljust(SECTOR, b"\0"), sector * SECTOR)
        os.ftruncate(self._descriptor, size)

    @staticmethod
    def _loses(sector: int, length: int, share: float) -> bool:
        # Of what was cut off there is only the old: the length alone decides whether it is seen.
        return sector * SECTOR >= length or random.random() >= share


class Medium:
    """All files of one process, and what befalls them.  Safe to use from any thread."""

    def __init__(self) -> None:
        self.failure: Failure | None = None
        self.failed = 0
        """How many calls were answered with an error."""
        self.operations = 0
        """How many writes, truncations and fsyncs came."""
        self._lock = threading.Lock()
        self._papers: dict[tuple[int, int], Paper] = {}
        self._left: int | None = None
        self._keep: Keep = "something"

    def open(self, path: str) -> Paper:
        """Return the file at `path`, which exists."""
        with self._lock:
            found = os.stat(path)
            key = (found.st_dev, found.st_ino)
            if key not in self._papers:
                self._papers[key] = Paper(os.open(path, os.O_RDWR | os.O_CLOEXEC))
            return self._papers[key]

    def forget(self, path: str) -> None:
        """The file at `path` is about to be deleted; its inode may be another file's next."""
        with self._lock:
            try:
                found = os.stat(path)
            except FileNotFoundError:
                return
            self._papers.pop((found.st_dev, found.st_ino), None)

    def write(self, paper: Paper, data: bytes, offset: int, put: Callable[[bytes, int], None]) -> None:
        """Write through `put`.  A write that fails may have written its beginning."""
        with self._lock:
            self._count()
            grows = offset + len(data) > paper.length()
            if self.failure == "write" or (self.failure == "full" and grows):
                beginning = data[: SECTOR * random.randint(0, len(data) // SECTOR)]
                if beginning:
                    paper.touch(offset, offset + len(beginning))
                    put(beginning, offset)
                self._fail(errno.ENOSPC if self.failure == "full" else errno.EIO)
            paper.touch(offset, offset + len(data))
            put(data, offset)

    def truncate(self, paper: Paper, size: int, put: Callable[[int], None]) -> None:
        """Shorten through `put`."""
        with self._lock:
            self._count()
            if self.failure == "write":
                self._fail(errno.EIO)
            paper.touch(size, paper.length())
            put(size)

    def sync(self, paper: Paper) -> None:
        """Bring a file to the disk.  The real fsync is spared: whether the machine itself falls is not the question."""
        with self._lock:
            self._count()
            if self.failure == "fsync":
                paper.not_synced()
                self._fail(errno.EIO)
            paper.synced()

    def cut_after(self, operations: int, keep: Keep) -> None:
        """Cut the power in place of the call that comes after so many."""
        with self._lock:
            self._left, self._keep = operations, keep

    def cut(self, keep: Keep) -> NoReturn:
        """Cut the power now."""
        with self._lock:
            self._cut(keep)

    def _count(self) -> None:
        self.operations += 1
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                self._cut(self._keep)

    def _cut(self, keep: Keep) -> NoReturn:
        share = 0.0 if keep == "nothing" else random.random()
        for paper in self._papers.values():
            paper.cut(share)
        os._exit(CUT)

    def _fail(self, code: int) -> NoReturn:
        self.failed += 1
        raise OSError(code, os.strerror(code))
