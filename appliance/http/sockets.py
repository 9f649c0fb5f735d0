"""The four endpoints of conversations: who may come in is decided here, before the upgrade; the rest is the channels'.

A login that was revoked, or has run out, must not live on in a socket that is already open: every two seconds the logins
of all open sockets are looked up again, and those without one are closed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import lru_cache
from time import perf_counter

from aiohttp import web

from appliance.channels.gateway import Upgrade
from appliance.channels.longpoll import BODY as POLL_BODY
from appliance.delivery import codes
from appliance.errors import KefuError, Refused, Text
from appliance.http.access import Seat
from appliance.http.answers import read_body, refusal
from appliance.http.guard import check_own_origin, check_visitor_origin, peer, seat_of
from appliance.http.services import Services, StaffLink, services

SWEEP_SECONDS = 2.0
FULL_RETRY = 5_000
FULL = Refused(
    "unavailable",
    Text("在线人数已满，请稍后再来。", "All places are taken; come back shortly."),
    retry_after=FULL_RETRY,
)
TURNED_AWAY = Text(
    "现在咨询的人太多，请稍等片刻再来。", "More visitors than can be served just now; come back in a moment."
)
DRAINING = Refused("unavailable", codes.CLOSE_CODES[codes.DRAIN].meaning, retry_after=FULL_RETRY)

_log = logging.getLogger("kefu.http")


async def end_revoked(parts: Services, every: float = SWEEP_SECONDS) -> None:
    """Look again and again, until cancelled."""
    while True:
        await asyncio.sleep(every)
        by_login: dict[str, list[StaffLink]] = {}
        for link in (*parts.sockets.staff(), *parts.polls.staff()):
            by_login.setdefault(link.login, []).append(link)
        for login, links in by_login.items():
            try:
                ended = await parts.access.seat(login) is None
            except KefuError as trouble:
                _log.warning("logins cannot be looked up", extra={"error": trouble})
                break
            if ended:
                for link in links:
                    link.close(codes.AUTH)


def add_routes(app: web.Application) -> None:
    """Add the endpoints."""
    app.router.add_get("/ws/visitor", _visitor_socket)
    app.router.add_get("/ws/agent", _agent_socket)
    app.router.add_post("/poll/visitor", _visitor_poll)
    app.router.add_post("/poll/agent", _agent_poll)
    app.router.add_options("/poll/visitor", _visitor_preflight)


def _check_room(request: web.Request) -> None:
    parts = services(request)
    if parts.draining():
        raise DRAINING
    if len(parts.sockets) >= parts.spec().limits.connections:
        raise FULL


def _check_newcomer(request: web.Request) -> None:
    """Turn away, before any work is done for him, who says that he is new while nobody new can be served.

    It is a courtesy: who does not say so is told after his hello.
    """
    if "new" not in request.query:
        return
    wait = services(request).overload.turns_away()
    if wait:
        raise Refused("unavailable", TURNED_AWAY, retry_after=wait)


async def _visitor_socket(request: web.Request) -> web.StreamResponse:
    return await _shake_hands(request, _visitor_upgrade)


async def _agent_socket(request: web.Request) -> web.StreamResponse:
    return await _shake_hands(request, _agent_upgrade)


async def _shake_hands(
    request: web.Request, decide: Callable[[web.Request], Awaitable[Upgrade]]
) -> web.StreamResponse:
    """Let in whom `decide` returns, and count what became of it."""
    parts, began = services(request), perf_counter()
    try:
        upgrade = await decide(request)
    except KefuError as refused:
        parts.handshakes.count(refused.code if isinstance(refused, Refused) else "failed")
        raise
    parts.handshakes.count("accepted")
    parts.handshakes.seconds.observe(perf_counter() - began)
    return await parts.sockets.serve(request, upgrade)


async def _visitor_upgrade(request: web.Request) -> Upgrade:
    check_visitor_origin(request)
    _check_room(request)
    _check_newcomer(request)
    _check_upgrade(request)
    return _visitor(peer(request).address)


async def _agent_upgrade(request: web.Request) -> Upgrade:
    check_own_origin(request)
    seat = await seat_of(request)
    _check_upgrade(request)
    return _upgrade_of(seat, request)


@lru_cache(8_192)
def _visitor(address: str) -> Upgrade:
    """Return the same object for the same address: where many come from one, it weighs once."""
    return Upgrade("visitor", remote=address)


def _upgrade_of(seat: Seat, request: web.Request) -> Upgrade:
    return Upgrade("agent", seat.agent.id, peer(request).address, seat.key)


def _check_upgrade(request: web.Request) -> None:
    if not web.WebSocketResponse().can_prepare(request):
        raise Refused("invalid", Text("这里只接受 WebSocket。", "Only a WebSocket handshake is taken here."))


async def _visitor_poll(request: web.Request) -> web.StreamResponse:
    check_visitor_origin(request)
    try:
        response = await _polled(request)
    except Refused as refused:
        # The site's page may read why, and when to come back, only if the answer allows it.
        response = refusal(refused)
    response.headers.update(_cors(request))
    return response


async def _polled(request: web.Request) -> web.StreamResponse:
    _check_room(request)
    _check_newcomer(request)
    await _read(request)
    return await services(request).polls.serve(request, _visitor(peer(request).address))


async def _agent_poll(request: web.Request) -> web.StreamResponse:
    check_own_origin(request)
    seat = await seat_of(request)
    await _read(request)
    return await services(request).polls.serve(request, _upgrade_of(seat, request))


async def _read(request: web.Request) -> None:
    """Have the body here in good time, no longer than kefu.yaml allows now; the channel finds it there."""
    request[POLL_BODY] = await read_body(request, services(request).spec().limits.body_bytes)


async def _visitor_preflight(request: web.Request) -> web.StreamResponse:
    check_visitor_origin(request)
    asked = {
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "content-type",
        "Access-Control-Max-Age": "600",
    }
    return web.Response(status=204, headers={**_cors(request), **asked})


def _cors(request: web.Request) -> dict[str, str]:
    """Return the headers with which a page that passed the origin check may read the answer; cookies play no part."""
    return {
        "Access-Control-Allow-Origin": request.headers["Origin"],
        "Access-Control-Expose-Headers": "Retry-After",
        "Vary": "Origin",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
