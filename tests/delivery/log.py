"""A log in memory for tests of delivery: it numbers records as conversation/numbering does, and reads like ports.Log."""

from appliance import records
from appliance.delivery.cards import Card, ClientLimits, Site, You
from appliance.delivery.commands import Peer
from appliance.delivery.frames import Welcome
from appliance.inputs import AgentNoted, AgentSaid, Recalled, TimerDue, VisitorSaid
from appliance.model import Audience
from appliance.records import Entry, Happened, Record

VISITOR = Peer("visitor", "v1", "小王")
AGENT = Peer("agent", "a1", "小李")
CHIEF = Peer("supervisor", "s1", "主管")


class MemoryLog:
    """One conversation's log."""

    def __init__(self, conversation: str = "c1") -> None:
        self.conversation = conversation
        self.entries: list[Entry] = []
        self._visitor = 0
        self._staff = 0

    def add(self, record: Record, at: int = 0) -> Entry:
        """Append a record."""
        audience = records.audience(record)
        seq = len(self.entries) + 1
        entry = Entry(
            self.conversation, seq, at, audience, records.encode(record), self._visitor, self._staff
        )
        if audience >= Audience.VISITOR:
            self._visitor = seq
        if audience >= Audience.STAFF:
            self._staff = seq
        self.entries.append(entry)
        return entry

    def head(self, audience: Audience) -> int:
        """Return the last seq `audience` may see."""
        return self._visitor if audience is Audience.VISITOR else self._staff

    def read(
        self, audience: Audience, after: int = 0, before: int | None = None, limit: int = 500
    ) -> list[Entry]:
        """Return the newest `limit` entries between `after` and `before`."""
        found = [
            entry
            for entry in self.entries
            if entry.audience >= audience and entry.seq > after and (before is None or entry.seq < before)
        ]
        return found[-limit:]


def said(text: str, cid: str = "k") -> Happened:
    """Return a visitor's message."""
    return Happened(VisitorSaid(cid, text))


def replied(text: str, cid: str = "k") -> Happened:
    """Return an agent's message."""
    return Happened(AgentSaid("a1", cid, text, "小李"))


def noted(text: str, cid: str = "k") -> Happened:
    """Return a note, which visitors do not see."""
    return Happened(AgentNoted("a1", cid, text, "小李"))


def hidden() -> Happened:
    """Return a record that nobody sees."""
    return Happened(TimerDue(1))


def recalled(seq: int) -> Happened:
    """Return the visitor taking back his message."""
    return Happened(Recalled("", "k", seq))


def card(conversation: str = "c1", head: int = 0) -> Card:
    """Return a card."""
    return Card(
        id=conversation,
        agent=None,
        opened_at=0,
        closed_at=None,
        head=head,
        unread=0,
        receipts=[],
        last=None,
        rating_asked=False,
        form_asked=False,
        menu=[],
    )


def welcome(*cards: Card, peer: Peer = VISITOR, epoch: str = "e1") -> Welcome:
    """Return a welcome."""
    return Welcome(
        session="s1",
        epoch=epoch,
        now=0,
        you=You(peer.id, peer.name, peer.role),
        limits=ClientLimits(8192, 32),
        site=Site("店"),
        conversations=list(cards),
    )
