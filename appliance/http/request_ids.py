"""Tells requests apart: each has an id, which its answer carries and every line that the log holds of it."""

import logging
import re
import secrets
import time

from aiohttp import hdrs, web

from appliance.http.answers import Handler, route_of
from appliance.http.origins import is_loopback
from appliance.telemetry.logs import Asked, asked

HEADER = "X-Request-Id"
METHODS = hdrs.METH_ALL
"""A stranger may send any word for one."""

_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_log = logging.getLogger("kefu.http")


def request_id(given: str | None, remote: str | None = None) -> str:
    """Return the id that a proxy on this machine gave the request where it is one, else a new one (16 hexadecimal digits).

    As with X-Forwarded-For: what strangers call their requests is their word in our log.
    """
    if given is not None and is_loopback(remote or "") and _SANE.fullmatch(given):
        return given
    return secrets.token_hex(8)


@web.middleware
async def tell_apart(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request its id, and at level debug log how it went: one line each."""
    mine = Asked(request_id(request.headers.get(HEADER), request.remote))
    before = asked.set(mine)
    began, status = time.perf_counter(), 0
    try:
        response = await handler(request)
        status = response.status
        if not response.prepared:
            response.headers[HEADER] = mine.id
        return response
    finally:
        if _log.isEnabledFor(logging.DEBUG):
            told = {
                "method": request.method if request.method in METHODS else "other",
                "route": route_of(request),
                "status": status,
                "ms": round((time.perf_counter() - began) * 1000, 1),
            }
            _log.debug("a request was answered" if status else "a request was left unanswered", extra=told)
        mine.over = True
        asked.reset(before)
