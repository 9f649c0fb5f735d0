"""Every answer carries the security headers; every page a strict policy."""

from pathlib import Path

import pytest

from appliance.http.headers import ALWAYS, PAGE_POLICY
from tests.http.house import open_house

PATHS = ["/", "/console", "/demo", "/widget.js", "/assets/console.js", "/assets/none", "/none", "/healthz", "/readyz",
         "/api/me", "/api/site", "/favicon.ico", "/ws/agent", "/poll/visitor"]  # fmt: skip


@pytest.mark.parametrize("wrong", ["unsafe-inline", "unsafe-eval", "*", "http:", "https:"])
def test_the_policy_of_pages_lets_nothing_loose(wrong: str) -> None:
    assert wrong not in PAGE_POLICY
    assert "default-src 'none'" in PAGE_POLICY
    assert "frame-ancestors 'none'" in PAGE_POLICY


async def test_all_answers_carry_them_and_none_says_what_serves_it(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser() as browser:
        for path in PATHS:
            async with browser.get(path, allow_redirects=False) as answer:
                missing = [name for name in ALWAYS if name not in answer.headers]
                assert not missing, path
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert "Server" not in answer.headers, path


async def test_pages_carry_the_policy(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser() as browser:
        for path in ("/console", "/demo"):
            async with browser.get(path) as answer:
                assert answer.status == 200
                assert answer.headers["Content-Security-Policy"] == PAGE_POLICY
        async with browser.get("/console") as answer:
            assert "inline" not in answer.headers["Content-Security-Policy"]
