"""The WebSocket endpoint: aiohttp shakes hands and reads, we write.

Writing past `WebSocketResponse.send_bytes` is the point of this module.  aiohttp's senders are coroutines that may wait for
the socket, so a fan-out would need a task per peer or would wait for the slowest.  Without compression a server frame is
only a header of 2, 4 or 10 bytes before the payload, so each flush writes one such frame straight to `request.transport`
(public, synchronous, it never blocks), after looking at how much already stands there.  On aiohttp 3.14.5 that costs 0.11 us
a frame before the socket, awaiting `send_frame` 0.46, `send_str` 0.55, a task a send 6.0.  aiohttp keeps reading, unmasking
and the frame limit.
"""

import asyncio
import logging
import struct
from collections.abc import Callable
from types import TracebackType

from aiohttp import WebSocketError, WSCloseCode, WSMessage, WSMsgType, web
from aiohttp.http_websocket import WSMessageTextBytes

from appliance.channels.flusher import Flusher
from appliance.channels.gateway import Gateway, Upgrade
from appliance.channels.link import RETRY_AFTER_FAULT, SessionLink
from appliance.channels.wheel import Wheel
from appliance.delivery import codes
from appliance.delivery.commands import Close, ReadFrom
from appliance.delivery.frames import FRAME_BYTES
from appliance.delivery.limits import Limits
from appliance.delivery.outbox import TRANSPORT_BYTES
from appliance.delivery.rate import Ceiling
from appliance.delivery.session import FLOOD_WINDOW, Session
from appliance.ports import Clock

CLOSE_WAIT_MS = 3_000
CLOSES_A_SECOND = 2_000
DRAIN_STEP = 0.05
MOST_CONTROLS = 100
"""WebSocket-level pings and pongs in ten seconds: our client sends none, a proxy or a library one in a while."""

MOST_IGNORED = 300
"""So many messages are read and thrown away after the end, in search of the peer's close frame."""

GOLDEN = 0.618_033_988_749_895

logger = logging.getLogger("kefu.channels")

_TEXT, _CLOSE, _PONG = 0x81, 0x88, 0x8A
_SHORT = tuple(bytes((_TEXT, size)) for size in range(126))
_medium = struct.Struct("!BBH").pack
_long = struct.Struct("!BBQ").pack


def text_frame(payload: bytes) -> bytes:
    """Return `payload` as one unmasked, uncompressed text frame (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return _SHORT[size] + payload
    if size < 65_536:
        return _medium(_TEXT, 126, size) + payload
    return _long(_TEXT, 127, size) + payload


def close_frame(code: int, reason: str) -> bytes:
    """Return a close frame; the reason is cut to the 123 bytes a control frame has room for."""
    payload = struct.pack("!H", code) + reason.encode()[:123]
    return bytes((_CLOSE, len(payload))) + payload


class Connection(SessionLink):
    """One socket.  `flush` is the only place that writes events; `beat` writes past it."""

    __slots__ = ("_channel", "_controls", "_due", "_transport", "_ws")

    def __init__(
        self,
        channel: "WebSocketChannel",
        session: Session,
        upgrade: Upgrade,
        ws: "web.WebSocketResponse[bool]",
        transport: asyncio.Transport,
    ) -> None:
        super().__init__(session, channel.gateway, channel.clock, upgrade)
        self._channel = channel
        self._ws = ws
        self._transport = transport
        self._due = False
        self._controls = Ceiling(MOST_CONTROLS, FLOOD_WINDOW)

    def wake(self) -> None:
        """Have the outbox flushed at the end of this turn of the loop."""
        if not self._due:
            self._due = True
            self._channel.flusher.add(self)

    def flush(self) -> bool:
        """Write what fits; return True when something had to stay because the transport is full."""
        self._due = False
        session, transport = self.session, self._transport
        if session.over or self._ws.closed or transport.is_closing():
            return False
        if session.outbox.slow:
            self.tick()
            return False
        self._write_out()
        wanted = session.more()
        if wanted is not None:
            self._channel.spawn(self, wanted)
        if not session.outbox:
            return False
        # Until the flusher comes back, nothing else needs to wake it.
        self._due = True
        return True

    def _write_out(self) -> None:
        outbox, transport = self.session.outbox, self._transport
        while outbox:
            data = outbox.take(TRANSPORT_BYTES - transport.get_write_buffer_size())
            if data is None:
                return
            transport.write(text_frame(data))

    def beat(self, data: bytes) -> None:
        """Write a heartbeat frame now: at most TRANSPORT_BYTES stand before it."""
        self._write_past(text_frame(data))

    def _write_past(self, frame: bytes) -> None:
        transport = self._transport
        if self._ws.closed or transport.is_closing():
            return
        # Twice the room of events: more can only stand there when a peer asks and asks, and never reads the answers.
        if transport.get_write_buffer_size() < 2 * TRANSPORT_BYTES:
            transport.write(frame)

    def shut(self, close: Close) -> None:
        """Send what fits and the close frame; cut the connection now, or when the peer does not answer."""
        transport = self._transport
        if not transport.is_closing() and not self._ws.closed:
            if not close.abort:
                self._write_out()
            transport.write(close_frame(close.code, close.reason))
        if close.abort:
            transport.abort()
        else:
            self._channel.wheel.after(CLOSE_WAIT_MS, transport.abort)
        # Later, because the gateway itself may be the caller.
        asyncio.get_running_loop().call_soon(self.leave, 0)

    def tick(self) -> None:
        """Let the session do what has come due, and come back."""
        if self.session.over:
            return
        now = self._clock.now()
        self.perform(self.session.tick(now))
        if not self.session.over:
            self._channel.wheel.after(self.session.due(now) - now, self.tick)

    async def run(self) -> None:
        """Read until the peer or the session has ended."""
        receive, session, clock = self._ws.receive, self.session, self._clock
        ignored = 0
        while True:
            message = await receive()
            if session.over:
                ignored += 1
                if ignored > MOST_IGNORED:
                    # A flood goes on: what is not read any more stays with its sender.
                    await asyncio.sleep(CLOSE_WAIT_MS / 1000)
                    return
            if message.type is WSMsgType.TEXT:
                hello = self.perform(session.receive(message.data, clock.now()))
                if hello is not None:
                    await self.admit(hello)
                # Reading has no await while frames stand in the buffer; the outbox is flushed all the same.
                if session.outbox or session.following.reading:
                    self.wake()
            elif message.type is WSMsgType.BINARY:
                self.close(codes.BAD_FRAME)
            elif message.type in (WSMsgType.PING, WSMsgType.PONG):
                self._controlled(message)
            else:
                if isinstance(message.data, WebSocketError):
                    # aiohttp has closed already (too big, not UTF-8 where it must be, not WebSocket at all).
                    self.close(message.data.code)
                return

    def _controlled(self, message: WSMessage | WSMessageTextBytes) -> None:
        """Answer a WebSocket-level ping; aiohttp would answer any number of them, without a pause."""
        if self._controls.passed(self._clock.now()):
            self.close(codes.LIMIT)
        elif message.type is WSMsgType.PING:
            self._write_past(bytes((_PONG, len(message.data))) + bytes(message.data))

    async def finish(self) -> None:
        """The reader has ended: answer the peer's close, or complete our own."""
        if self.session.close(WSCloseCode.OK):
            await self._ws.close(drain=False)
        else:
            self._transport.close()

    def cut(self) -> None:
        """End without waiting for anybody."""
        self._transport.abort()


