"""Whatever the network does, the client ends with exactly the visible log: in order, once, without holes.

The network of this model loses, duplicates and cuts: a cut loses everything in flight both ways, and the client comes back
with its cursor.  Duplicated and repeated server frames stand for a client that got them over an older connection.
"""

from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from appliance.delivery.commands import Close, Command, Marked, ReadFrom
from appliance.delivery.events import Event
from appliance.delivery.limits import Limits
from appliance.delivery.outbox import TRANSPORT_BYTES
from appliance.delivery.rate import Rate
from appliance.delivery.session import Session
from appliance.model import Audience
from tests.delivery.log import AGENT, VISITOR, MemoryLog, card, hidden, noted, said, welcome


class Client:
    """What a page does, word for word: prev == cursor shows, seq <= cursor is ignored, anything else asks by sync."""

    def __init__(self) -> None:
        self.shown: dict[int, str] = {}
        self.order: list[int] = []
        self.cursor: int | None = None
        self.gaps: list[tuple[int, int]] = []
        self.asks: list[dict[str, Any]] = []

    def take(self, frame: dict[str, Any]) -> None:
        """Take one server frame."""
        if frame["t"] == "event":
            self._event(frame)
        elif frame["t"] == "events":
            self._events(frame)

    def _event(self, event: dict[str, Any]) -> None:
        cursor = self.cursor or 0
        if event["seq"] <= cursor:
            return
        if event["prev"] != cursor:
            self._sync()
            return
        self._show(event)
        self.cursor = event["seq"]

    def _events(self, page: dict[str, Any]) -> None:
        cursor = self.cursor or 0
        gap = page.get("gap")
        if page["after"] > cursor:
            self._sync()
            return
        if gap and gap["to"] > cursor:
            self.gaps.append((max(gap["from"], cursor + 1), gap["to"]))
            self.cursor = gap["to"]
        for event in page["events"]:
            if event["seq"] > (self.cursor or 0):
                self._show(event)
                self.cursor = event["seq"]
            elif self._missing(event["seq"]):
                self.shown[event["seq"]] = event["kind"]
        if page["events"] and self.cursor is None:
            self.cursor = page["events"][-1]["seq"]

    def fill(self, gap: tuple[int, int], page: dict[str, Any]) -> None:
        """Take a page of history that was asked for because of `gap`."""
        for event in page["events"]:
            if self._missing(event["seq"]):
                self.shown[event["seq"]] = event["kind"]
        self.gaps.remove(gap)
        rest = page.get("gap")
        if rest:
            self.gaps.append((rest["from"], rest["to"]))

    def _missing(self, seq: int) -> bool:
        return any(first <= seq <= last for first, last in self.gaps)

    def _show(self, event: dict[str, Any]) -> None:
        assert event["seq"] not in self.shown, "shown twice"
        assert not self.order or event["seq"] > self.order[-1], "shown out of order"
        self.shown[event["seq"]] = event["kind"]
        self.order.append(event["seq"])

    def _sync(self) -> None:
        self.asks.append({"t": "sync", "conversation": "c1", "after": self.cursor or 0})


