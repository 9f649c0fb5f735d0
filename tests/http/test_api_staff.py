"""Members, quick replies, conversations, queues: who may read and who may change them."""

from pathlib import Path

import pytest

from appliance.model import Audience, Visitor
from appliance.ports import Unit
from appliance.records import Entry
from tests.http.house import PASSWORD, T0, House, error_of, open_house


async def test_the_owner_invites_and_the_link_leads_where_he_himself_is(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        owner = await house.signed_in("owner", "boss")
        async with owner:
            async with owner.post(
                "/api/agents", json={"login": "li", "name": "小李", "skills": ["售前"]}
            ) as answer:
                assert answer.status == 201
                told = await answer.json()
            assert told["invite"].startswith(f"{house.url}/console#invite=")
            assert told["agent"]["joined"] is False
            secret = told["invite"].split("invite=")[1]
            async with (
                house.browser() as new,
                new.post("/api/invitation", json={"secret": secret, "password": PASSWORD}) as joined,
            ):
                assert joined.status == 200
            async with owner.get("/api/agents") as answer:
                listed = {each["login"]: each["joined"] for each in (await answer.json())["agents"]}
                assert listed == {"boss": True, "li": True}


async def test_wrong_members_are_refused_with_the_field(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        owner = await house.signed_in("owner", "boss")
        async with owner:
            for body in (
                {},
                {"login": "x", "capacity": 0},
                {"login": "x", "role": "king"},
                {"login": "x", "skills": ["none"]},
                {"login": "x", "id": "mine"},
            ):
                async with owner.post("/api/agents", json=body) as answer:
                    assert await error_of(answer) == (400, "invalid"), body
            async with owner.post("/api/agents", json={"login": "boss"}) as answer:
                assert await error_of(answer) == (409, "conflict")


async def test_a_change_can_disable_and_reset_but_not_the_last_owner(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        owner = await house.signed_in("owner", "boss")
        li = await house.hire("li")
        async with owner:
            async with owner.patch(f"/api/agents/{li.id}", json={"disabled": True}) as answer:
                assert (await answer.json())["agent"]["disabled"] is True
            async with owner.patch(f"/api/agents/{li.id}", json={"disabled": False, "reset": True}) as answer:
                assert "#invite=" in (await answer.json())["invite"]
            async with owner.patch("/api/agents/boss", json={"role": "agent"}) as answer:
                assert await error_of(answer) == (409, "conflict")
            async with owner.patch("/api/agents/nobody", json={}) as answer:
                assert await error_of(answer) == (404, "unknown")
        assert li.id in house.door.shown_out


async def save_reply(house: House, role: str, body: dict[str, object]) -> tuple[int, dict[str, str]]:
    page = await house.signed_in(role, f"{role}-{len(await house.store.agents())}")  # type: ignore[arg-type]
    async with page, page.post("/api/replies", json=body) as answer:
        return answer.status, (await answer.json()).get("reply", {})


async def test_replies_are_ones_own_and_shared_ones_are_for_chiefs(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        assert (await save_reply(house, "agent", {"shortcut": "hi", "text": "x", "shared": True}))[0] == 403
        _, shared = await save_reply(house, "supervisor", {"shortcut": "hi", "text": "您好", "shared": True})
        _, own = await save_reply(house, "agent", {"shortcut": "me", "text": "我"})
        page = await house.signed_in("agent", "other")
        async with page:
            async with page.get("/api/replies") as answer:
                assert [each["id"] for each in (await answer.json())["replies"]] == [shared["id"]]
            for reply, status in ((own, 404), (shared, 403)):
                async with page.delete(f"/api/replies/{reply['id']}") as answer:
                    assert answer.status == status
                body = {"id": reply["id"], "shortcut": "x", "text": "taken"}
                async with page.post("/api/replies", json=body) as answer:
                    assert answer.status == status
            async with page.post("/api/replies", json={"shortcut": "a", "text": "b"}) as answer:
                mine = (await answer.json())["reply"]
            async with page.post(
                "/api/replies", json={"id": mine["id"], "shortcut": "a", "text": "c"}
            ) as answer:
                assert (answer.status, (await answer.json())["reply"]["text"]) == (200, "c")
            async with page.delete(f"/api/replies/{mine['id']}") as answer:
                assert answer.status == 200


async def open_conversation(house: House, number: int) -> None:
    entry = Entry(f"c{number}", 1, T0 + number, Audience.VISITOR, b'{"r":"closed"}')
    house.store.commit(
        Unit(f"c{number}", (entry,), opens=Visitor(f"v{number}"), closes=number == 2), lambda error: None
    )


async def test_conversations_are_listed_newest_first(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        for number in (1, 2, 3):
            await open_conversation(house, number)
        page = await house.signed_in()
        async with page:
            for query, expected in {
                "": ["c3", "c2", "c1"],
                "?open=1": ["c3", "c1"],
                f"?before={T0 + 3}": ["c2", "c1"],
                "?limit=1": ["c3"],
                "?visitor=v2": ["c2"],
            }.items():
                async with page.get("/api/conversations" + query) as answer:
                    found = (await answer.json())["conversations"]
                    assert [each["conversation"] for each in found] == expected, query


@pytest.mark.parametrize(
    "query", ["before=x", "before=-1", "before=1e9", "limit=%D9%A3", "before=" + "9" * 40]
)
async def test_odd_numbers_are_refused(tmp_path: Path, query: str) -> None:
    async with open_house(tmp_path) as house:
        page = await house.signed_in()
        async with page, page.get(f"/api/conversations?{query}") as answer:
            assert await error_of(answer) == (400, "invalid")


async def test_a_card_is_made_for_the_one_who_asks(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        page = await house.signed_in()
        me = (await house.store.agents())[0]
        async with page:
            async with page.get("/api/conversations/known") as answer:
                assert (await answer.json())["conversation"]["state"] == f"STAFF:{me.id}"
            async with page.get("/api/conversations/unknown") as answer:
                assert await error_of(answer) == (404, "unknown")


async def test_queues_are_for_staff_and_the_site_for_everybody(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        page = await house.signed_in()
        async with page, page.get("/api/queues") as answer:
            assert await answer.json() == {"queues": ["售前", "售后"]}
        async with house.browser(None) as stranger, stranger.get("/api/site") as answer:
            told = await answer.json()
            assert told["name"] == "小铺"
            assert set(told) == {"name", "timezone"}
