"""The doors as a whole: limits, and everything that opens is closed."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from appliance.http.answers import answer, speak_plainly
from appliance.http.app import AT_ONCE, few_at_once
from appliance.http.door import bind, open_door
from tests.http.house import error_of, open_house


async def test_few_requests_to_the_api_are_in_hand_at_once() -> None:
    arrived, go = asyncio.Semaphore(0), asyncio.Event()

    async def waits(request: web.Request) -> web.StreamResponse:
        arrived.release()
        await go.wait()
        return answer({})

    async def fine(request: web.Request) -> web.StreamResponse:
        return answer({})

    app = web.Application(middlewares=[speak_plainly, few_at_once(2)])
    app.router.add_get("/api/it", waits)
    app.router.add_get("/healthz", fine)
    sock = bind("127.0.0.1", 0)
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"

    async def status(client: aiohttp.ClientSession) -> int:
        async with client.get("/api/it") as got:
            return got.status

    async with open_door(app, sock), aiohttp.ClientSession(url) as client, asyncio.TaskGroup() as tasks:
        held = [tasks.create_task(status(client)) for _ in range(2)]
        await arrived.acquire()
        await arrived.acquire()
        async with client.get("/api/it") as got:
            assert await error_of(got) == (503, "unavailable")
        async with client.get("/healthz") as got:
            assert got.status == 200
        go.set()
        assert [await each for each in held] == [200, 200]
        assert await status(client) == 200


async def test_an_unknown_address_is_a_plain_404(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser() as browser:
        for path in ("/none", "/api", "/api/none", "/ws", "/assets", "/.env", "/..%2f"):
            async with browser.get(path) as got:
                assert await error_of(got) == (404, "not_found"), path


async def test_leaving_gives_the_port_back_and_ends_connections(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        browser = house.browser()
        ws = await browser.ws_connect("/ws/visitor")
        await ws.receive_json()
    async with asyncio.timeout(5):
        assert (await ws.receive()).type in (
            aiohttp.WSMsgType.CLOSED,
            aiohttp.WSMsgType.CLOSE,
            aiohttp.WSMsgType.ERROR,
        )
    with pytest.raises(aiohttp.ClientError):
        await browser.get("/healthz")
    await browser.close()
    bind("127.0.0.1", house.port).close()


async def test_who_sends_his_body_slowly_holds_no_place_of_others(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser() as browser:
        head = f"POST /api/login HTTP/1.1\r\nHost: 127.0.0.1:{house.port}\r\nOrigin: {house.url}\r\nContent-Type: application/json\r\n"
        strangers = [await asyncio.open_connection("127.0.0.1", house.port) for _ in range(AT_ONCE + 6)]
        for _, writer in strangers:
            writer.write(f"{head}Content-Length: 100\r\n\r\n{{".encode())
            await writer.drain()
        await asyncio.sleep(0.1)
        async with browser.get("/api/site") as got:
            assert got.status == 200
        for _, writer in strangers:
            writer.close()
