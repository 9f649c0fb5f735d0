"""Who is there to serve, how loaded each agent is, and which of them has room in which queue at this moment.

Presence is honest in both directions: a page that is being refreshed drops nobody, and nobody is given work on a page
that is closed.  The groups of each queue (with room, full, absent) are kept up to date at every change, so that a decision
only reads the front of a sorted list instead of asking every agent.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable
from enum import IntEnum
from typing import Literal

from appliance.dispatch.rules import QueueRule
from appliance.model import Agent, Millis, Presence

Shown = Literal["ready", "busy", "away", "offline", "reconnecting"]
"""What colleagues see of an agent: the status he chose, unless his pages tell otherwise."""

PoolKey = tuple[float, int, str]
"""The order in which agents with room are asked; the last item is the agent's id."""


class Stage(IntEnum):
    """How far an offer has come: on its way, before the agent's eyes, or accepted and on its way back."""

    POSTED = 0
    SHOWN = 1
    ACCEPTING = 2


class Slot:
    """A reserved place at an agent for wish `visit` of a conversation, from the offer until its answer."""

    __slots__ = ("agent", "conversation", "due", "queue", "stage", "visit")

    def __init__(self, conversation: str, visit: int, agent: str, queue: str) -> None:
        self.conversation = conversation
        self.visit = visit
        self.agent = agent
        self.queue = queue
        self.stage = Stage.POSTED
        self.due: Millis | None = None


class Seat:
    """One agent at the desk.

    `chosen` is the status he chose last and survives every disconnection.  `sessions` counts his connected pages;
    while it is 0 and `due` is set, he is in his grace time.  `held` maps conversations to the queue each counts for.
    """

    __slots__ = (
        "agent",
        "by_queue",
        "chosen",
        "due",
        "held",
        "last_assigned",
        "last_seen",
        "pools",
        "reserved",
        "sessions",
        "told",
        "turns",
    )

    def __init__(self, agent: Agent, chosen: Presence) -> None:
        self.agent = agent
        self.chosen = chosen
        self.sessions = 0
        self.due: Millis | None = None
        self.last_seen: Millis = 0
        self.last_assigned: Millis = 0
        self.held: dict[str, str] = {}
        self.reserved: set[Slot] = set()
        self.by_queue: dict[str, int] = {}
        self.turns: dict[str, int] = {}
        self.pools: list[Pool] = []
        self.told: set[str] = set()

    @property
    def load(self) -> int:
        """Conversations held plus slots reserved."""
        return len(self.held) + len(self.reserved)

    @property
    def taking(self) -> bool:
        """Whether he may be given a new conversation at all; in his grace time he is not."""
        return self.chosen == "ready" and self.sessions > 0 and not self.agent.disabled

    @property
    def gone(self) -> bool:
        """Whether what he holds must be given to somebody else."""
        return self.agent.disabled or self.chosen == "offline" or (self.sessions == 0 and self.due is None)

    @property
    def signed_in(self) -> bool:
        """Whether he is at work: ready or busy, also while his page reconnects."""
        return not self.gone and self.chosen in ("ready", "busy")

    @property
    def shown(self) -> Shown:
        """His presence as colleagues see it."""
        if self.gone:
            return "offline"
        return self.chosen if self.sessions else "reconnecting"

    def has_room(self, rule: QueueRule) -> bool:
        """Whether one more conversation of this queue stays within his capacity and the queue's cap."""
        if self.load >= self.agent.capacity:
            return False
        cap = self.agent.caps.get(rule.name, rule.cap)
        return cap is None or self.by_queue.get(rule.name, 0) < cap

    def most(self, rule: QueueRule) -> int:
        """Return how many conversations of this queue he may hold at once."""
        cap = self.agent.caps.get(rule.name, rule.cap)
        return self.agent.capacity if cap is None else min(cap, self.agent.capacity)


class Pool:
    """The agents of one queue in three groups; `free` is sorted by the queue's strategy."""

    __slots__ = ("absent", "free", "free_keys", "full", "rule", "signed_in")

    def __init__(self, rule: QueueRule) -> None:
        self.rule = rule
        self.free: list[PoolKey] = []
        self.free_keys: dict[str, PoolKey] = {}
        # These are dicts for their order: what a decision shows must not depend on a hash seed.
        self.full: dict[str, None] = {}
        self.absent: dict[str, None] = {}
        self.signed_in: set[str] = set()

    @property
    def ready(self) -> int:
        """How many agents are ready, full ones included."""
        return len(self.free) + len(self.full)

    def is_ready(self, agent: str) -> bool:
        """Whether this agent is among the ready ones."""
        return agent in self.free_keys or agent in self.full

    def key(self, seat: Seat) -> PoolKey:
        """Return his place in the order: by turns for round robin, else by load, then by how long he has been idle."""
        if self.rule.strategy == "round_robin":
            return (seat.turns.get(self.rule.name, 0), 0, seat.agent.id)
        return (seat.load / seat.agent.capacity, seat.last_assigned, seat.agent.id)

    def drop(self, agent: str) -> None:
        """Forget an agent in all groups."""
        self._leave(agent)
        self.signed_in.discard(agent)

    def put(self, seat: Seat) -> None:
        """Put an agent into the group where he belongs now."""
        agent = seat.agent.id
        if not seat.taking:
            group = self.absent
        elif not seat.has_room(self.rule):
            group = self.full
        else:
            key = self.key(seat)
            if self.free_keys.get(agent) != key:
                self._leave(agent)
                insort(self.free, key)
                self.free_keys[agent] = key
            self._sign(seat)
            return
        if agent not in group:
            self._leave(agent)
            group[agent] = None
        self._sign(seat)

    def _sign(self, seat: Seat) -> None:
        if seat.signed_in:
            self.signed_in.add(seat.agent.id)
        else:
            self.signed_in.discard(seat.agent.id)

    def _leave(self, agent: str) -> None:
        key = self.free_keys.pop(agent, None)
        if key is not None:
            del self.free[bisect_left(self.free, key)]
        self.full.pop(agent, None)
        self.absent.pop(agent, None)


