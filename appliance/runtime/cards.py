"""Makes the card of a conversation: what a list shows of it, for a visitor or for staff.

A card is a view of three things that live elsewhere: the snapshot, the newest entries of the log, and the receipts.
Nothing here is kept.
"""

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from appliance import inputs, records
from appliance.delivery.cards import AgentName, Card, LastLine, ReceiptLine, VisitorCard
from appliance.model import Audience, Heads, Millis, Snapshot, Visitor
from appliance.ports import Log, Marks
from appliance.records import Entry, Happened, Record, decode
from appliance.runtime.conversations import Conversations
from appliance.runtime.reading import read_back

NEWEST = 100
"""So many entries are looked at for the last line, the reasons and the panels; older ones do not matter to a list."""

LINE_CHARACTERS = 120


class _Glance(Struct):
    """What the newest entries tell."""

    last: LastLine | None = None
    why: dict[str, Any] | None = None
    rating_asked: bool = False
    form_asked: bool = False
    menu: tuple[str, ...] = ()
    unread: int = 0


def visitor_card(visitor: Visitor) -> VisitorCard:
    """Return the visitor as staff sees him."""
    return VisitorCard(
        visitor.id,
        visitor.name,
        visitor.level,
        visitor.tags,
        visitor.lang,
        visitor.page,
        visitor.title,
        visitor.referrer,
        visitor.channel,
        visitor.signed,
    )


class Cards:
    """Makes cards; `name_of` gives an agent's name by his id."""

    def __init__(self, log: Log, conversations: Conversations, name_of: Callable[[str], str]) -> None:
        self._log = log
        self._conversations = conversations
        self._name_of = name_of

    async def snapshot(self, conversation: str) -> tuple[Snapshot, Heads] | None:
        """Return the conversation as it is now, from memory or read back, and its committed heads; None: there is none."""
        mailbox = self._conversations.resident(conversation)
        if mailbox is not None and mailbox.snapshot is not None:
            return mailbox.snapshot, mailbox.committed
        restored = await read_back(self._log, self._conversations.graph, conversation, in_doubt=False)
        if restored is None or restored.snapshot is None:
            return None
        return restored.snapshot, restored.heads

    async def card(self, conversation: str, audience: Audience, reader: str) -> Card | None:
        """Return the card as `reader` ("visitor" or an agent id) sees it, None when there is no such conversation."""
        entries = await self._log.read(conversation, audience, limit=NEWEST, newest=True)
        marks = await self._log.marks(conversation)
        # The snapshot is taken last and at once with the heads, so that a card never promises less than it shows.
        found = await self.snapshot(conversation)
        if found is None:
            return None
        snapshot, heads = found
        glance = _look(entries, next((mark.read for mark in marks if mark.reader == reader), 0), reader)
        held = snapshot.held
        card = Card(
            id=conversation,
            agent=AgentName(held.agent, held.name or self._name_of(held.agent)) if held else None,
            opened_at=snapshot.opened_at,
            closed_at=snapshot.closed_at,
            # A reader of the database may see a commit before the loop is told of it, and so may a peer's cursor.
            head=max(
                heads.visitor if audience is Audience.VISITOR else heads.staff,
                entries[-1].seq if entries else 0,
            ),
            unread=glance.unread,
            receipts=_receipts(marks),
            last=glance.last,
            rating_asked=glance.rating_asked and snapshot.open,
            form_asked=glance.form_asked and snapshot.open,
            menu=list(glance.menu) if snapshot.open else [],
        )
        if audience is Audience.VISITOR:
            return card
        return _for_staff(card, snapshot, glance, await self._state(snapshot))

    async def _state(self, snapshot: Snapshot) -> str:
        """Return where the conversation stands in its flow: in one place, or in one for each parallel region."""
        mailbox = self._conversations.resident(snapshot.id)
        graph = mailbox.graph if mailbox is not None else None
        if graph is None or graph.id != snapshot.bundle:
            graph = await self._conversations.graph(snapshot.bundle)
        return " + ".join(graph.leaves(snapshot.active))


def _for_staff(card: Card, snapshot: Snapshot, glance: _Glance, state: str) -> Card:
    waiting = snapshot.waiting
    return Card(
        id=card.id,
        agent=card.agent,
        opened_at=card.opened_at,
        closed_at=card.closed_at,
        head=card.head,
        unread=card.unread,
        receipts=card.receipts,
        last=card.last,
        rating_asked=card.rating_asked,
        form_asked=card.form_asked,
        menu=card.menu,
        visitor=visitor_card(snapshot.visitor),
        state=state,
        queue=waiting.queue if waiting else snapshot.held.queue if snapshot.held else "",
        waiting_since=waiting.since if waiting else None,
        why=glance.why,
        tags=snapshot.tags,
    )


def _receipts(marks: Iterable[Marks]) -> list[ReceiptLine]:
    return [ReceiptLine(mark.reader, mark.delivered, mark.read) for mark in marks]


def _look(entries: Iterable[Entry], read: int, reader: str) -> _Glance:
    glance = _Glance()
    recalled: set[int] = set()
    for entry in entries:
        record = decode(entry.body)
        if isinstance(record, Happened) and isinstance(record.input, inputs.Recalled):
            recalled.add(record.input.seq)
        said = _said(record)
        if said is not None:
            author, kind, text = said
            glance.last = LastLine(entry.seq, entry.at, kind, text[:LINE_CHARACTERS])
            if entry.seq > read and author != reader:
                glance.unread += 1
        _note_panels(glance, record)
    if glance.last is not None and glance.last.seq in recalled:
        glance.last = LastLine(glance.last.seq, glance.last.at, "recalled", "")
    return glance


def _said(record: Record) -> tuple[str, str, str] | None:
    """Return (author, kind, text) of a record that is a message to somebody, else None."""
    match record:
        case Happened(inputs.Opened(text=text)) | Happened(inputs.VisitorSaid(text=text)):
            return "visitor", "message", text
        case Happened(inputs.AgentSaid(agent=agent, text=text)):
            return agent, "message", text
        case Happened(inputs.AgentNoted(agent=agent, text=text)):
            return agent, "note", text
        case Happened(inputs.FormSent(fields=fields)):
            return "visitor", "form", " ".join(fields.values())
        case records.Said(author=author, text=text):
            return author, "message", text
    return None


def _note_panels(glance: _Glance, record: Record) -> None:
    match record:
        case records.RatingAsked():
            glance.rating_asked = True
        case records.RatingSaved() | records.Assigned() | records.Queued():
            glance.rating_asked = False
        case records.FormAsked():
            glance.form_asked = True
        case Happened(inputs.FormSent()):
            glance.form_asked = False
        case Happened(inputs.Offered(reasons=reasons)) if reasons:
            glance.why = reasons
        case records.Said(menu=menu):
            glance.menu = menu
        case Happened(inputs.VisitorSaid()):
            glance.menu = ()


def opening_card(conversation: str, opened_at: Millis) -> Card:
    """Return a visitor's card of a conversation that has just begun: its events follow it from seq 1 on."""
    return Card(
        id=conversation,
        agent=None,
        opened_at=opened_at,
        closed_at=None,
        head=0,
        unread=0,
        receipts=[],
        last=None,
        rating_asked=False,
        form_asked=False,
        menu=[],
    )
