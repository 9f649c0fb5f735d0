"""Floods over real sockets: the flood ends with its own connection, and costs the appliance little while it lasts."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.faults.crowd import until
from tests.shipped import kefu_yaml
from tools.loadtest.line import Line, dial, text_frame
from tools.loadtest.serving import Serving

HELLO = b'{"t":"hello","v":1}'
PING, PONG = 9, 10


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("floods"), kefu_yaml("200ms")) as running:
        yield running


class Flooder:
    """A stranger who was welcomed, and what came of it."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.ended: list[int] = []

    async def come(self, port: int) -> Line:
        """Connect and be welcomed."""
        line = await dial(
            port, "/ws/visitor", self.heard.append, lambda code, reason: self.ended.append(code), {}
        )
        line.send(HELLO)
        await until(lambda: self.heard, "no welcome")
        return line


@pytest.mark.parametrize("opcode", [PING, PONG])
async def test_a_flood_of_websocket_pings_is_ended(serving: Serving, opcode: int) -> None:
    flooder = Flooder()
    line = await flooder.come(serving.port)
    line.write(text_frame(b"x", opcode) * 50)
    await asyncio.sleep(0.2)
    assert flooder.ended == []
    line.write(text_frame(b"x", opcode) * 100)
    await until(lambda: flooder.ended, "the flood goes on")
    assert flooder.ended == [4504]


async def test_after_the_limit_a_flood_stays_with_its_sender(serving: Serving) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", serving.port)
    origin = f"http://127.0.0.1:{serving.port}"
    writer.write(
        f"GET /ws/visitor HTTP/1.1\r\nHost: 127.0.0.1:{serving.port}\r\nOrigin: {origin}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    writer.write(text_frame(HELLO))
    flood = text_frame(b'{"t":"ping","n":1}') * 10_000
    taken = 0
    while taken < 200:
        writer.write(flood)
        taken += 1
        try:
            async with asyncio.timeout(1.5):
                await writer.drain()
        except TimeoutError:
            # Nobody reads any more: the buffers of the kernel are full, and the sender has to wait.
            break
    writer.transport.abort()
    assert taken < 100
