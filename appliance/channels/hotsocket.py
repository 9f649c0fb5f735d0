"""The hot socket: one WebSocket after its handshake, with no task, no aiohttp object and no buffer while it is idle.

aiohttp checks the handshake.  Then its transport is given to `HotSocket`, and everything aiohttp keeps of a request is let
go: 23 KB and two tasks a connection.  Nearly all frames that clients of ours send are whole, short and text; these are read
here.  Whatever else comes is read by careful.py from then on.

Four private names of aiohttp are used, in this module and the two beside it: the tail of bytes that hurried after the
handshake, the flag that it holds the transport for them, the unmasking, and the queue of its reader.  aiohttp is pinned, and
tests/channels/test_hotsocket.py fails when one of them means something else.  fallback.py does without.
"""

import asyncio
import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Final, Protocol

from aiohttp import WebSocketError, WSMsgType, web

from appliance.channels.careful import CarefulReader
from appliance.channels.framing import MASKED, PING, PONG, TEXT, unmasked

PROTOCOL_ERROR = 1002
NEVER_SENT = frozenset({1005, 1006, 1015})
"""Close codes that no endpoint may send (RFC 6455, 7.4.1); aiohttp lets 1006 pass."""

_MAGIC: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_SWITCHING = (
    b"HTTP/1.1 101 Switching Protocols\r\n"
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %b\r\n\r\n"
)
_CONTROLS: Mapping[int, int] = {WSMsgType.PING: PING, WSMsgType.PONG: PONG}


class Source(Protocol):
    """Where a connection's messages come from, and where its bytes go."""

    transport: asyncio.Transport

    def pause(self) -> None:
        """Deliver nothing more for now; at most what the kernel handed over already is kept."""
        ...

    def resume(self) -> None:
        """Deliver again, first what was kept."""
        ...

    def watch(self) -> None:
        """Something written has not left: call `Receiver.room` when it has."""
        ...


class Receiver(Protocol):
    """Who is told what comes.  All calls are made on the loop; none may raise."""

    def opened(self, source: Source) -> None:
        """The handshake is answered; the first of all calls."""
        ...

    def received(self, text: bytes | bytearray) -> None:
        """A text message came."""
        ...

    def controlled(self, first: int, payload: bytes | bytearray) -> None:
        """A ping (first byte 0x89) or a pong (0x8A) came."""
        ...

    def foreign(self, data: bytes | bytearray) -> None:
        """A binary message came."""
        ...

    def bidden(self, code: int) -> None:
        """The peer's close came, with this code; 0: without."""
        ...

    def broken(self, code: int) -> None:
        """What came is no WebSocket; `code` says how."""
        ...

    def room(self) -> None:
        """Everything that was written has left."""
        ...

    def lost(self) -> None:
        """The transport is gone.  Nothing else is called afterwards."""
        ...


