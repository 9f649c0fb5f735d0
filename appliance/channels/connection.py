"""One WebSocket's session: what comes goes to the session, what the session has for its peer is written in time.

Writing past aiohttp's senders is the point: they are coroutines that may wait for the socket, so a fan-out would need a task a
peer or would wait for the slowest.  A server frame without compression is only a header before the payload, so a flush writes
straight to the transport, which never blocks, after looking at how much already stands there.
"""

import asyncio
import contextlib
import logging
import socket
import struct
import time
from typing import Protocol

from appliance.channels.flusher import Flusher
from appliance.channels.framing import PING, PONG, close_frame, control_frame, text_frame
from appliance.channels.gateway import Gateway, Upgrade
from appliance.channels.hotsocket import Source
from appliance.channels.link import RETRY_AFTER_FAULT, SessionLink
from appliance.channels.wheel import GRAIN, Wheel
from appliance.delivery import codes
from appliance.delivery.commands import Close, ReadFrom
from appliance.delivery.frames import Hello
from appliance.delivery.outbox import TRANSPORT_BYTES
from appliance.delivery.rate import Ceiling
from appliance.delivery.session import FLOOD_WINDOW, Session
from appliance.model import Millis
from appliance.ports import Clock

CLOSE_WAIT_MS: Millis = 3_000
NORMAL = 1000
MOST_CONTROLS = 100
"""WebSocket-level pings and pongs in ten seconds: our client sends none, a proxy or a library one in a while."""

MOST_IGNORED = 300
"""So many messages are read and thrown away after the end, in search of the peer's close frame."""

