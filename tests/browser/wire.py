"""A line between a browser and the appliance that can go dumb: what is said arrives, the answers do not.

That is how a message comes to be committed without its sender knowing: the case that resending with the same id is for.
"""

import contextlib
import socket
import threading
from urllib.parse import urlsplit


class Wire:
    """Forwards connections to `url` from a port of its own; closed by leaving the `with`."""

    def __init__(self, url: str) -> None:
        target = urlsplit(url)
        self._target = (target.hostname or "", target.port or 0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self.dumb = False
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"http://{self.host}"

    def __enter__(self) -> "Wire":
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        _end(self._listener)
        for end in list(self._open):
            _end(end)

    def _listen(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                near, _ = self._listener.accept()
                self._connect(near)

    def _connect(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._target)
        except OSError:
            near.close()
            return
        self._open |= {near, far}
        threading.Thread(target=self._forward, args=(near, far, False), daemon=True).start()
        threading.Thread(target=self._forward, args=(far, near, True), daemon=True).start()

    def _forward(self, source: socket.socket, drain: socket.socket, answers: bool) -> None:
        with contextlib.suppress(OSError):  # either end broke: so does the other
            while data := source.recv(65_536):
                if not (answers and self.dumb):
                    drain.sendall(data)
        _end(source)
        _end(drain)
        self._open -= {source, drain}


def _end(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in it
    end.close()
