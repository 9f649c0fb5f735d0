"""Messages on their way to their readers, without sockets and disks: what bench_delivery counts.

    python -m tests.bench.load.deliveries WAY UNITS READERS

UNITS commits of four messages each go to READERS sessions of one conversation, a visitor's and the others staff's.  WAY is
`kefu` (each event made once, one write a connection and commit) or `each` (as one does at first: each reader's frame encoded
for him, and written by itself).  Both write the same events; the last line tells how many bytes.
"""

import sys
from collections.abc import Callable

import msgspec

from appliance.channels.framing import text_frame
from appliance.delivery.events import Event, event_json
from appliance.delivery.outbox import TRANSPORT_BYTES
from appliance.delivery.rate import Rate
from appliance.delivery.session import Session
from appliance.model import Audience
from appliance.records import Entry, Record
from tests.delivery.log import AGENT, VISITOR, MemoryLog, card, said, welcome

IN_A_UNIT = 4
TEXT = "请问订单 20251017 什么时候发货？谢谢 #"


class Sink:
    """Where a transport would be."""

    def __init__(self) -> None:
        self.events = self.bytes = 0

    def write(self, data: bytes) -> None:
        """Take what a socket would."""
        self.bytes += len(data)


def kefu(readers: list[Session], units: list[list[tuple[Entry, Record]]], sink: Sink) -> None:
    """Let sessions and outboxes do it."""
    for unit in units:
        events = [Event(entry, record) for entry, record in unit]
        for session in readers:
            for event in events:
                sink.events += session.publish(event, 0)
        for session in readers:
            while session.outbox:
                sink.write(text_frame(session.outbox.take(TRANSPORT_BYTES) or b""))


def each(readers: list[Session], units: list[list[tuple[Entry, Record]]], sink: Sink) -> None:
    """Make every frame for every reader, and write it."""
    audiences = [session.following.audience for session in readers]
    for unit in units:
        for entry, record in unit:
            for audience in audiences:
                body = event_json(entry, audience, record=record)
                if body is not None:
                    head = msgspec.json.encode(entry.conversation)
                    sink.write(text_frame(b'{"t":"event","conversation":%b,%b' % (head, body[1:])))
                    sink.events += 1


WAYS: dict[str, Callable[[list[Session], list[list[tuple[Entry, Record]]], Sink], None]] = {
    "kefu": kefu,
    "each": each,
}


def prepared(units: int, readers: int) -> tuple[list[Session], list[list[tuple[Entry, Record]]]]:
    """Return sessions that follow the conversation, and what is to be shown to them."""
    log = MemoryLog()
    records: list[Record] = [said(f"{TEXT}{number}", f"k{number}") for number in range(units * IN_A_UNIT)]
    pairs = [(log.add(record), record) for record in records]
    sessions = [_session(place) for place in range(readers)]
    return sessions, [pairs[first : first + IN_A_UNIT] for first in range(0, len(pairs), IN_A_UNIT)]


def _session(place: int) -> Session:
    peer = AGENT if place else VISITOR
    session = Session("agent" if place else "visitor", 0)
    session.receive(b'{"t":"hello","v":1,"epoch":"e1"}', 0)
    session.admitted(peer, welcome(card(head=0), peer=peer), Rate(10, 10_000), 0)
    session.outbox.take_all()
    return session


def main() -> None:
    """Do it, and tell what came of it."""
    way, units, readers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    sessions, work = prepared(units, readers)
    assert {session.following.audience for session in sessions} <= {Audience.VISITOR, Audience.STAFF}
    sink = Sink()
    WAYS[way](sessions, work, sink)
    print(sink.events, sink.bytes)


if __name__ == "__main__":
    main()
