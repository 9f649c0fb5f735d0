"""Every HTTP request has an id: in its answer, in every log line that it causes, and in one line of its own at debug.

A line names the route, never the path: paths hold ids and tokens, queries hold whatever a page was called with.
"""

import logging
import re
import secrets
import time
from contextvars import ContextVar
from logging import DEBUG

from aiohttp import web

from appliance.http.answers import Handler, route_of

HEADER = "X-Request-Id"
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}").fullmatch
_log = logging.getLogger("kefu.http")


class Trace:
    """The id of a request while it lasts, "" afterwards: timers and tasks born in it outlive it with its context."""

    __slots__ = ("id",)

    def __init__(self, name: str) -> None:
        self.id = name


_NONE = Trace("")
_now: ContextVar[Trace] = ContextVar("trace", default=_NONE)


def request_id() -> str:
    """Return the id of the request that is being worked on, "" outside of any."""
    return _now.get().id


def sane_id(given: str) -> str:
    """Return the id a caller (a proxy, say) gave, or a fresh one when it is none that could stand in a log."""
    return given if _SANE(given) else secrets.token_hex(8)


@web.middleware
async def trace(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request its id, and log at debug how it ended."""
    mine = Trace(sane_id(request.headers.get(HEADER, "")))
    before = _now.set(mine)
    begun = time.perf_counter()
    status = 0
    try:
        response = await handler(request)
        status = response.status
        if not response.prepared:
            response.headers[HEADER] = mine.id
        return response
    except web.HTTPException as raised:
        status = raised.status
        raised.headers[HEADER] = mine.id
        raise
    finally:
        if _log.isEnabledFor(DEBUG):
            _log.debug(
                "request",
                extra={
                    "method": request.method,
                    "route": route_of(request),
                    "status": status,
                    "ms": round((time.perf_counter() - begun) * 1000, 1),
                },
            )
        mine.id = ""
        _now.reset(before)
