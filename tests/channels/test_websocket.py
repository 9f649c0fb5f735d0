"""The WebSocket endpoint on a real socket: one write a commit, heartbeats, ends of all sorts, nobody harmed by another."""

import asyncio
import contextlib
import logging
import socket

import pytest
from aiohttp import WSMsgType

from appliance.channels import connection
from appliance.delivery import frames
from appliance.delivery.events import Event
from appliance.delivery.limits import Limits
from tests.channels import sockets
from tests.channels.gateway import NOT_SIGNED_IN, until
from tests.channels.sockets import ended, house, stall, take
from tests.delivery.log import said


@pytest.fixture(params=[True, False], ids=["hot", "fallback"], autouse=True)
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "HOT", request.param)


async def test_ack_and_event_of_one_commit_come_in_one_frame() -> None:
    async with house() as it, it.page() as ws, it.page() as other:
        await ws.send_json({"t": "send", "cid": "k", "conversation": None, "text": "你好"})
        ack, event = await take(ws)
        assert ack == {"t": "ack", "cid": "k", "conversation": "c1", "seq": 1, "at": 0}
        assert (event["t"], event["text"], event["prev"]) == ("event", "你好", 0)
        assert await take(other) == [event]


async def test_many_commits_of_one_turn_are_one_write() -> None:
    async with house() as it, it.page() as ws:
        for text in "123":
            it.gateway.commit(said(text))
        assert [event["text"] for event in await take(ws)] == ["1", "2", "3"]


async def test_a_resume_reads_the_log() -> None:
    async with house() as it:
        for text in "123":
            it.gateway.log.add(said(text))
        async with it.page(cursors={"c1": 1}) as ws:
            (page,) = await take(ws)
            assert [event["seq"] for event in page["events"]] == [2, 3]
            await ws.send_json({"t": "sync", "conversation": "c1", "after": 0, "before": 2})
            (page,) = await take(ws)
            assert [event["seq"] for event in page["events"]] == [1]


async def test_frames_of_any_length_arrive_whole() -> None:
    async with house(Limits(message_bytes=200_000)) as it, it.page() as ws:
        for size in (1, 20, 30, 400, 60_000, 65_400, 70_000, 130_000):
            it.gateway.commit(said("x" * size))
            (event,) = await take(ws)
            assert len(event["text"]) == size


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"{", 4501),
        (b"\xff\xfe", 4501),
        (b'{"t":"nonsense"}', 4501),
        (b"[" * 60_000, 4501),
        (b'{"t":"send","cid":"k","conversation":null,"text":"\\ud800"}', 4501),
        (b" " * 65_537, 1009),
        (b" " * 65_538, 1009),
        (b" " * 200_000, 1009),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_a_malformed_frame_is_a_coded_close_and_one_log_line_and_harms_no_other(
    payload: bytes, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "kefu.channels")
    async with house() as it, it.page() as other, it.page() as ws:
        await ws.send_frame(payload, WSMsgType.TEXT)
        assert (await ended(ws))[0] == code
        await until(lambda: len(it.channel) == 1)
        assert [vars(record)["code"] for record in caplog.records] == [code]
        it.gateway.commit(said("still here"))
        assert (await take(other))[0]["text"] == "still here"
        assert [linger for _, linger in it.gateway.left] == [0]


async def test_a_binary_frame_is_no_frame() -> None:
    async with house() as it, it.page() as ws:
        await ws.send_bytes(b'{"t":"ping","n":1}')
        assert (await ended(ws))[0] == 4501


async def test_a_frame_of_exactly_the_limit_is_taken() -> None:
    async with house() as it, it.page() as ws:
        await ws.send_frame(b'{"t":"ping","n":5}'.ljust(frames.FRAME_BYTES), WSMsgType.TEXT)
        assert await take(ws) == [{"t": "pong", "n": 5}]


async def test_who_is_not_admitted_hears_why() -> None:
    async with house() as it, it.socket() as ws:
        it.gateway.refuses = NOT_SIGNED_IN
        await ws.send_json({"t": "hello", "v": 1})
        assert await ended(ws) == (4500, "auth")
        await until(lambda: len(it.channel) == 0)
        assert it.gateway.left == []


async def test_frames_that_hurry_after_hello_wait_for_the_welcome() -> None:
    async with house() as it, it.socket() as ws:
        await ws.send_json({"t": "hello", "v": 1})
        await ws.send_json({"t": "send", "cid": "k", "conversation": None, "text": "x"})
        seen: list[str] = []
        while "ack" not in seen:
            seen += [frame["t"] for frame in await take(ws)]
        assert seen[0] == "welcome"


