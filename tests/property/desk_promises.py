"""The model that the desk is judged by, and its promises.

The model is deliberately dull: who owns what, who asks, which answers are on their way.  It does not know how the desk finds
its answers, except for who was passed over, which only the desk can know.
"""

from hypothesis.stateful import RuleBasedStateMachine, invariant

from appliance.dispatch import views
from appliance.dispatch.commands import Command, Lost, NobodyFree, Offer
from appliance.dispatch.desk import Desk
from appliance.dispatch.roster import Slot, Stage
from appliance.dispatch.rules import AVOID_ANYWAY, QueueRule
from appliance.effects import WantAgent
from appliance.model import Agent, Millis, Presence

RULES = (
    QueueRule("VIP专席", overflow_to="售前", overflow_after=30_000),
    QueueRule("售前", vip_first=True),
    QueueRule("售后", strategy="round_robin", manual=True, cap=2),
)
AGENTS = (
    Agent("a", "a", "甲", capacity=2),
    Agent("b", "b", "乙", skills=("售前",), capacity=1),
    Agent("c", "c", "丙", skills=("售后", "VIP专席"), capacity=2, caps={"售后": 1}),
    Agent("d", "d", "丁", capacity=1),
)
IDS = tuple(agent.id for agent in AGENTS)
QUEUES = tuple(one.name for one in RULES)
CONVERSATIONS = tuple(f"c{number}" for number in range(8))
AGEING = 300_000


class Chat:
    """A conversation of the model: its present wish, its owner, and whether anything was said about nobody."""

    def __init__(self) -> None:
        self.want: WantAgent | None = None
        self.owner = ""
        self.visit = 0
        self.asked_at: Millis = 0
        self.told: set[int] = set()


