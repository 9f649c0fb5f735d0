"""Who gets through the handshake, and that a login that ended ends its sockets."""

import asyncio
import io
from pathlib import Path

import aiohttp
import pytest

from appliance.http import sockets
from tests.http.house import SHOP, House, error_of, open_house

HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
FOREIGN = [
    None,
    "null",
    "https://evil.example",
    SHOP + ".evil.net",
    "https://evil-shop.example.com",
    "http://shop.example.com",
    SHOP + ":444",
]


async def handshake(browser: aiohttp.ClientSession, path: str) -> tuple[int, str]:
    async with browser.get(path, headers=HANDSHAKE) as answer:
        return await error_of(answer)


@pytest.mark.parametrize("origin", FOREIGN)
async def test_foreign_pages_are_refused_before_the_upgrade(tmp_path: Path, origin: str | None) -> None:
    async with open_house(tmp_path) as house, house.browser(origin) as browser:
        assert await handshake(browser, "/ws/visitor") == (403, "origin")
        assert await handshake(browser, "/ws/agent") == (403, "origin")
        async with browser.post("/poll/visitor", data=b"{}") as answer:
            assert await error_of(answer) == (403, "origin")
            assert "Access-Control-Allow-Origin" not in answer.headers
        async with browser.options("/poll/visitor") as answer:
            assert await error_of(answer) == (403, "origin")


