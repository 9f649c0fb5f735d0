"""The long poll: every poll resumes by its cursors, sends are answered after their commit, nothing is kept between."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal

import msgspec
import pytest
from aiohttp import ClientSession, web

from appliance.channels.gateway import POLL_PRESENCE, Upgrade
from appliance.channels.longpoll import BODY_BYTES, LongPollChannel
from appliance.delivery import frames
from appliance.delivery.limits import Limits
from appliance.delivery.packed import pack
from tests.channels.gateway import NOT_SIGNED_IN, STORE_FAILS, FakeGateway, FixedClock, serving, until
from tests.delivery.log import card, said


class House:
    """A channel that serves a fake gateway."""

    def __init__(
        self, channel: LongPollChannel, gateway: FakeGateway, client: ClientSession, url: str
    ) -> None:
        self.channel = channel
        self.gateway = gateway
        self._client = client
        self._url = url

    async def post(self, body: bytes) -> tuple[int, dict[str, Any]]:
        """Post anything."""
        async with self._client.post(self._url, data=io.BytesIO(body)) as response:
            assert response.headers["Cache-Control"] == "no-store"
            return response.status, msgspec.json.decode(await response.read())

    async def poll(
        self, *sent: dict[str, Any], wait: int = 0, status: int = 200, **hello: Any
    ) -> list[dict[str, Any]]:
        """Poll and return the frames."""
        greeting = {"t": "hello", "v": 1, "epoch": "e1", "session": "s1", "cursors": {"c1": 0}, **hello}
        found, answer = await self.post(
            msgspec.json.encode({"hello": greeting, "frames": list(sent), "wait": wait})
        )
        assert found == status, answer
        answered: list[dict[str, Any]] = answer.get("frames", [answer.get("error")])
        return answered


@asynccontextmanager
async def house(
    role: Literal["visitor", "agent"] = "visitor", limits: Limits | None = None
) -> AsyncIterator[House]:
    gateway = FakeGateway()
    channel = LongPollChannel(gateway, FixedClock(), lambda: limits or Limits())

    async def handler(request: web.Request) -> web.StreamResponse:
        return await channel.serve(request, Upgrade(role, "s1", "127.0.0.1"))

    async with serving({"/poll": handler}) as (client, url):
        yield House(channel, gateway, client, url + "/poll")


async def test_the_first_poll_answers_at_once_with_the_welcome() -> None:
    async with house() as it:
        async with asyncio.timeout(5):
            (welcome,) = await it.poll(session=None, wait=25_000)
        assert welcome["t"] == "welcome"
        assert [linger for _, linger in it.gateway.left] == [POLL_PRESENCE]
        assert len(it.channel) == 0


async def test_a_poll_resumes_by_its_cursors_which_are_the_acks() -> None:
    async with house() as it:
        for text in "123":
            it.gateway.log.add(said(text))
        welcome, page = await it.poll(cursors={"c1": 1}, wait=25_000)
        assert welcome["t"] == "welcome"
        assert [event["seq"] for event in page["events"]] == [2, 3]
        assert [mark.delivered for mark in it.gateway.marks] == [1]
        again = await it.poll(cursors={"c1": 3})
        assert [frame["t"] for frame in again] == ["welcome"]


async def test_without_news_it_waits_and_then_answers_all_the_same() -> None:
    async with house() as it:
        loop = asyncio.get_running_loop()
        started = loop.time()
        assert [frame["t"] for frame in await it.poll(wait=200)] == ["welcome"]
        assert loop.time() - started >= 0.2


async def test_news_end_the_waiting_and_one_commit_comes_whole() -> None:
    async with house() as it, asyncio.timeout(5), asyncio.TaskGroup() as group:
        polling = group.create_task(it.poll(wait=25_000))
        await until(lambda: it.gateway.links)
        it.gateway.commit(said("1"))
        it.gateway.commit(said("2"))
        assert [frame.get("text") for frame in await polling] == [None, "1", "2"]


async def test_a_list_that_changed_is_news() -> None:
    async with house() as it, asyncio.timeout(5):
        assert len(await it.poll(cursors={}, wait=25_000)) == 1
        assert len(await it.poll(cursors={"gone": 4}, wait=25_000)) == 1


async def test_a_joined_conversation_is_news() -> None:
    async with house() as it, asyncio.timeout(5), asyncio.TaskGroup() as group:
        polling = group.create_task(it.poll(wait=25_000))
        await until(lambda: it.gateway.links)
        it.gateway.links[0].join(pack(frames.Joined(card("c2"))))
        assert [frame["t"] for frame in await polling] == ["welcome", "joined"]


async def test_sends_are_answered_in_the_same_response() -> None:
    async with house() as it:
        answer = await it.poll(
            {"t": "send", "cid": "k1", "conversation": None, "text": "一"},
            {"t": "send", "cid": "k2", "conversation": "c1", "text": " "},
            {"t": "ping", "n": 4},
            wait=25_000,
        )
        assert [(frame["t"], frame.get("cid")) for frame in answer] == [
            ("welcome", None),
            ("ack", "k1"),
            ("event", "k1"),
            ("refused", "k2"),
            ("pong", None),
        ]


async def test_a_poll_waits_for_the_commit_even_when_there_is_other_news() -> None:
    async with house() as it, asyncio.timeout(5), asyncio.TaskGroup() as group:
        it.gateway.answers = False
        polling = group.create_task(
            it.poll({"t": "send", "cid": "k1", "conversation": None, "text": "一"}, wait=25_000)
        )
        await until(lambda: it.gateway.links)
        it.gateway.commit(said("other"))
        await asyncio.sleep(0.05)
        assert not polling.done()
        it.gateway.links[0].answer(frames.Ack("k1", "c1", 9, 0))
        assert [frame["t"] for frame in await polling] == ["welcome", "event", "ack"]


async def test_a_poll_that_does_not_wait_for_news_waits_for_its_acks() -> None:
    async with house() as it, asyncio.timeout(5), asyncio.TaskGroup() as group:
        it.gateway.answers = False
        polling = group.create_task(
            it.poll({"t": "send", "cid": "k1", "conversation": None, "text": "一"}, wait=0)
        )
        await until(lambda: it.gateway.links)
        await asyncio.sleep(0.05)
        it.gateway.links[0].answer(frames.Ack("k1", "c1", 9, 0))
        assert [frame["t"] for frame in await polling] == ["welcome", "ack"]


async def test_a_commit_that_takes_too_long_is_answered_by_the_next_poll() -> None:
    async with house() as it:
        it.gateway.answers = False
        answer = await it.poll({"t": "send", "cid": "k1", "conversation": None, "text": "一"}, wait=50)
        assert [frame["t"] for frame in answer] == ["welcome"]


async def test_a_long_history_comes_in_bounded_polls_without_a_hole() -> None:
    async with house() as it:
        for number in range(120):
            it.gateway.log.add(said(f"{number} " + "x" * 6_000))
        shown: list[int] = []
        cursor = 100
        while cursor < 120:
            answer = await it.poll(cursors={"c1": cursor}, wait=25_000)
            assert len(msgspec.json.encode(answer)) < 600_000
            for frame in answer[1:]:
                assert frame["after"] == cursor
                assert "gap" not in frame
                shown += [event["seq"] for event in frame["events"]]
                cursor = shown[-1]
        assert shown == list(range(101, 121))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"frames":[]}',
        b'{"hello":1}',
        b'{"hello":{"t":"ping","n":1}}',
        b'{"hello":{"t":"hello","v":9}}',
        b'{"hello":{"t":"hello","v":1},"wait":99999}',
        b'{"hello":{"t":"hello","v":1},"frames":[1]}',
        b'{"hello":{"t":"hello","v":1},"frames":[{"t":"nonsense"}],"wait":0}',
        b'{"hello":' + b"[" * 60_000,
    ],
    ids=lambda body: repr(body)[:60],
)
async def test_a_malformed_poll_is_400_with_one_log_line(
    body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "kefu.channels")
    async with house() as it:
        status, answer = await it.post(body)
        assert status == 400
        assert (answer["error"]["code"], answer["error"]["close"]) == ("bad_frame", 4501)
        assert answer["error"]["zh"]
        assert len(caplog.records) == 1
        assert not it.gateway.links


async def test_too_much_is_too_big() -> None:
    async with house() as it:
        assert (await it.post(b" " * (BODY_BYTES + 1)))[0] == 413
        hello = {"t": "hello", "v": 1, "token": "x" * 70_000}
        assert (await it.post(msgspec.json.encode({"hello": hello})))[0] == 413


@pytest.mark.parametrize(("failure", "status"), [(NOT_SIGNED_IN, 401), (STORE_FAILS, 503)])
async def test_who_is_not_admitted_gets_the_status(failure: Exception, status: int) -> None:
    async with house() as it:
        it.gateway.refuses = failure
        await it.poll(status=status)
        assert it.gateway.left == []


async def test_a_page_that_cannot_be_read_is_503() -> None:
    async with house() as it:
        it.gateway.log.add(said("x"))
        it.gateway.read_fails = STORE_FAILS
        (error,) = await it.poll(wait=25_000, status=503)
        assert error["close"] == 1013


async def test_a_poll_that_is_replaced_ends_with_409() -> None:
    async with house() as it, asyncio.timeout(5), asyncio.TaskGroup() as group:
        polling = group.create_task(it.poll(wait=25_000, status=409))
        await until(lambda: it.gateway.links)
        it.gateway.links[0].close(4503)
        assert (await polling)[0]["code"] == "replaced"


async def test_a_flood_of_news_is_no_memory() -> None:
    async with house(limits=Limits(outbox_frames=3)) as it, asyncio.timeout(5), asyncio.TaskGroup() as group:
        polling = group.create_task(it.poll(wait=25_000, status=503))
        await until(lambda: it.gateway.links)
        for _ in range(9):
            it.gateway.commit(said("x"))
        assert (await polling)[0]["code"] == "slow"


async def test_closing_all_answers_with_503_and_when_to_come_back() -> None:
    async with house() as it, asyncio.timeout(5), asyncio.TaskGroup() as group:
        polling = group.create_task(it.poll(wait=25_000, status=503))
        await until(lambda: it.gateway.links)
        it.channel.close_all()
        assert (await polling)[0]["close"] == 1012
        assert (await it.poll(status=503))[0]["close"] == 1012


async def test_agents_poll_too() -> None:
    async with house("agent") as it:
        await it.poll({"t": "presence", "status": "busy"})
        assert it.gateway.passed == [frames.Presenting("busy")]