async def test_silence_before_hello_ends() -> None:
    async with house() as it, it.socket() as ws:
        await until(lambda: len(it.channel) == 1)
        it.pass_time(10_000)
        assert (await ended(ws))[0] == 4012


async def test_the_heartbeat_passes_everything_that_waits() -> None:
    limits = Limits(ping=100, pong=60_000, outbox_frames=100_000, outbox_bytes=100_000_000)
    async with house(limits) as it, it.page() as ws:
        await until(lambda: it.gateway.links)
        (one,) = it.channel.connections
        it.clock.at += 100
        # More than the transport may hold, so that most of it waits in the outbox.
        for _ in range(400):
            it.gateway.commit(said("x" * 8_000))
        one.tick()
        waiting_at_ping = len(one.session.outbox)
        assert waiting_at_ping > 300
        before = 0
        while True:
            objects = await take(ws)
            if objects[0]["t"] == "ping":
                break
            before += len(objects)
        assert before * 8_000 <= 70_000
        rest = 400 - before
        while rest > 0:
            rest -= len(await take(ws))
        assert rest == 0


async def test_the_wheel_keeps_the_time() -> None:
    async with house(Limits(hello=200, ping=300, pong=60_000)) as it, it.page() as ws:
        it.clock.at += 300
        assert (await take(ws))[0]["t"] == "ping"


async def test_no_pong_no_connection() -> None:
    async with house(Limits(ping=1_000, pong=500)) as it, it.page() as ws:
        it.pass_time(1_000)
        assert await take(ws) == [{"t": "ping", "n": 1}]
        it.pass_time(500)
        assert (await ended(ws))[0] in (4012, 1006)
        await until(lambda: it.gateway.left)
        assert it.channel.figures.silent == {"visitor": 1, "agent": 0}
        assert it.channel.figures.ended == {"no_pong": 1}


async def test_a_pong_is_enough() -> None:
    async with house(Limits(ping=1_000, pong=500)) as it, it.page() as ws:
        it.pass_time(1_000)
        assert await take(ws) == [{"t": "ping", "n": 1}]
        await ws.send_json({"t": "pong", "n": 1})
        await ws.send_json({"t": "ping", "n": 8})
        assert await take(ws) == [{"t": "pong", "n": 8}]
        it.pass_time(600)
        it.gateway.commit(said("x"))
        assert (await take(ws))[0]["t"] == "event"


async def test_a_reader_that_does_not_confirm_is_cut_off() -> None:
    async with house(Limits(got=1_000, ping=999_000)) as it, it.page() as ws:
        it.gateway.commit(said("x"))
        await take(ws)
        it.pass_time(5_000)
        assert (await ended(ws))[0] in (4008, 1006)


async def test_a_stalled_reader_is_cut_off_with_bounded_memory_and_others_go_on() -> None:
    async with contextlib.AsyncExitStack() as stack, house() as it, it.page() as other:
        stack.enter_context(contextlib.closing(await stall(it)))
        await until(lambda: len(it.gateway.links) == 2)
        connections = list(it.channel.connections)
        sent = 0
        while len(it.gateway.links) == 2:
            it.gateway.commit(said("x" * 8_000))
            sent += 1
            await take(other)
            if sent % 32 == 0:
                await other.send_json({"t": "got", "cursors": {"c1": sent}})
            assert all(each.session.outbox.size <= 1_100_000 for each in connections)
            assert sent < 5_000
        it.gateway.commit(said("on"))
        assert (await take(other))[0]["text"] == "on"
        assert [linger for _, linger in it.gateway.left] == [0]


async def test_a_client_that_closes_is_left() -> None:
    async with house() as it:
        async with it.page() as ws:
            await ws.close()
            assert ws.close_code == 1000
        await until(lambda: it.gateway.left and not len(it.channel))
        it.gateway.commit(said("x"))
        assert it.channel.figures.ended == {"peer": 1}


async def test_a_client_that_vanishes_is_left() -> None:
    async with house() as it:
        raw = await stall(it)
        await until(lambda: it.gateway.links)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        raw.close()
        await until(lambda: it.gateway.left and not len(it.channel))
        assert it.channel.figures.ended == {"lost": 1}


