"""Who serves whom: the choice itself, and its explanation for people.

Everything here only reads.  The two questions of a desk are asked from both sides: which agent for this wish (somebody began
to ask) and which wish for this agent (somebody has room again).  Both use the same test of who may serve whom, so that
they cannot disagree.
"""

from collections.abc import Collection
from itertools import islice
from typing import Literal

from msgspec import Struct

from appliance.dispatch.lines import AGED, Place, WaitingRoom, Wish
from appliance.dispatch.roster import Pool, Roster, Seat
from appliance.dispatch.rules import AVOID_ALONE, AVOID_ANYWAY, SHOWN_IDS
from appliance.model import Millis, Value

Rule = Literal["own_agent", "least_busy", "round_robin", "transfer", "overflow", "claimed", "waits"]


class Choice(Struct, frozen=True):
    """An agent for a wish: whose queue he serves it through, and the rule that found him."""

    seat: Seat
    queue: str
    rule: Rule


class Decision(Struct, frozen=True):
    """One decision of the desk; `agent` is None when the conversation has to wait.  `reasons` see `explain`."""

    at: Millis
    conversation: str
    visit: int
    agent: str | None
    reasons: dict[str, Value]


def may_serve(wish: Wish, agent: str, pool: Pool, now: Millis) -> bool:
    """Whether this agent of the pool may be given the wish; his room is another question.

    Who let the visitor wait may have him back only when no other agent is ready, or when waiting for one took too long.
    """
    since = wish.passed.get(agent)
    if since is None:
        return True
    if now - since < AVOID_ALONE:
        return False
    others = pool.ready - sum(1 for passed in wish.passed if pool.is_ready(passed))
    return others <= 0 or now - since >= AVOID_ANYWAY


def next_agent(wish: Wish, room: WaitingRoom, roster: Roster, now: Millis) -> Choice | None:
    """Return the agent who gets this open wish now, or None when nobody may or can."""
    if wish.only:
        meant = roster.seats.get(wish.only)
        home = room.lines[wish.want.queue].rule
        if meant is not None and meant.taking and meant.has_room(home):
            return Choice(meant, home.name, "transfer")
        return None
    for queue in wish.queues:
        pool = roster.pools[queue]
        if not pool.free:
            continue
        own = wish.want.last_agent
        if pool.rule.strategy == "sticky" and own in pool.free_keys and own not in wish.passed:
            return Choice(roster.seats[own], queue, "own_agent")
        agent = _first(wish, pool, now)
        if agent is not None:
            return Choice(roster.seats[agent], queue, _rule(wish, pool))
    return None


def _first(wish: Wish, pool: Pool, now: Millis) -> str | None:
    if not wish.passed:
        return pool.free[0][2]
    passed = wish.passed
    strangers = (key[2] for key in pool.free if key[2] not in passed)
    again = (key[2] for key in pool.free if key[2] in passed and may_serve(wish, key[2], pool, now))
    return next(strangers, None) or next(again, None)


def _rule(wish: Wish, pool: Pool) -> Rule:
    if pool.rule.name != wish.want.queue:
        return "overflow"
    return "round_robin" if pool.rule.strategy == "round_robin" else "least_busy"


def next_wish(seat: Seat, room: WaitingRoom, now: Millis) -> Wish | None:
    """Return the open wish that this agent gets now, or None when he has no room or nobody for him waits."""
    if not seat.taking:
        return None
    best: tuple[Place, Wish] | None = None
    for place in room.meant.get(seat.agent.id, ()):
        wish = room.by_number[place[2][3]]
        if seat.has_room(room.lines[wish.want.queue].rule):
            best = (place, wish)
            break
    for pool in seat.pools:
        if seat.agent.id not in pool.free_keys:
            continue
        line = room.lines[pool.rule.name]
        for key in line.askers:
            place = line.place(key)
            if best is not None and best[0] < place:
                break
            wish = room.by_number[key[3]]
            if may_serve(wish, seat.agent.id, pool, now):
                best = (place, wish)
                break
    return best[1] if best else None


def explain(
    wish: Wish, choice: Choice | None, room: WaitingRoom, roster: Roster, now: Millis
) -> dict[str, Value]:
    """Return the reasons of a decision, as they stand before it takes effect.

    queue: the queue served through · home: the queue he stands in · rule: what won (`Rule`) · load: "2/8", the chosen
    agent's · eligible, full, not_ready: agents of that queue, the first few ids each, with their number in
    eligible_count ... · position: place in the line, from 1 · waited_ms · vip · aged · left.
    """
    home = room.lines[wish.want.queue]
    pool = roster.pools[choice.queue if choice else home.rule.name]
    key = wish.key or home.key(wish, now)
    seat = choice.seat if choice else None
    return {
        "queue": pool.rule.name,
        "home": home.rule.name,
        "rule": choice.rule if choice else "waits",
        "load": f"{seat.load}/{seat.agent.capacity}" if seat else "",
        "eligible": [free[2] for free in pool.free[:SHOWN_IDS]],
        "eligible_count": len(pool.free),
        "full": _some(pool.full),
        "full_count": len(pool.full),
        "not_ready": _some(pool.absent),
        "not_ready_count": len(pool.absent),
        "position": home.position(key),
        "waited_ms": max(0, now - wish.want.since),
        "vip": wish.want.vip,
        "aged": key[0] == AGED,
        "left": wish.want.left,
    }


def _some(agents: Collection[str]) -> list[str]:
    return list(islice(agents, SHOWN_IDS))