class Roster:
    """All agents and, for each queue, the pool of those who serve it."""

    def __init__(self, rules: Iterable[QueueRule]) -> None:
        self.seats: dict[str, Seat] = {}
        self.pools: dict[str, Pool] = {}
        self.owners: dict[str, Seat] = {}
        self._turn = 0
        self.set_rules(rules)

    def set_rules(self, rules: Iterable[QueueRule]) -> None:
        """Replace the queues; everybody is grouped anew."""
        self.pools = {rule.name: Pool(rule) for rule in rules}
        for seat in self.seats.values():
            self._join_pools(seat)

    def add_rule(self, rule: QueueRule) -> None:
        """Add one queue, if there is none of this name."""
        if rule.name not in self.pools:
            self.pools[rule.name] = Pool(rule)
            for seat in self.seats.values():
                self._join_pools(seat)

    def enrol(self, agent: Agent, chosen: Presence = "away") -> Seat:
        """Add an agent, or replace the profile of one who is there; his status and his load stay.

        Who never chose a status counts as away: signed in perhaps, but nobody has said that he is at work.
        """
        seat = self.seats.get(agent.id)
        if seat is None:
            seat = self.seats[agent.id] = Seat(agent, chosen)
        seat.agent = agent
        self._join_pools(seat)
        return seat

    def seat(self, agent: str) -> Seat:
        """Return the agent's seat; one for a stranger is disabled, so that what he holds moves on to somebody."""
        seat = self.seats.get(agent)
        return seat or self.enrol(Agent(id=agent, login="", name="", disabled=True))

    def regroup(self, seat: Seat) -> None:
        """Bring the pools up to date after any change of this seat."""
        for pool in seat.pools:
            pool.put(seat)

    def connect(self, seat: Seat, now: Millis) -> None:
        """One more page of this agent is connected; a grace time ends and he is exactly as before.

        Presence changes in several steps, so the caller regroups when all are done.
        """
        seat.sessions += 1
        seat.last_seen = now
        seat.due = None

    def disconnect(self, seat: Seat, now: Millis) -> bool:
        """One page fewer.  Return whether it was the last one: the caller starts the grace clock (`due`)."""
        if seat.sessions == 0:
            return False
        seat.sessions -= 1
        seat.last_seen = now
        return seat.sessions == 0

    def reserve(self, seat: Seat, conversation: str, visit: int, queue: str, now: Millis) -> Slot:
        """Reserve a place at this agent and return it."""
        slot = Slot(conversation, visit, seat.agent.id, queue)
        seat.reserved.add(slot)
        self._turn += 1
        seat.turns[queue] = self._turn
        seat.last_assigned = now
        self._count(seat, queue, 1)
        return slot

    def release(self, seat: Seat, slot: Slot) -> None:
        """Give back a reserved place; one that was given back already changes nothing."""
        if slot in seat.reserved:
            seat.reserved.remove(slot)
            self._count(seat, slot.queue, -1)

    def hold(self, seat: Seat, conversation: str, queue: str, slot: Slot | None) -> None:
        """Make this agent the one owner of the conversation; `slot` is the place that was reserved for it, if any.

        The conversation's own commit has decided this, so it is true even where it exceeds the capacity.
        """
        owner = self.owners.get(conversation)
        if owner is not None:
            self.free(owner, conversation)
        self.owners[conversation] = seat
        if slot is not None and slot in seat.reserved:
            # One place turns into the other: neither his load nor his place in any order changes.
            seat.reserved.remove(slot)
            seat.held[conversation] = slot.queue
        else:
            seat.held[conversation] = queue
            self._count(seat, queue, 1)

    def free(self, seat: Seat, conversation: str) -> bool:
        """End his ownership.  Return False when he was not the owner."""
        if self.owners.get(conversation) is not seat:
            return False
        del self.owners[conversation]
        seat.told.discard(conversation)
        self._count(seat, seat.held.pop(conversation), -1)
        return True

    def _count(self, seat: Seat, queue: str, change: int) -> None:
        number = seat.by_queue.get(queue, 0) + change
        if number:
            seat.by_queue[queue] = number
        else:
            seat.by_queue.pop(queue, None)
        self.regroup(seat)

    def _join_pools(self, seat: Seat) -> None:
        skills = seat.agent.skills
        for pool in self.pools.values():
            pool.drop(seat.agent.id)
        seat.pools = [pool for name, pool in self.pools.items() if not skills or name in skills]
        self.regroup(seat)
