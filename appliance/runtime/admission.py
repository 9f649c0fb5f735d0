"""Lets people in: from a hello to a proven person with the list of what is his.

Everything a peer is told first (who he is, his conversations, the desk) is put together here.  A visitor is whom his signed
token names; levels come only from an identity that the site signed.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

import msgspec

from appliance.channels.gateway import Admission, Link, Upgrade
from appliance.config.spec import Spec
from appliance.delivery import codes
from appliance.delivery.cards import Card, ClientLimits, Greeting, ReplyLine, Site, You
from appliance.delivery.commands import Peer
from appliance.delivery.frames import Hello, Welcome
from appliance.delivery.rate import Rate
from appliance.dispatch import views
from appliance.errors import ProtocolError, Text
from appliance.inputs import VisitorKnown
from appliance.model import Agent, Audience, Millis, Visitor, new_id
from appliance.ports import Accounts, Clock, Log
from appliance.runtime.cards import Cards
from appliance.runtime.conversations import Conversations
from appliance.runtime.desk import DeskRuntime
from appliance.runtime.entropy import Entropy
from appliance.runtime.fanout import Fanout
from appliance.runtime.guests import RATE_WINDOW, Guests
from appliance.runtime.links import Links
from appliance.runtime.live import Live
from appliance.runtime.overload import Overload

AGENT_RATE = (50, RATE_WINDOW)
OUTBOX = 32
CLOSED_SHOWN: Millis = 24 * 3_600_000
"""A visitor sees his last closed conversation for so long."""

LINE = 2_048


class Identities(Protocol):
    """Who a visitor is, by what his browser brings (http/access.py signs and verifies)."""

    def visitor_of(self, token: str) -> str | None:
        """Return the visitor id in a token of ours, None when it is not genuine."""
        ...

    def token_for(self, visitor: str, now: Millis) -> str:
        """Return a new token for the visitor."""
        ...

    def signed(self, identity: str, now: Millis) -> Visitor | None:
        """Return the visitor (id, name, level) a site's signature vouches for, None when it does not hold."""
        ...


