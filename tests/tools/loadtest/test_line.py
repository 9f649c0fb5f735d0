"""The socket client speaks RFC 6455 from its own reading of it, connects from where it is told, and can stop reading."""

import asyncio

import pytest

from tests.tools.loadtest.waiting import until
from tools.loadtest.line import HandshakeRefused, authority, bound, dial, text_frame
from tools.loadtest.serving import Serving


@pytest.mark.parametrize(("size", "head"), [(5, 6), (300, 8), (70_000, 14)])
def test_client_frames_are_masked_and_say_their_length(size: int, head: int) -> None:
    frame = text_frame(b"x" * size)
    assert len(frame) == head + size
    assert frame[0] == 0x81
    assert frame[1] & 0x80


def test_addresses_of_both_families_are_written_as_in_a_url() -> None:
    assert authority("127.0.0.1", 80) == "127.0.0.1:80"
    assert authority("::1", 80) == "[::1]:80"


def test_a_socket_is_bound_to_its_source_without_a_port() -> None:
    with bound("127.0.0.9") as sock:
        assert sock.getsockname()[0] == "127.0.0.9"


async def test_a_line_opens_from_another_address_and_hears(shop: Serving) -> None:
    heard: list[bytes] = []
    ended: list[int] = []
    line = await dial(
        shop.port, "/ws/visitor", heard.append, lambda code, why: ended.append(code), source="127.0.0.7"
    )
    line.deafen()
    line.send(b'{"t":"hello","v":1}')
    await asyncio.sleep(0.3)
    assert heard == []
    line.listen()
    await until(lambda: heard, "nothing is heard")
    assert b'"t":"welcome"' in heard[0]
    line.hang_up()
    await asyncio.sleep(0.05)
    assert ended == [1006]


async def test_a_refused_handshake_says_its_status(shop: Serving) -> None:
    with pytest.raises(HandshakeRefused) as refused:
        await dial(
            shop.port, "/ws/visitor", print, print, {"Origin": "http://evil.example"}, source="127.0.0.8"
        )
    assert refused.value.status == 403