_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: on, for no time at all (socket(7))."""

logger = logging.getLogger("kefu.channels")


class Home(Protocol):
    """The channel of a connection, as the connection sees it."""

    gateway: Gateway
    clock: Clock
    wheel: Wheel
    flusher: Flusher

    def admit(self, connection: "Connection", hello: Hello) -> None:
        """Let the gateway find out who says hello, in a task; then `Connection.admitted`."""
        ...

    def fetch(self, connection: "Connection", wanted: ReadFrom) -> None:
        """Fetch a page, in a task."""
        ...

    def opened(self, connection: "Connection") -> None:
        """The connection has begun."""
        ...

    def gone(self, connection: "Connection") -> None:
        """The connection has ended."""
        ...

    def waits(self) -> None:
        """Something could not be written: look after the budget of all that waits, until nothing does."""
        ...


class _Cut:
    """Ends a connection whose peer does not answer the close."""

    __slots__ = ("_transport",)

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def tick(self) -> None:
        """Cut."""
        self._transport.abort()


class _Push:
    """Writes, at its time, what could wait until then."""

    __slots__ = ("_connection", "_since")

    def __init__(self, connection: "Connection", since: float) -> None:
        self._connection = connection
        self._since = since

    def tick(self) -> None:
        """Write it."""
        self._connection.push(self._since)


class Connection(SessionLink):
    """Implements hotsocket.Receiver.  `flush` is the only place that writes events; `beat` writes past it."""

    __slots__ = ("_controls", "_due", "_home", "_ignored", "_later", "_source")

    _source: Source

    def __init__(self, home: Home, session: Session, upgrade: Upgrade) -> None:
        super().__init__(session, home.gateway, home.clock, upgrade)
        self._home = home
        self._due = self._later = False
        self._ignored = 0
        self._controls: Ceiling | None = None

    # ---- hotsocket.Receiver

    def opened(self, source: Source) -> None:
        """Begin."""
        self._source = source
        self._home.opened(self)
        self.tick()

    def received(self, text: bytes | bytearray) -> None:
        """Give a frame to the session."""
        session = self.session
        if session.over:
            self._ignore()
            return
        try:
            hello = self.perform(session.receive(text, self._clock.now()))
            if hello is not None:
                # What hurries after the hello waits until it is known whose it is.
                self._source.pause()
                self._home.admit(self, hello)
            elif session.outbox or session.following.reading:
                self.wake()
        except Exception as error:
            self.failed(error)

    def admitted(self) -> None:
        """The hello is dealt with."""
        self._source.resume()

    def controlled(self, first: int, payload: bytes | bytearray) -> None:
        """Answer a WebSocket-level ping; nobody needs to be answered any number of them without a pause."""
        if self.session.over:
            self._ignore()
            return
        if self._controls is None:
            self._controls = Ceiling(MOST_CONTROLS, FLOOD_WINDOW)
        if self._controls.passed(self._clock.now()):
            self.close(codes.LIMIT)
        elif first == PING:
            self._write_past(control_frame(PONG, bytes(payload)))

    def foreign(self, data: bytes | bytearray) -> None:
        """Binary is no frame of ours."""
        if self.session.over:
            self._ignore()
        else:
            self.close(codes.BAD_FRAME)

    def bidden(self, code: int) -> None:
        """Answer the peer's close, or end what both have closed."""
        transport = self._source.transport
        if self._end_quietly("peer") and not transport.is_closing():
            transport.write(close_frame(code or NORMAL, ""))
        transport.close()
        # Closing waits for what stands there, and a peer who does not read could make it wait for ever.
        self._home.wheel.after(CLOSE_WAIT_MS, _Cut(transport))

    def broken(self, code: int) -> None:
        """Say what is wrong, and end."""
        self.close(code)

    def room(self) -> None:
        """Go on writing."""
        if self.session.outbox or self.session.following.reading:
            self.wake()

    def lost(self) -> None:
        """The transport is gone, and so is the peer."""
        self._end_quietly("lost")
        self._home.gone(self)
        self.leave(0)

    def _end_quietly(self, reason: str) -> bool:
        """End the session, which the peer or the network has ended; return whether it was still going on."""
        ended = bool(self.session.close(NORMAL))
        if ended:
            self._count(reason)
        return ended

    def _count(self, reason: str) -> None:
        ended = self._home.flusher.figures.ended
        ended[reason] = ended.get(reason, 0) + 1

    def _ignore(self) -> None:
        self._ignored += 1
        if self._ignored == MOST_IGNORED:
            # A flood goes on: what is not read any more stays with its sender.
            self._source.pause()

    def failed(self, error: Exception) -> None:
        """End, because something of ours went wrong."""
        logger.error("a connection failed", exc_info=error, extra={"remote": self.upgrade.remote})
        self.close(codes.OVERLOAD, RETRY_AFTER_FAULT)

    # ---- SessionLink

    def wake(self) -> None:
        """Have the outbox flushed at the end of this turn of the loop."""
        if not self._due:
            self._due = True
            self._home.flusher.add(self)

    def wake_within(self, delay: Millis) -> None:
        """Have it flushed in so many ms, or with whatever cannot wait: an ack takes along what stands before it."""
        if not self._due and not self._later:
            self._later = True
            self._home.wheel.after(max(delay - GRAIN, 0), _Push(self, time.monotonic()))

    def push(self, since: float) -> None:
        """The time is over for what has been there `since` then (monotonic seconds)."""
        self._later = False
        if self.session.outbox and not self._due:
            self._home.flusher.figures.delayed.observe(time.monotonic() - since)
        if self.session.outbox or self.session.following.reading:
            # News that left a hole stands in no outbox: a page of the log is wanted, and only a flush has it read.
            self.wake()

    def flush(self) -> None:
        """Write what fits."""
        self._due = False
        session = self.session
        if session.over or self._source.transport.is_closing():
            return
        if session.outbox.slow:
            self.tick()
            return
        self._write_out()
        wanted = session.more()
        if wanted is not None:
            self._home.fetch(self, wanted)
        if session.outbox:
            self._source.watch()
            self._home.waits()

    def _write_out(self) -> None:
        outbox, transport = self.session.outbox, self._source.transport
        while outbox:
            data = outbox.take(TRANSPORT_BYTES - transport.get_write_buffer_size())
            if data is None:
                return
            transport.write(text_frame(data))

    def beat(self, data: bytes) -> None:
        """Write a heartbeat frame now: at most TRANSPORT_BYTES stand before it."""
        self._write_past(text_frame(data))

    def _write_past(self, frame: bytes) -> None:
        transport = self._source.transport
        # Twice the room of events: more can only stand there when a peer asks and asks, and never reads the answers.
        if not transport.is_closing() and transport.get_write_buffer_size() < 2 * TRANSPORT_BYTES:
            transport.write(frame)

    def shut(self, close: Close) -> None:
        """Send what fits and the close frame; cut the connection when the peer does not answer.

        With `abort` nothing is left to wait for a peer who does not read: what stands before the close frame is dropped
        with it, in the kernel, too, which would hold it for minutes.
        """
        row = codes.CLOSE_CODES.get(close.code)
        self._count(row.name if row is not None else "protocol")
        if close.abort and close.code == codes.NO_PONG:
            self._home.flusher.figures.silent[self.upgrade.role] += 1
        transport = self._source.transport
        stuck = close.abort and transport.get_write_buffer_size() > 0
        if not transport.is_closing() and not stuck:
            if not close.abort:
                self._write_out()
            transport.write(close_frame(close.code, close.reason))
        if stuck:
            _reset(transport)
        else:
            self._home.wheel.after(CLOSE_WAIT_MS, _Cut(transport))
        # Later, because the gateway itself may be the caller.
        asyncio.get_running_loop().call_soon(self.leave, 0)

    def tick(self) -> None:
        """Let the session do what has come due, and come back."""
        if self.session.over:
            return
        now = self._clock.now()
        self.perform(self.session.tick(now))
        if not self.session.over:
            self._home.wheel.after(self.session.due(now) - now, self)

    def cut(self) -> None:
        """End without waiting for anybody."""
        self._source.transport.abort()


def _reset(transport: asyncio.Transport) -> None:
    """Cut the connection and have the kernel forget at once what it still holds for the peer."""
    sock = transport.get_extra_info("socket")
    # The peer may have gone a moment ago, and the socket with him.
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    transport.abort()
