"""The four endpoints of conversations: who may come in is decided here, before the upgrade; the rest is the channels'.

A login that was revoked, or has run out, must not live on in a socket that is already open: every two seconds the logins
of all open sockets are looked up again, and those without one are closed.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from appliance.channels.gateway import Upgrade
from appliance.channels.longpoll import BODY as POLL_BODY
from appliance.delivery import codes
from appliance.errors import KefuError, Refused, Text
from appliance.http.access import Access
from appliance.http.answers import read_body
from appliance.http.guard import check_own_origin, check_visitor_origin, peer, seat_of
from appliance.http.services import services

SWEEP_SECONDS = 2.0
CLOSE_SECONDS = 1.0
FULL_RETRY = 5_000
FULL = Refused(
    "unavailable",
    Text("在线人数已满，请稍后再来。", "All places are taken; come back shortly."),
    retry_after=FULL_RETRY,
)
DRAINING = Refused("unavailable", codes.CLOSE_CODES[codes.DRAIN].meaning, retry_after=FULL_RETRY)

_log = logging.getLogger("kefu.http")


class OpenSeats:
    """Which requests of staff are in hand, by login; closes those whose login has ended."""

    def __init__(self, access: Access) -> None:
        self._access = access
        # A request is no key (aiohttp makes it a mapping), so its identity is, for as long as it is in hand.
        self._requests: dict[str, dict[int, web.Request]] = {}
        self._sockets: dict[int, web.WebSocketResponse[bool]] = {}

    @contextmanager
    def held(self, key: str, request: web.Request) -> Iterator[None]:
        """Watch over the login `key` while its request is in hand."""
        self._requests.setdefault(key, {})[id(request)] = request
        try:
            yield
        finally:
            self._sockets.pop(id(request), None)
            self._requests[key].pop(id(request), None)
            if not self._requests[key]:
                del self._requests[key]

    async def shook_hands(self, request: web.Request, response: web.StreamResponse) -> None:
        """Remember the socket of a request (an on_response_prepare signal)."""
        if isinstance(response, web.WebSocketResponse) and request.path == "/ws/agent":
            self._sockets[id(request)] = response

    async def watch(self, every: float = SWEEP_SECONDS) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(every)
            for key in list(self._requests):
                try:
                    ended = await self._access.seat(key) is None
                except KefuError as trouble:
                    _log.warning("logins cannot be looked up: %s", trouble)
                    break
                if ended:
                    await self._close(key)

    async def _close(self, key: str) -> None:
        for request in list(self._requests.get(key, {}).values()):
            socket, transport = self._sockets.get(id(request)), request.transport
            if socket is not None:
                try:
                    async with asyncio.timeout(CLOSE_SECONDS):
                        await socket.close(code=codes.AUTH, message=codes.reason(codes.AUTH).encode())
                except (TimeoutError, OSError, RuntimeError):
                    _log.debug("a revoked socket did not close by itself")
            if transport is not None:
                transport.abort()


SEATS: web.AppKey[OpenSeats] = web.AppKey("seats", OpenSeats)


def add_routes(app: web.Application, seats: OpenSeats) -> None:
    """Add the endpoints."""
    app[SEATS] = seats
    app.on_response_prepare.append(seats.shook_hands)
    app.router.add_get("/ws/visitor", _visitor_socket)
    app.router.add_get("/ws/agent", _agent_socket)
    app.router.add_post("/poll/visitor", _visitor_poll)
    app.router.add_post("/poll/agent", _agent_poll)
    app.router.add_options("/poll/visitor", _visitor_preflight)


def _check_room(request: web.Request) -> None:
    parts = services(request)
    if parts.draining():
        raise DRAINING
    if len(parts.sockets) >= parts.spec().pools.sessions:
        raise FULL


async def _visitor_socket(request: web.Request) -> web.StreamResponse:
    check_visitor_origin(request)
    _check_room(request)
    _check_upgrade(request)
    return await services(request).sockets.serve(request, Upgrade("visitor", remote=peer(request).address))


async def _agent_socket(request: web.Request) -> web.StreamResponse:
    check_own_origin(request)
    seat = await seat_of(request)
    _check_upgrade(request)
    with request.app[SEATS].held(seat.key, request):
        upgrade = Upgrade("agent", seat.agent.id, peer(request).address)
        return await services(request).sockets.serve(request, upgrade)


def _check_upgrade(request: web.Request) -> None:
    if not web.WebSocketResponse().can_prepare(request):
        raise Refused("invalid", Text("这里只接受 WebSocket。", "Only a WebSocket handshake is taken here."))


async def _visitor_poll(request: web.Request) -> web.StreamResponse:
    check_visitor_origin(request)
    _check_room(request)
    await _read(request)
    response = await services(request).polls.serve(request, Upgrade("visitor", remote=peer(request).address))
    response.headers.update(_cors(request))
    return response


async def _agent_poll(request: web.Request) -> web.StreamResponse:
    check_own_origin(request)
    seat = await seat_of(request)
    await _read(request)
    with request.app[SEATS].held(seat.key, request):
        return await services(request).polls.serve(
            request, Upgrade("agent", seat.agent.id, peer(request).address)
        )


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
        "Vary": "Origin",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
