"""How a test reaches the disk of the appliance that it started: one line to a Unix socket, one line back."""

import socket
import threading
from pathlib import Path
from typing import cast, get_args

from tests.faults.medium import Failure, Keep, Medium
from tests.faults.vfs import FaultyVfs


class Switch:
    """The test's end, at `path`.  Raises OSError while nothing runs there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def cut(self, keep: Keep, after: int = 0) -> None:
        """Cut the power in place of the write or fsync that comes after so many."""
        self._order(f"cut {after} {keep}")

    def fail(self, failure: Failure | None) -> None:
        """Let the disk fail from now on; None makes it well."""
        self._order(f"fail {failure}")

    def failed(self) -> int:
        """Return how many calls were answered with an error."""
        return int(self._order("failed"))

    def _order(self, line: str) -> str:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.settimeout(20)
            sock.connect(str(self.path))
            sock.sendall(f"{line}\n".encode())
            with sock.makefile() as answers:
                answer = answers.readline().strip()
        if not answer:
            raise ConnectionError(f"no answer to {line!r}")
        return answer


def obey(path: Path, medium: Medium, vfs: FaultyVfs) -> None:
    """Serve a Switch from a thread of its own, as long as the process lives; `vfs` lives as long."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen()
    threading.Thread(target=_serve, args=(listener, medium, vfs), name="switch", daemon=True).start()


def _serve(listener: socket.socket, medium: Medium, vfs: FaultyVfs) -> None:
    while True:
        connection, _ = listener.accept()
        with connection, connection.makefile("rw") as lines:
            for line in lines:
                lines.write(f"{_perform(medium, line.split())}\n")
                lines.flush()


def _perform(medium: Medium, order: list[str]) -> object:
    match order:
        case ["cut", after, keep] if keep in get_args(Keep):
            medium.cut_after(int(after), cast(Keep, keep))
        case ["fail", "None"]:
            medium.failure = None
        case ["fail", failure] if failure in get_args(Failure):
            medium.failure = cast(Failure, failure)
        case ["failed"]:
            return medium.failed
        case _:
            return "unknown"
    return "done"
