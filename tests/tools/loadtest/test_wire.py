"""Words arrive as they were sent, one after the other, and an end in the middle of one is noticed."""

import asyncio

import pytest

from tools.loadtest.scenario import Phase
from tools.loadtest.wire import Came, Finish, Job, Rest, Start, Tick, heard, news, orders, packed


async def test_orders_and_news_survive_the_pipe() -> None:
    said = [Job("127.0.0.1", 1, 0, 2, 7, "r", [(1, "cookie")], 1, False, True), Start(0, Phase("x"), 1.5, 0, 9), Rest(), Finish()]  # fmt: skip
    reader = asyncio.StreamReader()
    reader.feed_data(b"".join(map(packed, said)))
    assert [await heard(reader, orders) for _ in said] == said
    told = [Came(), Tick(1, {"sent": 3}, 4, 5, 6)]
    reader.feed_data(b"".join(map(packed, told)))
    assert [await heard(reader, news) for _ in told] == told


async def test_half_a_word_is_an_end() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(packed(Finish())[:-1])
    reader.feed_eof()
    with pytest.raises(asyncio.IncompleteReadError):
        await heard(reader, orders)