async def test_the_gateway_may_close_and_the_reason_arrives() -> None:
    async with house() as it, it.page() as ws:
        (link,) = it.gateway.links
        link.close(1013, 1_500)
        link.close(4500)
        assert await ended(ws) == (1013, "1500")
        await until(lambda: it.gateway.left)
        assert it.channel.figures.ended == {"overload": 1}, "the second close ends nothing"


async def test_a_close_sends_what_waits_first() -> None:
    async with house() as it, it.page() as ws:
        (link,) = it.gateway.links
        link.answer(frames.Ack("k", "c1", 1, 0))
        link.close(1012)
        assert [frame["t"] for frame in await take(ws)] == ["ack"]
        assert (await ended(ws))[0] == 1012


async def test_a_peer_that_ignores_the_close_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "CLOSE_WAIT_MS", 100)
    async with house() as it:
        with contextlib.closing(await stall(it)):
            await until(lambda: it.gateway.links)
            it.gateway.links[0].close(4503)
            await until(lambda: not len(it.channel))


async def test_a_fault_of_ours_ends_one_connection_only(caplog: pytest.LogCaptureFixture) -> None:
    async with house() as it, it.page() as other, it.page() as ws:

        def fails(link: object, marked: object) -> None:
            raise ZeroDivisionError

        it.gateway.commit(said("x"))
        await take(ws)
        await take(other)
        it.gateway.mark = fails  # type: ignore[method-assign]
        await ws.send_json({"t": "got", "cursors": {"c1": 1}})
        assert await ended(ws) == (1013, "5000")
        assert "a connection failed" in caplog.text
        it.gateway.commit(said("on"))
        assert (await take(other))[0]["text"] == "on"


async def test_drain_closes_everybody_with_1012_and_lets_nobody_in() -> None:
    async with house() as it, it.page() as one, it.page() as two:
        draining = asyncio.gather(it.channel.drain(0.2), ended(one), ended(two))
        _, first, second = await draining
        assert (first, second) == ((1012, "drain"), (1012, "drain"))
        assert len(it.channel) == 0
        async with it.client.get(it.url) as response:
            assert response.status == 503


async def test_leaving_the_channel_cuts_what_is_still_there() -> None:
    async with contextlib.AsyncExitStack() as stack:
        it = await stack.enter_async_context(house())
        ws = await stack.enter_async_context(it.page())
        await it.channel.__aexit__(None, None, None)
        assert (await ended(ws))[0] in (1012, 1006)


async def test_who_is_connected_is_told_by_role() -> None:
    async with house(role="agent") as it, it.page(), it.page():
        assert it.channel.by_role() == {"visitor": 0, "agent": 2}


async def test_agents_have_their_frames() -> None:
    async with house(role="agent") as it, it.page() as ws:
        await ws.send_json({"t": "presence", "status": "busy"})
        await until(lambda: it.gateway.passed)
        assert it.gateway.passed == [frames.Presenting("busy")]


async def test_news_that_may_wait_comes_in_its_time_and_an_ack_takes_it_along() -> None:
    async with house() as it, it.page() as ws:
        (link,) = it.gateway.links
        for text in "12":
            link.publish([Event(it.gateway.log.add(said(text)))], 250)
        assert [event["text"] for event in await take(ws)] == ["1", "2"]
        delayed = it.channel.figures.delayed
        assert delayed.count == 1
        assert 0.1 < delayed.total < 5
        link.publish([Event(it.gateway.log.add(said("3")))], 31_000)
        await ws.send_json({"t": "send", "cid": "k", "conversation": "c1", "text": "4"})
        late, *rest = await take(ws)
        assert late["text"] == "3"
        assert delayed.count == 1, "it did not wait for its time"
        assert [each["t"] for each in rest] == ["ack", "event"]


async def test_news_that_waits_for_somebody_who_goes_harms_nobody() -> None:
    async with house() as it:
        async with it.page():
            (link,) = it.gateway.links
            link.publish([Event(it.gateway.log.add(said("1")))], 250)
        await asyncio.sleep(0.6)
        async with it.page() as ws:
            (page,) = await take(ws)
            assert [event["text"] for event in page["events"]] == ["1"]


async def test_news_that_may_wait_and_leaves_a_hole_has_its_page_read_in_its_time() -> None:
    async with house() as it, it.page() as ws:
        (link,) = it.gateway.links
        it.gateway.log.add(said("1"))
        link.publish([Event(it.gateway.log.add(said("2")))], 250)
        (page,) = await take(ws)
        assert [event["text"] for event in page["events"]] == ["1", "2"]