class Admissions:
    """Admits links and remembers who is there.  Loop only."""

    def __init__(
        self,
        live: Live,
        greet: Callable[[Millis], str],
        log: Log,
        accounts: Accounts,
        clock: Clock,
        entropy: Entropy,
        identities: Identities,
        links: Links,
        guests: Guests,
        conversations: Conversations,
        cards: Cards,
        desk: DeskRuntime,
        fanout: Fanout,
        agents: dict[str, Agent],
        overload: Overload,
    ) -> None:
        self._live = live
        self._greet = greet
        self._log = log
        self._accounts = accounts
        self._clock = clock
        self._entropy = entropy
        self._identities = identities
        self._links = links
        self._guests = guests
        self._conversations = conversations
        self._cards = cards
        self._desk = desk
        self._fanout = fanout
        self._agents = agents
        self._overload = overload
        self.draining = False

    # ---- whom we know

    def know(self, agent: Agent) -> None:
        """An agent was added or changed."""
        self._agents[agent.id] = agent

    def agent_exists(self, agent: str) -> bool:
        """Return whether this is an agent who may serve."""
        known = self._agents.get(agent)
        return known is not None and not known.disabled

    def agent(self, agent: str) -> Agent | None:
        """Return an agent."""
        return self._agents.get(agent)

    def profile(self, visitor: str) -> Visitor | None:
        """Return the profile of a visitor who is here."""
        guest = self._guests.get(visitor)
        return guest.profile if guest is not None else None

    async def keep_tags(self, visitor: str, tags: tuple[str, ...]) -> None:
        """A supervisor tagged the visitor: his later conversations begin with it."""
        known = await self._accounts.visitor(visitor) or Visitor(visitor)
        await self._accounts.save_visitor(msgspec.structs.replace(known, tags=tags), self._clock.now())
        here = self._guests.get(visitor)
        if here is not None:
            self._guests.known(here, msgspec.structs.replace(here.profile, tags=tags))

    def rates_changed(self) -> None:
        """Another configuration is live: who is here may send what it allows, and what he sent lately counts."""
        self._guests.grant(sends_of(self._live.now.spec))

    def last_agent(self, visitor: str) -> str:
        """Return who served this visitor last, "" when nobody did."""
        guest = self._guests.get(visitor)
        return guest.last_agent if guest is not None else ""

    def forget(self, visitor: str) -> None:
        """A visitor has gone: what is kept of him stands in the store."""
        self._guests.forget(visitor)

    # ---- admission

    async def admit(self, hello: Hello, upgrade: Upgrade, link: Link) -> Admission:
        """Return who the peer is and what is his; raises ProtocolError when he may not come in."""
        if self.draining:
            raise ProtocolError(codes.DRAIN, codes.CLOSE_CODES[codes.DRAIN].meaning)
        if upgrade.role == "visitor":
            if len(self._links) >= self._live.now.spec.limits.connections:
                # Agents come in however full it is: they are who makes room.
                raise ProtocolError(codes.OVERLOAD, codes.CLOSE_CODES[codes.OVERLOAD].meaning)
            return await self._admit_visitor(hello, link)
        return await self._admit_agent(hello, upgrade, link)

    async def _admit_visitor(self, hello: Hello, link: Link) -> Admission:
        now = self._clock.now()
        visitor, token = self._recognise(hello, now)
        if token is not None and not self._live.now.graph.is_vip_profile(visitor):
            wait = self._overload.turns_away()
            if wait:
                raise ProtocolError(
                    codes.OVERLOAD, codes.CLOSE_CODES[codes.OVERLOAD].meaning, retry_after=wait
                )
        last_agent = ""
        if token is None or visitor.signed:
            visitor = await self._remembered(visitor, hello, now)
            last_agent = await self._accounts.last_agent(visitor.id)
        # No await from here to the registration: whoever was just leaving must not be forgotten in between.
        guest = self._guests.arrived(visitor, last_agent)
        peer = Peer("visitor", visitor.id, visitor.name)
        session = self._register(link, peer, hello)
        try:
            welcome = await self._visitor_welcome(visitor, token, session, now)
            return Admission(peer, welcome, guest.rate)
        except BaseException:
            self._links.remove(link)
            self._guests.forget(visitor.id)
            raise

    async def _visitor_welcome(
        self, visitor: Visitor, token: str | None, session: str, now: Millis
    ) -> Welcome:
        # Whoever has just been given his id has no conversation; all that comes in a storm of strangers is answered at once.
        stranger = token is not None and not visitor.signed
        conversation = None if stranger else await self._conversation_of(visitor, now)
        cards: list[Card] = []
        if conversation:
            card = await self._cards.card(conversation, Audience.VISITOR, "visitor")
            cards = [card] if card else []
            place = views.position(self._desk.desk, conversation)
            if place is not None:
                self._fanout.positions({conversation: place})
        epoch = await self._log.epoch()
        spec = self._live.now.spec
        return Welcome(
            session=session,
            epoch=epoch,
            now=now,
            you=You(visitor.id, visitor.name, "visitor"),
            limits=ClientLimits(spec.limits.message_bytes, OUTBOX),
            site=Site(spec.site.name),
            conversations=cards,
            token=token,
            greeting=Greeting(self._greet(now), list(spec.welcome.menu)),
            mode=self._overload.news(staff=False),
        )

    def _recognise(self, hello: Hello, now: Millis) -> tuple[Visitor, str | None]:
        """Return the visitor as his browser tells of him and, when he has none that is good, his new token."""
        signed = self._identities.signed(hello.identity, now) if hello.identity else None
        by_token = self._identities.visitor_of(hello.token) if hello.token else None
        # A token that is not ours proves nothing, and takes nothing away either: its bearer is simply somebody new.
        visitor = signed or Visitor(by_token or new_id(now, self._entropy.take(10)))
        told = _told(Visitor(visitor.id), visitor if signed else None, hello)
        return told, None if by_token == told.id else self._identities.token_for(told.id, now)

    async def _remembered(self, visitor: Visitor, hello: Hello, now: Millis) -> Visitor:
        """Return the visitor with what is kept of him, and keep what is new."""
        kept = await self._accounts.visitor(visitor.id)
        if kept is None and not visitor.signed:
            # Of a stranger nothing is kept before he speaks (a conversation holds his profile), or whoever only says hello,
            # again and again, would fill the disk.
            return visitor
        known = kept or Visitor(visitor.id)
        told = _told(known, visitor if visitor.signed else None, hello)
        if told != known:
            await self._accounts.save_visitor(told, now)
        return told

    async def _conversation_of(self, visitor: Visitor, now: Millis) -> str | None:
        """Return the visitor's open conversation, or the closed one that he may still read."""
        opened = self._conversations.residents.open_of(visitor.id) or await self._log.open_conversation(
            visitor.id
        )
        if opened:
            self._conversations.residents.know_open(visitor.id, opened)
            found = await self._cards.snapshot(opened)
            # A page that brings no signature says nothing about a visitor who has shown one on another.
            if found is not None and visitor.signed and _proof(found[0].visitor) != _proof(visitor):
                self._conversations.post(opened, VisitorKnown(visitor))
            return opened
        for summary in await self._log.conversations(visitor=visitor.id, limit=1):
            if summary.closed_at is not None and now - summary.closed_at < CLOSED_SHOWN:
                return summary.conversation
        return None

    async def _admit_agent(self, hello: Hello, upgrade: Upgrade, link: Link) -> Admission:
        agent = await self._accounts.agent(upgrade.agent)
        if agent is None or agent.disabled:
            raise ProtocolError(
                codes.AUTH,
                Text("这个账号不存在或已停用。", "This account does not exist or is disabled."),
                Text("请联系负责人。", "Please ask the owner."),
            )
        now = self._clock.now()
        peer = Peer(agent.role, agent.id, agent.name)
        session = self._register(link, peer, hello)
        self._desk.agent_connected(agent.id)
        try:
            return Admission(peer, await self._agent_welcome(agent, link, session, now), Rate(*AGENT_RATE))
        except BaseException:
            self._links.remove(link)
            self._desk.agent_disconnected(agent.id)
            raise

    async def _agent_welcome(self, agent: Agent, link: Link, session: str, now: Millis) -> Welcome:
        replies = await self._accounts.quick_replies(agent.id)
        epoch = await self._log.epoch()
        cards = [
            card for each in self._held_by(agent.id) if (card := await self._agent_card(each, agent.id, link))
        ]
        view = views.agent_view(self._desk.desk, agent.id)
        spec = self._live.now.spec
        return Welcome(
            session=session,
            epoch=epoch,
            now=now,
            you=You(agent.id, agent.name, agent.role),
            limits=ClientLimits(spec.limits.message_bytes, OUTBOX),
            site=Site(spec.site.name),
            conversations=cards,
            presence=view.chosen if view else "away",
            desk=self._fanout.desk_view(agent.role != "agent"),
            replies=[ReplyLine(each.id, each.shortcut, each.text, each.owner) for each in replies],
            mode=self._overload.news(staff=True),
        )

    async def _agent_card(self, conversation: str, agent: str, link: Link) -> Card | None:
        """Return the card; from now on the link looks at the conversation, so that no event falls between."""
        self._links.look(link, conversation)
        return await self._cards.card(conversation, Audience.STAFF, agent)

    def _held_by(self, agent: str) -> Iterable[str]:
        view = views.agent_view(self._desk.desk, agent)
        return dict.fromkeys((*(view.held if view else ()), *self._conversations.joined_by(agent)))

    def _register(self, link: Link, peer: Peer, hello: Hello) -> str:
        """Index the link; the page's own former connection, and too many pages of a visitor, have to go."""
        former = self._links.of_session(hello.session) if hello.session else None
        session = hello.session or new_id(self._clock.now(), self._entropy.take(10))
        if former is not None:
            if self._links.peer(former) == peer:
                self._links.end_session(former)
                former.close(codes.REPLACED)
            else:
                session = new_id(self._clock.now(), self._entropy.take(10))
        for surplus in self._links.add(link, peer, session):
            surplus.close(codes.REPLACED)
        return session


def sends_of(spec: Spec) -> int:
    """Return how many messages a visitor may send in RATE_WINDOW."""
    return max(1, spec.limits.messages_per_minute * RATE_WINDOW // 60_000)


def _told(known: Visitor, signed: Visitor | None, hello: Hello) -> Visitor:
    """Return `known` with what a hello tells, and a signature vouches for, now."""
    page = hello.page
    return msgspec.structs.replace(
        known,
        name=(signed.name if signed else "") or known.name,
        level=signed.level if signed else 0,
        signed=signed is not None,
        lang=hello.lang,
        page=page.url[:LINE] if page else known.page,
        title=page.title[:LINE] if page else known.title,
        referrer=page.referrer[:LINE] if page else known.referrer,
    )


def _proof(visitor: Visitor) -> tuple[object, ...]:
    """Return what routing depends on: the page a visitor is on does not matter to it."""
    return (visitor.name, visitor.level, visitor.signed, visitor.tags)
