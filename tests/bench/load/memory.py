"""What a server weighs: its own memory, and what its sockets hold in the kernel, where a slow reader's unread bytes hide."""

import re
import subprocess
import threading
from pathlib import Path
from types import TracebackType

from msgspec import Struct

PAGE = 4_096
EVERY = 0.25
_HELD = re.compile(r"skmem:\(r(\d+),rb\d+,t\d+,tb\d+,f(\d+),w(\d+),")


class Memory(Struct, frozen=True):
    """Bytes of a moment: `rss` of the process, `kernel` of its sockets."""

    rss: int
    kernel: int

    @property
    def total(self) -> int:
        """Return both together."""
        return self.rss + self.kernel


def rss(pid: int) -> int:
    """Return the memory of a process in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE


def kernel(port: int) -> int:
    """Return what the server's ends of all connections to its port hold in the kernel, those that it has given up included.

    /proc/net/sockstat counts everybody's sockets at both ends; ss can be asked for these alone.
    """
    asked = ["ss", "-tmnHO", "state", "connected", "exclude", "time-wait", f"( sport = :{port} )"]
    told = subprocess.run(asked, stdout=subprocess.PIPE, check=True, text=True).stdout
    return sum(int(part) for held in _HELD.findall(told) for part in held)


def memory(pid: int, port: int) -> Memory:
    """Return both, as of now."""
    return Memory(rss(pid), kernel(port))


class Watch:
    """Looks at a server again and again while the context lasts, and remembers when it held most."""

    def __init__(self, pid: int, port: int) -> None:
        self._pid, self._port = pid, port
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.peak = memory(pid, port)
        self.looks = 1

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(EVERY):
            self.peak = max(self.peak, memory(self._pid, self._port), key=lambda each: each.total)
            self.looks += 1
