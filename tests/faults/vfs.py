"""SQLite's files on a Medium: the layer between apsw and the operating system where power is cut and disks fail."""

import errno

import apsw

from tests.faults.medium import Medium

NAME = "faulty"


class _File(apsw.VFSFile):
    def __init__(self, base: str, name: str | apsw.URIFilename, flags: list[int], medium: Medium) -> None:
        super().__init__(base, name, flags)
        self._medium = medium
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._paper = medium.open(path)
        self._read_only = bool(flags[0] & apsw.SQLITE_OPEN_READONLY)

    def xLock(self, level: int) -> None:  # noqa: N802
        try:
            super().xLock(level)
        except apsw.IOError as error:
            if not self._read_only:
                raise
            # A reader that closes asks whether it is the last one, and SQLite itself takes this for "no"; only apsw would tell.
            raise apsw.BusyError("a file opened for reading cannot be locked for writing") from error

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        try:
            self._medium.write(self._paper, bytes(data), offset, super().xWrite)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise apsw.FullError(str(error)) from error
            raise _io_error(apsw.SQLITE_IOERR_WRITE) from error

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        try:
            self._medium.truncate(self._paper, newsize, super().xTruncate)
        except OSError as error:
            raise _io_error(apsw.SQLITE_IOERR_TRUNCATE) from error

    def xSync(self, flags: int) -> None:  # noqa: N802
        try:
            self._medium.sync(self._paper)
        except OSError as error:
            raise _io_error(apsw.SQLITE_IOERR_FSYNC) from error


def _io_error(code: int) -> Exception:
    error = apsw.exception_for(code)
    error.args = ("disk I/O error",)
    return error


class FaultyVfs(apsw.VFS):
    """The default of SQLite from the moment it is made; keep it alive."""

    def __init__(self, medium: Medium) -> None:
        self._medium = medium
        # Asked before this one takes the first place.
        self._beneath = apsw.vfs_names()[0]
        super().__init__(NAME, self._beneath, makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        """Open a file; what SQLite keeps in temporary files need not outlive anything."""
        if name is None:
            return apsw.VFSFile(self._beneath, name, flags)
        return _File(self._beneath, name, flags, self._medium)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        """Delete a file."""
        self._medium.forget(filename)
        super().xDelete(filename, syncdir)
