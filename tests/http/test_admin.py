"""The admin routes over their socket."""

from pathlib import Path
from typing import Any

import aiohttp

from appliance.http.admin import bind_admin, socket_path
from tests.http.house import PASSWORD, House, open_house


async def ask(house: House, directory: Path, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    with socket_path(directory) as reached:
        async with (
            aiohttp.ClientSession("http://kefu", connector=aiohttp.UnixConnector(reached)) as client,
            client.request(method, path, json=body) as answer,
        ):
            return answer.status, await answer.json()


async def test_an_agent_from_invitation_to_being_disabled(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        status, told = await ask(house, tmp_path, "POST", "/admin/agents", {"login": "li", "name": "小李"})
        assert status == 201
        assert told["invite"].startswith(f"{house.url}/console#invite=")
        status, told = await ask(house, tmp_path, "POST", "/admin/agents/li/password", {"password": PASSWORD})
        assert (status, told["agent"]["joined"]) == (200, True)
        entered = await house.parts.access.sign_in("li", PASSWORD, "here")
        status, told = await ask(house, tmp_path, "PATCH", "/admin/agents/li", {"disabled": True})
        assert (status, told["agent"]["disabled"], told["invite"]) == (200, True, None)
        assert await house.parts.access.who(entered.cookie) is None
        _, told = await ask(house, tmp_path, "GET", "/admin/agents")
        assert [agent["login"] for agent in told["agents"]] == ["li"]


async def test_status_and_errors(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        assert await ask(house, tmp_path, "GET", "/admin/status") == (200, {"pid": 7})
        for method, path, body, code in [
            ("PATCH", "/admin/agents/nobody", {}, "unknown"),
            ("POST", "/admin/agents", {"login": ""}, "invalid"),
            ("POST", "/admin/agents", {"logn": "li"}, "invalid"),
            ("GET", "/api/me", None, "not_found"),
        ]:
            _, told = await ask(house, tmp_path, method, path, body)
            assert told["error"]["code"] == code, path


async def test_it_is_not_on_the_public_door(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser() as browser:
        for path in ("/admin/status", "/admin/agents"):
            async with browser.get(path) as answer:
                assert answer.status == 404


async def test_a_very_long_path_works_too(tmp_path: Path) -> None:
    directory = tmp_path / ("d" * 120)
    directory.mkdir()
    async with open_house(directory) as house:
        assert (directory / "admin.sock").exists()
        assert (await ask(house, directory, "GET", "/admin/status"))[0] == 200


def test_what_a_killed_process_left_behind_is_replaced(tmp_path: Path) -> None:
    bind_admin(tmp_path).close()
    assert (tmp_path / "admin.sock").exists()
    with bind_admin(tmp_path) as sock:
        assert sock.fileno() >= 0