class Network(RuleBasedStateMachine):
    """One conversation, one client, a network between them."""

    @initialize(staff=st.booleans())
    def begin(self, staff: bool) -> None:
        self.peer = AGENT if staff else VISITOR
        self.audience = Audience.STAFF if staff else Audience.VISITOR
        self.log = MemoryLog()
        self.client = Client()
        self.session: Session | None = None
        self.in_flight: list[dict[str, Any]] = []
        self.history: list[dict[str, Any]] = []
        self.pending: ReadFrom | None = None
        self.now = 0

    def perform(self, commands: list[Command]) -> None:
        """A session over is a connection cut."""
        for command in commands:
            if isinstance(command, Close):
                assert command.code == 4008, command.cause
                self.session = None
                self.in_flight = []
                self.pending = None
            elif isinstance(command, Marked):
                # Live marks name what was put on the wire; a hello's cursor may lie in a declared gap.
                assert command.delivered <= self.log.head(self.audience)

    # ---- the world

    @rule(kinds=st.lists(st.sampled_from(["msg", "note", "hidden"]), min_size=1, max_size=8))
    def commit(self, kinds: list[str]) -> None:
        for kind in kinds:
            make = {"msg": said, "note": noted}.get(kind)
            entry = self.log.add(make("x" * 50) if make else hidden())
            if self.session is not None:
                self.session.publish(Event(entry), self.now)

    @rule()
    def commit_unheard(self) -> None:
        """The bus lost one: the next event that is heard of tells by its predecessor."""
        self.log.add(said("unheard"))

    @precondition(lambda self: self.session is None)
    @rule(forget=st.booleans())
    def connect(self, forget: bool) -> None:
        self.session = Session(
            "agent" if self.peer is AGENT else "visitor", self.now, Limits(outbox_frames=20)
        )
        cursors = {} if self.client.cursor is None else {"c1": self.client.cursor}
        hello = {"t": "hello", "v": 1, "epoch": "e1", "cursors": cursors}
        self.session.receive(msgspec.json.encode(hello), self.now)
        head = self.log.head(self.audience)
        if forget:
            # Something is committed between the card and the welcome.
            self.session.publish(Event(self.log.add(said("between"))), self.now)
        self.perform(
            list(
                self.session.admitted(
                    self.peer, welcome(card(head=head), peer=self.peer), Rate(99, 1), self.now
                )
            )
        )

    @rule()
    def cut(self) -> None:
        self.session = None
        self.in_flight = []
        self.pending = None
        self.client.asks = []

    # ---- the server

    @precondition(lambda self: self.session is not None and self.pending is None)
    @rule()
    def want(self) -> None:
        assert self.session is not None
        self.pending = self.session.more()

    @precondition(lambda self: self.pending is not None)
    @rule()
    def read(self) -> None:
        assert self.session is not None
        wanted, self.pending = self.pending, None
        assert wanted is not None
        limit = min(wanted.limit, 5)
        entries = self.log.read(self.audience, wanted.after, wanted.before, limit)
        self.perform(
            list(self.session.page(wanted, entries, self.log.head(self.audience), frozenset(), self.now))
        )

    @precondition(lambda self: self.session is not None)
    @rule(room=st.sampled_from([200, 1_000, TRANSPORT_BYTES]))
    def write(self, room: int) -> None:
        assert self.session is not None
        if self.session.outbox.slow:
            self.perform(list(self.session.tick(self.now)))
            return
        data = self.session.outbox.take(room)
        if data is not None:
            decoded = msgspec.json.decode(data)
            self.in_flight += decoded if isinstance(decoded, list) else [decoded]

    # ---- the client

    @precondition(lambda self: bool(self.in_flight))
    @rule(count=st.integers(1, 10))
    def arrive(self, count: int) -> None:
        for _ in range(min(count, len(self.in_flight))):
            frame = self.in_flight.pop(0)
            self.history.append(frame)
            self.client.take(frame)

    @precondition(lambda self: bool(self.history))
    @rule(data=st.data())
    def arrive_again(self, data: st.DataObject) -> None:
        frame = data.draw(st.sampled_from(self.history[-20:]))
        if frame["t"] == "event":
            self.client.take(frame)

    @precondition(lambda self: self.session is not None and bool(self.client.asks))
    @rule()
    def ask(self) -> None:
        assert self.session is not None
        self.now += 1_000
        self.perform(list(self.session.receive(msgspec.json.encode(self.client.asks.pop(0)), self.now)))

    @precondition(lambda self: self.session is not None and self.client.cursor is not None)
    @rule()
    def confirm(self) -> None:
        assert self.session is not None
        got = {"t": "got", "cursors": {"c1": self.client.cursor}}
        self.now += 1_000
        self.perform(list(self.session.receive(msgspec.json.encode(got), self.now)))

    @invariant()
    def what_is_shown_is_true(self) -> None:
        visible = {entry.seq for entry in self.log.entries if entry.audience >= self.audience}
        assert set(self.client.shown) <= visible
        cursor = self.client.cursor or 0
        lacking = {seq for seq in visible if seq <= cursor} - set(self.client.shown)
        assert all(any(first <= seq <= last for first, last in self.client.gaps) for seq in lacking), (
            "a hole that the client does not know of"
        )

    def teardown(self) -> None:
        """Let the network heal: now everything must arrive, from the next event on."""
        self.commit(["msg"])
        for _ in range(500):
            if self.session is None:
                self.connect(forget=False)
            if self.session is None:
                continue
            if self.client.asks:
                self.ask()
                continue
            if self.pending is None:
                self.want()
            if self.pending is not None:
                self.read()
            self.write(TRANSPORT_BYTES)
            while self.in_flight:
                self.arrive(1)
            if self.settled():
                break
        visible = [entry.seq for entry in self.log.entries if entry.audience >= self.audience]
        while self.client.gaps:
            first, last = gap = self.client.gaps[0]
            self.client.fill(gap, self.page_of(first, last))
        assert sorted(self.client.shown) == visible
        assert self.client.order == sorted(self.client.order)
        assert (self.client.cursor or 0) == (visible[-1] if visible else 0)

    def settled(self) -> bool:
        """Return whether the server has nothing more to do."""
        session = self.session
        return session is not None and not (session.following.reading or session.outbox)

    def page_of(self, first: int, last: int) -> dict[str, Any]:
        """Ask a live session for the page that fills a gap."""
        session = Session("agent", 0)
        session.receive(b'{"t":"hello","v":1}', 0)
        session.admitted(AGENT, welcome(), Rate(1, 1), 0)
        session.outbox.take_all()
        sync = {"t": "sync", "conversation": "c1", "after": first - 1, "before": last + 1}
        session.receive(msgspec.json.encode(sync), 0)
        wanted = session.more()
        assert wanted is not None
        entries = self.log.read(self.audience, wanted.after, wanted.before, 7)
        session.following.audience = self.audience
        session.page(wanted, entries, self.log.head(self.audience), frozenset(), 0)
        (page,) = session.outbox.take_all()
        decoded: dict[str, Any] = msgspec.json.decode(page)
        return decoded


TestConvergence = Network.TestCase
TestConvergence.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
