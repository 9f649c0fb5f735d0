"""The doors of the appliance, put together: which routes there are, and in what order a request meets its guards."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Middleware

from appliance.errors import Refused, Text
from appliance.http import api_account, api_staff, health, overload, pages, sockets
from appliance.http.admin import SOCKET_FILE, AdminDesk, bind_admin, make_admin
from appliance.http.admin_door import ask_for_token
from appliance.http.answers import BODY, Handler, read_body, speak_plainly
from appliance.http.door import HEADER_SECONDS, open_door
from appliance.http.headers import add_headers
from appliance.http.services import SERVICES, Services
from appliance.http.trace import trace

AT_ONCE = 64
_BUSY = Refused(
    "unavailable", Text("请求太多，请稍后重试。", "Too many requests; try again shortly."), retry_after=1_000
)


def few_at_once(most: int = AT_ONCE) -> Middleware:
    """Return middleware that refuses requests to the API, before any work is done, while `most` are in hand.

    A request is in hand once its body is here: a few strangers who send theirs byte by byte must not hold every place.
    """
    in_hand = 0

    @web.middleware
    async def bound(request: web.Request, handler: Handler) -> web.StreamResponse:
        nonlocal in_hand
        if not request.path.startswith("/api/"):
            return await handler(request)
        if request.can_read_body:
            request[BODY] = await read_body(request)
        if in_hand >= most:
            raise _BUSY
        in_hand += 1
        try:
            return await handler(request)
        finally:
            in_hand -= 1

    return bound


def make_app(parts: Services) -> web.Application:
    """Return the public application."""
    # Whoever reads a body says how long it may be: aiohttp's own bound would be that of the first configuration.
    app = web.Application(middlewares=[trace, speak_plainly, few_at_once()], client_max_size=0)
    app[SERVICES] = parts
    for room in (pages, health, api_account, api_staff, overload, sockets):
        room.add_routes(app)
    app.on_response_prepare.append(add_headers)
    return app


@asynccontextmanager
async def open_doors(
    parts: Services,
    sock: socket.socket,
    directory: Path,
    status: Callable[[], dict[str, Any]],
    header_seconds: float = HEADER_SECONDS,
    admin_routes: Callable[[web.Application], None] = lambda app: None,
    admin_sock: socket.socket | None = None,
    token: str = "",
) -> AsyncIterator[asyncio.Server]:
    """Serve the public routes on `sock` and the admin routes in `directory` (whose lock the caller holds).

    The admin routes are also on `admin_sock`, for whoever brings `token`.

    Closing the yielded server stops accepting; leaving ends every connection that is left.
    """
    async with AsyncExitStack() as stack:
        if admin_sock is not None and not token:
            raise ValueError("the admin routes are never open to everybody")
        admin = bind_admin(directory)
        stack.callback((directory / SOCKET_FILE).unlink, missing_ok=True)
        await stack.enter_async_context(
            open_door(
                make_admin(
                    AdminDesk(parts.staff, parts.base_url), status, admin_routes, ask_for_token(token)
                ),
                admin,
                also=admin_sock,
            )
        )
        server = await stack.enter_async_context(open_door(make_app(parts), sock, header_seconds))
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        watch = tasks.create_task(sockets.end_revoked(parts), name="revoked logins")
        stack.callback(watch.cancel)
        yield server
