"""One connection on a real socket: it writes when there is room, answers pings, and leaves exactly once."""

import asyncio
import contextlib
from typing import Any

import pytest
from aiohttp import WSMsgType

from appliance.channels.framing import TEXT, text_frame
from appliance.delivery.frames import Notice
from tests.channels.gateway import until
from tests.channels.sockets import house, take
from tests.channels.test_hotsocket import HANDSHAKE, frame


async def test_a_reader_that_wakes_up_is_written_to_at_once() -> None:
    async with house() as it, it.page() as ws:
        (one,) = it.channel.connections
        transport = one._source.transport
        told = b"x" * 30_000_000
        transport.write(text_frame(b'{"t":"x","x":"%b"}' % told))
        assert transport.get_write_buffer_size() > 65_536
        it.gateway.links[0].tell(Notice("wakes", "", "", "warn"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert len(one.session.outbox) == 1
        assert len((await take(ws))[0]["x"]) == len(told)
        assert (await take(ws))[0]["code"] == "wakes"


async def test_a_ping_of_the_protocol_is_answered() -> None:
    async with house() as it, it.page() as ws:
        await ws.ping(b"hello")
        ws._autoping = False
        message = await ws.receive(timeout=5)
        assert (message.type, bytes(message.data)) == (WSMsgType.PONG, b"hello")


@pytest.mark.parametrize("closed_by_us", [False, True])
async def test_who_ends_while_it_is_found_out_who_he_is_leaves_once(closed_by_us: bool) -> None:
    async with house() as it, contextlib.AsyncExitStack() as stack:
        goes = asyncio.Event()
        stack.callback(goes.set)
        admit = it.gateway.admit

        async def slow(*args: Any) -> Any:
            await goes.wait()
            return await admit(*args)

        it.gateway.admit = slow  # type: ignore[method-assign, assignment]
        host, _, port = it.url.removeprefix("http://").removesuffix("/ws").partition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(HANDSHAKE + frame(TEXT, b'{"t":"hello","v":1}') + frame(TEXT, b'{"t":"ping","n":1}'))
        await until(lambda: len(it.channel) == 1)
        await asyncio.sleep(0.05)
        if closed_by_us:
            (one,) = it.channel.connections
            one.close(1012)
        writer.close()
        goes.set()
        await until(lambda: it.gateway.left and not len(it.channel))
        assert (len(it.gateway.left), it.gateway.links) == (1, [])
