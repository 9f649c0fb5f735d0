"""What flows from conversations and the desk to the people who are connected.

An event is made once and handed to every page that may see it; nothing here waits for anybody.  A page that was not there
catches up by its cursor.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from functools import partial
from itertools import repeat
from typing import Any

from appliance import inputs, records
from appliance.channels.gateway import Link
from appliance.delivery.cards import AgentLine, Banner, DeskView, QueueLine, WaitingLine
from appliance.delivery.codes import REFUSALS
from appliance.delivery.commands import Peer
from appliance.delivery.events import Event
from appliance.delivery.frames import (
    Desk as DeskFrame,
)
from appliance.delivery.frames import (
    Joined,
    Notice,
    Offer,
    Queue,
    Remind,
    Status,
    Typed,
    Typing,
    Unoffer,
)
from appliance.delivery.frames import (
    Receipts as ReceiptsFrame,
)
from appliance.delivery.packed import pack
from appliance.dispatch import views
from appliance.dispatch.commands import AgentView, Position
from appliance.dispatch.desk import Desk
from appliance.effects import ShowOffer
from appliance.model import Agent, Audience, Millis
from appliance.overload import ALL_ON, Change, Switches
from appliance.ports import Marks, Published
from appliance.records import Happened, Record, decode
from appliance.runtime.cards import Cards, opening_card, visitor_card
from appliance.runtime.conversations import Conversations
from appliance.runtime.guests import Guests
from appliance.runtime.links import Links
from appliance.runtime.overload import Overload

DESK_PACE: Millis = 5_000
"""While presence is off under load, the desk is shown so often: blind, nobody could work off what waits."""

_CARD_CHANGES = (inputs.VisitorKnown, inputs.StaffTagged, inputs.AgentTransferred)


class Fanout:
    """Shows people what happened.  Loop only."""

    def __init__(
        self,
        links: Links,
        guests: Guests,
        conversations: Conversations,
        cards: Cards,
        desk: Desk,
        tasks: asyncio.TaskGroup,
        agent_of: Callable[[str], Agent | None],
        keep_last_agent: Callable[[str, str], Coroutine[Any, Any, None]],
        keep_tags: Callable[[str, tuple[str, ...]], Coroutine[Any, Any, None]],
        overload: Overload,
    ) -> None:
        self._links = links
        self._guests = guests
        self._conversations = conversations
        self._cards = cards
        self._desk = desk
        self._tasks = tasks
        self._agent_of = agent_of
        self._keep_last_agent = keep_last_agent
        self._keep_tags = keep_tags
        self._offers: set[tuple[str, str, int]] = set()
        self._banner: Banner | None = None
        self._overload = overload
        self._desk_due = False

    # ---- committed entries

    def published(self, published: Published) -> None:
        """Show the entries of one committed unit."""
        conversation = published.conversation
        events = list(map(Event, published.entries, published.records or repeat(None)))
        visitors = self._links.of_visitor(published.visitor)
        first = published.entries[0]
        if first.seq == 1:
            # All of it is in the entry: whoever committed it may be another process than this one.
            joined = pack(Joined(opening_card(conversation, first.at)))
            for link in visitors:
                link.join(joined)
        switches = self._overload.switches
        within = 0 if switches is ALL_ON else self._within(switches, published.visitor)
        for link in visitors:
            link.publish(events, within)
        # Only staff pages that are subscribed look on; the records below decide who is.
        for link in self._links.lookers(conversation):
            link.publish(events, switches.batch)
        self._follow(published, events)

    def _within(self, switches: Switches, visitor: str) -> Millis:
        """Return how long news may wait for a visitor: a VIP's never do."""
        within = max(switches.push_delay, switches.batch)
        if not within or self._guests.vip(visitor):
            return 0
        self._overload.suppressed["push_delay" if switches.push_delay else "batching"] += 1
        return within

    def _follow(self, published: Published, events: Sequence[Event]) -> None:
        """Let the subscriptions of staff follow who owns the conversation."""
        conversation = published.conversation
        for event in events:
            if event.entry.body.startswith(_PLAIN):
                continue
            record: Record = event.record or decode(event.entry.body)
            match record:
                case records.Assigned(agent=agent):
                    self._guests.served(published.visitor, agent)
                    self._tasks.create_task(
                        self._keep_last_agent(published.visitor, agent), name="last agent"
                    )
                    self.show_card(conversation, self._links.of_agent(agent), agent)
                case records.Released(agent=agent):
                    if not self._inside(conversation, agent):
                        self._take_away(conversation, agent)
                case Happened(inputs.StaffJoined(agent=agent, inside=inside)):
                    if inside:
                        self.show_card(conversation, self._links.of_agent(agent), agent)
                    else:
                        self._take_away(conversation, agent)
                case Happened(source) if isinstance(source, _CARD_CHANGES):
                    self._show_changed(conversation)
                    if isinstance(source, inputs.StaffTagged) and source.keep:
                        self._tasks.create_task(self._keep_tags(published.visitor, source.tags), name="tags")

    def _inside(self, conversation: str, agent: str) -> bool:
        mailbox = self._conversations.resident(conversation)
        return bool(
            mailbox and mailbox.snapshot and mailbox.snapshot.open and agent in mailbox.snapshot.joined
        )

    def _take_away(self, conversation: str, agent: str) -> None:
        for link in self._links.of_agent(agent):
            self._links.look_away(link, conversation)
            link.part(conversation)

    def _show_changed(self, conversation: str) -> None:
        by_agent: dict[str, list[Link]] = {}
        for link in self._links.lookers(conversation):
            peer = self._links.peer(link)
            if peer is not None:
                by_agent.setdefault(peer.id, []).append(link)
        for agent, links in by_agent.items():
            self.show_card(conversation, links, agent)

    def show_card(self, conversation: str, links: Iterable[Link], reader: str) -> None:
        """Give staff links the conversation, or its changed card."""
        links = tuple(links)
        for link in links:
            self._links.look_soon(link, conversation)
        if links:
            self._tasks.create_task(self._bring_card(conversation, links, reader), name="card")

    async def _bring_card(self, conversation: str, links: tuple[Link, ...], reader: str) -> None:
        card = await self._cards.card(conversation, Audience.STAFF, reader)
        if card is None:
            text = REFUSALS["unknown"]
            for link in links:
                link.tell(Notice("unknown", text.zh, text.en, "warn"))
            return
        # No await from here on: between the heads on the card and the subscription nothing may be published.
        joined = pack(Joined(card))
        for link in links:
            # The conversation may have been taken from him while the card was read.
            if self._links.may_look(link, conversation):
                self._links.look(link, conversation)
                link.join(joined)

    # ---- passing signals

    def typing(self, peer: Peer, frame: Typed) -> None:
        """Show the others in a conversation that somebody types; a visitor's unsent words only to who owns it."""
        mailbox = self._conversations.resident(frame.conversation)
        if mailbox is None or mailbox.snapshot is None or not mailbox.snapshot.open:
            return
        if peer.role == "visitor":
            held = mailbox.snapshot.held
            shown = pack(Typing(frame.conversation, "visitor", peer.name, frame.on, frame.text))
            blank = pack(Typing(frame.conversation, "visitor", peer.name, frame.on))
            for link in self._links.lookers(frame.conversation):
                looker = self._links.peer(link)
                link.tell(shown if looker and held and looker.id == held.agent else blank)
        else:
            seen = pack(Typing(frame.conversation, peer.id, peer.name, frame.on))
            for link in self._links.of_visitor(mailbox.visitor):
                link.tell(seen)

    def receipts(self, conversation: str, marks: Marks) -> None:
        """Show how far a reader has come to the other parties."""
        self._conversations.bring(conversation, partial(self._show_receipts, conversation, marks))

    def _show_receipts(self, conversation: str, marks: Marks) -> None:
        shown = pack(ReceiptsFrame(conversation, marks.reader, marks.delivered, marks.read))
        mailbox = self._conversations.resident(conversation)
        if mailbox is not None and marks.reader != "visitor":
            for link in self._links.of_visitor(mailbox.visitor):
                link.tell(shown)
        for link in self._links.lookers(conversation):
            link.tell(shown)

    def status(self, agent: str, status: str) -> None:
        """Tell every page of an agent the status he chose on one of them."""
        shown = pack(Status(status))
        for link in self._links.of_agent(agent):
            link.tell(shown)

    # ---- the desk

    def positions(self, changed: dict[str, Position]) -> None:
        """Show waiting visitors their places."""
        for conversation, place in changed.items():
            mailbox = self._conversations.resident(conversation)
            if mailbox is not None:
                frame = pack(Queue(conversation, place.position, place.length, place.expected_ms))
                for link in self._links.of_visitor(mailbox.visitor):
                    link.tell(frame)

    def staff_changed(self) -> None:
        """Show the desk to all staff, and take back offers that are gone."""
        self._desk_changed()
        standing = {
            (agent.id, offer.conversation, offer.visit)
            for agent in views.agent_views(self._desk)
            for offer in agent.offers
            if offer.shown
        }
        for agent, conversation, visit in self._offers - standing:
            gone = pack(Unoffer(conversation, visit))
            for link in self._links.of_agent(agent):
                link.tell(gone)
        self._offers &= standing

    def show_banner(self, banner: Banner | None) -> None:
        """Show what is to be known of the configuration to supervisors and the owner; None takes it away."""
        self._banner = banner
        self._show_desk()

    def overload_changed(self, change: Change) -> None:
        """Show what was held back while presence was off."""
        if self._overload.switches.presence:
            self._show_desk()

    def _desk_changed(self) -> None:
        """Show the desk; while presence is off, not at each change but every few seconds."""
        if self._overload.switches.presence:
            self._show_desk()
            return
        self._overload.suppressed["presence"] += 1
        if not self._desk_due:
            self._desk_due = True
            self._conversations.later(DESK_PACE, self._desk_in_time)

    def _desk_in_time(self) -> None:
        self._desk_due = False
        self._show_desk()

    def _show_desk(self) -> None:
        staff = self._links.of_staff()
        if not staff:
            return
        view = self.desk_view()
        plain = pack(DeskFrame(view.queues, view.waiting, view.agents))
        chiefs = plain
        if self._banner is not None:
            chiefs = pack(DeskFrame(view.queues, view.waiting, view.agents, self._banner))
        for link in staff:
            peer = self._links.peer(link)
            link.tell(chiefs if peer is not None and peer.chief else plain)

    def desk_view(self, chief: bool = False) -> DeskView:
        """Return the desk as staff sees it; a `chief` sees the banner, too."""
        queues: list[QueueLine] = []
        waiting: list[WaitingLine] = []
        for queue in views.queue_views(self._desk):
            queues.append(QueueLine(queue.name, queue.length + queue.left, queue.oldest, queue.ready))
            for waiter in queue.waiting:
                mailbox = self._conversations.resident(waiter.conversation)
                if mailbox is None or mailbox.snapshot is None:
                    continue
                waiting.append(
                    WaitingLine(
                        waiter.conversation,
                        queue.name,
                        waiter.position,
                        waiter.since,
                        waiter.vip,
                        visitor_card(mailbox.snapshot.visitor),
                        waiter.asking,
                    )
                )
        agents = [self._agent_line(view) for view in views.agent_views(self._desk)]
        return DeskView(queues, waiting, agents, self._banner if chief else None)

    def _agent_line(self, view: AgentView) -> AgentLine:
        known = self._agent_of(view.id)
        role = known.role if known else "agent"
        return AgentLine(view.id, view.name, role, view.chosen, view.presence, len(view.held), view.capacity)

    def show_offer(self, conversation: str, offer: ShowOffer) -> None:
        """Show an agent an offer with its clock."""
        mailbox = self._conversations.resident(conversation)
        view = views.agent_view(self._desk, offer.agent)
        if mailbox is None or mailbox.snapshot is None or view is None:
            return
        for shown in view.offers:
            if (shown.conversation, shown.visit, shown.shown) == (conversation, offer.visit, True):
                self._offers.add((offer.agent, conversation, offer.visit))
                frame = pack(
                    Offer(
                        conversation, offer.visit, offer.queue, shown.due or 0, mailbox.snapshot.visitor.name
                    )
                )
                for link in self._links.of_agent(offer.agent):
                    link.tell(frame)

    def remind(self, conversation: str, agent: str) -> None:
        """Remind an agent that a visitor waits for his answer."""
        frame = pack(Remind(conversation))
        for link in self._links.of_agent(agent):
            link.tell(frame)


_PLAIN = (b'{"r":"happened","input":{"in":"visitor_said"', b'{"r":"happened","input":{"in":"agent_said"')
"""Most entries are messages, which change nobody's subscriptions: they are recognised without being decoded."""
