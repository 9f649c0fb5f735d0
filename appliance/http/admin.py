"""The admin routes: what commands ask of the running appliance, which alone may touch its store.

They are behind DIR/admin.sock: whoever can open that (0600, in a directory of mode 0700) is the operator, and no further proof
is asked for.  The same routes are on a TCP port of their own, where the token is (admin_door.py).
"""

import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

from aiohttp import web
from aiohttp.typedefs import Middleware
from msgspec import Meta, Struct

from appliance.config.source import LARGEST
from appliance.errors import StartError, Text
from appliance.http.answers import answer, read_json, speak_plainly
from appliance.http.headers import add_headers
from appliance.http.services import invitation_link
from appliance.http.staff import AgentChange, NewAgent, Staff
from appliance.http.trace import trace

SOCKET_FILE = "admin.sock"
LARGEST_BODY = 8 * LARGEST
"""Bytes of a request: the largest configuration, however many bytes its characters and escapes take."""

LONGEST_PATH = 100
"""The kernel takes 107 bytes; a longer path is reached through its open directory."""


class Password(Struct, frozen=True):
    """The body of POST /admin/agents/{who}/password."""

    password: Annotated[str, Meta(max_length=1024)]


class AdminDesk:
    """What the operator can have done, in the shape in which commands read it; used by the routes and offline alike."""

    def __init__(self, staff: Staff, base_url: str) -> None:
        self._staff = staff
        self._base_url = base_url

    async def agents(self) -> dict[str, Any]:
        """Return {agents: [Listed]}."""
        return {"agents": await self._staff.all()}

    async def add(self, wanted: NewAgent) -> dict[str, Any]:
        """Return {agent: Listed, invite: link}."""
        agent, secret = await self._staff.add(wanted)
        return {"agent": await self._staff.listed(agent), "invite": invitation_link(self._base_url, secret)}

    async def change(self, who: str, change: AgentChange) -> dict[str, Any]:
        """Return {agent: Listed, invite: link or None}; `who` is an id or a login."""
        changed, secret = await self._staff.change(await self._staff.find(who), change)
        link = None if secret is None else invitation_link(self._base_url, secret)
        return {"agent": await self._staff.listed(changed), "invite": link}

    async def password(self, who: str, password: str) -> dict[str, Any]:
        """Return {agent: Listed}."""
        agent = await self._staff.find(who)
        await self._staff.set_password(agent, password)
        return {"agent": await self._staff.listed(agent)}


def make_admin(
    desk: AdminDesk,
    status: Callable[[], dict[str, Any]],
    more: Callable[[web.Application], None] = lambda app: None,
    guard: Middleware | None = None,
) -> web.Application:
    """Return the application of the admin routes; `status` returns what `kefu` shows of a running appliance.

    `more` adds routes of other rooms.  `guard` stands before all of them where they are served on TCP, too.
    """

    async def show_status(request: web.Request) -> web.StreamResponse:
        return answer(status())

    async def agents(request: web.Request) -> web.StreamResponse:
        return answer(await desk.agents())

    async def add(request: web.Request) -> web.StreamResponse:
        return answer(await desk.add(await read_json(request, NewAgent)), 201)

    async def change(request: web.Request) -> web.StreamResponse:
        return answer(await desk.change(request.match_info["who"], await read_json(request, AgentChange)))

    async def password(request: web.Request) -> web.StreamResponse:
        body = await read_json(request, Password)
        return answer(await desk.password(request.match_info["who"], body.password))

    guards = [speak_plainly] if guard is None else [speak_plainly, guard]
    app = web.Application(middlewares=[trace, *guards], client_max_size=LARGEST_BODY)
    app.on_response_prepare.append(add_headers)
    app.router.add_get("/admin/status", show_status)
    app.router.add_get("/admin/agents", agents)
    app.router.add_post("/admin/agents", add)
    app.router.add_patch("/admin/agents/{who}", change)
    app.router.add_post("/admin/agents/{who}/password", password)
    more(app)
    return app


@contextlib.contextmanager
def socket_path(directory: Path) -> Iterator[str]:
    """Yield a path of the socket in `directory` that is short enough to bind or connect."""
    path = str(directory / SOCKET_FILE)
    if len(os.fsencode(path)) <= LONGEST_PATH:
        yield path
        return
    descriptor = os.open(directory, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET_FILE}"
    finally:
        os.close(descriptor)


def bind_admin(directory: Path) -> socket.socket:
    """Return the bound admin socket, mode 0600.  Call it with the lock of the directory held: an old one is replaced."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Bound with nobody's rights but the owner's: a chmod afterwards would leave a moment.
    mask = os.umask(0o177)
    try:
        (directory / SOCKET_FILE).unlink(missing_ok=True)
        with socket_path(directory) as path:
            sock.bind(path)
        sock.setblocking(False)
    except OSError as wrong:
        sock.close()
        reason = wrong.strerror or str(wrong)
        raise StartError(
            Text(
                f"无法建立管理套接字 {directory / SOCKET_FILE}：{reason}。",
                f"The admin socket {directory / SOCKET_FILE} cannot be made: {reason}.",
            ),
            Text("请把数据目录放在本机磁盘上。", "Keep the data directory on a local disk."),
        ) from wrong
    finally:
        os.umask(mask)
    return sock
