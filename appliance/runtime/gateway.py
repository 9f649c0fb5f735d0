"""What the runtime offers to channels: who somebody is, what is his, and the way of his frames to a conversation.

Channels know sockets, conversations know nothing but inputs; this is where the two meet.  What flows back (committed entries,
typing, the desk) is runtime/fanout.py's.
"""

from functools import partial
from time import perf_counter

from appliance.channels.gateway import Admission, History, Link, Upgrade
from appliance.conversation.permit import RECALL_MS, Actor
from appliance.delivery import codes
from appliance.delivery.commands import Marked, Peer, ReadFrom, Submit
from appliance.delivery.events import recalls
from appliance.delivery.frames import Ack, Do, Hello, Presenting, Retry, Send, Typed, Watch
from appliance.delivery.intake import refusal
from appliance.errors import Refused, Text
from appliance.figures import QUICK, Histogram
from appliance.inputs import AgentAccepted, AgentTransferred, Input, Opened, VisitorLeft, VisitorSaid
from appliance.model import Agent, Audience, Millis, Visitor, new_id
from appliance.ports import Clock, Log
from appliance.records import Entry, decode
from appliance.runtime.admission import Admissions
from appliance.runtime.cards import Cards
from appliance.runtime.conversations import Conversations
from appliance.runtime.desk import DeskRuntime
from appliance.runtime.entropy import Entropy
from appliance.runtime.fanout import Fanout
from appliance.runtime.guests import Guests
from appliance.runtime.letters import UNKNOWN, Acked, Outcome, RetryLater
from appliance.runtime.links import Links
from appliance.runtime.live import Live
from appliance.runtime.overload import Overload
from appliance.runtime.receipts import Receipts

GONE_AFTER: Millis = 30_000
"""A visitor without any page for so long has left."""

RECALLS_AT_ONCE = 200

NO_SUCH_TARGET = Refused(
    "invalid",
    Text("没有这位客服或这个队列。", "There is no such agent or queue."),
    Text("请刷新页面后重选。", "Reload the page and choose again."),
)
LAPSED = Refused(
    "late",
    Text(
        "晚了一步：邀约已失效，或您的接待已满。", "Too late: the offer has lapsed, or you have no room left."
    ),
)
NOT_TO_TAKE = Refused(
    "late",
    Text(
        "现在不能接入：流程还没到派客服这一步，或您的接待已满。",
        "Not to be taken now: the flow does not ask for an agent yet, or you have no room left.",
    ),
)


