"""The desk: the one writer of queues, presence and capacity.

It is sans-IO: every method takes `now`, changes memory and returns the commands that follow.  When a method returns, no agent
with room and no conversation that he may serve are left side by side; whatever needs time to pass stands on one heap of
clocks, whose next moment is `next_due`.

A reserved slot is never lost.  An offer on its way is always answered, by `hold` or `refused`, because its conversation steps
on it; an offer before an agent's eyes is not, so giving up the wish takes it back at once; and both have a clock.
"""

from collections.abc import Iterable

from appliance.dispatch.commands import Command
from appliance.dispatch.lines import WaitingRoom
from appliance.dispatch.matching import Matching
from appliance.dispatch.roster import Seat, Stage
from appliance.dispatch.routing import Choice
from appliance.dispatch.rules import ANSWER_WITHIN, GRACE, QueueRule
from appliance.effects import WantAgent
from appliance.model import Agent, Millis, Presence


class Desk(Matching):
    """All queues and agents of one appliance.  `rules` are in the operator's order, which is the order of precedence."""

    def __init__(self, rules: Iterable[QueueRule], grace: Millis = GRACE) -> None:
        super().__init__(rules)
        self.grace = grace

    # What conversations say -------------------------------------------------------------------------------------------

    def want(self, conversation: str, want: WantAgent, now: Millis) -> list[Command]:
        """The conversation takes or changes its place.  Another visit or queue is a new wish, else the wish goes on."""
        self.catch_up(now)
        self.add_queue(want.queue)
        wish = self.room.wishes.get(conversation)
        if wish is None:
            wish = self.room.arrive(conversation, want, now)
        elif (want.visit, want.queue, want.asking) == (wish.want.visit, wish.want.queue, wish.want.asking):
            self.room.update(wish, want)
        else:
            self.give_up_offer(wish)
            self.room.renew(wish, want, now)
        self.find_offer(wish)
        self.reconsider(wish, now)
        return self.conclude(now)

    def withdraw(self, conversation: str, now: Millis) -> list[Command]:
        """The conversation is in no queue any more.  An offer on its way to it keeps its slot until it is answered."""
        self.catch_up(now)
        wish = self.room.drop(conversation)
        if wish is not None:
            self.give_up_offer(wish)
        return self.conclude(now)

    def hold(self, conversation: str, agent: str, queue: str, now: Millis) -> list[Command]:
        """The conversation belongs to `agent` now, whoever had it before; its wish has come true."""
        self.catch_up(now)
        seat = self.roster.seat(agent)
        slots = self.slots.get(conversation, {})
        own = [slot for slot in slots.values() if slot.agent == agent]
        slot = max(own, key=lambda one: one.visit, default=None)
        if slot is not None:
            self.forget(slot)
        former = self.roster.owners.get(conversation)
        wish = self.room.drop(conversation)
        if wish is not None:
            if not wish.want.left:
                self.room.lines[wish.want.queue].waited(now - max(wish.want.since, wish.entered))
            if wish.slot is not slot:
                self.give_up_offer(wish)
        self.roster.hold(seat, conversation, queue, slot)
        if former is not None and former is not seat:
            self.has_room(former)
        if seat.gone:
            self.lose(seat)
        return self.conclude(now)

    def free(self, conversation: str, agent: str, now: Millis) -> list[Command]:
        """`agent` owns the conversation no more.  About a conversation he does not own this says nothing."""
        self.catch_up(now)
        owner = self.roster.owners.get(conversation)
        if owner is not None and owner.agent.id == agent:
            self.roster.free(owner, conversation)
            self.has_room(owner)
        return self.conclude(now)

    def refused(self, conversation: str, agent: str, visit: int, now: Millis) -> list[Command]:
        """The offer came to nothing: too late for the conversation, or declined by the agent.  His slot is free.

        If the wish stands nevertheless, others are asked first.
        """
        self.catch_up(now)
        slot = self.slot(conversation, agent, visit)
        if slot is not None:
            self.end_offer(slot, now, passed=True)
        return self.conclude(now)

    def shown(self, conversation: str, agent: str, visit: int, now: Millis) -> list[Command]:
        """The offer is before the agent's eyes; from now on its clock runs.  A wish given up meanwhile takes it back."""
        self.catch_up(now)
        slot = self.slot(conversation, agent, visit)
        if slot is not None and slot.stage is Stage.POSTED:
            wish = self.room.wishes.get(conversation)
            if wish is None or wish.slot is not slot:
                self.release(slot)
            else:
                slot.stage = Stage.SHOWN
                self.clocks.ring(slot, now + self.room.lines[slot.queue].rule.offer_ms)
        return self.conclude(now)

    def accepting(self, conversation: str, agent: str, visit: int, now: Millis) -> tuple[bool, list[Command]]:
        """The agent clicked accept: stop the offer's clock.  False: it has lapsed, tell him so and post nothing.

        Asked before AgentAccepted is posted, so that a slot cannot go to two agents while the first answer is on its way.
        """
        self.catch_up(now)
        slot = self.slot(conversation, agent, visit)
        wish = self.room.wishes.get(conversation)
        stands = slot is not None and wish is not None and wish.slot is slot
        if slot is not None and stands:
            slot.stage = Stage.ACCEPTING
            self.clocks.ring(slot, now + ANSWER_WITHIN)
        return stands, self.conclude(now)

    def claim(self, conversation: str, agent: str, now: Millis) -> tuple[int | None, list[Command]]:
        """Somebody takes a waiting conversation himself, whatever his skills and whether or not he is ready.

        Return the number of the wish, for which his slot is reserved like that of an accepted offer; None when the
        conversation asks for nobody, is being assigned at this moment, or he has no page or no room.
        """
        self.catch_up(now)
        wish, seat = self.room.wishes.get(conversation), self.roster.seat(agent)
        if wish is not None and wish.slot is not None and wish.slot.stage is Stage.SHOWN:
            # Nobody has answered that offer: whoever takes the conversation is quicker.
            self.give_up_offer(wish)
            self.reconsider(wish, now)
        visit = None
        if wish is not None and wish.open and seat.sessions and not seat.gone:
            rule = self.room.lines[wish.want.queue].rule
            if seat.has_room(rule):
                slot = self.reserve(wish, Choice(seat, rule.name, "claimed"), now)
                slot.stage = Stage.ACCEPTING
                visit = slot.visit
        return visit, self.conclude(now)

    # What agents do ---------------------------------------------------------------------------------------------------

    def agent_connected(self, agent: str, now: Millis) -> list[Command]:
        """One more page of the agent is connected."""
        self.catch_up(now)
        seat = self.roster.seat(agent)
        self.roster.connect(seat, now)
        return self._seat_changed(seat, now)

    def agent_disconnected(self, agent: str, now: Millis) -> list[Command]:
        """A page of the agent is gone.  After the last one he has the grace time to come back; his status stays."""
        self.catch_up(now)
        seat = self.roster.seat(agent)
        if self.roster.disconnect(seat, now):
            self.clocks.ring(seat, now + self.grace)
        return self._seat_changed(seat, now)

    def agent_status(self, agent: str, presence: Presence, now: Millis) -> list[Command]:
        """The agent chose a status, or a supervisor did for him.  Who goes offline gives up what he holds at once."""
        self.catch_up(now)
        seat = self.roster.seat(agent)
        seat.chosen = presence
        return self._seat_changed(seat, now)

    def agent_changed(self, agent: Agent, now: Millis) -> list[Command]:
        """The agent's profile is new or changed: skills, capacity, caps, disabled."""
        self.catch_up(now)
        before = self.roster.seats.get(agent.id)
        former = [pool.rule.name for pool in before.pools] if before else []
        return self._seat_changed(self.roster.enrol(agent), now, former)

    # Time and rules ---------------------------------------------------------------------------------------------------

    def tick(self, now: Millis) -> list[Command]:
        """Do what has come due."""
        self.catch_up(now)
        return self.conclude(now)

    def next_due(self) -> Millis | None:
        """Return when `tick` has something to do next, or None."""
        return self.clocks.next_due()

    def set_rules(self, rules: Iterable[QueueRule], now: Millis) -> list[Command]:
        """Replace the rules of all queues.  Everybody keeps his place in time; a queue in use is never forgotten."""
        self.catch_up(now)
        rules = tuple(rules)
        former, wishes = self.room, sorted(self.room.wishes.values(), key=lambda wish: wish.number)
        self.room = WaitingRoom(rules)
        self.roster.set_rules(rules)
        for name, line in former.lines.items():
            if name in self.room.lines:
                self.room.lines[name].waits, self.room.lines[name].expected = line.waits, line.expected
        for slot in [slot for slots in self.slots.values() for slot in slots.values()]:
            self.add_queue(slot.queue)
        for wish in wishes:
            former.leave(wish)
            wish.overflow = ""
            self.add_queue(wish.want.queue)
            self.room.adopt(wish)
            self.reconsider(wish, now)
        for seat in self.roster.seats.values():
            self.has_room(seat)
        return self.conclude(now)

    def restore(
        self,
        agents: Iterable[Agent],
        presences: dict[str, Presence],
        held: Iterable[tuple[str, str, str]],
        waiting: Iterable[tuple[str, WantAgent]],
        now: Millis,
    ) -> list[Command]:
        """Boot: rebuild everything; `held` has (conversation, agent, queue).

        No page is connected yet.  Everybody who was at work or holds something has the full grace time to come back, as if
        his page had gone this moment.
        """
        for agent in agents:
            self.roster.enrol(agent, presences.get(agent.id, "away"))
        for conversation, agent_id, queue in held:
            self.roster.hold(self.roster.seat(agent_id), conversation, queue, None)
        for seat in self.roster.seats.values():
            if seat.held or seat.chosen in ("ready", "busy"):
                self.clocks.ring(seat, now + self.grace)
            self.roster.regroup(seat)
            if seat.gone:
                self.lose(seat)
        for conversation, want in sorted(waiting, key=lambda one: (one[1].since, one[0])):
            self.add_queue(want.queue)
            self.reconsider(self.room.arrive(conversation, want, now), now)
            self.room.wishes[conversation].entered = want.since
        return self.conclude(now)

    def _seat_changed(self, seat: Seat, now: Millis, former: Iterable[str] = ()) -> list[Command]:
        self.review(seat, now, former)
        return self.conclude(now)
