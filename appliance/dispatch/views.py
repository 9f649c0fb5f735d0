"""The desk as people and guards see it: positions, queues, agents, and why it decided as it did.

Reading is kept apart from the desk itself, so that whatever a console wants to see next cannot disturb what decides.
"""

from collections import Counter

from msgspec import Struct

from appliance.dispatch.commands import AgentView, OfferView, Position, QueueView, Waiter
from appliance.dispatch.lines import AGED, Line, Wish
from appliance.dispatch.matching import Matching
from appliance.dispatch.roster import Seat, Stage
from appliance.dispatch.routing import Decision
from appliance.model import Millis


class Staffing(Struct, frozen=True):
    """Agents by the status that colleagues see; by queue, what ready agents may hold at once and what is held.

    An agent who serves several queues counts in each, so the slots of queues do not add up.
    """

    agents: dict[str, int]
    slots: dict[str, int]
    held: dict[str, int]


def position(desk: Matching, conversation: str) -> Position | None:
    """Return where a visitor stands; None when he waits nowhere or has left a message, which has no place to show."""
    wish = desk.room.wishes.get(conversation)
    if wish is None or wish.key is None or wish.want.left:
        return None
    line = desk.room.lines[wish.want.queue]
    return Position(line.rule.name, line.position(wish.key), line.length, line.expected)


def positions(desk: Matching, queue: str) -> dict[str, Position]:
    """Return the positions of all visitors in a queue; an unknown queue is empty."""
    line = desk.room.lines.get(queue)
    if line is None:
        return {}
    length, by_number = line.length, desk.room.by_number
    return {
        by_number[key[3]].conversation: Position(queue, place, length, line.expected)
        for place, key in enumerate(line.standing[:length], 1)
    }


def length(desk: Matching, queue: str) -> int:
    """Return how many visitors wait in a queue."""
    line = desk.room.lines.get(queue)
    return line.length if line else 0


def oldest(desk: Matching, queue: str = "") -> Millis | None:
    """Return since when the one who waits longest waits, in one queue or ("") in all; None when nobody does."""
    lines = desk.room.lines
    chosen = lines.values() if not queue else [lines[queue]] if queue in lines else []
    return min((since for since in map(_oldest, chosen) if since is not None), default=None)


def _oldest(line: Line) -> Millis | None:
    # The aged stand first, oldest first; only among the others priorities may hide an older one further back.
    if line.standing and line.standing[0][0] == AGED:
        return line.standing[0][2]
    return min((key[2] for key in line.standing[: line.length]), default=None)


def agents_ready(desk: Matching, queue: str = "") -> int:
    """Return how many agents are ready, full ones included, in one queue or ("") at all."""
    if queue:
        pool = desk.roster.pools.get(queue)
        return pool.ready if pool else 0
    return sum(1 for seat in desk.roster.seats.values() if seat.taking)


def decisions(desk: Matching, conversation: str = "") -> list[Decision]:
    """Return the remembered decisions, oldest first; of one conversation, or ("") all."""
    return [one for one in desk.decisions if not conversation or one.conversation == conversation]


def queue_view(desk: Matching, queue: str, limit: int = 200) -> QueueView | None:
    """Return a queue with its first `limit` waiting conversations; None when there is no such queue."""
    line = desk.room.lines.get(queue)
    if line is None:
        return None
    pool = desk.roster.pools[queue]
    visitors = line.length
    return QueueView(
        name=queue,
        length=visitors,
        left=len(line.standing) - visitors,
        ready=pool.ready,
        with_room=len(pool.free),
        signed_in=len(pool.signed_in),
        expected_ms=line.expected,
        oldest=oldest(desk, queue),
        waiting=tuple(
            _waiter(desk.room.by_number[key[3]], place, key[0] == AGED)
            for place, key in enumerate(line.standing[:limit], 1)
        ),
    )


def queue_views(desk: Matching, limit: int = 200) -> list[QueueView]:
    """Return all queues in the operator's order."""
    views = (queue_view(desk, name, limit) for name in desk.room.lines)
    return [view for view in views if view is not None]


def agent_views(desk: Matching) -> list[AgentView]:
    """Return all agents who may serve, in order of their names."""
    seats = (seat for seat in desk.roster.seats.values() if not seat.agent.disabled)
    return sorted((_agent(seat) for seat in seats), key=lambda view: (view.name, view.id))


def agent_view(desk: Matching, agent: str) -> AgentView | None:
    """Return one agent, or None when the desk does not know him."""
    seat = desk.roster.seats.get(agent)
    return _agent(seat) if seat else None


def staffing(desk: Matching) -> Staffing:
    """Return how many agents there are by status, what the ready ones may hold, and what all of them hold, by queue."""
    seen: Counter[str] = Counter()
    slots = Counter(dict.fromkeys(desk.roster.pools, 0))
    held: Counter[str] = Counter()
    for seat in desk.roster.seats.values():
        held.update(seat.held.values())
        if seat.agent.disabled:
            continue
        seen[seat.shown] += 1
        if seat.taking:
            for pool in seat.pools:
                slots[pool.rule.name] += seat.most(pool.rule)
    return Staffing(dict(seen), dict(slots), dict(held))


def _waiter(wish: Wish, place: int, aged: bool) -> Waiter:
    want = wish.want
    return Waiter(
        conversation=wish.conversation,
        position=place,
        since=want.since,
        asking=want.asking,
        vip=want.vip,
        aged=aged,
        left=want.left,
        priority=want.priority,
        only=wish.only,
        offered_to=wish.slot.agent if wish.slot else "",
        reasons=wish.reasons,
    )


def _agent(seat: Seat) -> AgentView:
    agent = seat.agent
    offers = sorted(seat.reserved, key=lambda slot: (slot.conversation, slot.visit))
    return AgentView(
        id=agent.id,
        name=agent.name,
        presence=seat.shown,
        chosen=seat.chosen,
        sessions=seat.sessions,
        last_seen=seat.last_seen,
        load=seat.load,
        capacity=agent.capacity,
        skills=agent.skills,
        held=tuple(seat.held),
        offers=tuple(
            OfferView(slot.conversation, slot.visit, slot.queue, slot.stage is Stage.SHOWN, slot.due)
            for slot in offers
        ),
    )


def holding(desk: Matching, conversation: str) -> str:
    """Return the id of the agent who owns the conversation, or ""."""
    owner = desk.roster.owners.get(conversation)
    return owner.agent.id if owner else ""
