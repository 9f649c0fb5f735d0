"""The hot socket reads as aiohttp reads, in whatever pieces the bytes come, and takes a connection from aiohttp whole."""

import asyncio
import contextlib
import itertools
import random
import struct
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from appliance.channels.framing import BINARY, CLOSE, PING, PONG, TEXT
from appliance.channels.hotsocket import HandedOver, HotSocket, Source, hand_over
from tests.channels.gateway import serving, until

MOST = 70_000
HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class Pipe(asyncio.Transport):
    """A transport that goes nowhere."""

    def __init__(self) -> None:
        super().__init__()
        self.reading = True
        self.closed = False

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def is_closing(self) -> bool:
        return self.closed


class Ear:
    """Writes down what it is told; `holds` after so many texts."""

    def __init__(self, holds: int = 10**9) -> None:
        self.heard: list[tuple[object, ...]] = []
        self.source: Source
        self._holds = holds

    def opened(self, source: Source) -> None:
        self.source = source

    def reads(self) -> bool:
        transport = self.source.transport
        assert isinstance(transport, Pipe)
        return transport.reading

    def received(self, text: bytes | bytearray) -> None:
        self.heard.append(("text", bytes(text)))
        if sum(1 for each in self.heard if each[0] == "text") == self._holds:
            self.source.pause()

    def controlled(self, first: int, payload: bytes | bytearray) -> None:
        self.heard.append((first, bytes(payload)))

    def foreign(self, data: bytes | bytearray) -> None:
        self.heard.append(("foreign",))

    def bidden(self, code: int) -> None:
        self.heard.append(("bidden", code))

    def broken(self, code: int) -> None:
        self.heard.append(("broken", code))

    def room(self) -> None:
        self.heard.append(("room",))

    def lost(self) -> None:
        self.heard.append(("lost",))


def frame(first: int, payload: bytes, mask: bytes = b"\x01\x02\x03\x04") -> bytes:
    """Return a client's frame."""
    size = len(payload)
    if size < 126:
        head = bytes((first, 0x80 | size))
    elif size < 65_536:
        head = struct.pack("!BBH", first, 0xFE, size)
    else:
        head = struct.pack("!BBQ", first, 0xFF, size)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def opened(ear: Ear) -> HotSocket:
    hot = HotSocket(Pipe(), ear, MOST)
    ear.opened(hot)
    return hot


async def heard(*pieces: bytes) -> list[tuple[object, ...]]:
    ear = Ear()
    hot = opened(ear)
    for piece in pieces:
        hot.data_received(piece)
    return ear.heard


STREAM: list[tuple[bytes, list[tuple[object, ...]]]] = [
    (frame(TEXT, "你好".encode()), [("text", "你好".encode())]),
    (frame(TEXT, b""), [("text", b"")]),
    (frame(TEXT, b"x" * 125), [("text", b"x" * 125)]),
    (frame(TEXT, b"y" * 126, b"\0\0\0\0"), [("text", b"y" * 126)]),
    (frame(TEXT, b"z" * 3_000), [("text", b"z" * 3_000)]),
    (frame(PING, b"p"), [(PING, b"p")]),
    (frame(PONG, b""), [(PONG, b"")]),
    (frame(TEXT, b"w" * 66_000), [("text", b"w" * 66_000)]),
    (frame(BINARY, b"b"), [("foreign",)]),
    (frame(0x01, b"a") + frame(PING, b"in between") + frame(0x80, b"b"), [(PING, b"in between"), ("text", b"ab")]),
    (frame(CLOSE, b"\x03\xe8bye"), [("bidden", 1000)]),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
async def test_in_any_order_and_in_any_pieces_it_is_the_same(seed: int) -> None:
    dice = random.Random(seed)
    chosen = [*dice.choices(STREAM[:-1], k=dice.randint(1, 12)), STREAM[-1]]
    data = b"".join(each for each, _ in chosen)
    cuts = sorted(dice.sample(range(1, len(data)), min(len(data) - 1, dice.randint(0, 40))))
    pieces = [data[a:b] for a, b in itertools.pairwise([0, *cuts, len(data)])]
    assert await heard(*pieces) == [told for _, each in chosen for told in each]


async def test_byte_by_byte() -> None:
    data = b"".join(each for each, _ in STREAM[:7])
    assert await heard(*(data[at : at + 1] for at in range(len(data)))) == [
        told for _, each in STREAM[:7] for told in each
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x81\x02hi", 1002),
        (frame(0xC1, b"said to be deflated"), 1002),
        (frame(0x83, b"no such frame"), 1002),
        (frame(0x80, b"goes on from nothing"), 1002),
        (frame(0x09, b"a ping in pieces"), 1002),
        (b"\x89\xfe\x00\x80" + b"m" * 4 + b"x" * 128, 1002),
        (b"\x81\xff" + (2**63).to_bytes(8, "big"), 1009),
        (frame(TEXT, b"x" * (MOST + 1)), 1009),
        (frame(0x01, b"x" * 40_000) + frame(0x00, b"x" * 40_000), 1009),
        (frame(CLOSE, b"\x03"), 1002),
        (frame(CLOSE, struct.pack("!H", 1005)), 1002),
        (frame(CLOSE, struct.pack("!H", 1006)), 1002),
        (frame(CLOSE, b"\x03\xe8\xff"), 1007),
        (b"GET / HTTP/1.1\r\n", 1002),
    ],
    ids=lambda value: repr(value)[:24],
)
async def test_what_is_wrong_is_told_once_and_ends_the_reading(data: bytes, code: int) -> None:
    assert await heard(data, frame(TEXT, b"too late")) == [("broken", code)]


