"""However a handler fails, the client reads a code and two sentences, and nothing of the inside."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from msgspec import Struct

from appliance.errors import Conflict, KefuError, Refused, StoreError, Text
from appliance.http import answers
from appliance.http.answers import STATUS, answer, error, read_json, speak_plainly
from appliance.http.door import bind, open_door
from tests.http.house import error_of

SAID = Text("中文", "English")
FAILURES: dict[str, tuple[BaseException, int, str]] = {
    "refused": (Refused("denied", SAID), 403, "denied"),
    "unheard-of code": (Refused("late", SAID), 400, "late"),
    "conflict": (Conflict(SAID), 409, "conflict"),
    "store": (StoreError(SAID), 503, "unavailable"),
    "other": (KefuError(Text("内情", "inside")), 500, "failed"),
    "bug": (RuntimeError("inside"), 500, "failed"),
    "http 413": (web.HTTPRequestEntityTooLarge(1, 2), 413, "too_long"),
    "http 404": (web.HTTPNotFound(text="inside"), 404, "not_found"),
    "timeout": (TimeoutError("inside"), 408, "timeout"),
}


class Body(Struct):
    count: int


@asynccontextmanager
async def served(handler: answers.Handler) -> AsyncIterator[aiohttp.ClientSession]:
    app = web.Application(middlewares=[speak_plainly])
    app.router.add_route("*", "/it", handler)
    app.router.add_get("/get", handler)
    sock = bind("127.0.0.1", 0)
    url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    async with open_door(app, sock), aiohttp.ClientSession(url) as client:
        yield client


async def reads(request: web.Request) -> web.StreamResponse:
    return answer({"count": (await read_json(request, Body)).count})


@pytest.mark.parametrize(("failure", "status", "code"), FAILURES.values(), ids=FAILURES)
async def test_every_failure_becomes_an_answer(failure: BaseException, status: int, code: str) -> None:
    async def fails(request: web.Request) -> web.StreamResponse:
        raise failure

    async with served(fails) as client, client.get("/it") as got:
        assert await error_of(got) == (status, code)
        text = await got.text()
        assert "inside" not in text
        assert "Traceback" not in text


async def test_a_bug_is_in_the_log_with_its_trace(caplog: pytest.LogCaptureFixture) -> None:
    async def fails(request: web.Request) -> web.StreamResponse:
        raise RuntimeError("the cause")

    with caplog.at_level(logging.ERROR, "kefu.http"):
        async with served(fails) as client, client.get("/it") as got:
            assert got.status == 500
    assert "the cause" in caplog.text


async def test_a_wrong_method_says_which_are_right() -> None:
    async with served(reads) as client, client.post("/get") as got:
        assert await error_of(got) == (405, "method")
        assert "GET" in got.headers["Allow"]


async def test_to_wait_is_said_in_seconds_too() -> None:
    async def waits(request: web.Request) -> web.StreamResponse:
        return error("rate", SAID, 1_500)

    async with served(waits) as client, client.get("/it") as got:
        assert (got.status, got.headers["Retry-After"]) == (429, "2")
        assert (await got.json())["error"] == {
            "code": "rate",
            "zh": "中文",
            "en": "English",
            "retry_after": 1_500,
        }
        assert got.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"count":"1"}',
        b'{"count":1}x',
        b"\xff\xfe",
        b'{"count":"\\ud800"}',
        b"[" * 60_000,
    ],
    ids=["empty", "open", "list", "null", "type", "tail", "bytes", "surrogate", "deep"],
)
async def test_a_body_that_is_not_what_it_should_be_is_named(body: bytes) -> None:
    async with served(reads) as client, client.post("/it", data=body) as got:
        assert await error_of(got) == (400, "invalid")


async def test_a_good_body_is_read() -> None:
    async with served(reads) as client, client.post("/it", data=b'{"count":1,"more":2}') as got:
        assert await got.json() == {"count": 1}


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_big_body_is_refused_whether_it_says_so_or_not(chunked: bool) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(80):
            yield b" " * 1_024
            await asyncio.sleep(0)

    body = parts() if chunked else b" " * (80 * 1_024)
    async with served(reads) as client, client.post("/it", data=body) as got:
        assert await error_of(got) == (413, "too_long")


async def test_a_body_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "BODY_SECONDS", 0.1)

    async def drip() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" "
            await asyncio.sleep(0.05)

    async with served(reads) as client, client.post("/it", data=drip()) as got:
        assert await error_of(got) == (408, "timeout")


async def test_a_packed_body_is_not_unpacked() -> None:
    packed = {"Content-Encoding": "deflate"}
    async with served(reads) as client, client.post("/it", data=b'{"count":1}', headers=packed) as got:
        # It is read as the bytes it is: nothing of ours inflates what strangers send.
        assert await got.json() == {"count": 1}


def test_every_status_stands_for_an_error() -> None:
    assert all(400 <= status <= 599 for status in STATUS.values())