class AppGateway:
    """Implements channels.gateway.Gateway over the running appliance.  Loop only."""

    def __init__(
        self,
        live: Live,
        log: Log,
        clock: Clock,
        entropy: Entropy,
        links: Links,
        guests: Guests,
        conversations: Conversations,
        cards: Cards,
        desk: DeskRuntime,
        fanout: Fanout,
        receipts: Receipts,
        admissions: Admissions,
        overload: Overload,
    ) -> None:
        self._live = live
        self._log = log
        self._clock = clock
        self._entropy = entropy
        self._links = links
        self._guests = guests
        self._conversations = conversations
        self._cards = cards
        self._desk = desk
        self._fanout = fanout
        self._receipts = receipts
        self._admissions = admissions
        self._overload = overload
        self.acks = Histogram(QUICK)
        """From a message's arrival until it is acknowledged, in seconds."""

    # ---- coming and going

    async def admit(self, hello: Hello, upgrade: Upgrade, link: Link) -> Admission:
        """See channels.gateway.Gateway.admit."""
        return await self._admissions.admit(hello, upgrade, link)

    def leave(self, link: Link, linger: Millis) -> None:
        """See channels.gateway.Gateway.leave."""
        peer = self._links.remove(link)
        if peer is None:
            return
        if peer.role == "visitor":
            self._conversations.later(linger + GONE_AFTER, partial(self._visitor_gone, peer.id))
        elif linger:
            self._conversations.later(linger, partial(self._desk.agent_disconnected, peer.id))
        else:
            self._desk.agent_disconnected(peer.id)

    def _visitor_gone(self, visitor: str) -> None:
        conversation = self._conversations.residents.open_of(visitor)
        if self._links.of_visitor(visitor):
            return
        self._admissions.forget(visitor)
        if conversation is not None:
            self._conversations.post(conversation, VisitorLeft())

    # ---- sends and acts

    def submit(self, link: Link, submit: Submit) -> None:
        """See channels.gateway.Gateway.submit."""
        peer = self._links.peer(link)
        if peer is None:
            return
        frame, source = submit.frame, submit.input
        if type(source) is VisitorSaid:
            self._check_queue(peer.id)
        reply = partial(self._answer, link, frame.cid, perf_counter())
        self._overload.in_hand += 1
        actor = Actor("visitor" if peer.role == "visitor" else "agent", peer.id, peer.name, peer.chief)
        try:
            self._hand_on(frame, source, peer, actor, reply)
        except BaseException:  # whatever it was, nobody will answer any more
            self._overload.in_hand -= 1
            raise

    def _hand_on(
        self, frame: Send | Do, source: Input | None, peer: Peer, actor: Actor, reply: "partial[None]"
    ) -> None:
        if source is None:
            if isinstance(frame, Do):
                self._conversations.bring(frame.conversation, partial(self._at_the_desk, frame, peer, reply))
        elif frame.conversation is None:
            self._say_or_open(source, actor, reply)
        else:
            if isinstance(source, AgentTransferred):
                self._check_target(source)
            self._conversations.post(frame.conversation, source, actor, reply)

    def _answer(self, link: Link, cid: str, began: float, outcome: Outcome) -> None:
        self._overload.in_hand -= 1
        match outcome:
            case Acked(conversation, seq, at):
                self.acks.observe(perf_counter() - began)
                link.answer(Ack(cid, conversation, seq, at))
            case RetryLater(retry_after):
                link.answer(Retry(cid, retry_after))
            case Refused():
                link.answer(refusal(cid, outcome))

    def _check_queue(self, visitor: str) -> None:
        """Raise Refused when a visitor's message would only lengthen a queue that is too long already."""
        if wait := self._overload.refuses(self._guests.vip(visitor)):
            raise Refused("full", codes.REFUSALS["full"], retry_after=wait)

    def _say_or_open(self, source: Input, actor: Actor, reply: "partial[None]") -> None:
        """A visitor's message without a conversation goes to his open one, or opens one."""
        if not isinstance(source, VisitorSaid):
            raise UNKNOWN
        if (conversation := self._conversations.residents.open_of(actor.id)) is not None:
            self._conversations.post(conversation, source, actor, reply)
            return
        visitor = self._admissions.profile(actor.id) or Visitor(actor.id, actor.name)
        conversation = new_id(self._clock.now(), self._entropy.take(10))
        opened = Opened(
            conversation=conversation,
            visitor=visitor,
            bundle=self._live.now.graph.id,
            cid=source.cid,
            text=source.text,
            menu=source.menu,
            last_agent=self._admissions.last_agent(actor.id),
        )
        self._conversations.open(conversation, opened, actor, reply)

    def _check_target(self, source: AgentTransferred) -> None:
        known = (
            self._admissions.agent_exists(source.to_agent)
            if source.to_agent
            else self._live.now.spec.queue(source.to_queue) is not None
        )
        if not known:
            raise NO_SUCH_TARGET

    def _at_the_desk(self, frame: Do, peer: Peer, reply: "partial[None]") -> None:
        """Hand on what is meant for the desk; its refusal is an answer like any other."""
        try:
            self._to_the_desk(frame, peer, reply)
        except Refused as refusal:
            reply(refusal)

    def _to_the_desk(self, frame: Do, peer: Peer, reply: "partial[None]") -> None:
        """Offers are accepted and declined at the desk, which knows for whom it reserved a slot."""
        conversation, visit = frame.conversation, frame.visit or 0
        if frame.act == "decline":
            self._desk.decline(conversation, peer.id, visit)
            reply(Acked(conversation, 0, self._clock.now()))
            return
        if self._owner_of(conversation) == peer.id:
            # His answer was lost on the way, not the conversation: a resent click is acknowledged again.
            reply(Acked(conversation, 0, self._clock.now()))
            return
        if frame.act == "take":
            visit = self._claim(conversation, peer)
        elif not self._desk.accepting(conversation, peer.id, visit):
            raise LAPSED
        queue = self._queue_of(conversation)
        self._conversations.post(conversation, AgentAccepted(peer.id, peer.name, visit, queue), reply=reply)

    def _claim(self, conversation: str, peer: Peer) -> int:
        """A supervisor takes a waiting conversation himself; return the number of its wish."""
        if not peer.chief:
            raise Refused("denied", codes.REFUSALS["denied"])
        visit = self._desk.claim(conversation, peer.id)
        if visit is None:
            raise NOT_TO_TAKE
        return visit

    def _owner_of(self, conversation: str) -> str:
        mailbox = self._conversations.resident(conversation)
        held = mailbox.snapshot.held if mailbox and mailbox.snapshot else None
        return held.agent if held else ""

    def _queue_of(self, conversation: str) -> str:
        mailbox = self._conversations.resident(conversation)
        waiting = mailbox.snapshot.waiting if mailbox and mailbox.snapshot else None
        return waiting.queue if waiting else ""

    # ---- reading

    async def read(self, link: Link, wanted: ReadFrom) -> History:
        """See channels.gateway.Gateway.read."""
        peer = self._links.peer(link)
        found = await self._cards.snapshot(wanted.conversation) if peer else None
        if peer is None or found is None:
            raise UNKNOWN
        snapshot, _ = found
        if peer.role == "visitor" and snapshot.visitor.id != peer.id:
            raise UNKNOWN
        entries = await self._log.read(
            wanted.conversation, peer.audience, wanted.after, wanted.before, wanted.limit, newest=True
        )
        recalled = (
            await self._recalled_after(wanted.conversation, entries)
            if wanted.before is not None
            else frozenset()
        )
        head = await self._head(wanted.conversation, peer.audience)
        return History(entries, head, recalled)

    async def _head(self, conversation: str, audience: Audience) -> int:
        """Return the last committed seq this audience may see: the log's word, not that of a unit under way."""
        newest = await self._log.read(conversation, audience, limit=1, newest=True)
        return newest[-1].seq if newest else 0

    async def _recalled_after(self, conversation: str, entries: list[Entry]) -> frozenset[int]:
        """Return what was recalled by entries later than a page: a recall follows its message within two minutes."""
        if not entries:
            return frozenset()
        after, until = entries[-1].seq, entries[-1].at + RECALL_MS
        found: set[int] = set()
        while True:
            later = await self._log.read(conversation, Audience.VISITOR, after=after, limit=RECALLS_AT_ONCE)
            found |= recalls(decode(entry.body) for entry in later)
            if len(later) < RECALLS_AT_ONCE or later[-1].at > until:
                return frozenset(found)
            after = later[-1].seq

    # ---- what passes

    def mark(self, link: Link, marked: Marked) -> None:
        """See channels.gateway.Gateway.mark."""
        peer = self._links.peer(link)
        if peer is not None:
            self._conversations.bring(marked.conversation, partial(self._mark, peer, marked))

    def _mark(self, peer: Peer, marked: Marked) -> None:
        if self._takes_part(peer, marked.conversation):
            reader = "visitor" if peer.role == "visitor" else peer.id
            if not self._overload.switches.receipts:
                self._overload.suppressed["read_receipts"] += 1
            self._receipts.mark(marked.conversation, reader, marked.delivered, marked.read)

    def typing(self, link: Link, frame: Typed) -> None:
        """See channels.gateway.Gateway.typing."""
        peer = self._links.peer(link)
        if not self._overload.switches.typing:
            self._overload.suppressed["typing"] += 1
        elif peer is not None:
            self._conversations.bring(frame.conversation, partial(self._type, peer, frame))

    def _type(self, peer: Peer, frame: Typed) -> None:
        if self._takes_part(peer, frame.conversation):
            self._fanout.typing(peer, frame)

    def _takes_part(self, peer: Peer, conversation: str) -> bool:
        """Return whether the visitor may learn that the peer is there: who only watches leaves no receipt, no typing."""
        if peer.role == "visitor":
            return True
        mailbox = self._conversations.resident(conversation)
        snapshot = mailbox.snapshot if mailbox else None
        if snapshot is None:
            return False
        return peer.id in snapshot.joined or (snapshot.held is not None and snapshot.held.agent == peer.id)

    def present(self, link: Link, frame: Presenting) -> None:
        """See channels.gateway.Gateway.present."""
        peer = self._links.peer(link)
        if peer is not None and peer.role != "visitor":
            self._desk.agent_status(peer.id, frame.status)
            self._fanout.status(peer.id, frame.status)

    def watch(self, link: Link, frame: Watch) -> None:
        """See channels.gateway.Gateway.watch."""
        peer = self._links.peer(link)
        if peer is None or not peer.chief:
            raise Refused("denied", codes.REFUSALS["denied"])
        if frame.on:
            self._fanout.show_card(frame.conversation, (link,), peer.id)
        else:
            self._links.look_away(link, frame.conversation)
            link.part(frame.conversation)

    # ---- for the edges

    def agent_changed(self, agent: Agent) -> None:
        """An agent was added or changed; a disabled one is shown out."""
        self._admissions.know(agent)
        self._desk.agent_changed(agent)
        if agent.disabled:
            self.show_out(agent.id)

    def show_out(self, agent: str) -> None:
        """End every connection of an agent whose logins were revoked."""
        for link in self._links.of_agent(agent):
            link.close(codes.AUTH)
