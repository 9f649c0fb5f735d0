"""Thousands of visitors who open a page and say nothing, in a process of their own: what does each of them weigh?

Reads a Task as JSON from standard input and writes a list of Step as JSON to standard output.  A client is one slotted
protocol that shakes hands, says hello, waits for its welcome and answers pings; nothing else, so that one process holds as
many as its file descriptors allow.
"""

import asyncio
import socket
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from msgspec import Struct

AT_ONCE = 100
"""So many are in the middle of their handshake at any time."""

FROM_ONE_ADDRESS = 5_000
IP_BIND_ADDRESS_NO_PORT = 24
"""The port is chosen by connect, which knows both ends, not by bind (linux/in.h; Python has no name for it)."""

REST = 1.0
"""Seconds between the last welcome of a step and the look at the server's memory."""

PATIENCE = 30.0
HANDSHAKE = (
    b"GET /ws/visitor HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://127.0.0.1:%d\r\n\r\n"
)
_ping = msgspec.json.Decoder()


class Task(Struct, frozen=True):
    """Come in `steps` (how many in all after each) to the server that is process `pid`."""

    port: int
    pid: int
    steps: list[int]
    hold: bool = False


class Step(Struct, frozen=True):
    """After a step: how many are there, how fast the new ones came (per s), and the server's memory in bytes.

    `before` is the memory before the first visitor, `kernel` what the sockets of the machine hold in the kernel.
    """

    visitors: int
    rate: float
    rss: int
    before: int
    kernel: int


def text(payload: bytes) -> bytes:
    """Return a client's short text frame; a mask of zeros is a mask."""
    return bytes((0x81, 0x80 | len(payload), 0, 0, 0, 0)) + payload


HELLO = text(b'{"t":"hello","v":1,"lang":"zh"}')


class Visitor(asyncio.Protocol):
    """One page."""

    __slots__ = ("_answer", "_transport", "welcomed")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._answer = b""
        # uvloop's transport is none of asyncio's classes.
        self._transport: Any = None
        self.welcomed: asyncio.Future[None] | None = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Shake hands."""
        self._transport = transport
        port = transport.get_extra_info("peername")[1]
        self._transport.write(HANDSHAKE % (port, port))

    def data_received(self, data: bytes) -> None:
        """Say hello, be welcomed, answer pings."""
        if self.welcomed is None:
            if b'"t":"ping"' in data:
                number = _ping.decode(data[2:])["n"]
                self._transport.write(text(b'{"t":"pong","n":%d}' % number))
            return
        self._answer += data
        if b"HTTP/1.1" in self._answer:
            head, found, rest = self._answer.partition(b"\r\n\r\n")
            if found:
                assert head.startswith(b"HTTP/1.1 101 "), head
                self._answer = rest
                self._transport.write(HELLO)
        elif b'"t":"welcome"' in self._answer:
            self._answer = b""
            self.welcomed.set_result(None)
            self.welcomed = None

    def connection_lost(self, exc: BaseException | None) -> None:
        """Nobody of them is to be lost."""
        self._transport = None
        if self.welcomed is not None and not self.welcomed.done():
            self.welcomed.set_exception(ConnectionError(f"not let in: {self._answer[:200]!r}"))

    @property
    def there(self) -> bool:
        """Return whether it is still connected."""
        return self._transport is not None

    def leave(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()


def outgoing(number: int) -> socket.socket:
    """Return the socket of the visitor with this number.

    From one address to one port the kernel finds free ports ever more slowly: beyond 14,000 a fifth of the rate.
    """
    sock = socket.socket()
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    sock.bind((f"127.0.0.{2 + number // FROM_ONE_ADDRESS}", 0))
    return sock


def rss(pid: int) -> int:
    """Return the memory of a process in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4_096


def kernel_bytes() -> int:
    """Return what all TCP sockets of the machine hold in the kernel, in bytes."""
    for line in Path("/proc/net/sockstat").read_text().splitlines():
        if line.startswith("TCP:"):
            return int(line.split()[-1]) * 4_096
    return 0


async def run(task: Task) -> None:
    """Let them come, measure, write what was measured, and perhaps stay."""
    loop = asyncio.get_running_loop()
    before = rss(task.pid)
    here: list[Visitor] = []

    async def come() -> None:
        sock = outgoing(len(here))
        await loop.sock_connect(sock, ("127.0.0.1", task.port))
        _, visitor = await loop.create_connection(lambda: Visitor(loop), sock=sock)
        here.append(visitor)
        if visitor.welcomed is not None:
            async with asyncio.timeout(PATIENCE):
                await visitor.welcomed

    steps: list[Step] = []
    for wanted in task.steps:
        start, missing = time.perf_counter(), wanted - len(here)
        while len(here) < wanted:
            await asyncio.gather(*(come() for _ in range(min(AT_ONCE, wanted - len(here)))))
        rate = missing / (time.perf_counter() - start)
        await asyncio.sleep(REST)
        there = sum(visitor.there for visitor in here)
        steps.append(Step(there, rate, rss(task.pid), before, kernel_bytes()))
    sys.stdout.buffer.write(msgspec.json.encode(steps) + b"\n")
    sys.stdout.buffer.flush()
    if task.hold:
        await asyncio.to_thread(sys.stdin.buffer.read)
    for visitor in here:
        visitor.leave()


def main() -> None:
    """Read the task, a line, and do it."""
    uvloop.run(run(msgspec.json.decode(sys.stdin.buffer.readline(), type=Task)))


if __name__ == "__main__":
    main()
