"""A WebSocket channel that serves a fake gateway on 127.0.0.1, and clients of all sorts."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

import msgspec
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, web

from appliance.channels.gateway import Upgrade
from appliance.channels.websocket import WebSocketChannel
from appliance.delivery.limits import Limits
from tests.channels.gateway import FakeGateway, FixedClock, serving

HOT = True
"""Whether connections are taken from aiohttp; a test may say otherwise."""


class House:
    """A channel that serves a fake gateway."""

    def __init__(
        self, channel: WebSocketChannel, gateway: FakeGateway, client: ClientSession, url: str
    ) -> None:
        self.channel = channel
        self.gateway = gateway
        self.client = client
        self.url = url
        clock = channel.clock
        assert isinstance(clock, FixedClock)
        self.clock = clock

    def pass_time(self, ms: int) -> None:
        """Move the clock, and let every connection do what has come due."""
        self.clock.at += ms
        for connection in list(self.channel.connections):
            connection.tick()

    @asynccontextmanager
    async def socket(self, **more: Any) -> AsyncIterator[ClientWebSocketResponse]:
        """Connect."""
        async with self.client.ws_connect(self.url, max_msg_size=0, **more) as ws:
            yield ws

    @asynccontextmanager
    async def page(self, **hello: Any) -> AsyncIterator[ClientWebSocketResponse]:
        """Connect, say hello, take the welcome."""
        async with self.socket() as ws:
            await ws.send_json({"t": "hello", "v": 1, "epoch": "e1", **hello})
            assert (await take(ws))[0]["t"] == "welcome"
            yield ws


@asynccontextmanager
async def house(
    limits: Limits | None = None, role: Literal["visitor", "agent"] = "visitor"
) -> AsyncIterator[House]:
    gateway = FakeGateway()
    async with WebSocketChannel(gateway, FixedClock(), lambda: limits or Limits(), HOT) as channel:

        async def handler(request: web.Request) -> web.StreamResponse:
            return await channel.serve(request, Upgrade(role, "s1", "127.0.0.1"))

        async with serving({"/ws": handler}) as (client, url):
            yield House(channel, gateway, client, url + "/ws")


async def take(ws: ClientWebSocketResponse) -> list[dict[str, Any]]:
    """Return the objects of the next frame."""
    data = await ws.receive_str(timeout=5)
    decoded = msgspec.json.decode(data)
    return decoded if isinstance(decoded, list) else [decoded]


async def ended(ws: ClientWebSocketResponse) -> tuple[int | None, str]:
    """Return code and reason of the close that comes."""
    message = await ws.receive(timeout=5)
    while message.type is WSMsgType.TEXT:
        message = await ws.receive(timeout=5)
    return (ws.close_code, str(message.extra or ""))


async def stall(it: House) -> socket.socket:
    """Shake hands and say hello by hand, then never read again."""
    host, port = it.url.removeprefix("http://").split("/")[0].split(":")
    raw = socket.create_connection((host, int(port)))
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(
        raw,
        b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    )
    assert b"101" in await loop.sock_recv(raw, 1_000)
    hello = b'{"t":"hello","v":1}'
    await loop.sock_sendall(raw, bytes((0x81, 0x80 | len(hello), 0, 0, 0, 0)) + hello)
    return raw
