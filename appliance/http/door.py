"""The listening socket: who takes too long to say what he wants is shown out, and broken requests get a plain answer.

aiohttp has one timer for idle connections, 75 s and more, so that proxies can keep theirs open; a client that drips a header
byte by byte would live under it as long.  Here a header has ten seconds from its first byte (the first header: from the
connection), while an idle connection may wait for its next request as before.
"""

import asyncio
import errno
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from aiohttp import web

from appliance.errors import StartError, Text
from appliance.http.answers import error
from appliance.http.headers import ALWAYS

HEADER_SECONDS = 10.0
IDLE_SECONDS = 75.0
LINGER_SECONDS = 2.0
LAST_SECONDS = 1.0
"""What a request still in hand gets when the doors close; sockets and polls were drained before."""

BACKLOG = 1_024
SEND_BUFFER = 64 * 1024
UNSENT = 16 * 1024
"""So much may wait in the kernel for a peer who takes nothing; what is on its way to him may be as much as SEND_BUFFER."""

MOST_HEADERS = 100
LONGEST_LINE = 8_190

_log = logging.getLogger("kefu.http")
_WRONG = {
    400: ("invalid", Text("请求不符合 HTTP。", "This is no proper HTTP request.")),
    500: ("failed", Text("内部错误，已记入日志。", "An internal error; it is in the log.")),
    504: ("timeout", Text("处理超时。", "The request took too long.")),
}


class Caller(web.RequestHandler):
    """One connection.  Adds the deadline for headers to aiohttp's protocol, and answers of our own to broken requests."""

    __slots__ = ("_deadline", "_header_seconds")

    def __init__(
        self, manager: web.Server, *, header_seconds: float = HEADER_SECONDS, **settings: Any
    ) -> None:
        super().__init__(manager, **settings)
        self._header_seconds = header_seconds
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the clock of the first header."""
        super().connection_made(transport)
        self._start_clock()

    def data_received(self, data: bytes) -> None:
        """Take bytes; a header that is not whole after them is on the clock."""
        super().data_received(data)
        if self._upgraded or self._messages or self._request_in_progress:
            self._stop_clock()
        elif self._deadline is None:
            self._start_clock()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Stop the clock."""
        self._stop_clock()
        super().connection_lost(exc)

    def _start_clock(self) -> None:
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self._header_seconds, self._too_slow)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._deadline = None
        if not (self._upgraded or self._messages or self._request_in_progress) and self.transport is not None:
            # Nobody waits for an answer who has not finished asking.
            self.transport.abort()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer a request that is no HTTP, or that no handler could answer: nothing of the inside shows."""
        if request.writer.output_size > 0:
            raise ConnectionError("a part of the answer is sent already")
        if isinstance(exc, ConnectionError):
            # Whoever hangs up in the middle of his request reads no answer, and fills no log either.
            _log.debug("a request was left", extra={"remote": request.remote})
        elif status >= 500:
            _log.error("a request failed", exc_info=exc, extra={"remote": request.remote})
        else:
            # Strangers send strange bytes to every open port: not worth more than a word.
            _log.debug("a malformed request", extra={"remote": request.remote, "error": type(exc).__name__})
        code, text = _WRONG.get(status, _WRONG[400])
        response = error(code, text)
        response.set_status(status)
        response.headers.update(ALWAYS)
        response.headers["Server"] = "kefu"
        response.force_close()
        return response


def bind(host: str, port: int) -> socket.socket:
    """Return a bound TCP socket that does not listen yet; raises StartError that says why it cannot be had."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        sock = socket.socket(family, kind)
    except (OSError, UnicodeError) as wrong:
        raise cannot_listen(host, port, wrong) from wrong
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Inherited by every connection: what a slow reader has not read stays where we can count it.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        # A smaller SO_SNDBUF would do the same to a slow reader, and make every reader slow: below the size of a segment
        # each waits for the other's delayed ack.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)
        sock.setblocking(False)
        sock.bind(address)
    except OSError as wrong:
        sock.close()
        raise cannot_listen(host, port, wrong) from wrong
    return sock


def cannot_listen(host: str, port: int, wrong: OSError | UnicodeError) -> StartError:
    """Return the sentence for an address that cannot be listened on."""
    if isinstance(wrong, OSError) and wrong.errno == errno.EADDRINUSE:
        cause = Text(f"端口 {host}:{port} 已被其他程序占用。", f"{host}:{port} is in use by another program.")
    else:
        reason = getattr(wrong, "strerror", None) or str(wrong)
        cause = Text(f"无法监听 {host}:{port}：{reason}。", f"Cannot listen on {host}:{port}: {reason}.")
    return StartError(
        cause,
        Text(
            f"停掉占用它的程序（查看：ss -ltnp 'sport = :{port}'），或用 --port 换一个端口。",
            f"Stop that program (to find it: ss -ltnp 'sport = :{port}'), or choose another port with --port.",
        ),
    )


@asynccontextmanager
async def open_door(
    app: web.Application,
    sock: socket.socket,
    header_seconds: float = HEADER_SECONDS,
    also: socket.socket | None = None,
) -> AsyncIterator[asyncio.Server]:
    """Serve `app` on the bound `sock`, and on `also`.

    Closing the yielded server stops accepting on `sock`; leaving ends every connection.
    """
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=LAST_SECONDS)
    await runner.setup()
    loop = asyncio.get_running_loop()

    def caller() -> Caller:
        return Caller(
            runner.server,  # type: ignore[arg-type]  # set by setup()
            loop=loop,
            header_seconds=header_seconds,
            access_log=None,
            keepalive_timeout=IDLE_SECONDS,
            lingering_time=LINGER_SECONDS,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_LINE,
            max_headers=MOST_HEADERS,
            # A compressed request would be a bomb waiting for its decompressor, and no client of ours sends one.
            auto_decompress=False,
        )

    async with AsyncExitStack() as stack:
        stack.push_async_callback(runner.cleanup)
        servers: list[asyncio.Server] = []
        for each in (sock, also):
            if each is None:
                continue
            try:
                servers.append(await loop.create_server(caller, sock=each, backlog=BACKLOG))
            except OSError as wrong:
                raise cannot_listen(*_place(each), wrong) from wrong
            stack.callback(servers[-1].close)
        yield servers[0]


def _place(sock: socket.socket) -> tuple[str, int]:
    name = sock.getsockname()
    return (name[0], name[1]) if isinstance(name, tuple) else (str(name), 0)