async def test_handshakes_are_counted_by_what_became_of_them(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser() as browser:
        figures = house.parts.handshakes
        async with browser.ws_connect("/ws/visitor") as ws:
            await ws.receive_json()
        async with house.browser("https://evil.example") as stranger:
            await handshake(stranger, "/ws/visitor")
        assert await handshake(browser, "/ws/agent") == (401, "auth")
        house.draining = True
        assert await handshake(browser, "/ws/visitor") == (503, "unavailable")
        assert figures.results == {"accepted": 1, "origin": 1, "auth": 1, "unavailable": 1}
        assert figures.seconds.count == 1


async def test_an_operator_who_forgot_his_site_finds_it_in_the_log_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_house(tmp_path) as house, house.browser("https://new-shop.example") as browser:
        for _ in range(3):
            assert await handshake(browser, "/ws/visitor") == (403, "origin")
    lines = [vars(record)["origin"] for record in caplog.records if "site.origins" in record.message]
    assert lines == ["https://new-shop.example"]


async def test_a_site_that_may_embed_reaches_visitors_endpoints_only(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser(SHOP) as shop:
        async with shop.ws_connect("/ws/visitor") as ws:
            assert await ws.receive_json() == ["visitor", "", "127.0.0.1"]
        assert await handshake(shop, "/ws/agent") == (403, "origin")
        async with shop.options("/poll/visitor") as answer:
            assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (204, SHOP)
            assert "Access-Control-Allow-Credentials" not in answer.headers
        async with shop.post("/poll/visitor", data=b"{}") as answer:
            assert (await answer.json())["role"] == "visitor"
            assert answer.headers["Access-Control-Allow-Origin"] == SHOP
            assert answer.headers["Vary"] == "Origin"


async def test_agents_need_their_cookie(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        async with house.browser() as stranger:
            assert await handshake(stranger, "/ws/agent") == (401, "auth")
            async with stranger.post("/poll/agent", data=b"{}") as answer:
                assert await error_of(answer) == (401, "auth")
        browser = await house.signed_in()
        me = (await house.store.agents())[0].id
        async with browser:
            async with browser.ws_connect("/ws/agent") as ws:
                assert (await ws.receive_json())[:2] == ["agent", me]
            async with browser.post("/poll/agent", data=b"{}") as answer:
                assert await answer.json() == {"role": "agent", "agent": me, "heard": "{}"}


async def test_a_token_in_the_url_opens_nothing(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.hire()
        cookie = (await house.parts.access.sign_in("li", "correct horse battery", "here")).cookie
        async with house.browser() as stranger:
            assert await handshake(stranger, f"/ws/agent?token={cookie}&kefu={cookie}") == (401, "auth")


async def test_what_is_no_handshake_is_told_so(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser() as page, page.get("/ws/visitor") as answer:
        assert await error_of(answer) == (400, "invalid")


async def test_over_the_limit_and_on_the_way_out_new_ones_come_back_later(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser() as browser:
        open_ones = [await browser.ws_connect("/ws/visitor") for _ in range(3)]
        for ws in open_ones:
            await ws.receive_json()
        assert await handshake(browser, "/ws/visitor") == (503, "unavailable")
        for ws in open_ones:
            await ws.close()
        house.draining = True
        async with browser.get("/ws/visitor", headers=HANDSHAKE) as answer:
            assert await error_of(answer) == (503, "unavailable")
            assert answer.headers["Retry-After"] == "5"


async def test_a_big_poll_is_refused(tmp_path: Path) -> None:
    big = io.BytesIO(b" " * (1024 * 1024 + 1))
    async with (
        open_house(tmp_path) as house,
        house.browser() as page,
        page.post("/poll/visitor", data=big) as answer,
    ):
        assert await error_of(answer) == (413, "too_long")


async def revoke(house: House, how: str) -> None:
    li = await house.parts.staff.find("li")
    match how:
        case "signed out":
            browser = await house.signed_in("agent", "other")
            await browser.close()
            await house.parts.access.revoke(li.id)
        case "disabled":
            await house.store.save_agent(type(li)(li.id, li.login, li.name, disabled=True))
        case "ran out":
            house.clock.time += 13 * 3_600_000


@pytest.mark.parametrize("how", ["signed out", "disabled", "ran out"])
async def test_a_socket_closes_soon_after_its_login_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(sockets.end_revoked, "__defaults__", (0.05,))
    async with open_house(tmp_path) as house:
        browser = await house.signed_in()
        async with (
            browser,
            browser.ws_connect("/ws/agent") as ws,
            browser.ws_connect("/ws/visitor") as visitor,
        ):
            await ws.receive_json()
            await visitor.receive_json()
            await asyncio.sleep(0.15)
            assert not ws.closed
            await revoke(house, how)
            async with asyncio.timeout(5):
                message = await ws.receive()
            assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 4500)
            assert message.extra == "auth"
            await visitor.send_str("visitors go on")
            assert await visitor.receive_str() == "visitors go on"


async def test_other_logins_of_the_same_agent_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets.end_revoked, "__defaults__", (0.05,))
    async with open_house(tmp_path) as house:
        first = await house.signed_in()
        async with first, house.browser() as second:
            async with second.post(
                "/api/login", json={"login": "li", "password": "correct horse battery"}
            ) as answer:
                assert answer.status == 200
            async with first.ws_connect("/ws/agent") as one, second.ws_connect("/ws/agent") as two:
                await one.receive_json()
                await two.receive_json()
                async with first.post("/api/logout") as answer:
                    assert answer.status == 200
                assert (await one.receive()).data == 4500
                await two.send_str("here")
                assert await two.receive_str() == "here"


def test_it_is_looked_again_within_the_five_seconds_that_are_promised() -> None:
    assert sockets.SWEEP_SECONDS < 5


async def test_a_poll_in_hand_is_ended_when_its_login_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets.end_revoked, "__defaults__", (0.05,))
    async with open_house(tmp_path) as house:
        browser = await house.signed_in()
        async with browser, asyncio.TaskGroup() as tasks:
            li = (await house.store.agents())[0]
            polling = tasks.create_task(polled(browser))
            await asyncio.sleep(0.1)
            assert not polling.done()
            await house.parts.access.revoke(li.id)
            async with asyncio.timeout(5):
                assert (await polling)["closed"] == 4500


async def polled(browser: aiohttp.ClientSession) -> dict[str, object]:
    async with browser.post("/poll/agent", data=b"wait") as answer:
        told: dict[str, object] = await answer.json()
        return told
