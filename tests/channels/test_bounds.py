"""What stands in front of a slow reader is bounded, never in front of his heartbeat, and given back when he has gone."""

import asyncio
import contextlib
import re
import socket
from typing import Any, cast

import pytest

from appliance.channels import websocket
from appliance.channels.connection import Connection
from appliance.channels.gateway import Upgrade
from appliance.channels.websocket import MOST_PAGES, WebSocketChannel
from appliance.channels.wheel import GRAIN, Wheel
from appliance.delivery import budget
from appliance.delivery.budget import Budget
from appliance.delivery.commands import ReadFrom
from appliance.delivery.limits import Limits
from appliance.delivery.outbox import TRANSPORT_BYTES
from appliance.delivery.session import Session
from tests.channels import sockets
from tests.channels.gateway import FakeGateway, FixedClock, until
from tests.channels.sockets import House, ended, house, stall, take
from tests.channels.test_wheel import SteppedLoop
from tests.delivery.log import said


@pytest.fixture(params=[True, False], ids=["hot", "fallback"], autouse=True)
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "HOT", request.param)


class FullTransport:
    """A transport from which nothing ever leaves."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def get_write_buffer_size(self) -> int:
        return sum(map(len, self.written))

    def is_closing(self) -> bool:
        return False


class FullSource:
    """Where a connection writes; it reads what the test says."""

    def __init__(self) -> None:
        self.transport = cast(asyncio.Transport, FullTransport())

    def pause(self) -> None:
        """Nothing comes by itself."""

    resume = watch = pause


async def test_a_socket_whose_queue_is_full_gets_its_ping_within_26_s() -> None:
    clock, loop, source = FixedClock(), SteppedLoop(), FullSource()
    gateway = FakeGateway()
    async with WebSocketChannel(gateway, clock) as channel:
        channel.wheel = Wheel(loop)  # type: ignore[arg-type]
        peer = Connection(channel, Session("visitor", clock.now()), Upgrade("visitor"))
        peer.opened(source)
        peer.received(b'{"t":"hello","v":1,"epoch":"e1"}')
        await until(lambda: gateway.links)
        for number in range(100):
            gateway.commit(said(f"{number} " + "x" * 1_000))
        await asyncio.sleep(0.01)
        written = cast(FullTransport, source.transport).written
        assert len(peer.session.outbox) > 50
        assert sum(map(len, written)) <= TRANSPORT_BYTES
        pings: list[int] = []
        seen = len(written)
        for turn in range(4 * 120):
            clock.at += GRAIN
            loop.turn()
            for frame in written[seen:]:
                ping = re.search(rb'"t":"ping","n":(\d+)', frame)
                if ping:
                    pings.append(turn * GRAIN)
                    peer.received(b'{"t":"pong","n":%b}' % ping[1])
            seen = len(written)
            if turn % 40 == 0:
                # He reads, so slowly that it shows nowhere but here.
                peer.received(b'{"t":"got","cursors":{"c1":%d}}' % (turn // 40 + 1))
        assert not peer.session.over
        assert len(pings) == 4
        assert all(later - earlier <= 26_000 for earlier, later in zip([0, *pings], pings, strict=False))
        channel.gone(peer)


async def test_a_ping_overtakes_what_waits_on_a_real_socket() -> None:
    async with house(Limits(ping=1_000)) as it:
        with contextlib.closing(await stall(it)) as raw:
            (one,) = await _written_full(it)
            waiting = len(one.session.outbox)
            it.pass_time(1_000)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_000_000)
            stream = await _read_until(raw, b"the very last")
        before, _, after = stream.partition(b'{"t":"ping","n":1}')
        # At most what one transport holds stood before it, and what was with the kernel already.
        assert after.count(b'"t":"event"') >= waiting
        assert before


async def _written_full(it: House) -> list[Connection]:
    """Fill the socket of the one peer until something waits in his outbox, and more."""
    await until(lambda: it.gateway.links)
    connections = list(it.channel.connections)
    while len(connections[0].session.outbox) < 20:
        it.gateway.commit(said("x" * 4_000))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    it.gateway.commit(said("the very last"))
    return connections


async def _read_until(raw: socket.socket, end: bytes) -> bytes:
    stream = bytearray()
    async with asyncio.timeout(20):
        while end not in stream:
            stream += await asyncio.get_running_loop().sock_recv(raw, 65_536)
    return bytes(stream)


async def test_who_is_stuck_goes_when_too_much_waits_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "CALM_BYTES", 100_000)
    monkeypatch.setattr(websocket, "HEAVY_BYTES", 50_000)
    monkeypatch.setattr(websocket, "RELIEF_MS", 0)
    given_back: list[int] = []
    shared = Budget()
    async with house(Limits(budget=shared, visitor_frames=100_000)) as it, it.page() as other:
        it.channel._relief = websocket._Relief(lambda: given_back.append(shared.used))
        with contextlib.closing(await stall(it)) as raw:
            await until(lambda: len(it.gateway.links) == 2)
            sent = 0
            while len(it.gateway.links) == 2:
                it.gateway.commit(said("x" * 20_000))
                sent += 1
                await take(other)
                await other.send_json({"t": "got", "cursors": {"c1": sent}})
                if shared.used:
                    # Slowly: he must not go for what one connection may have waiting.
                    await asyncio.sleep(0.1)
                assert shared.used < 900_000
            with pytest.raises(ConnectionResetError):
                await _read_until(raw, b"what never comes")
        await until(lambda: given_back)
        assert given_back == [0]
        (left,) = it.channel.connections
        assert left.session.outbox._ordered is None
        it.gateway.commit(said("on"))
        assert (await take(other))[0]["text"] == "on"


async def test_who_confirms_nothing_but_has_taken_all_is_told_why() -> None:
    async with house(Limits(got=1_000, ping=999_000)) as it, it.page() as ws:
        it.gateway.commit(said("x"))
        await take(ws)
        it.pass_time(5_000)
        assert await ended(ws) == (4008, "slow")


async def test_a_crowd_that_comes_back_reads_a_few_pages_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async with house() as it, contextlib.AsyncExitStack() as stack:
        for text in "123":
            it.gateway.log.add(said(text))
        read, goes = it.gateway.read, asyncio.Event()
        stack.callback(goes.set)
        reading = 0
        most = 0

        async def slowly(link: Any, wanted: ReadFrom) -> Any:
            nonlocal reading, most
            reading += 1
            most = max(most, reading)
            await goes.wait()
            reading -= 1
            return await read(link, wanted)

        monkeypatch.setattr(it.gateway, "read", slowly)
        pages = [await stack.enter_async_context(it.page(cursors={"c1": 1})) for _ in range(MOST_PAGES + 5)]
        await until(lambda: reading == MOST_PAGES)
        goes.set()
        for ws in pages:
            assert [event["seq"] for event in (await take(ws))[0]["events"]] == [2, 3]
        assert most == MOST_PAGES


async def test_readers_of_pages_who_take_nothing_hold_nobody_up_for_long() -> None:
    async with house() as it, contextlib.AsyncExitStack() as stack:
        for _ in range(100):
            it.gateway.log.add(said("x" * 4_000))
        for _ in range(MOST_PAGES):
            stack.enter_context(contextlib.closing(await stall(it)))
        await until(lambda: len(it.gateway.links) == MOST_PAGES)
        await until(it.channel._pages.locked)
        async with it.page(cursors={"c1": 99}) as ws:
            assert [event["seq"] for event in (await take(ws))[0]["events"]] == [100]