class HotSocket(asyncio.Protocol):
    """Implements Source on the transport itself."""

    __slots__ = ("_careful", "_held", "_most", "_pending", "_receiver", "transport")

    def __init__(self, transport: asyncio.Transport, receiver: Receiver, most_bytes: int) -> None:
        """Messages of more than `most_bytes` (at least 65,535) are broken(1009)."""
        self.transport = transport
        self._receiver: Receiver | None = receiver
        self._most = most_bytes
        self._careful: CarefulReader | None = None
        self._pending = b""
        self._held = False

    # ---- the transport calls

    def data_received(self, data: bytes) -> None:
        """Read what came."""
        if self._pending:
            data, self._pending = self._pending + data, b""
        if self._held:
            self._pending = data
        elif self._careful is None:
            self._read(data)
        else:
            self._read_carefully(data)

    def eof_received(self) -> None:
        """Have the transport closed: whoever stops talking without a close frame has gone."""

    def resume_writing(self) -> None:
        """Everything has left: the high-water mark is zero."""
        if self._receiver is not None:
            self._receiver.room()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Tell, and let go of each other."""
        receiver, self._receiver = self._receiver, None
        self._careful = None
        self._pending = b""
        if receiver is not None:
            receiver.lost()

    # ---- Source

    def pause(self) -> None:
        """See Source."""
        if not self._held:
            self._held = True
            self.transport.pause_reading()

    def resume(self) -> None:
        """See Source."""
        if not self._held:
            return
        self._held = False
        data, self._pending = self._pending, b""
        if self._careful is not None:
            self._read_carefully(data)
        else:
            self._read(data)
        if not self._held and not self.transport.is_closing():
            self.transport.resume_reading()

    def watch(self) -> None:
        """See Source: the transport calls resume_writing by itself."""

    # ---- reading

    def _read(self, data: bytes) -> None:
        """Read whole, short text frames, pings and pongs; leave an unfinished one for later, and the rest to the careful."""
        at, size, receiver = 0, len(data), self._receiver
        while size - at >= 6 and receiver is not None and not self._held:
            first, length = data[at], data[at + 1] - MASKED
            mask = at + 2
            if length == 126 and first == TEXT:
                length = data[at + 2] << 8 | data[at + 3]
                mask = at + 4
            elif not 0 <= length <= 125:
                break
            end = mask + 4 + length
            if end > size:
                break
            if first == TEXT:
                receiver.received(unmasked(data, mask, mask + 4, end))
            elif first in (PING, PONG):
                receiver.controlled(first, unmasked(data, mask, mask + 4, end))
            else:
                break
            at = end
            receiver = self._receiver
        if at < size and receiver is not None:
            self._leave(data[at:] if at else data)

    def _leave(self, data: bytes) -> None:
        if self._held or (data[0] == TEXT and len(data) < 6) or self._unfinished(data):
            self._pending = data
        elif len(data) > 1 and data[1] < MASKED:
            self._tell_broken(PROTOCOL_ERROR)
        else:
            self._careful = CarefulReader(self._most, asyncio.get_running_loop())
            self._read_carefully(data)

    def _unfinished(self, data: bytes) -> bool:
        """Return whether `data` begins with a text frame of the short kinds that is only not whole yet."""
        return data[0] == TEXT and len(data) >= 2 and MASKED <= data[1] <= MASKED + 126

    def _read_carefully(self, data: bytes) -> None:
        careful = self._careful
        if careful is None:
            return
        if data:
            careful.feed(data)
        while self._receiver is not None and not self._held:
            message = careful.next()
            if message is None:
                return
            match message.type:
                case WSMsgType.TEXT:
                    self._receiver.received(message.data)
                case WSMsgType.BINARY:
                    self._receiver.foreign(message.data)
                case WSMsgType.PING | WSMsgType.PONG:
                    self._receiver.controlled(_CONTROLS[message.type], message.data)
                case WSMsgType.CLOSE:
                    if message.data in NEVER_SENT:
                        self._tell_broken(PROTOCOL_ERROR)
                    else:
                        self._receiver.bidden(message.data)
                    return
                case _:
                    wrong = message.data
                    self._tell_broken(wrong.code if isinstance(wrong, WebSocketError) else PROTOCOL_ERROR)
                    return

    def _tell_broken(self, code: int) -> None:
        # Nothing that follows can be understood.
        self._careful = None
        self._held = True
        if self._receiver is not None:
            self._receiver.broken(code)


class HandedOver(web.StreamResponse):
    """What a handler returns for a request whose transport is no longer aiohttp's: there is nothing left to send."""

    def __init__(self) -> None:
        super().__init__(status=101)
        self.force_close()

    async def prepare(self, request: web.BaseRequest) -> None:
        """Send nothing."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Send nothing."""


def hand_over(request: web.Request, receiver: Receiver, most_bytes: int) -> web.StreamResponse:
    """Answer the handshake, which the caller has checked, and give its transport to a HotSocket.

    Raises ConnectionError when the peer has gone already; `receiver` is told nothing then.
    """
    protocol: Any = request.protocol
    transport = request.transport
    if transport is None or transport.is_closing():
        raise ConnectionResetError("the peer has gone during its handshake")
    key = request.headers["Sec-WebSocket-Key"].encode()
    transport.write(_SWITCHING % base64.b64encode(hashlib.sha1(key + _MAGIC, usedforsecurity=False).digest()))
    tail, held = bytes(protocol._message_tail), protocol._buffer_paused  # noqa: SLF001
    socket = HotSocket(transport, receiver, most_bytes)
    transport.set_protocol(socket)
    # aiohttp is to believe that the peer has hung up: it forgets the connection and leaves the transport alone.
    protocol.transport = None
    protocol.connection_lost(None)
    transport.set_write_buffer_limits(high=0)
    receiver.opened(socket)
    if held:
        transport.resume_reading()
    if tail:
        socket.data_received(tail)
    return HandedOver()
