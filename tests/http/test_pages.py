"""Pages and assets: cached as they may be, and nothing outside the build can be named."""

import asyncio
import gzip
from pathlib import Path

import aiohttp
import pytest

from tests.http.house import DIST, House, error_of, open_house


async def raw(house: House, target: str) -> bytes:
    """Return the answer to a request target sent exactly as written: clients tidy up what attackers do not."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return answer


async def test_pages_are_asked_for_again_and_hashed_assets_are_not(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser() as browser:
        async with browser.get("/console") as page:
            assert page.headers["Cache-Control"] == "no-cache"
            assert page.content_type == "text/html"
            name = (await page.text()).split('src="')[1].split('"')[0]
        async with browser.get(name) as asset:
            assert "immutable" in asset.headers["Cache-Control"]
            assert asset.content_type == "text/javascript"
        async with browser.get("/assets/console.js") as asset:
            assert asset.headers["Cache-Control"] == "no-cache"


async def test_what_a_browser_has_is_not_sent_again(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser() as browser:
        async with browser.get("/widget.js") as first:
            etag = first.headers["ETag"]
        async with browser.get("/widget.js", headers={"If-None-Match": etag}) as again:
            assert (again.status, await again.read()) == (304, b"")
            assert again.headers["ETag"] == etag
        async with browser.get("/widget.js", headers={"If-None-Match": '"other"'}) as other:
            assert other.status == 200


async def test_packed_and_plain_forms_have_their_own_tags(tmp_path: Path) -> None:
    async with (
        open_house(tmp_path) as house,
        aiohttp.ClientSession(house.url, auto_decompress=False) as browser,
    ):
        async with browser.get("/widget.js", headers={"Accept-Encoding": "gzip"}) as packed:
            assert gzip.decompress(await packed.read()).decode() == DIST["widget.js"]
        async with browser.get("/widget.js", headers={"Accept-Encoding": "identity"}) as plain:
            assert (await plain.read()).decode() == DIST["widget.js"]
        assert packed.headers["ETag"] != plain.headers["ETag"]
        assert plain.headers["Vary"] == "Accept-Encoding"


async def test_other_sites_may_load_the_widget_but_no_page(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser("https://anybody.example") as browser:
        async with browser.get("/widget.js") as widget:
            assert widget.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert widget.headers["Access-Control-Allow-Origin"] == "*"
        async with browser.get("/console") as page:
            assert page.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert "Access-Control-Allow-Origin" not in page.headers


@pytest.mark.parametrize(
    "target",
    [
        "/assets/../../secrets.json",
        "/assets/..%2f..%2fsecrets.json",
        "/assets/%2e%2e/%2e%2e/secrets.json",
        "/assets/..%5c..%5csecrets.json",
        "/assets//etc/passwd",
        "/assets/%2fetc%2fpasswd",
        "/assets/console.js%00.html",
        "/assets/console.html",
        "/assets/manifest.json",
        "/assets/",
        "/assets/....//....//secrets.json",
        "//127.0.0.1/assets/../secrets.json",
    ],
)
async def test_nothing_outside_the_build_can_be_named(tmp_path: Path, target: str) -> None:
    (tmp_path / "secrets.json").write_text("top secret")
    async with open_house(tmp_path) as house:
        answer = await raw(house, target)
    assert answer.split(b" ")[1] in (b"400", b"404")
    assert b"top secret" not in answer
    assert b"root:" not in answer


async def test_without_a_build_the_page_says_what_to_run(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser() as browser:
        house.parts.assets._found.clear()
        for path in ("/console", "/demo", "/widget.js"):
            async with browser.get(path) as answer:
                assert await error_of(answer) == (503, "unavailable")
                assert "make setup" in await answer.text()
        async with browser.get("/favicon.ico") as answer:
            assert answer.status == 204


async def test_the_front_leads_to_the_console(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser() as browser, browser.get("/") as answer:
        assert (answer.status, answer.url.path) == (200, "/console")
