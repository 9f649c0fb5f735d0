"""Bringing agents with room and waiting conversations together, and keeping account of every slot.

This is the inside of the desk: `desk` says what happened, this module draws the consequences.  It is apart because the
accounting of slots must be readable as a whole: a slot is made in one place here and given back in one place.
"""

from collections import Counter, deque
from collections.abc import Iterable

from appliance.dispatch.clocks import Clocks
from appliance.dispatch.commands import Command, Lost, NobodyFree, Offer, ShowPositions
from appliance.dispatch.lines import Line, Place, WaitingRoom, Wish
from appliance.dispatch.roster import Roster, Seat, Slot, Stage
from appliance.dispatch.routing import Choice, Decision, explain, next_agent, next_wish
from appliance.dispatch.rules import ANSWER_WITHIN, AVOID_ALONE, AVOID_ANYWAY, QueueRule
from appliance.model import Millis

REMEMBERED_DECISIONS = 1_000


class Matching:
    """Lines, seats, slots and clocks, and the rules that keep them consistent.

    Methods that change something note whom it concerns; `conclude` then matches until no agent with room and no
    conversation that he may serve are left side by side, and returns the commands.
    """

    def __init__(self, rules: Iterable[QueueRule]) -> None:
        rules = tuple(rules)
        self.room = WaitingRoom(rules)
        self.roster = Roster(rules)
        self.slots: dict[str, dict[int, Slot]] = {}
        self.decisions: deque[Decision] = deque(maxlen=REMEMBERED_DECISIONS)
        self.decided: Counter[tuple[str, str]] = Counter()
        """Decisions since the start, by the strategy of the queue and the rule that won."""
        self.clocks: Clocks[Wish | Slot | Seat] = Clocks()
        self._out: list[Command] = []
        self._idle: dict[str, Seat] = {}
        self._asking: dict[str, Wish] = {}

    def catch_up(self, now: Millis) -> None:
        """Let every clock ring that is due, so that what follows sees the desk as it is at `now`."""
        while (subject := self.clocks.take(now)) is not None:
            if isinstance(subject, Seat):
                self.review(subject, now)
            elif isinstance(subject, Slot):
                self.end_offer(subject, now, passed=subject.stage is Stage.SHOWN)
            else:
                self.reconsider(subject, now)

    def add_queue(self, name: str) -> Line:
        """Return the line of this name.  A conversation may be pinned to a configuration with a queue that is gone now."""
        line = self.room.lines.get(name)
        if line is None:
            line = self.room.add_rule(QueueRule(name))
            self.roster.add_rule(line.rule)
        return line

    def slot(self, conversation: str, agent: str, visit: int) -> Slot | None:
        """Return the slot of this offer, or None when it is settled or went to somebody else."""
        slot = self.slots.get(conversation, {}).get(visit)
        return slot if slot is not None and slot.agent == agent else None

    def forget(self, slot: Slot) -> None:
        """The offer is answered: it has no clock and no name any more."""
        self.clocks.ring(slot, None)
        visits = self.slots[slot.conversation]
        del visits[slot.visit]
        if not visits:
            del self.slots[slot.conversation]

    def release(self, slot: Slot) -> None:
        """Give the slot back to its agent."""
        self.forget(slot)
        seat = self.roster.seats[slot.agent]
        self.roster.release(seat, slot)
        self.has_room(seat)

    def has_room(self, seat: Seat) -> None:
        """Note that this agent may have room for somebody."""
        self._idle[seat.agent.id] = seat

    def give_up_offer(self, wish: Wish) -> None:
        """The wish has ended or changed while its offer was out."""
        slot, wish.slot = wish.slot, None
        # Only what nobody will answer is taken back; taking more would give one slot to two conversations.
        if slot is not None and slot.stage is Stage.SHOWN:
            self.release(slot)

    def find_offer(self, wish: Wish) -> None:
        """A wish that begins anew under its old number is still the one that an offer on its way answers."""
        if wish.want.asking and wish.slot is None:
            wish.slot = self.slots.get(wish.conversation, {}).get(wish.want.visit)

    def end_offer(self, slot: Slot, now: Millis, *, passed: bool) -> None:
        """The offer came to nothing; the wish goes on.  `passed`: this agent is not asked again for the time being."""
        self.release(slot)
        wish = self.room.wishes.get(slot.conversation)
        if wish is not None and wish.slot is slot:
            wish.slot = None
            if passed:
                wish.passed[slot.agent] = now
                if wish.only == slot.agent:
                    self.room.fall_back(wish)
            self.reconsider(wish, now)

    def reconsider(self, wish: Wish, now: Millis) -> None:
        """Put a wish where it belongs now, have it served if it is open, and set the clock for its next change."""
        want = wish.want
        rule = self.room.lines[want.queue].rule
        if wish.only:
            meant = self.roster.seats.get(wish.only)
            if now >= wish.only_until or meant is None or meant.gone:
                self.room.fall_back(wish)
        moments = [wish.only_until] if wish.only else []
        if rule.overflow_to not in ("", want.queue):
            moments.append(want.since + rule.overflow_after)
            if now >= moments[-1]:
                wish.overflow = rule.overflow_to
                self.add_queue(wish.overflow)
        self.room.put(wish, now)
        if wish.open:
            self._asking[wish.conversation] = wish
        for since in wish.passed.values():
            moments += (since + AVOID_ALONE, since + AVOID_ANYWAY)
        if not want.left:
            moments += [want.since + self.room.lines[queue].rule.ageing for queue in wish.queues]
        self.clocks.ring(wish, min((moment for moment in moments if moment > now), default=None))

    def review(self, seat: Seat, now: Millis, former: Iterable[str] = ()) -> None:
        """Draw the consequences of a change of presence or profile, whatever it was.

        `former` are the queues that the agent served before it.
        """
        self.roster.regroup(seat)
        self.has_room(seat)
        if seat.gone:
            self.lose(seat)
            for place in list(self.room.meant.get(seat.agent.id, ())):
                self.reconsider(self.room.by_number[place[2][3]], now)
        else:
            seat.told.clear()
        if not seat.taking and (seat.gone or seat.sessions):
            for slot in [slot for slot in seat.reserved if slot.stage is Stage.SHOWN]:
                self.end_offer(slot, now, passed=False)
        served = {pool.rule.name for pool in seat.pools}
        self._stepped_back(set(former) - served if seat.taking else served.union(former))

    def _stepped_back(self, queues: set[str]) -> None:
        # Who has just gone may have been the only other one who was ready, or the last one who was signed in.
        for line in self.room.lines.values():
            if line.askers and not queues.isdisjoint((line.rule.name, line.rule.overflow_to)):
                pool = self.roster.pools[line.rule.name]
                for wish in self.room.askers(line.rule.name):
                    if pool.free or not (wish.told or pool.signed_in):
                        self._asking[wish.conversation] = wish

    def lose(self, seat: Seat) -> None:
        """Tell every conversation of this agent, once, that he is gone."""
        for conversation in seat.held:
            if conversation not in seat.told:
                seat.told.add(conversation)
                self._out.append(Lost(seat.agent.id, conversation))

    def conclude(self, now: Millis) -> list[Command]:
        """Match everybody whom the last changes concern; return what was decided."""
        while self._idle:
            _, seat = self._idle.popitem()
            while (found := next_wish(seat, self.room, now)) is not None:
                self._serve(found, now)
        if self._asking:
            lines = self.room.lines
            order: list[tuple[Place, Wish]] = [
                (lines[wish.want.queue].place(wish.key), wish)
                for wish in self._asking.values()
                if wish.open and wish.key is not None
            ]
            self._asking.clear()
            for _, wish in sorted(order, key=lambda one: one[0]):
                self._serve(wish, now)
        for line in self.room.lines.values():
            if line.moved:
                line.moved = False
                self._out.append(ShowPositions(line.rule.name))
        commands, self._out = self._out, []
        return commands

    def _serve(self, wish: Wish, now: Millis) -> None:
        choice = next_agent(wish, self.room, self.roster, now)
        want = wish.want
        if choice is None:
            if not wish.reasons:
                wish.reasons = explain(wish, None, self.room, self.roster, now)
                self.decisions.append(Decision(now, wish.conversation, want.visit, None, wish.reasons))
                self.decided[self.room.lines[want.queue].rule.strategy, "waits"] += 1
            self._say_if_nobody(wish)
            return
        slot = self.reserve(wish, choice, now)
        accept = not self.roster.pools[slot.queue].rule.manual
        name = choice.seat.agent.name
        self._out.append(
            Offer(wish.conversation, slot.agent, name, slot.visit, slot.queue, accept, wish.reasons)
        )

    def reserve(self, wish: Wish, choice: Choice, now: Millis) -> Slot:
        """Make the slot of an open wish, and record why it is this agent's."""
        wish.reasons = explain(wish, choice, self.room, self.roster, now)
        seat, visit = choice.seat, wish.want.visit
        slot = wish.slot = self.roster.reserve(seat, wish.conversation, visit, choice.queue, now)
        self.room.settle(wish)
        self.slots.setdefault(wish.conversation, {})[visit] = slot
        self.clocks.ring(slot, now + ANSWER_WITHIN)
        self.decisions.append(Decision(now, wish.conversation, visit, slot.agent, wish.reasons))
        self.decided[self.roster.pools[choice.queue].rule.strategy, choice.rule] += 1
        return slot

    def _say_if_nobody(self, wish: Wish) -> None:
        # Who leaves a message knows that nobody is there; saying so would send a flow round in circles.
        if wish.told or wish.want.left or wish.only:
            return
        overflow = self.room.lines[wish.want.queue].rule.overflow_to
        pools = (self.roster.pools.get(queue) for queue in (wish.want.queue, overflow))
        if not any(pool.signed_in for pool in pools if pool is not None):
            wish.told = True
            self._out.append(NobodyFree(wish.conversation, wish.want.visit))
