"""Broken networks under load: connections that are cut, reset, forgotten, silent or stalled lose nobody a word."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import get_args

import pytest

from tests.faults.crowd import Crowd, crowd, until
from tests.faults.length import did, times
from tests.faults.wire import Connection, How, Way, Wire, wire
from tests.shipped import kefu_yaml
from tools.loadtest.frames import Frame
from tools.loadtest.oracle import judge, read_log
from tools.loadtest.person import Person
from tools.loadtest.serving import Serving

CUTS, ROUNDS = times((50, 1), (500, 4))
"""A round is over before the flow gives up an agent who hardly gets a word through: who takes over is not shown all of it."""
LONGEST_LIFE = 8_000
"""Bytes, both ways, before a connection is cut: from the middle of the handshake to some twenty messages."""

PING, PONG, SILENCE = times((1.0, 1.0, 3.0), (25.0, 8.0, 35.0))
"""Seconds.  The long form waits as long as the shipped configuration and the pages do."""

RATES = "messages_per_minute: 6000"
STALLED = times(2, 5)
LONG = "长" * 2_600
"""Nearly the 8 KiB that a message may have."""


class Watchful(Person):
    """Takes a server that says nothing for SILENCE for dead, like our pages do."""

    def __init__(self, port: int, cookie: str = "") -> None:
        super().__init__(port, cookie)
        self.silences = 0
        self._heard_at = time.monotonic()

    def _take(self, frame: Frame) -> None:
        self._heard_at = time.monotonic()
        super()._take(frame)

    def confirm(self) -> None:
        # `live` comes by here twice a second.
        super().confirm()
        if time.monotonic() - self._heard_at > SILENCE:
            self._heard_at = time.monotonic()
            self.silences += 1
            self.cut()


class Net:
    """An appliance, a crowd and the wire between them."""

    def __init__(self, serving: Serving, laid: Wire, group: Crowd) -> None:
        self.serving = serving
        self.wire = laid
        self.group = group

    async def ended(self) -> list[str]:
        """Let everything come to its end on a sound network, and return what the oracle finds."""
        self.wire.plan = None
        await self.group.calm()
        code = await asyncio.to_thread(self.serving.stop)
        assert code == 0, self.serving.log()
        assert "Traceback" not in self.serving.log()
        return judge(read_log(self.serving.data), self.group.journals)


@asynccontextmanager
async def net(
    folder: Path,
    visitors: int,
    agents: int,
    limits: str = RATES,
    entry: tuple[str, ...] = ("-m", "appliance"),
    person: type[Person] = Person,
) -> AsyncIterator[Net]:
    """Start everything, and see that everybody is served."""
    with Serving(folder, kefu_yaml("200ms", limits), entry) as serving:
        cookies = [serving.hire(f"agent{number}") for number in range(agents)]
        async with (
            wire(serving.port) as laid,
            crowd(laid.port, visitors, cookies, person=person) as group,
        ):
            await group.all_served()
            yield Net(serving, laid, group)


def doomed(connection: Connection) -> None:
    """Give a connection a random end after a random time; short lives are as likely as long ones."""
    size = int(LONGEST_LIFE ** random.random())
    connection.cut_after(size, random.choice(get_args(How)))


HEARTBEAT = f"{RATES}, ping_every: {PING:.0f}s, pong_within: {PONG:.0f}s"


@pytest.mark.parametrize("which", range(ROUNDS))
async def test_cuts_at_random_bytes_lose_nothing(tmp_path: Path, which: int) -> None:
    quick = f"{RATES}, ping_every: 1s, pong_within: 1s, sessions_per_visitor: 64"
    async with net(tmp_path, 12, 3, quick, person=Watchful) as network:
        group, laid = network.group, network.wire
        before = group.acks
        laid.plan = doomed
        for connection in list(laid.connections):
            doomed(connection)
        began = time.monotonic()
        await until(lambda: laid.cuts >= CUTS, "connections live too long", within=30 + CUTS)
        seconds = time.monotonic() - began
        acks = group.acks - before
        assert await network.ended() == []
        # The oracle has something to judge only if people got through in between.
        assert acks > CUTS / 10
        closes = {code for journal in group.journals for code in journal.closes}
        assert closes <= {1006, 1012, 4012}, network.serving.log()
        holes = sum(journal.holes for journal in group.journals)
        did(f"{laid.cuts} cuts in {seconds:.0f} s, {acks} acks meanwhile, {holes} holes seen and filled")


async def test_the_server_notices_that_nothing_arrives_any_more(tmp_path: Path) -> None:
    async with net(tmp_path, 6, 2, HEARTBEAT) as network:
        silenced, seconds = await silence(network, "up")
        assert await network.ended() == []
        log = network.serving.log()
        # Who confirms nothing may be given up as a slow reader before his pong is missed.
        assert log.count('"code": 4012,') + log.count('"code": 4008,') >= len(silenced), log
        did(f"{len(silenced)} connections silent up: the server closed them within {seconds:.1f} s")


async def test_the_client_notices_that_nothing_arrives_any_more(tmp_path: Path) -> None:
    async with net(tmp_path, 6, 2, HEARTBEAT, person=Watchful) as network:
        silenced, seconds = await silence(network, "down")
        assert await network.ended() == []
        assert all(person.silences for person in network.group.people if isinstance(person, Watchful))
        did(f"{len(silenced)} connections silent down: both ends closed them within {seconds:.1f} s")


async def silence(network: Net, way: Way) -> tuple[list[Connection], float]:
    """Let nothing pass one way until both ends have closed every connection; return these and how long it took."""
    await network.group.said(20)
    silenced = list(network.wire.connections)
    began = time.monotonic()
    for connection in silenced:
        connection.silence(way)
    await until(
        lambda: all(len(connection.closed_at) == 2 for connection in silenced),
        "somebody did not notice",
        within=SILENCE + 30,
    )
    closed = max(moment for connection in silenced for moment in connection.closed_at.values())
    await network.group.said(20)
    return silenced, closed - began


async def test_stalled_readers_are_closed_and_come_back_while_the_others_chat(tmp_path: Path) -> None:
    limits = f"{RATES}, outbox_events: 16, ping_every: 60s"
    async with net(tmp_path, STALLED + 4, 4, limits) as network:
        group, laid = network.group, network.wire
        stalled, others = group.visitors[:STALLED], group.visitors[STALLED:]
        mine = {connection_of(laid, person): person for person in stalled}
        for connection in mine:
            connection.stall(True)
        before = sum(len(person.journal.acks) for person in others)
        await until(lambda: feed(network, stalled), "the stalled are not found out", within=120)
        assert sum(len(person.journal.acks) for person in others) > before + 10
        for connection in mine:
            connection.stall(False)
        assert not any(person.journal.closes for person in others)
        assert await network.ended() == []
        log = network.serving.log()
        assert log.count('"code": 4008,') == STALLED, log
        did(f"{STALLED} stalled readers closed with 4008, nobody else noticed, nothing lost")


def connection_of(laid: Wire, person: Person) -> Connection:
    """Return the connection that a person has through the wire."""
    line = person._line
    assert line is not None
    assert line.transport is not None
    mine = line.transport.get_extra_info("sockname")
    for connection in laid.connections:
        transport = connection.ends["up"].transport
        if transport is not None and transport.get_extra_info("peername") == mine:
            return connection
    raise AssertionError("he is not there")


def feed(network: Net, stalled: Sequence[Person]) -> bool:
    """Let the agents write at length to those who do not read; return whether all of them were found out."""
    names = {person.conversation for person in stalled}
    for agent in network.group.agents:
        if len(agent.outbox) < 2:
            for name in names & agent.cards.keys():
                agent.say(LONG, name)
    return network.serving.log().count('"code": 4008,') >= len(stalled)


@pytest.mark.parametrize(
    ("defence", "found"), [("replay", "never shown"), ("dedup", "stored twice")], ids=["replay", "dedup"]
)
async def test_the_oracle_finds_an_appliance_without_its_defence(
    tmp_path: Path, defence: str, found: str
) -> None:
    mutant = ("-m", "tests.faults.altered", "--without", defence)
    async with net(tmp_path, 4, 1, entry=mutant) as network:
        group = network.group
        for person in group.people:
            person.stammer = 0.0
        await group.said(20)
        # What is said arrives; neither its ack nor its event does.
        for connection in list(network.wire.connections):
            connection.silence("down")
        await until(lambda: all(len(person.outbox) > 1 for person in group.people), "somebody is mute")
        await asyncio.sleep(0.5)
        for connection in list(network.wire.connections):
            connection.cut("reset")
        await group.quiet()
        await asyncio.to_thread(network.serving.stop)
        findings = judge(read_log(network.serving.data), group.journals)
        assert any(found in finding for finding in findings)
