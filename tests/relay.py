"""A loopback port that leads to a Unix socket, for programs that speak TCP only: `go tool pprof`, browsers."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CHUNK = 65_536


@contextmanager
def relay(path: Path) -> Iterator[int]:
    """Yield the port; every connection to it becomes one to the socket at `path`."""
    open_ends: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def begin(one: socket.socket, other: socket.socket) -> None:
        thread = threading.Thread(target=_copy, args=(one, other), name="relay", daemon=True)
        threads.append(thread)
        thread.start()

    def accept(door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = door.accept()
                far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                open_ends.extend((near, far))
                far.connect(str(path))
                begin(near, far)
                begin(far, near)

    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=accept, args=(door,), name="relay door", daemon=True)
        thread.start()
        try:
            yield door.getsockname()[1]
        finally:
            # A listening socket that is shut down wakes whoever waits to accept.
            door.shutdown(socket.SHUT_RDWR)
            thread.join(10)
            for end in open_ends:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            for each in threads:
                each.join(10)
            for end in open_ends:
                end.close()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
