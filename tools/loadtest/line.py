"""One WebSocket connection of a test client, as an asyncio.Protocol: no task and no await a message.

It is written from the RFC and shares nothing with the appliance, so that a mistake in the appliance's framing cannot hide
in a mistake of its client.  Client frames are masked as they must be, with the key zero: the server's work is the same, and
the generator is spared the XOR.
"""

import asyncio
import base64
import hashlib
import os
import socket
import struct
from collections.abc import Callable
from typing import cast

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY = b"\0\0\0\0"
IP_BIND_ADDRESS_NO_PORT = 24
"""The port is chosen by connect, which knows both ends, not by bind (linux/in.h; Python has no name for it)."""

_TEXT, _BINARY, _CLOSE, _PING, _PONG = 0x1, 0x2, 0x8, 0x9, 0xA


class HandshakeRefused(Exception):
    """The server answered the upgrade with something else than 101; `status` is what."""

    def __init__(self, status: int, answer: bytes) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.answer = answer


class TurnedAway(ConnectionError):
    """The server closed with `code` instead of welcoming."""

    def __init__(self, code: int) -> None:
        super().__init__(f"closed with {code} before the welcome")
        self.code = code


def text_frame(payload: bytes, opcode: int = _TEXT) -> bytes:
    """Return a final, masked frame."""
    first, size = 0x80 | opcode, len(payload)
    if size < 126:
        return bytes((first, 0x80 | size)) + _KEY + payload
    if size < 65_536:
        return struct.pack("!BBH", first, 0x80 | 126, size) + _KEY + payload
    return struct.pack("!BBQ", first, 0x80 | 127, size) + _KEY + payload


class Line(asyncio.Protocol):
    """A connection.  `on_text` gets each message, `on_end` the close code (1006: none came) exactly once.

    `opened` is done once the upgrade succeeded, or has the exception why it did not.
    """

    def __init__(
        self,
        path: str,
        host: str,
        headers: dict[str, str],
        on_text: Callable[[bytes], None],
        on_end: Callable[[int, str], None],
    ) -> None:
        nonce = base64.b64encode(os.urandom(16))
        lines = {
            "Host": host,
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": nonce.decode(),
            **headers,
        }
        self._request = (
            f"GET {path} HTTP/1.1\r\n"
            + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
            + "\r\n"
        ).encode()
        self._expected = base64.b64encode(hashlib.sha1(nonce + _GUID, usedforsecurity=False).digest())
        self._on_text = on_text
        self._on_end = on_end
        self._shaken = False
        self._ended = False
        self._buffer = b""
        self._parts: list[bytes] = []
        self.transport: asyncio.Transport | None = None
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    # ---- what the owner calls

    def send(self, payload: bytes) -> None:
        """Send a text message."""
        if self.transport is not None and not self._ended:
            self.transport.write(text_frame(payload))

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        if self.transport is not None:
            self.transport.write(data)

    def hang_up(self) -> None:
        """Cut the connection without a word."""
        if self.transport is not None:
            self.transport.abort()

    def deafen(self) -> None:
        """Read nothing more from the socket: what comes piles up in the kernel and then at the server."""
        if self.transport is not None and not self._ended:
            self.transport.pause_reading()

    def listen(self) -> None:
        """Read again."""
        if self.transport is not None and not self._ended:
            self.transport.resume_reading()

    # ---- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended without a close frame."""
        self._end(1006, "")

    def data_received(self, data: bytes) -> None:
        """Take bytes."""
        if self._buffer:
            data = self._buffer + data
        at = 0 if self._shaken else self._shake(data)
        if at >= 0:
            at = self._frames(data, at)
            self._buffer = data[at:]

    def _shake(self, data: bytes) -> int:
        end = data.find(b"\r\n\r\n")
        if end < 0:
            self._buffer = data
            return -1
        head = data[:end]
        status = int(head.split(b" ", 2)[1])
        if status != 101 or self._expected not in head:
            if not self.opened.done():
                self.opened.set_exception(HandshakeRefused(status, data))
            self.hang_up()
            return -1
        self._shaken = True
        if not self.opened.done():
            self.opened.set_result(None)
        return end + 4

    def _frames(self, data: bytes, at: int) -> int:
        """Handle whole frames from `at` on; return where the first incomplete one begins."""
        length = len(data)
        while length - at >= 2:
            first, size = data[at], data[at + 1]
            start = at + 2
            if size == 126:
                if length < at + 4:
                    break
                size = int.from_bytes(data[at + 2 : at + 4], "big")
                start = at + 4
            elif size == 127:
                if length < at + 10:
                    break
                size = int.from_bytes(data[at + 2 : at + 10], "big")
                start = at + 10
            end = start + size
            if length < end:
                break
            self._frame(first & 0xF, first & 0x80, data[start:end])
            at = end
        return at

    def _frame(self, opcode: int, final: int, payload: bytes) -> None:
        if opcode <= _BINARY:
            if final and not self._parts:
                self._on_text(payload)
                return
            self._parts.append(payload)
            if final:
                whole, self._parts = b"".join(self._parts), []
                self._on_text(whole)
        elif opcode == _PING:
            self.write(text_frame(payload, _PONG))
        elif opcode == _CLOSE:
            code = int.from_bytes(payload[:2], "big") if len(payload) >= 2 else 1005
            self.write(text_frame(payload[:2], _CLOSE))
            self._end(code, payload[2:].decode("utf-8", "replace"))
            if self.transport is not None:
                self.transport.close()

    def _end(self, code: int, reason: str) -> None:
        if self._ended:
            return
        self._ended = True
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("the connection ended before the upgrade"))
        self._on_end(code, reason)


def authority(host: str, port: int) -> str:
    """Return host and port as they stand in an address: IPv6 in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def bound(source: str) -> socket.socket:
    """Return a socket that will connect from `source`; the port is chosen when it connects.

    From one address to one port the kernel finds free ports ever more slowly: beyond 14,000 a fifth of the rate.
    """
    sock = socket.socket()
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    sock.bind((source, 0))
    return sock


async def dial(
    port: int,
    path: str,
    on_text: Callable[[bytes], None],
    on_end: Callable[[int, str], None],
    headers: dict[str, str] | None = None,
    host: str = "127.0.0.1",
    source: str = "",
) -> Line:
    """Return a connected Line; raises OSError, ConnectionError or HandshakeRefused when there is none to be had.

    `source` is the IPv4 address to connect from; "" leaves it to the kernel.
    """
    address = authority(host, port)
    loop = asyncio.get_running_loop()
    wanted = {"Origin": f"http://{address}", **(headers or {})}

    def made() -> Line:
        return Line(path, address, wanted, on_text, on_end)

    if source:
        sock = bound(source)
        try:
            await loop.sock_connect(sock, (host, port))
            _, line = await loop.create_connection(made, sock=sock)
        except BaseException:
            sock.close()
            raise
    else:
        _, line = await loop.create_connection(made, host, port)
    try:
        async with asyncio.timeout(20):
            await line.opened
    except BaseException:
        line.hang_up()
        await asyncio.sleep(0)
        raise
    return line
