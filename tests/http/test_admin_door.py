"""The admin routes on a port: who gets in, who is told how, and what stands in the log."""

import asyncio
import base64
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from appliance.config.listen import AdminListen
from appliance.errors import StartError
from appliance.http.admin import bind_admin
from appliance.http.admin_door import SAY_EVERY, ask_for_token, bind_admin_port
from appliance.http.answers import answer, speak_plainly
from appliance.http.app import open_doors
from appliance.http.door import bind, open_door
from appliance.http.throttle import BY_ADDRESS
from tests.http.house import error_of, open_house

TOKEN = "t" * 43
BEARER = {"Authorization": f"Bearer {TOKEN}"}
PAGE = {"Accept": "text/html,application/xhtml+xml"}


def basic(password: str, name: str = "kefu") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


@asynccontextmanager
async def door(
    directory: Path, now: Callable[[], int] = lambda: 0
) -> AsyncIterator[tuple[aiohttp.ClientSession, aiohttp.ClientSession]]:
    """Yield a client on the port and one on the Unix socket."""

    async def show(request: web.Request) -> web.StreamResponse:
        return answer({"in": True})

    app = web.Application(middlewares=[speak_plainly, ask_for_token(TOKEN, now)])
    app.router.add_get("/admin/status", show)
    app.router.add_post("/admin/agents", show)
    port = bind_admin_port(AdminListen(), 0)
    assert port is not None
    url = f"http://127.0.0.1:{port.getsockname()[1]}"
    inside = aiohttp.UnixConnector(str(directory / "admin.sock"))
    async with (
        open_door(app, bind_admin(directory), also=port),
        aiohttp.ClientSession(url) as outside,
        aiohttp.ClientSession("http://kefu", connector=inside) as operator,
    ):
        yield outside, operator


@pytest.mark.parametrize(
    "headers", [BEARER, basic(TOKEN), basic(TOKEN, ""), {"Authorization": f"bearer  {TOKEN} "}]
)
async def test_the_token_opens(headers: dict[str, str], tmp_path: Path) -> None:
    async with door(tmp_path) as (outside, _):
        async with outside.get("/admin/status", headers=headers) as got:
            assert (got.status, await got.json()) == (200, {"in": True})
        async with outside.post("/admin/agents", headers=headers) as got:
            assert got.status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": TOKEN},
        {"Authorization": "Bearer"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Digest {TOKEN}"},
        {"Authorization": "Basic ???"},
        {"Authorization": "Basic " + base64.b64encode(TOKEN.encode()).decode()},
        basic(TOKEN + "x"),
        basic(""),
        {"Authorization": "Bearer \u00e9"},
        {"Cookie": f"token={TOKEN}"},
    ],
)
async def test_nothing_else_does(headers: dict[str, str], tmp_path: Path) -> None:
    async with door(tmp_path) as (outside, _):
        for path in ("/admin/status", "/nothing", f"/admin/status?token={TOKEN}"):
            async with outside.get(path, headers=headers) as got:
                assert await error_of(got) == (403, "denied"), path
        async with outside.post("/admin/agents", headers=headers) as got:
            assert await error_of(got) == (403, "denied")


async def test_the_socket_of_the_operator_asks_for_nothing(tmp_path: Path) -> None:
    async with door(tmp_path) as (_, operator), operator.get("/admin/status") as got:
        assert got.status == 200


async def test_a_browser_that_opens_a_page_is_asked(tmp_path: Path) -> None:
    async with door(tmp_path) as (outside, _):
        for headers in (PAGE, PAGE | basic("wrong")):
            async with outside.get("/admin/status", headers=headers) as got:
                assert await error_of(got) == (401, "auth")
                assert got.headers["WWW-Authenticate"].startswith("Basic ")
        async with outside.get("/admin/status", headers=PAGE | basic(TOKEN)) as got:
            assert got.status == 200
        async with outside.post("/admin/agents", headers=PAGE) as got:
            assert await error_of(got) == (403, "denied")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, 200),
        ({"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}, 200),
    ],
)
async def test_a_password_that_a_browser_keeps_serves_no_other_site(
    headers: dict[str, str], status: int, tmp_path: Path
) -> None:
    async with door(tmp_path) as (outside, _):
        async with outside.get("/admin/status", headers=basic(TOKEN) | headers) as got:
            assert got.status == status
        if "navigate" in headers.values() and "cross-site" in headers.values():
            async with outside.post("/admin/agents", headers=basic(TOKEN) | headers) as got:
                assert got.status == 403, "a form of another site"