async def test_a_deflated_bomb_is_never_inflated() -> None:
    bomb = zlib.compress(b"\0" * 50_000_000)[2:-4]
    assert await heard(frame(0xC1, bomb)) == [("broken", 1002)]


@pytest.mark.parametrize("careful", [False, True])
async def test_a_pause_holds_what_is_there_and_the_transport(careful: bool) -> None:
    ear = Ear(holds=2)
    hot = opened(ear)
    first = frame(0x01, b"") + frame(0x80, b"0") if careful else frame(TEXT, b"0")
    hot.data_received(first + b"".join(frame(TEXT, b"%d" % n) for n in range(1, 6)))
    assert [text for _, text in ear.heard] == [b"0", b"1"]
    assert not ear.reads()
    hot.data_received(frame(TEXT, b"6"))
    hot.resume()
    assert ear.reads()
    assert [text for _, text in ear.heard] == [b"%d" % n for n in range(7)]
    hot.resume()
    assert len(ear.heard) == 7


async def test_the_end_is_told_once_and_nothing_after_it() -> None:
    ear = Ear()
    hot = opened(ear)
    hot.resume_writing()
    hot.connection_lost(None)
    hot.data_received(frame(TEXT, b"x"))
    hot.resume_writing()
    hot.connection_lost(None)
    assert ear.heard == [("room",), ("lost",)]


async def test_an_idle_socket_keeps_no_reader_and_no_bytes() -> None:
    ear = Ear()
    hot = opened(ear)
    for _ in range(3):
        hot.data_received(frame(TEXT, b"hello"))
        hot.data_received(frame(PING, b""))
    assert (hot._careful, hot._pending) == (None, b"")


# ---- on aiohttp


@contextlib.asynccontextmanager
async def taken(ear: Ear) -> AsyncIterator[tuple[str, int, list[web.Request]]]:
    """Serve a handler that hands its request over to `ear`; yield the address and the requests."""
    requests: list[web.Request] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        requests.append(request)
        await asyncio.sleep(0.05)
        return hand_over(request, ear, MOST)

    async with serving({"/ws": handler}) as (_, url):
        host, port = url.removeprefix("http://").split(":")
        yield host, int(port), requests


@pytest.mark.parametrize("size", [0, 5, 200_000], ids=["none", "few", "more than is buffered"])
async def test_bytes_that_hurry_after_the_handshake_are_not_lost(size: int) -> None:
    ear = Ear()
    async with taken(ear) as (host, port, _):
        reader, writer = await asyncio.open_connection(host, port)
        hurried = [b"x" * 60_000] * (size // 60_000) or [b"x" * size] * bool(size)
        writer.write(HANDSHAKE + b"".join(frame(TEXT, each) for each in hurried))
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 101 ")
        assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in answer
        writer.write(frame(TEXT, b"later"))
        await until(lambda: ("text", b"later") in ear.heard)
        assert ear.heard == [("text", each) for each in [*hurried, b"later"]]
        writer.close()
        await until(lambda: ear.heard[-1] == ("lost",))


async def test_aiohttp_lets_go_of_everything() -> None:
    ear = Ear()
    async with taken(ear) as (host, port, requests):
        before = len(asyncio.all_tasks())
        _, writer = await asyncio.open_connection(host, port)
        writer.write(HANDSHAKE)
        await until(lambda: hasattr(ear, "source"))
        await asyncio.sleep(0.05)
        assert len(asyncio.all_tasks()) == before
        (request,) = requests
        protocol: Any = request.protocol
        assert protocol.transport is None
        assert protocol._manager is None
        assert not request.transport
        writer.close()
        await until(lambda: ear.heard == [("lost",)])


async def test_the_private_names_still_mean_what_is_relied_on() -> None:
    protocol: Any = web.Server(lambda request: None)()  # type: ignore[arg-type, return-value]
    assert protocol._message_tail == b""
    assert protocol._buffer_paused is False


async def test_who_has_gone_during_the_handshake_is_no_connection() -> None:
    ear = Ear()
    gone = make_mocked_request("GET", "/ws", headers={"Sec-WebSocket-Key": "x"})
    gone.protocol.transport = None
    with pytest.raises(ConnectionResetError):
        hand_over(gone, ear, MOST)
    assert not hasattr(ear, "source")


async def test_what_was_handed_over_sends_nothing() -> None:
    response = HandedOver()
    request = make_mocked_request("GET", "/ws")
    await response.prepare(request)
    await response.write_eof(b"")
    assert not response.prepared
    assert response.keep_alive is False
