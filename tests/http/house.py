"""A house with real doors for tests: the real application on a real socket, on a store that forgets."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from argon2 import PasswordHasher

from appliance.channels.gateway import Upgrade
from appliance.channels.longpoll import BODY
from appliance.config.spec import Flow, Limits, Queue, Site, Spec, State
from appliance.delivery import codes
from appliance.delivery.cards import Card
from appliance.http.access import Access
from appliance.http.app import open_doors
from appliance.http.assets import Assets
from appliance.http.door import bind
from appliance.http.passwords import Passwords
from appliance.http.services import Services
from appliance.http.staff import NewAgent, Staff
from appliance.model import Agent, Audience, Role
from appliance.stores.memory import MemoryStore

T0 = 1_700_000_000_000
SHOP = "https://shop.example.com"
PASSWORD = "correct horse battery"
KEY = b"k" * 32
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)

SPEC = Spec(
    flows={"main": Flow("main", "a", (State("a"),))},
    site=Site(name="小铺", origins=(SHOP,)),
    queues=(Queue("售前"), Queue("售后")),
    limits=Limits(connections=3),
)

DIST = {
    "console.html": '<!doctype html><script type="module" src="/assets/console.js"></script>',
    "demo.html": '<!doctype html><link rel="stylesheet" href="/assets/demo.css">',
    "widget.js": "/* widget */ " + "x" * 2_000,
    "console.js": "console" * 300,
    "demo.css": "body{}",
    "kefu.svg": "<svg/>",
    "manifest.json": "{}",
}


class Hand:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = T0

    def now(self) -> int:
        return self.time


class Door:
    """Remembers what the appliance would have been told."""

    def __init__(self) -> None:
        self.changed: list[Agent] = []
        self.shown_out: list[str] = []

    def agent_changed(self, agent: Agent) -> None:
        self.changed.append(agent)

    def show_out(self, agent: str) -> None:
        self.shown_out.append(agent)


class EchoLink:
    """A socket of the echo."""

    def __init__(self, socket: "web.WebSocketResponse[bool]", login: str) -> None:
        self.login = login
        self._socket = socket

    def close(self, code: int, retry_after: int | None = None) -> None:
        asyncio.get_running_loop().create_task(
            self._socket.close(code=code, message=codes.reason(code).encode())
        )


class Echo:
    """A socket channel that says who came in, then repeats what it hears."""

    def __init__(self) -> None:
        self.open: list[EchoLink] = []

    def __len__(self) -> int:
        return len(self.open)

    def staff(self) -> list[EchoLink]:
        return [link for link in self.open if link.login]

    async def serve(self, request: web.Request, upgrade: Upgrade) -> web.StreamResponse:
        socket: web.WebSocketResponse[bool] = web.WebSocketResponse()
        await socket.prepare(request)
        link = EchoLink(socket, upgrade.login)
        self.open.append(link)
        try:
            await socket.send_json([upgrade.role, upgrade.agent, upgrade.remote])
            async for message in socket:
                await socket.send_str(message.data)
        finally:
            self.open.remove(link)
        return socket


class PollLink:
    """A poll in hand; it ends by saying so."""

    def __init__(self, login: str) -> None:
        self.login = login
        self.code: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def close(self, code: int, retry_after: int | None = None) -> None:
        if not self.code.done():
            self.code.set_result(code)


class Ladder:
    """An overload ladder that does what it is told."""

    def __init__(self) -> None:
        self.did: list[tuple[object, ...]] = []
        self.wait = 0

    def state(self) -> dict[str, Any]:
        return {"tier": 0, "did": len(self.did)}

    def force(self, tier: int, hold: int, by: str) -> None:
        self.did.append(("force", tier, hold, by))

    def automatic(self, by: str) -> None:
        self.did.append(("automatic", by))

    def rehearse(self, hold: int, by: str) -> int:
        self.did.append(("rehearse", hold, by))
        return 5 * hold

    def turns_away(self) -> int:
        return self.wait


class Polls:
    """A poll channel that repeats the body, at once or, asked for "wait", when it is closed."""

    def __init__(self) -> None:
        self.open: list[PollLink] = []

    def staff(self) -> list[PollLink]:
        return self.open

    async def serve(self, request: web.Request, upgrade: Upgrade) -> web.Response:
        heard = request[BODY].decode()
        told: dict[str, Any] = {"role": upgrade.role, "agent": upgrade.agent, "heard": heard}
        if heard == "wait":
            link = PollLink(upgrade.login)
            self.open.append(link)
            told["closed"] = await link.code
        return web.json_response(told)


class Cards:
    """One conversation, "known"."""

    async def card(self, conversation: str, audience: Audience, reader: str) -> Card | None:
        if conversation != "known":
            return None
        return Card(
            id=conversation, agent=None, opened_at=T0, closed_at=None, head=3, unread=1, receipts=[], last=None,
            rating_asked=False, form_asked=False, menu=[], state=f"{audience.name}:{reader}",
        )  # fmt: skip


class House:
    """The open house: its parts, and a browser that stands on its own page."""

    def __init__(self, parts: Services, store: MemoryStore, clock: Hand, door: Door, port: int) -> None:
        self.parts = parts
        self.store = store
        self.clock = clock
        self.door = door
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.draining = False

    def browser(
        self, origin: str | None = "", headers: dict[str, str] | None = None
    ) -> aiohttp.ClientSession:
        """Return a browser with cookies whose page has this origin ("": our own, None: it sends none)."""
        told = dict(headers or {})
        if origin is not None:
            told["Origin"] = origin or self.url
        return aiohttp.ClientSession(self.url, headers=told, cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def hire(self, login: str = "li", role: Role = "agent", password: str = PASSWORD) -> Agent:
        """Return a new member of staff with a password."""
        agent, _ = await self.parts.staff.add(NewAgent(login=login, name=login, role=role))
        await self.parts.access.set_password(agent, password)
        return agent

    async def signed_in(self, role: Role = "agent", login: str = "li") -> aiohttp.ClientSession:
        """Return the browser of a new member of staff who has signed in."""
        await self.hire(login, role)
        browser = self.browser()
        async with browser.post("/api/login", json={"login": login, "password": PASSWORD}) as answer:
            assert answer.status == 200, await answer.text()
        return browser


def build_dist(folder: Path) -> Assets:
    """Return the assets of a small build below `folder`."""
    folder.mkdir(parents=True)
    for name, text in DIST.items():
        (folder / name).write_text(text)
    return Assets(folder)


@asynccontextmanager
async def open_house(
    directory: Path, spec: Spec = SPEC, header_seconds: float = 10.0
) -> AsyncIterator[House]:
    """Open the doors on any free port; what a start needs stands in `directory`."""
    store, clock, door = MemoryStore(), Hand(), Door()
    sock = bind("127.0.0.1", 0)
    port: int = sock.getsockname()[1]
    with Passwords(QUICK) as passwords:
        access = Access(store, clock, passwords, KEY)
        staff = Staff(store, access, clock, os.urandom, lambda: [queue.name for queue in spec.queues], door)
        house: House
        parts = Services(
            spec=lambda: spec,
            accounts=store,
            log=store,
            clock=clock,
            entropy=os.urandom,
            access=access,
            staff=staff,
            cards=Cards(),
            sockets=Echo(),
            polls=Polls(),
            overload=Ladder(),
            assets=build_dist(directory / "dist"),
            draining=lambda: house.draining,
            base_url=f"http://127.0.0.1:{port}",
        )
        house = House(parts, store, clock, door, port)
        async with open_doors(parts, sock, directory, lambda: {"pid": 7}, header_seconds):
            yield house


async def error_of(answer: aiohttp.ClientResponse) -> tuple[int, str]:
    """Return the status and the code of an answer that must be an error in two languages."""
    body: dict[str, Any] = await answer.json()
    assert body["error"]["zh"]
    assert body["error"]["en"]
    return answer.status, body["error"]["code"]
