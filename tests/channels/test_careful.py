"""The careful reader gives messages without being awaited, one after the other, and then what is wrong."""

import asyncio

from aiohttp import WSMsgType

from appliance.channels.careful import CarefulReader
from appliance.channels.framing import BINARY, PING, TEXT
from tests.channels.test_hotsocket import frame


async def test_message_by_message() -> None:
    reader = CarefulReader(70_000, asyncio.get_running_loop())
    assert reader.next() is None
    reader.feed(frame(TEXT, b"a") + frame(BINARY, b"b") + frame(PING, b"c") + frame(TEXT, b"d")[:3])
    told = [reader.next() for _ in range(3)]
    assert [(each.type, bytes(each.data)) for each in told if each] == [
        (WSMsgType.TEXT, b"a"),
        (WSMsgType.BINARY, b"b"),
        (WSMsgType.PING, b"c"),
    ]
    assert reader.next() is None
    reader.feed(frame(TEXT, b"d")[3:])
    last = reader.next()
    assert last is not None
    assert bytes(last.data) == b"d"


async def test_more_than_the_queue_likes_is_read_all_the_same() -> None:
    reader = CarefulReader(1_000, asyncio.get_running_loop())
    reader.feed(b"".join(frame(TEXT, b"%04d" % number) for number in range(2_000)))
    told = []
    while (message := reader.next()) is not None:
        told.append(int(message.data))
    assert told == list(range(2_000))


async def test_what_is_wrong_comes_after_what_was_right() -> None:
    reader = CarefulReader(1_000, asyncio.get_running_loop())
    reader.feed(frame(TEXT, b"right") + frame(TEXT, b"x" * 1_001))
    first, second = reader.next(), reader.next()
    assert first is not None
    assert second is not None
    assert (first.type, second.type) == (WSMsgType.TEXT, WSMsgType.ERROR)
    assert second.data.code == 1009
