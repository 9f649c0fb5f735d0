"""A hypothesis machine that plays conversations, agents, time, reloads and restarts against the desk.

It is a module of its own, so that the desk and the mutants that must be caught run against the very same machine.
"""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from appliance.dispatch import views
from appliance.dispatch.commands import Offer
from appliance.dispatch.desk import Desk
from appliance.dispatch.roster import Stage
from appliance.dispatch.rules import GRACE
from appliance.effects import WantAgent
from appliance.model import Agent, Millis, Presence
from tests.property.desk_promises import AGEING, CONVERSATIONS, IDS, QUEUES, RULES, DeskPromises

agents = st.sampled_from(IDS)
conversations = st.sampled_from(CONVERSATIONS)


class DeskMachine(DeskPromises):
    """`now` moves only by `pass_time`, which lets every clock ring at its own moment, as the runtime does."""

    def names(self, data: st.DataObject, *, owned: bool) -> str | None:
        """Draw one of the conversations that are owned, or of those that have a wish."""
        found = [name for name, chat in self.chats.items() if (chat.owner if owned else chat.want)]
        return data.draw(st.sampled_from(found)) if found else None

    # Conversations ----------------------------------------------------------------------------------------------------

    @initialize(who=st.sets(agents, min_size=3))
    def opening(self, who: set[str]) -> None:
        for agent in sorted(who):
            self.connect(agent)
            self.choose(agent, "ready")

    @rule(
        name=conversations,
        queue=st.sampled_from(QUEUES),
        ago=st.sampled_from((0, 0, 1, 5_000, 40_000)),
        vip=st.booleans(),
        priority=st.sampled_from((0, 0, 0, 1)),
        special=st.sampled_from(("", "", "", "only", "avoid", "left", "own", "quiet")),
        agent=agents,
    )
    def want(
        self, name: str, queue: str, ago: int, vip: bool, priority: int, special: str, agent: str
    ) -> None:
        chat = self.chats[name]
        if chat.owner:
            return
        since = chat.want.since if chat.want else self.now - ago
        chat.visit += 1
        chat.asked_at = self.now
        chat.want = WantAgent(
            queue,
            since,
            asking=special != "quiet",
            visit=chat.visit,
            vip=vip,
            priority=priority,
            only=agent if special == "only" else "",
            avoid=agent if special == "avoid" else "",
            last_agent=agent if special == "own" else "",
            left=special == "left",
        )
        self.obey(self.desk.want(name, chat.want, self.now))

    @rule(order=st.permutations(CONVERSATIONS), vips=st.sets(conversations, max_size=2))
    def crowd(self, order: list[str], vips: set[str]) -> None:
        """Plain visitors whose waiting times have nothing to do with the order in which the desk hears of them."""
        for name in order:
            chat = self.chats[name]
            if not chat.owner and chat.want is None:
                chat.visit += 1
                number = int(name[1:])
                since = self.now - 1_000 * number - (AGEING if number % 2 else 0)
                chat.want = WantAgent("售前", since, True, chat.visit, vip=name in vips)
                self.obey(self.desk.want(name, chat.want, self.now))

    @rule(data=st.data(), twice=st.booleans())
    def say_it_again(self, data: st.DataObject, twice: bool) -> None:
        """Has the same wish again, or gives it up and then has it again, whatever is on its way meanwhile."""
        name = self.names(data, owned=False)
        if name is not None:
            chat = self.chats[name]
            want = chat.want
            assert want is not None
            if twice:
                self.give_up(name)
                chat.want = want
                chat.told.discard(want.visit)
            self.obey(self.desk.want(name, want, self.now))

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        name = self.names(data, owned=False)
        if name is not None:
            self.give_up(name)

    def give_up(self, name: str) -> None:
        self.chats[name].want = None
        self.obey(self.desk.withdraw(name, self.now))

    @precondition(lambda self: self.posted)
    @rule(data=st.data(), withdraw_first=st.booleans())
    def answer(self, data: st.DataObject, withdraw_first: bool) -> None:
        """The conversation steps on an offer that is on its way to it."""
        self.answer_one(self.posted.pop(data.draw(st.integers(0, len(self.posted) - 1))), withdraw_first)

    def answer_one(self, offer: Offer, withdraw_first: bool = False) -> None:
        chat = self.chats[offer.conversation]
        wanted = chat.want is not None and chat.want.asking and chat.want.visit == offer.visit
        if not wanted or chat.owner:
            self.obey(self.desk.refused(offer.conversation, offer.agent, offer.visit, self.now))
        elif not offer.accept:
            self.obey(self.desk.shown(offer.conversation, offer.agent, offer.visit, self.now))
        else:
            self.become_owner(offer.conversation, offer.agent, offer.queue, withdraw_first)

    def become_owner(self, name: str, agent: str, queue: str, withdraw_first: bool) -> None:
        chat = self.chats[name]
        chat.want, chat.owner = None, agent
        if withdraw_first:
            self.obey(self.desk.withdraw(name, self.now))
        self.obey(self.desk.hold(name, agent, queue, self.now))
        if not withdraw_first:
            self.obey(self.desk.withdraw(name, self.now))

    @precondition(lambda self: self.posted)
    @rule(data=st.data())
    def offer_is_lost(self, data: st.DataObject) -> None:
        """A failed commit threw the input away: nobody will ever answer."""
        self.posted.pop(data.draw(st.integers(0, len(self.posted) - 1)))

    @rule(data=st.data(), decline=st.booleans())
    def click(self, data: st.DataObject, decline: bool) -> None:
        shown = [
            slot
            for slots in self.desk.slots.values()
            for slot in slots.values()
            if slot.stage is not Stage.POSTED
        ]
        if shown:
            slot = shown[data.draw(st.integers(0, len(shown) - 1))]
            key = (slot.conversation, slot.agent, slot.visit)
            if decline and key not in self.clicked:
                self.obey(self.desk.refused(*key, self.now))
            elif not decline:
                stands, commands = self.desk.accepting(*key, self.now)
                self.obey(commands)
                if stands:
                    self.clicked.append(key)

    @rule(data=st.data(), agent=agents)
    def claim(self, data: st.DataObject, agent: str) -> None:
        name = self.names(data, owned=False)
        if name is not None:
            visit, commands = self.desk.claim(name, agent, self.now)
            self.obey(commands)
            if visit is not None:
                self.clicked.append((name, agent, visit))

    @precondition(lambda self: self.clicked)
    @rule(withdraw_first=st.booleans())
    def click_arrives(self, withdraw_first: bool) -> None:
        name, agent, visit = self.clicked.pop(0)
        chat = self.chats[name]
        if chat.want is not None and chat.want.asking and chat.want.visit == visit:
            self.become_owner(name, agent, chat.want.queue, withdraw_first)
        else:
            self.obey(self.desk.refused(name, agent, visit, self.now))

    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        name = self.names(data, owned=True)
        if name is not None:
            chat = self.chats[name]
            agent, chat.owner = chat.owner, ""
            self.obey(self.desk.free(name, agent, self.now))

    @rule(data=st.data(), agent=agents)
    def take_over(self, data: st.DataObject, agent: str) -> None:
        """The conversation's commit gives it to somebody else who has room: the former owner has it no more."""
        seat = self.desk.roster.seats[agent]
        name = self.names(data, owned=True)
        if name is not None and all(seat.has_room(one) for one in self.queue_rules):
            chat = self.chats[name]
            queue = self.desk.roster.owners[name].held[name]
            chat.owner = agent
            self.obey(self.desk.hold(name, agent, queue, self.now))

    @precondition(lambda self: self.lost)
    @rule()
    def hear_of_loss(self) -> None:
        lost = self.lost.pop(0)
        chat = self.chats[lost.conversation]
        if chat.owner == lost.agent:
            chat.owner = ""
            chat.visit += 1
            self.obey(self.desk.free(lost.conversation, lost.agent, self.now))
            chat.want = WantAgent("售前", self.now, True, chat.visit)
            self.obey(self.desk.want(lost.conversation, chat.want, self.now))

    # Agents -----------------------------------------------------------------------------------------------------------

    @rule(agent=agents)
    def connect(self, agent: str) -> None:
        self.sessions[agent] += 1
        self.obey(self.desk.agent_connected(agent, self.now))

    @rule(agent=agents)
    def disconnect(self, agent: str) -> None:
        self.sessions[agent] = max(0, self.sessions[agent] - 1)
        self.obey(self.desk.agent_disconnected(agent, self.now))

    @rule(agent=agents, presence=st.sampled_from(("ready", "ready", "busy", "away", "offline")))
    def choose(self, agent: str, presence: Presence) -> None:
        self.chosen[agent] = presence
        self.obey(self.desk.agent_status(agent, presence, self.now))

    @rule(agent=agents, seconds=st.sampled_from((0, 1, 44)))
    def refresh(self, agent: str, seconds: int) -> None:
        """The last page reloads within the grace time; whatever was shown before is shown after, and nothing is lost."""
        if self.sessions[agent] != 1:
            return
        before = views.agent_view(self.desk, agent)
        told = len(self.lost)
        self.disconnect(agent)
        during = views.agent_view(self.desk, agent)
        self.pass_time(seconds * 1_000)
        self.connect(agent)
        after = views.agent_view(self.desk, agent)
        assert before is not None
        assert during is not None
        assert after is not None
        assert after.presence == before.presence, "a refresh changed the presence"
        if before.presence != "offline":
            assert during.presence == "reconnecting"
            assert not [one for one in self.lost[told:] if one.agent == agent], (
                "a refresh lost a conversation"
            )

    @rule(agent=agents, more=st.integers(0, 2), skills=st.sampled_from(((), ("售前",), ("售后", "VIP专席"))))
    def change_profile(self, agent: str, more: int, skills: tuple[str, ...]) -> None:
        """A new profile never takes away room that is in use: the desk could not undo that."""
        load = self.desk.roster.seats[agent].load
        self.agents[agent] = Agent(agent, agent, agent, skills=skills, capacity=max(1, load) + more)
        self.obey(self.desk.agent_changed(self.agents[agent], self.now))

    # Time, reload, restart --------------------------------------------------------------------------------------------

    @rule(span=st.sampled_from((1, 1_000, 19_999, 20_000, 30_000, 45_000, 61_000, 121_000, 300_000)))
    def pass_time(self, span: Millis) -> None:
        """Answers take milliseconds, so all that are on their way arrive first."""
        self.answer_all()
        until = self.now + span
        while (due := self.desk.next_due()) is not None and due <= until:
            self.now = max(self.now, due)
            self.obey(self.desk.tick(self.now))
            self.answer_all()
        self.now = until
        self.obey(self.desk.tick(self.now))

    def answer_all(self) -> None:
        while self.posted:
            self.answer_one(self.posted.pop(0))
        while self.clicked:
            self.click_arrives(False)

    @rule(turned=st.booleans())
    def reload(self, turned: bool) -> None:
        self.queue_rules = RULES[::-1] if turned else RULES
        self.obey(self.desk.set_rules(self.queue_rules, self.now))

    @rule()
    def restart(self) -> None:
        """kill -9: offers on their way are gone, conversations and chosen statuses are not."""
        self.posted.clear()
        self.clicked.clear()
        self.lost.clear()
        self.sessions = dict.fromkeys(IDS, 0)
        held = [(name, chat.owner, "售前") for name, chat in self.chats.items() if chat.owner]
        waiting = [(name, chat.want) for name, chat in self.chats.items() if chat.want]
        for chat in self.chats.values():
            chat.told.clear()
        self.desk = Desk(self.queue_rules)
        self.obey(self.desk.restore(self.agents.values(), self.chosen, held, waiting, self.now))
        for seat in self.desk.roster.seats.values():
            if seat.held and self.chosen[seat.agent.id] != "offline":
                assert seat.due == self.now + GRACE, "grace begins anew at boot"

    def teardown(self) -> None:
        """Whatever happened: when all answers are in and all wishes withdrawn, no slot is reserved after a while."""
        known, reserved = self.slots()
        if known != reserved:
            return  # The invariant has said so; a desk in that state would only hide it behind another error.
        for name in CONVERSATIONS:
            self.give_up(name)
        self.pass_time(31_000)
        assert not self.desk.slots, "a slot leaked for good"
        assert not any(seat.reserved for seat in self.desk.roster.seats.values()), "a slot leaked for good"
