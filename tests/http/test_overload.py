"""The overload ladder over HTTP: chiefs may, agents may not, nonsense is refused, and strangers are turned away in time."""

from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from appliance.http.answers import speak_plainly
from appliance.http.overload import add_overload_routes
from tests.http.house import SHOP, Ladder, error_of, open_house


@pytest.mark.parametrize("role", ["owner", "supervisor"])
async def test_chiefs_hold_a_tier_and_rehearse(tmp_path: Path, role: str) -> None:
    async with open_house(tmp_path) as house, await house.signed_in(role) as chief:  # type: ignore[arg-type]
        ladder = house.parts.overload
        assert isinstance(ladder, Ladder)
        async with chief.get("/api/overload") as answer:
            assert (answer.status, (await answer.json())["tier"]) == (200, 0)
        for body in ({"tier": 2, "seconds": 60}, {"tier": 0}, {"tier": None}):
            async with chief.post("/api/overload", json=body) as answer:
                assert answer.status == 200, await answer.text()
        async with chief.post("/api/overload/rehearsal", json={"hold": 7}) as answer:
            assert (await answer.json())["over_at"] == 35_000
        who = (await house.parts.staff.all())[0].id
        assert ladder.did == [
            ("force", 2, 60_000, who),
            ("force", 0, 600_000, who),
            ("automatic", who),
            ("rehearse", 7_000, who),
        ]


async def test_agents_and_strangers_may_not_even_look(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, await house.signed_in("agent") as agent:
        async with agent.get("/api/overload") as answer:
            assert await error_of(answer) == (403, "denied")
        async with agent.post("/api/overload", json={"tier": 3}) as answer:
            assert await error_of(answer) == (403, "denied")
        async with agent.post("/api/overload/rehearsal", json={}) as answer:
            assert await error_of(answer) == (403, "denied")
        async with house.browser() as nobody, nobody.get("/api/overload") as answer:
            assert answer.status == 401


async def test_another_site_cannot_force_a_tier(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, await house.signed_in("owner") as owner:
        async with owner.post("/api/overload", json={"tier": 3}, headers={"Origin": SHOP}) as answer:
            assert await error_of(answer) == (403, "origin")
        assert isinstance(house.parts.overload, Ladder)
        assert not house.parts.overload.did


@pytest.mark.parametrize(
    "body",
    [{}, {"tier": 4}, {"tier": -1}, {"tier": "3"}, {"tier": 1, "seconds": 0}, {"tier": 1, "seconds": 3_601},
     {"tier": 1, "more": 1}, [], "x"],
)  # fmt: skip
async def test_nonsense_is_refused(body: object) -> None:
    ladder = Ladder()
    app = web.Application(middlewares=[speak_plainly])
    add_overload_routes(app, ladder)
    async with TestClient(TestServer(app)) as admin, admin.post("/admin/overload", json=body) as answer:
        assert answer.status == 400, await answer.text()
    assert not ladder.did


async def test_the_operator_does_the_same_behind_the_admin_door() -> None:
    ladder = Ladder()
    app = web.Application(middlewares=[speak_plainly])
    add_overload_routes(app, ladder)
    async with TestClient(TestServer(app)) as admin:
        async with admin.get("/admin/overload") as answer:
            assert (await answer.json())["tier"] == 0
        await admin.post("/admin/overload", json={"tier": 1})
        await admin.post("/admin/overload/rehearsal", json={"hold": 1})
        assert (await admin.post("/admin/overload/rehearsal", json={"hold": 999})).status == 400
    assert ladder.did == [("force", 1, 600_000, "operator"), ("rehearse", 1_000, "operator")]


async def test_who_says_that_he_is_new_gets_503_before_the_handshake(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser() as visitor:
        ladder = house.parts.overload
        assert isinstance(ladder, Ladder)
        ladder.wait = 7_400
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await visitor.ws_connect("/ws/visitor?new=1")
        assert refused.value.status == 503
        assert refused.value.headers is not None
        assert refused.value.headers["Retry-After"] == "8"
        async with visitor.post("/poll/visitor?new=1", data="{}") as answer:
            assert await error_of(answer) == (503, "unavailable")
            assert (await answer.json())["error"]["retry_after"] == 7_400
        # Who does not say so is told by the session.
        async with visitor.ws_connect("/ws/visitor"):
            pass


async def test_a_site_reads_from_a_refused_poll_when_to_come_back(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser(SHOP) as page:
        ladder = house.parts.overload
        assert isinstance(ladder, Ladder)
        ladder.wait = 7_400
        async with page.post("/poll/visitor?new", data="{}") as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "8")
            assert answer.headers["Access-Control-Allow-Origin"] == SHOP
            assert answer.headers["Access-Control-Expose-Headers"] == "Retry-After"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await page.ws_connect("/ws/visitor?new")
