"""A TCP proxy on loopback that does to connections what networks do: cuts, resets, forgets, silences and stalls them."""

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal, cast

Way = Literal["up", "down"]
"""Up is from the client to the server."""
How = Literal["end", "reset", "half-open"]

RECEIVE_BUFFER = 16 * 1024
"""What the kernel takes from the server for a client who does not read: little, so that the server notices."""

_LINGER_NOT = struct.pack("ii", 1, 0)


class _End(asyncio.Protocol):
    """One of the two sockets of a connection; `way` is where its data goes."""

    def __init__(self, connection: "Connection", way: Way) -> None:
        self._connection = connection
        self._way = way
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._connection.made(self._way)

    def data_received(self, data: bytes) -> None:
        self._connection.take(self._way, data)

    def pause_writing(self) -> None:
        self._connection.read(self._way, False)

    def resume_writing(self) -> None:
        self._connection.read(self._way, True)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connection.lost(self._way)

    def close(self, reset: bool) -> None:
        """End it in order, after what was written, or at once with RST."""
        if self.transport is None:
            return
        if reset:
            sock: socket.socket = self.transport.get_extra_info("socket")
            if sock.fileno() >= 0:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
            self.transport.abort()
        else:
            self.transport.close()


class Connection:
    """One connection through the wire."""

    def __init__(self, wire: "Wire") -> None:
        self._wire = wire
        self.ends: dict[Way, _End] = {"up": _End(self, "up"), "down": _End(self, "down")}
        """By where their data goes: ends["up"] is the client's socket, ends["down"] the server's."""
        self.silent: set[Way] = set()
        self.stalled = False
        self.closed_at: dict[Way, float] = {}
        """When the client (up) and the server (down) closed it, on the clock of time.monotonic."""
        self._left: int | None = None
        self._how: How = "end"
        self._done = False
        # Older versions of asyncio read on although they were told to wait while the connection was being made.
        self._early = b""

    # ---- what befalls it

    def cut_after(self, size: int, how: How) -> None:
        """Cut it when so many more bytes have passed, both ways counted."""
        self._left, self._how = size, how

    def cut(self, how: How) -> None:
        """Cut it now.  Half-open: the client finds it reset, and the server hears nothing at all."""
        if self._done:
            return
        self._done = True
        self._wire.cuts += 1
        if how == "half-open":
            self.silent = {"up", "down"}
            self.ends["up"].close(reset=True)
        else:
            for end in self.ends.values():
                end.close(reset=how == "reset")

    def silence(self, *ways: Way) -> None:
        """Let nothing pass these ways any more, not even the end of the connection."""
        self.silent.update(ways)

    def stall(self, stalled: bool) -> None:
        """Read nothing from the server any more, or read on."""
        self.stalled = stalled
        self._reads("down", not stalled)

    # ---- what its ends tell

    def made(self, way: Way) -> None:
        """One socket is there; the client waits until the server's is."""
        if way == "up":
            self._reads("up", False)
            self._wire.opened(self)
        else:
            self._reads("up", True)
            early, self._early = self._early, b""
            if early:
                self.take("up", early)

    def take(self, way: Way, data: bytes) -> None:
        """Pass bytes on, up to the cut."""
        if way in self.silent or self._done:
            return
        to = self.ends[_other(way)].transport
        if to is None:
            self._early += data
            return
        if self._left is None:
            to.write(data)
            return
        to.write(data[: self._left])
        self._left -= min(self._left, len(data))
        if not self._left:
            self.cut(self._how)

    def read(self, to: Way, on: bool) -> None:
        """The end whose data goes `to` a way cannot, or can again, take more: the other one is not read meanwhile."""
        self._reads(_other(to), on and not (self.stalled and to == "up"))

    def lost(self, way: Way) -> None:
        """One socket is gone, and so is the other, unless word of that does not get through."""
        self.closed_at.setdefault(way, time.monotonic())
        if way not in self.silent:
            self.ends[_other(way)].close(reset=False)
        if len(self.closed_at) == len(self.ends):
            self._wire.connections.discard(self)

    def _reads(self, way: Way, on: bool) -> None:
        transport = self.ends[way].transport
        if transport is None or transport.is_closing():
            return
        if on:
            transport.resume_reading()
        else:
            transport.pause_reading()


def _other(way: Way) -> Way:
    return "down" if way == "up" else "up"


class Wire:
    """The proxy.  `plan` is given every new connection, and may decide its fate."""

    def __init__(self, upstream: int, tasks: asyncio.TaskGroup) -> None:
        self.port = 0
        self.plan: Callable[[Connection], None] | None = None
        self.connections: set[Connection] = set()
        self.cuts = 0
        self._upstream = upstream
        self._tasks = tasks

    def opened(self, connection: Connection) -> None:
        """A client has come."""
        self.connections.add(connection)
        if self.plan is not None:
            self.plan(connection)
        self._tasks.create_task(self._dial(connection))

    async def _dial(self, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        try:
            await loop.sock_connect(sock, ("127.0.0.1", self._upstream))
            await loop.create_connection(lambda: connection.ends["down"], sock=sock)
        except OSError:
            sock.close()
            connection.ends["up"].close(reset=True)
            self.connections.discard(connection)

    def close(self) -> None:
        """End everything."""
        for connection in list(self.connections):
            for end in connection.ends.values():
                end.close(reset=True)


@asynccontextmanager
async def wire(upstream: int) -> AsyncIterator[Wire]:
    """Lay a wire to the server on port `upstream`; `port` is where clients connect."""
    async with asyncio.TaskGroup() as tasks:
        laid = Wire(upstream, tasks)
        server = await asyncio.get_running_loop().create_server(
            lambda: Connection(laid).ends["up"], "127.0.0.1", 0
        )
        laid.port = server.sockets[0].getsockname()[1]
        try:
            yield laid
        finally:
            server.close()
            laid.close()
            await server.wait_closed()
