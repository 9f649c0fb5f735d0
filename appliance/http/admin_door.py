"""The admin routes over TCP, for Prometheus, `go tool pprof` and the operator's browser: who brings the token comes in.

The Unix socket beside it asks for nothing, because whoever can open it is the operator already.  The listener is loopback
unless kefu.yaml names another host; a token never stands in a URL, where proxies and histories would keep it.
"""

import base64
import binascii
import hashlib
import hmac
import logging
import socket
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from appliance.config.listen import AdminListen
from appliance.errors import Refused, StartError, Text
from appliance.http.answers import Handler, error
from appliance.http.door import BACKLOG, bind, cannot_listen
from appliance.http.throttle import BY_ADDRESS, Throttle
from appliance.model import Millis

SAY_EVERY: Millis = 60_000
"""How often wrong tokens are told to the log at most."""

HIGHEST = 65_535

_log = logging.getLogger("kefu.admin")
_NO_TOKEN = Refused(
    "denied",
    Text("这里需要管理令牌。", "The admin token is needed here."),
    Text(
        "它在数据目录的 admin.token 里，用 Authorization: Bearer 令牌 发送。",
        "It lies in admin.token in the data directory; send it as Authorization: Bearer TOKEN.",
    ),
)
_FOREIGN = Refused(
    "denied",
    Text("别的网站不能用这里。", "Other sites may not use this."),
    Text("请直接打开它。", "Open it directly."),
)
_SIGN_IN = Text(
    "请输入管理令牌作为密码（用户名随意）。", "Enter the admin token as the password, with any name."
)


def bind_admin_port(wanted: AdminListen, public: int) -> socket.socket | None:
    """Return the listening socket of the admin routes, None when kefu.yaml says off; StartError when it cannot be had.

    Without a port of its own it is the one after `public`, or any free one when that is taken or `public` is 0.
    """
    if not wanted.on:
        return None
    if wanted.port is not None:
        return _listening(wanted.host, wanted.port)
    if 0 < public < HIGHEST:
        try:
            return _listening(wanted.host, public + 1)
        except StartError:
            _log.debug("the admin port is taken; any free one serves", extra={"port": public + 1})
    return _listening(wanted.host, 0)


def _listening(host: str, port: int) -> socket.socket:
    sock = bind(host, port)
    try:
        # Two sockets may be bound to one port as long as neither listens: only now it is ours.
        sock.listen(BACKLOG)
    except OSError as wrong:
        sock.close()
        raise cannot_listen(host, port, wrong) from wrong
    return sock


def ask_for_token(
    token: str, now: Callable[[], Millis] = lambda: time.monotonic_ns() // 1_000_000
) -> Middleware:
    """Return middleware that lets through what came over a Unix socket or brings `token`.

    A browser that opens a page is asked for it (401); everybody else is refused (403), and, having tried often, sent away
    for a while (429).  Who brings the right token is never kept out by the failures of others.
    """
    proof = hashlib.sha256(token.encode()).digest()
    throttle = Throttle(BY_ADDRESS)
    wrong, said = 0, -SAY_EVERY

    def count(request: web.Request) -> None:
        nonlocal wrong, said
        throttle.failed(request.remote or "", now())
        wrong += 1
        if now() - said >= SAY_EVERY:
            _log.warning("wrong admin tokens", extra={"count": wrong, "remote": request.remote})
            wrong, said = 0, now()

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if _over_unix(request):
            return await handler(request)
        if _foreign(request):
            raise _FOREIGN
        given = _given(request.headers.get("Authorization"))
        if given and hmac.compare_digest(hashlib.sha256(given).digest(), proof):
            return await handler(request)
        if given is not None:
            wait = throttle.wait(request.remote or "", now())
            if wait:
                raise Refused("rate", _NO_TOKEN.cause, _NO_TOKEN.remedy, wait)
            count(request)
        if _opens_page(request):
            asked = error("auth", _SIGN_IN)
            asked.headers["WWW-Authenticate"] = 'Basic realm="kefu admin", charset="UTF-8"'
            return asked
        raise _NO_TOKEN

    return guard


def _over_unix(request: web.Request) -> bool:
    transport = request.transport
    sock = None if transport is None else transport.get_extra_info("socket")
    return sock is not None and sock.family == socket.AF_UNIX


def _given(header: str | None) -> bytes | None:
    """Return the token of an Authorization header, b"" when it holds none, None without a header."""
    if header is None:
        return None
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip().encode("utf-8", "surrogateescape")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest.strip(), validate=True).partition(b":")[2].strip()
        except (binascii.Error, ValueError):
            return b""
    return b""


def _opens_page(request: web.Request) -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "")


def _foreign(request: web.Request) -> bool:
    """Whether a page of another site sends this: a browser adds the password that it keeps for us by itself.

    A link to us may be followed, but nothing is sent or fetched from within somebody else's page.
    """
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("Host"):
        return True
    site = request.headers.get("Sec-Fetch-Site", "none")
    follows = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
    return site not in ("none", "same-origin") and not follows