class DeskPromises(RuleBasedStateMachine):
    """The model, what it hears from the desk, and what must hold after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.now: Millis = 1_000_000
        self.queue_rules = RULES
        self.desk = Desk(RULES)
        self.agents = {agent.id: agent for agent in AGENTS}
        self.chosen: dict[str, Presence] = dict.fromkeys(IDS, "away")
        self.sessions = dict.fromkeys(IDS, 0)
        self.chats = {name: Chat() for name in CONVERSATIONS}
        self.posted: list[Offer] = []
        self.clicked: list[tuple[str, str, int]] = []
        self.lost: list[Lost] = []
        for agent in AGENTS:
            self.obey(self.desk.agent_changed(agent, self.now))

    # The world obeys --------------------------------------------------------------------------------------------------

    def obey(self, commands: list[Command]) -> None:
        for command in commands:
            if isinstance(command, Offer):
                assert self.sessions[command.agent], "offered to a closed page"
                assert self.chosen[command.agent] == "ready", "offered to one who is not ready"
                assert not self.chats[command.conversation].owner, "offered while owned: two owners"
                self.in_order(command)
                self.posted.append(command)
            elif isinstance(command, Lost):
                assert self.chats[command.conversation].owner == command.agent
                self.lost.append(command)
            elif isinstance(command, NobodyFree):
                chat = self.chats[command.conversation]
                assert command.visit not in chat.told, "said twice that nobody is there"
                chat.told.add(command.visit)

    def in_order(self, offer: Offer) -> None:
        """Nobody who could have been served just as well waits longer, and nobody aged is passed over."""
        won = self.chats[offer.conversation].want
        assert won is not None
        if won.only or won.avoid or won.left:
            return
        for name, other in self.waiting():
            wish = self.desk.room.wishes[name]
            if other.queue != won.queue or other.only or wish.passed or other.left:
                continue
            if other.vip == won.vip and other.priority == won.priority:
                assert won.since <= other.since, "not FIFO within equal priority"
            if self.now - other.since >= AGEING:
                assert won.since <= other.since, "passed over one who has aged"

    def waiting(self) -> list[tuple[str, WantAgent]]:
        """Who asks and has no offer out."""
        found = []
        for name, chat in self.chats.items():
            if chat.want is not None and chat.want.asking:
                slot = self.desk.slots.get(name, {}).get(chat.want.visit)
                if slot is None:
                    found.append((name, chat.want))
        return found

    # What must hold ---------------------------------------------------------------------------------------------------

    @invariant()
    def nobody_is_over_capacity(self) -> None:
        for seat in self.desk.roster.seats.values():
            load = len(seat.held) + len(seat.reserved)
            assert load <= seat.agent.capacity, "over capacity"

    @invariant()
    def one_owner(self) -> None:
        held = [(name, seat.agent.id) for seat in self.desk.roster.seats.values() for name in seat.held]
        owned = [(name, chat.owner) for name, chat in self.chats.items() if chat.owner]
        assert sorted(held) == sorted(owned), "two owners, or not the one whom the conversation knows"

    def slots(self) -> tuple[set[Slot], set[Slot]]:
        """Return the slots that the desk knows by their offers, and those that are reserved at agents."""
        known = {slot for slots in self.desk.slots.values() for slot in slots.values()}
        return known, {slot for seat in self.desk.roster.seats.values() for slot in seat.reserved}

    @invariant()
    def slots_are_accounted_for(self) -> None:
        known, reserved = self.slots()
        assert known == reserved, "a slot leaked"
        assert all(slot.due is not None for slot in known), "a slot leaked: it has no clock"
        for slot in known:
            if slot.stage is Stage.SHOWN:
                wish = self.desk.room.wishes.get(slot.conversation)
                assert wish is not None, "shown an offer that nobody stands behind"
                assert wish.slot is slot, "shown an offer that nobody stands behind"
        for seat in self.desk.roster.seats.values():
            queues = [*seat.held.values(), *(slot.queue for slot in seat.reserved)]
            assert seat.by_queue == {queue: queues.count(queue) for queue in queues}

    @invariant()
    def nobody_waits_beside_a_free_agent(self) -> None:
        for name, want in self.waiting():
            for agent in self.agents.values():
                assert not self.could_serve(agent, name, want), "a free agent and an asker coexist"

    def could_serve(self, agent: Agent, name: str, want: WantAgent) -> bool:
        """Say so from the model alone, except for who was passed over."""
        seat, wish = self.desk.roster.seats[agent.id], self.desk.room.wishes[name]
        if self.chosen[agent.id] != "ready" or not self.sessions[agent.id] or seat.load >= agent.capacity:
            return False
        if wish.only:
            queues = {want.queue}
            if wish.only != agent.id:
                return False
        else:
            queues = {want.queue}
            if want.queue == "VIP专席" and self.now - want.since >= 30_000:
                queues.add("售前")
            queues = {queue for queue in queues if not agent.skills or queue in agent.skills}
            passed = wish.passed.get(agent.id)
            if passed is not None and self.now - passed < AVOID_ANYWAY:
                return False
        counts = [*seat.held.values(), *(slot.queue for slot in seat.reserved)]
        caps = {"售后": agent.caps.get("售后", 2)}
        return any(counts.count(queue) < caps.get(queue, agent.capacity) for queue in queues)

    @invariant()
    def presence_is_honest(self) -> None:
        for agent in IDS:
            view = views.agent_view(self.desk, agent)
            assert view is not None
            assert view.chosen == self.chosen[agent], "a status that nobody chose"
            if self.sessions[agent]:
                assert view.presence == self.chosen[agent], "shown otherwise than chosen"
            else:
                assert view.presence in ("offline", "reconnecting"), "shown present on a closed page"

    @invariant()
    def views_agree(self) -> None:
        for queue in QUEUES:
            line = self.desk.room.lines[queue]
            assert line.standing == sorted(line.standing)
            assert line.askers == sorted(line.askers)
            for name, place in views.positions(self.desk, queue).items():
                assert views.position(self.desk, name) == place
            pool = self.desk.roster.pools[queue]
            assert pool.free == sorted(pool.key(self.desk.roster.seats[agent]) for agent in pool.free_keys)
