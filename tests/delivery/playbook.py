"""The session on a stage: frames in (>>), commands and the outbox out, a log and a clock that the test moves."""

from typing import Any

import msgspec

from appliance.delivery.cards import Card
from appliance.delivery.commands import Admit, Close, Command, Peer, ReadFrom
from appliance.delivery.events import Event
from appliance.delivery.limits import Limits
from appliance.delivery.rate import Rate
from appliance.delivery.session import Session
from appliance.records import Record
from tests.delivery.log import VISITOR, MemoryLog, welcome


class Playbook:
    """A session, a log, and a clock that the test moves."""

    def __init__(self, peer: Peer = VISITOR, limits: Limits | None = None) -> None:
        self.peer = peer
        self.now = 0
        self.log = MemoryLog()
        self.session = Session("visitor" if peer.role == "visitor" else "agent", 0, limits)

    def __rshift__(self, frame: dict[str, Any]) -> list[Command]:
        """The peer sends a frame."""
        return list(self.session.receive(msgspec.json.encode(frame), self.now))

    def out(self) -> list[dict[str, Any]]:
        """Return and remove what the peer would get."""
        return [msgspec.json.decode(data) for data in self.session.outbox.take_all()]

    def live(self, *cards: Card, rate: Rate | None = None, **hello: Any) -> list[Command]:
        """Say hello and be welcomed."""
        (admit,) = self >> {"t": "hello", "v": 1, "epoch": "e1", **hello}
        assert isinstance(admit, Admit)
        return list(
            self.session.admitted(
                self.peer, welcome(*cards, peer=self.peer), rate or Rate(10, 10_000), self.now
            )
        )

    def commit(self, record: Record) -> None:
        """Something is committed and published."""
        self.session.publish(Event(self.log.add(record)), self.now)

    def read(self) -> ReadFrom | None:
        """The channel fetches the page that the session wants."""
        wanted = self.session.more()
        if wanted is not None:
            audience = self.peer.audience
            entries = self.log.read(audience, wanted.after, wanted.before, wanted.limit)
            self.session.page(wanted, entries, self.log.head(audience), frozenset(), self.now)
        return wanted


def closed(commands: list[Command], code: int) -> Close:
    (close,) = commands
    assert isinstance(close, Close)
    assert close.code == code
    assert close.cause.zh
    assert close.cause.en
    return close