async def test_who_guesses_has_to_wait_and_who_knows_does_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    time = 0
    async with door(tmp_path, lambda: time) as (outside, _):
        with caplog.at_level(logging.DEBUG):
            for _ in range(BY_ADDRESS.free):
                async with outside.get("/admin/status", headers=basic("guess-me")) as got:
                    assert got.status == 403
            async with outside.get("/admin/status", headers=basic("guess-me")) as got:
                assert await error_of(got) == (429, "rate")
                assert int(got.headers["Retry-After"]) >= 1
            async with outside.get("/admin/status", headers=BEARER) as got:
                assert got.status == 200
            # Who brings nothing guesses nothing.
            async with outside.get("/admin/status") as got:
                assert got.status == 403
            time += SAY_EVERY
            async with outside.get("/admin/status", headers=basic("guess-me")) as got:
                assert got.status == 403
    told = [vars(record) for record in caplog.records if record.name == "kefu.admin"]
    assert [(line["count"], line["remote"]) for line in told] == [
        (1, "127.0.0.1"),
        (BY_ADDRESS.free, "127.0.0.1"),
    ]
    assert "guess-me" not in repr(told)
    assert "guess-me" not in caplog.text
    assert TOKEN not in caplog.text


async def test_the_real_admin_routes_are_behind_it(tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    async with open_house(tmp_path) as house:
        port, sock = bind_admin_port(AdminListen(), 0), bind("127.0.0.1", 0)
        assert port is not None
        url = f"http://127.0.0.1:{port.getsockname()[1]}"
        with pytest.raises(ValueError, match="never open"):
            async with open_doors(house.parts, sock, tmp_path / "second", dict, admin_sock=port):
                pass
        async with (
            open_doors(
                house.parts, sock, tmp_path / "second", lambda: {"pid": 8}, admin_sock=port, token=TOKEN
            ),
            aiohttp.ClientSession(url) as outside,
        ):
            async with outside.get("/admin/status", headers=BEARER) as got:
                assert await got.json() == {"pid": 8}
                assert got.headers["X-Content-Type-Options"] == "nosniff"
                assert "Server" not in got.headers
            async with outside.get("/admin/agents") as got:
                assert got.status == 403
        with pytest.raises(aiohttp.ClientError):
            async with aiohttp.ClientSession(url) as outside, outside.get("/admin/status", headers=BEARER):
                pass


async def test_its_port_is_the_next_one_or_any_that_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as public:
        number = public.getsockname()[1]
        first = bind_admin_port(AdminListen(), number)
        assert first is not None
        with first:
            assert first.getsockname()[0] == "127.0.0.1"
            second = bind_admin_port(AdminListen(), number)
            assert second is not None
            with second:
                assert second.getsockname()[1] not in (number, first.getsockname()[1])
            named = AdminListen(port=first.getsockname()[1])
            with pytest.raises(StartError, match="in use"):
                bind_admin_port(named, number)
    for public_port in (0, 65_535):
        free = bind_admin_port(AdminListen(), public_port)
        assert free is not None
        free.close()
    assert bind_admin_port(AdminListen(on=False), 8080) is None


async def test_slow_headers_are_cut_off_here_too(tmp_path: Path) -> None:
    app = web.Application(middlewares=[speak_plainly, ask_for_token(TOKEN)])
    port = bind_admin_port(AdminListen(), 0)
    assert port is not None
    async with open_door(app, bind_admin(tmp_path), 0.2, also=port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port.getsockname()[1])
        writer.write(b"GET /admin/status HTTP/1.1\r\nAuthor")
        async with asyncio.timeout(10):
            assert await reader.read() == b""
        writer.close()
