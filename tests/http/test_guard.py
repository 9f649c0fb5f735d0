"""Cookies and origins: what a foreign page makes a browser send changes nothing here."""

from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import make_mocked_request

from appliance.http.guard import throttled_as
from tests.http.house import PASSWORD, SHOP, error_of, open_house

CHANGES = [
    ("POST", "/api/login"),
    ("POST", "/api/logout"),
    ("POST", "/api/invitation"),
    ("POST", "/api/password"),
    ("POST", "/api/agents"),
    ("PATCH", "/api/agents/x"),
    ("POST", "/api/replies"),
    ("DELETE", "/api/replies/x"),
]


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", SHOP, "http://127.0.0.1", "http://127.0.0.1.evil.net"]
)
async def test_no_change_is_taken_from_another_page(tmp_path: Path, origin: str | None) -> None:
    """Not even from a site that may embed the widget."""
    async with open_house(tmp_path) as house:
        owner = await house.signed_in("owner")
        cookies = {cookie.key: cookie.value for cookie in owner.cookie_jar}
        await owner.close()
        async with house.browser(origin, {"Cookie": f"kefu={cookies['kefu']}"}) as page:
            for method, path in CHANGES:
                async with page.request(method, path, json={}) as answer:
                    assert await error_of(answer) == (403, "origin"), (method, path)


async def test_a_form_cannot_say_json(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser() as page:
        body = b'{"login":"li","password":"x"}'
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
            async with page.post("/api/login", data=body, headers={"Content-Type": kind}) as answer:
                assert await error_of(answer) == (415, "media_type")


async def test_what_the_browser_itself_calls_cross_site_is_refused(tmp_path: Path) -> None:
    async with (
        open_house(tmp_path) as house,
        house.browser(headers={"Sec-Fetch-Site": "cross-site"}) as page,
        page.post("/api/login", json={}) as answer,
    ):
        assert await error_of(answer) == (403, "origin")


async def sign_in(page: aiohttp.ClientSession) -> str:
    async with page.post("/api/login", json={"login": "li", "password": PASSWORD}) as answer:
        assert answer.status == 200
        return answer.headers["Set-Cookie"]


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.hire()
        async with house.browser() as page:
            cookie = await sign_in(page)
        assert cookie.startswith("kefu=")
        for part in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="):
            assert part in cookie
        assert "Domain" not in cookie
        assert "Secure" not in cookie


async def test_behind_tls_it_never_travels_without(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await house.hire()
        behind = {"X-Forwarded-Proto": "https", "Host": "chat.example.com"}
        async with house.browser("https://chat.example.com", behind) as page:
            cookie = await sign_in(page)
            assert cookie.startswith("__Host-kefu=")
            assert "Secure" in cookie
        plain = house.browser("http://chat.example.com", behind)
        async with plain, plain.post("/api/login", json={}) as answer:
            assert await error_of(answer) == (403, "origin")


async def test_roles_are_asked_for(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        async with house.browser() as stranger:
            for path in ("/api/agents", "/api/queues", "/api/replies", "/api/conversations"):
                async with stranger.get(path) as answer:
                    assert await error_of(answer) == (401, "auth"), path
        for role in ("agent", "supervisor"):
            page = await house.signed_in(role, role)
            async with page, page.post("/api/agents", json={"login": "x"}) as answer:
                assert await error_of(answer) == (403, "denied")


@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("1.1.1.1, 203.0.113.9", "203.0.113.9"),
    ],
)
def test_failures_are_counted_by_address_or_ipv6_network(forwarded: str, counted: str) -> None:
    request = make_mocked_request("GET", "/", {"X-Forwarded-For": forwarded})
    request = request.clone(remote="127.0.0.1")
    assert throttled_as(request) == counted
