"""Signing in and out over HTTP, the one-time link, a new password."""

from pathlib import Path

from appliance.http.staff import NewAgent
from tests.http.house import PASSWORD, error_of, open_house

OTHER = "another good password"


async def test_signing_in_shows_oneself_and_signing_out_ends_it(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        page = await house.signed_in()
        async with page:
            async with page.get("/api/me") as answer:
                me = (await answer.json())["agent"]
                assert (me["login"], me["role"], me["capacity"]) == ("li", "agent", 8)
                assert not {"password", "hash"} & set(me)
            cookies = {cookie.key: cookie.value for cookie in page.cookie_jar}
            async with page.post("/api/logout") as answer:
                assert answer.status == 200
            async with page.get("/api/me") as answer:
                assert (answer.status, await answer.json()) == (200, {"agent": None})
        stolen = {"Cookie": f"kefu={cookies['kefu']}"}
        async with house.browser(headers=stolen) as thief:
            async with thief.get("/api/me") as answer:
                assert await answer.json() == {"agent": None}
            async with thief.get("/api/queues") as answer:
                assert await error_of(answer) == (401, "auth")


async def test_signing_out_without_being_in_is_no_error(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser() as page, page.post("/api/logout") as answer:
        assert answer.status == 200


async def test_signing_in_again_ends_the_login_before(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        page = await house.signed_in()
        async with page:
            before = {cookie.key: cookie.value for cookie in page.cookie_jar}["kefu"]
            async with page.post("/api/login", json={"login": "li", "password": PASSWORD}) as answer:
                assert answer.status == 200
            assert await house.parts.access.who(before) is None


async def test_wrong_passwords_are_denied_and_then_have_to_wait(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser() as page:
        await house.hire()
        for _ in range(5):
            async with page.post("/api/login", json={"login": "li", "password": "guess"}) as answer:
                assert await error_of(answer) == (403, "denied")
                assert "Set-Cookie" not in answer.headers
        async with page.post("/api/login", json={"login": "li", "password": PASSWORD}) as answer:
            assert await error_of(answer) == (429, "rate")
            assert answer.headers["Retry-After"] == "1"


async def test_a_link_sets_password_and_name_once(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        agent, secret = await house.parts.staff.add(NewAgent("li"))
        body = {"secret": secret, "password": PASSWORD, "name": "李四\u202e"}
        async with house.browser() as page:
            async with page.post("/api/invitation", json=body) as answer:
                assert (await answer.json())["agent"]["name"] == "李四"
            async with page.get("/api/me") as answer:
                assert (await answer.json())["agent"]["login"] == "li"
        assert house.door.changed[-1].name == "李四"
        assert house.door.changed[-1].id == agent.id
        async with house.browser() as other, other.post("/api/invitation", json=body) as answer:
            assert await error_of(answer) == (403, "denied")


async def test_a_new_password_needs_the_old_one_and_signs_out_elsewhere(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        page = await house.signed_in()
        elsewhere = await house.parts.access.sign_in("li", PASSWORD, "there")
        async with page:
            async with page.post("/api/password", json={"password": "guess", "new": OTHER}) as answer:
                assert await error_of(answer) == (403, "denied")
            async with page.post("/api/password", json={"password": PASSWORD, "new": "short"}) as answer:
                assert await error_of(answer) == (400, "invalid")
            async with page.post("/api/password", json={"password": PASSWORD, "new": OTHER}) as answer:
                assert answer.status == 200
            async with page.get("/api/me") as answer:
                assert (await answer.json())["agent"]["login"] == "li"
        assert await house.parts.access.who(elsewhere.cookie) is None
        assert (await house.parts.access.sign_in("li", OTHER, "there")).cookie
