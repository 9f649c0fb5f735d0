"""What a delivery costs: committed messages on their way to the readers of a conversation, without sockets and disks, in this process.

Ours encodes an event once and writes once a connection and commit; the other way is what one writes at first: each reader's frame
encoded for him, and written by itself.
"""

import time
from collections.abc import Callable

import msgspec

from appliance import records
from appliance.channels.framing import text_frame
from appliance.delivery.cards import Card, ClientLimits, Site, You
from appliance.delivery.commands import Peer
from appliance.delivery.events import Event, event_json
from appliance.delivery.frames import Welcome
from appliance.delivery.outbox import TRANSPORT_BYTES
from appliance.delivery.rate import Rate
from appliance.delivery.session import Session
from appliance.inputs import VisitorSaid
from appliance.records import Entry, Happened, Record
from tools.claims.findings import Fanout

READERS = (2, 10)
UNITS = 200
IN_A_UNIT = 4
TURNS = 3
CONVERSATION = "c1"
TEXT = "请问订单 20251017 什么时候发货？谢谢 #"

Units = list[list[tuple[Entry, Record]]]
Write = Callable[[bytes], object]


def fanout(units: int = UNITS, turns: int = TURNS) -> list[Fanout]:
    """Return what a delivery costs both ways, for each of READERS; the best of some turns."""
    found = []
    for readers in READERS:
        best = [float("inf"), float("inf")]
        for _ in range(turns):
            for place, way in enumerate((ours, each)):
                best[place] = min(best[place], _cost(way, units, readers))
        found.append(Fanout(readers, *best))
    return found


def _cost(way: Callable[[list[Session], Units, Write], None], units: int, readers: int) -> float:
    sessions, work = prepared(units, readers)
    written: list[bytes] = []
    began = time.perf_counter_ns()
    way(sessions, work, written.append)
    return (time.perf_counter_ns() - began) / (units * IN_A_UNIT * readers)


def ours(readers: list[Session], units: Units, write: Write) -> None:
    """Let sessions and outboxes do it."""
    for unit in units:
        events = [Event(entry, record) for entry, record in unit]
        for session in readers:
            for event in events:
                session.publish(event, 0)
        for session in readers:
            while session.outbox:
                write(text_frame(session.outbox.take(TRANSPORT_BYTES) or b""))


def each(readers: list[Session], units: Units, write: Write) -> None:
    """Make every frame for every reader, and write it."""
    audiences = [session.following.audience for session in readers]
    for unit in units:
        for entry, record in unit:
            for audience in audiences:
                body = event_json(entry, audience, record=record)
                if body is not None:
                    head = msgspec.json.encode(entry.conversation)
                    write(text_frame(b'{"t":"event","conversation":%b,%b' % (head, body[1:])))


def prepared(units: int, readers: int) -> tuple[list[Session], Units]:
    """Return sessions that follow the conversation, a visitor's and staff's, and what is to be shown to them."""
    made: list[tuple[Entry, Record]] = []
    for seq in range(1, units * IN_A_UNIT + 1):
        record = Happened(VisitorSaid(f"k{seq}", f"{TEXT}{seq}"))
        entry = Entry(
            CONVERSATION, seq, 0, records.audience(record), records.encode(record), seq - 1, seq - 1
        )
        made.append((entry, record))
    sessions = [_session(place) for place in range(readers)]
    return sessions, [made[first : first + IN_A_UNIT] for first in range(0, len(made), IN_A_UNIT)]


def _session(place: int) -> Session:
    session = Session("agent" if place else "visitor", 0)
    session.receive(b'{"t":"hello","v":1,"epoch":"e1"}', 0)
    peer = Peer("agent", "a1", "小李") if place else Peer("visitor", "v1", "小王")
    session.admitted(peer, _welcome(peer), Rate(10, 10_000), 0)
    session.outbox.take_all()
    return session


def _welcome(peer: Peer) -> Welcome:
    card = Card(
        id=CONVERSATION,
        agent=None,
        opened_at=0,
        closed_at=None,
        head=0,
        unread=0,
        receipts=[],
        last=None,
        rating_asked=False,
        form_asked=False,
        menu=[],
    )
    return Welcome(
        session="s1",
        epoch="e1",
        now=0,
        you=You(peer.id, peer.name, peer.role),
        limits=ClientLimits(8192, 32),
        site=Site("店"),
        conversations=[card],
    )
