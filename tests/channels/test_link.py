"""The link carries commands to the gateway and the gateway's calls to the session, whatever fails on the way."""

import asyncio
import logging
from typing import Any

import msgspec
import pytest

from appliance.channels.gateway import Upgrade
from appliance.channels.link import SessionLink
from appliance.delivery import frames
from appliance.delivery.commands import Close
from appliance.delivery.events import Event
from appliance.delivery.packed import pack
from appliance.delivery.session import Session
from appliance.errors import ProtocolError, Refused, Text
from tests.channels.gateway import NOT_SIGNED_IN, STORE_FAILS, FakeGateway, FixedClock
from tests.delivery.log import card, said


class PlainLink(SessionLink):
    """A link that notes what a channel would do."""

    def __init__(self, role: Any = "agent") -> None:
        self.gateway = FakeGateway()
        self.clock = FixedClock()
        super().__init__(
            Session(role, self.clock.now()), self.gateway, self.clock, Upgrade(role, "s1", "127.0.0.1")
        )
        self.woken = 0
        self.beats: list[bytes] = []
        self.closes: list[Close] = []

    def wake(self) -> None:
        """Count."""
        self.woken += 1

    def beat(self, data: bytes) -> None:
        """Note."""
        self.beats.append(data)

    def shut(self, close: Close) -> None:
        """Note."""
        self.closes.append(close)

    async def send(self, frame: dict[str, Any]) -> None:
        """The peer sends a frame."""
        hello = self.perform(self.session.receive(msgspec.json.encode(frame), self.clock.now()))
        if hello is not None:
            await self.admit(hello)

    def out(self) -> list[dict[str, Any]]:
        """Return and remove what the peer would get."""
        return [msgspec.json.decode(data) for data in self.session.outbox.take_all()]


async def admitted(role: Any = "agent") -> PlainLink:
    link = PlainLink(role)
    await link.send({"t": "hello", "v": 1})
    link.out()
    return link


async def test_every_command_reaches_its_place() -> None:
    link = await admitted()
    link.gateway.commit(said("x"))
    await link.send({"t": "got", "cursors": {"c1": 1}})
    await link.send({"t": "typing", "conversation": "c1", "on": True})
    await link.send({"t": "presence", "status": "busy"})
    await link.send({"t": "watch", "conversation": "c9", "on": True})
    await link.send({"t": "ping", "n": 3})
    await link.send({"t": "send", "cid": "k", "conversation": "c1", "text": "x"})
    assert [mark.delivered for mark in link.gateway.marks] == [1]
    assert link.gateway.passed == [
        frames.Typed("c1", True),
        frames.Presenting("busy"),
        frames.Watch("c9", True),
    ]
    assert link.beats == [b'{"t":"pong","n":3}']
    assert [frame["t"] for frame in link.out()] == ["event", "ack", "event"]
    assert link.peer is not None


async def test_refusals_raised_by_the_gateway_are_told() -> None:
    link = await admitted()
    await link.send({"t": "do", "cid": "k", "conversation": "c1", "act": "take"})
    await link.send({"t": "watch", "conversation": "foreign", "on": True})
    refused, notice = link.out()
    assert (refused["t"], refused["cid"], refused["code"]) == ("refused", "k", "late")
    assert (notice["t"], notice["code"]) == ("notice", "unknown")


async def test_the_gateways_calls_reach_the_session_and_wake_the_channel() -> None:
    link = await admitted()
    woken = link.woken
    link.join(pack(frames.Joined(card("c2"))))
    link.tell(frames.Remind("c2"))
    link.part("c2")
    link.answer(frames.Retry("k", 1))
    link.publish([Event(link.gateway.log.add(said("x")))])
    assert link.woken == woken + 5
    link.publish([])
    assert link.woken == woken + 5
    assert [frame["t"] for frame in link.out()] == ["joined", "remind", "left", "retry", "event"]


@pytest.mark.parametrize(
    ("failure", "code", "reason"),
    [
        (NOT_SIGNED_IN, 4500, "auth"),
        (ProtocolError(1013, Text("忙", "busy")), 1013, "1000"),
        (STORE_FAILS, 1013, "1000"),
    ],
)
async def test_who_is_not_admitted_is_closed_and_never_left(
    failure: Exception, code: int, reason: str
) -> None:
    link = PlainLink()
    link.gateway.refuses = failure
    await link.send({"t": "hello", "v": 1})
    link.leave(0)
    assert [(close.code, close.reason) for close in link.closes] == [(code, reason)]
    assert link.gateway.left == []


async def test_leaving_is_told_once() -> None:
    link = await admitted()
    link.leave(5)
    link.leave(5)
    assert [linger for _, linger in link.gateway.left] == [5]


@pytest.mark.parametrize(("failure", "reason"), [(STORE_FAILS, "1000"), (ZeroDivisionError(), "5000")])
async def test_a_page_that_cannot_be_read_sends_the_peer_away_for_a_while(
    failure: Exception, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    link = PlainLink()
    link.gateway.log.add(said("x"))
    await link.send({"t": "hello", "v": 1})
    link.gateway.read_fails = failure
    wanted = link.session.more()
    assert wanted is not None
    await link.read(wanted)
    assert [(close.code, close.reason) for close in link.closes] == [(1013, reason)]
    assert caplog.records[-1].__dict__["conversation"] == "c1"


async def test_a_refused_page_is_a_notice() -> None:
    link = await admitted()
    await link.send({"t": "sync", "conversation": "old", "after": 0})
    link.gateway.read_fails = Refused("denied", Text("不行", "no"))
    wanted = link.session.more()
    assert wanted is not None
    await link.read(wanted)
    assert [frame["code"] for frame in link.out()] == ["denied"]
    assert not link.closes


async def test_a_close_is_one_log_line(caplog: pytest.LogCaptureFixture) -> None:
    link = await admitted()
    with caplog.at_level(logging.INFO):
        link.perform(link.session.receive(b"{", link.clock.now()))
        link.close(4500)
    assert len(caplog.records) == 1
    assert caplog.records[0].levelno == logging.WARNING
    said = vars(caplog.records[0])
    assert [said[name] for name in ("code", "reason", "role", "peer", "remote")] == [
        4501,
        "bad_frame",
        "agent",
        "s1",
        "127.0.0.1",
    ]
    other = await admitted()
    caplog.clear()
    with caplog.at_level(logging.INFO):
        other.close(1012)
    assert [record.levelno for record in caplog.records] == [logging.INFO]
    await asyncio.sleep(0)
