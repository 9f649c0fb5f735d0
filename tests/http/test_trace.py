"""Request ids: given, sane or fresh, in the answer; the line of a request names its route and nothing a stranger chose."""

import logging

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from appliance.http.answers import speak_plainly
from appliance.http.trace import HEADER, request_id, sane_id, trace


def test_only_a_sane_id_is_taken_over() -> None:
    assert sane_id("proxy-1.2_3") == "proxy-1.2_3"
    for given in ("", "a b", "x" * 65, "a\r\nb", "a\n", "客服"):
        assert sane_id(given) != given


async def test_a_request_is_one_line_with_its_route(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        seen.append(request_id())
        return web.Response()

    app = web.Application(middlewares=[trace, speak_plainly])
    app.router.add_get("/x/{token}", handle)
    with caplog.at_level(logging.DEBUG, "kefu.http"):
        async with TestClient(TestServer(app)) as client:
            async with client.get("/x/marked?q=marked", headers={HEADER: "r-1"}) as got:
                assert got.headers[HEADER] == "r-1"
            async with client.get("/marked") as got:
                assert got.status == 404
                assert len(got.headers[HEADER]) == 16
    lines = [vars(record) for record in caplog.records if record.name == "kefu.http"]
    assert [(line["route"], line["status"]) for line in lines] == [("/x/{token}", 200), ("-", 404)]
    assert "marked" not in repr(
        [{k: v for k, v in line.items() if k in ("route", "msg", "method")} for line in lines]
    )
    assert seen == ["r-1"]
    assert request_id() == ""
