"""Requests are told apart: by an id that is theirs, and by a line that holds nothing of what they say."""

import logging
from pathlib import Path

import pytest

from appliance.http.request_ids import HEADER, request_id
from tests.http.house import open_house


@pytest.mark.parametrize(
    "given", [None, "", "short", "x" * 65, "with blank", "a\r\nforged-line", "ключ-ключ", "-" * 9]
)
def test_an_id_that_is_none_is_replaced(given: str | None) -> None:
    made = request_id(given)
    assert len(made) == 16
    assert int(made, 16) >= 0
    assert made != request_id(given)


def test_the_id_of_a_proxy_is_kept() -> None:
    for given in ("4bf92f3577b34da6a3ce929d0e0e4736", "0b5f0d0e-8a6d-4f0e-9c43-1f0a3a7d2b11"):
        assert request_id(given, "127.0.0.1") == request_id(given, "::1") == request_id(given) == given
        assert request_id(given, "203.0.113.9") != given


async def test_every_answer_carries_its_id(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, house.browser() as browser:
        for path in ("/healthz", "/none", "/api/me", "/console"):
            async with browser.get(path, headers={HEADER: "from-a-proxy"}) as got:
                assert got.headers[HEADER] == "from-a-proxy", path
            async with browser.get(path) as one, browser.get(path) as other:
                assert one.headers[HEADER] != other.headers[HEADER]


async def test_a_line_a_request_with_the_route_and_never_the_path(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_house(tmp_path) as house, house.browser() as browser:
        with caplog.at_level(logging.DEBUG, "kefu.http"):
            async with browser.get("/api/conversations/secret-id?q=secret-query"):
                pass
            async with browser.request("PROPFIND", "/secret-path"):
                pass
            async with browser.get("/assets/secret-asset"):
                pass
    told = [vars(record) for record in caplog.records if "route" in vars(record)]
    assert [(each["method"], each["route"], each["status"]) for each in told] == [
        ("GET", "/api/conversations/{id}", 401),
        ("other", "none", 404),
        ("GET", "/assets/{name}", 404),
    ]
    assert all(each["ms"] >= 0 for each in told)
    assert "secret" not in str(told).lower()


async def test_below_debug_no_line_is_made(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with open_house(tmp_path) as house, house.browser() as browser:
        with caplog.at_level(logging.INFO, "kefu.http"):
            async with browser.get("/healthz") as got:
                assert got.status == 200
    assert caplog.records == []
