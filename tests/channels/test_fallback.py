"""Without the hot socket everything is the same, as the tests of the channel show; here, what only the fallback does."""

import asyncio

import pytest
from aiohttp import web

from appliance.channels import fallback
from appliance.channels.fallback import read_on
from appliance.channels.framing import PING, PONG, TEXT
from tests.channels.gateway import serving, until
from tests.channels.test_hotsocket import HANDSHAKE, MOST, Ear, frame


async def test_it_reads_what_the_hot_socket_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fallback, "LOOK_AGAIN", 0.01)
    ear = Ear(holds=1)

    async def handler(request: web.Request) -> web.StreamResponse:
        return await read_on(request, ear, MOST)

    async with serving({"/ws": handler}) as (_, url):
        host, _, port = url.removeprefix("http://").partition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        frames = [(TEXT, b"a"), (PING, b"b"), (PONG, b"c"), (0x82, b"d"), (TEXT, b"e")]
        writer.write(HANDSHAKE + b"".join(frame(first, payload) for first, payload in frames))
        await until(lambda: ear.heard)
        await asyncio.sleep(0.05)
        assert ear.heard == [("text", b"a")]
        ear.source.resume()
        await until(lambda: ear.heard[-1] == ("text", b"e"))
        assert ear.heard[1:4] == [(PING, b"b"), (PONG, b"c"), ("foreign",)]
        ear.source.watch()
        ear.source.watch()
        await until(lambda: ear.heard[-1] == ("room",))
        assert ear.heard.count(("room",)) == 1
        writer.write(frame(0x88, b"\x03\xe8"))
        await until(lambda: ear.heard[-2:] == [("bidden", 1000), ("lost",)])
        writer.close()


async def test_what_is_wrong_ends_it() -> None:
    ear = Ear()

    async def handler(request: web.Request) -> web.StreamResponse:
        return await read_on(request, ear, MOST)

    async with serving({"/ws": handler}) as (_, url):
        host, _, port = url.removeprefix("http://").partition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(HANDSHAKE + frame(TEXT, b"x" * (MOST + 1)))
        await until(lambda: ear.heard == [("broken", 1009), ("lost",)])
        writer.close()