class WebSocketChannel:
    """All WebSocket connections.  `async with` owns the timer and the tasks; leaving it cuts what is still connected."""

    def __init__(self, gateway: Gateway, clock: Clock, limits: Callable[[], Limits] = Limits) -> None:
        self.gateway = gateway
        self.clock = clock
        self._limits = limits
        self.connections: dict[Connection, None] = {}
        """All that are connected, in the order in which they came."""
        self._count = 0
        self._tasks = asyncio.TaskGroup()
        self.draining = False

    async def __aenter__(self) -> "WebSocketChannel":
        loop = asyncio.get_running_loop()
        self.wheel = Wheel(loop)
        self.flusher = Flusher(loop)
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for connection in list(self.connections):
            connection.perform(connection.session.close(codes.DRAIN))
            connection.cut()
        self.wheel.stop()
        # The pages under way are waited for; an error of the caller goes on as it is, not in a group.
        await self._tasks.__aexit__(None, None, None)

    def __len__(self) -> int:
        return len(self.connections)

    def regrant(self) -> None:
        """Grant everybody who is connected what is granted now."""
        limits = self._limits()
        for connection in self.connections:
            connection.session.grant(limits)

    async def serve(self, request: web.Request, upgrade: Upgrade) -> web.StreamResponse:
        """Shake hands and serve one peer to the end; Origin and cookie were checked by the caller."""
        if self.draining:
            return web.Response(status=503, headers={"Retry-After": "5"})
        ws: web.WebSocketResponse[bool] = web.WebSocketResponse(
            compress=False,
            autoclose=False,
            timeout=CLOSE_WAIT_MS / 1000,
            # aiohttp refuses a frame of max_msg_size bytes itself.
            max_msg_size=FRAME_BYTES + 1,
            decode_text=False,
            autoping=False,
        )
        await ws.prepare(request)
        transport = request.transport
        if transport is None:
            return ws
        self._count += 1
        session = Session(upgrade.role, self.clock.now(), self._limits(), self._count * GOLDEN % 1)
        connection = Connection(self, session, upgrade, ws, transport)
        self.connections[connection] = None
        connection.tick()
        try:
            await connection.run()
        except Exception:
            logger.exception("a connection failed: remote=%s", upgrade.remote)
            connection.close(codes.OVERLOAD, RETRY_AFTER_FAULT)
        finally:
            del self.connections[connection]
            connection.leave(0)
            await connection.finish()
        return ws

    def spawn(self, connection: Connection, wanted: ReadFrom) -> None:
        """Fetch a page for a connection; rare (a resume, a gap), hence a task."""
        self._tasks.create_task(connection.read(wanted), name="page")

    async def drain(self, seconds: float = 10.0) -> None:
        """Refuse new connections and close all with 1012, spread over at most `seconds`, then wait for their ends."""
        self.draining = True
        going = list(self.connections)
        steps = max(1, int(min(seconds, len(going) / CLOSES_A_SECOND) / DRAIN_STEP))
        for step in range(steps):
            for connection in going[step::steps]:
                connection.close(codes.DRAIN)
            await asyncio.sleep(DRAIN_STEP)
        for _ in range(int(CLOSE_WAIT_MS / 1000 / DRAIN_STEP) + 1):
            if not self.connections:
                return
            await asyncio.sleep(DRAIN_STEP)
