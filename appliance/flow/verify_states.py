"""What of a conversation matters for a proof, and how to make a conversation of it again at any reading of the clocks.

Two conversations that no guard and no timer can ever tell apart count as one, so texts, ids, numbers of visits and whatever
no guard reads are left out.  Times are left out as well: they are readings of clocks, and a zone holds those.
"""

from collections.abc import Hashable, Mapping

from msgspec.structs import replace

from appliance.config.references import walk
from appliance.config.spec import Spec
from appliance.flow.graph import Graph
from appliance.flow.guard_types import VARS
from appliance.flow.verify_looks import QUEUE_NAME, Looks
from appliance.flow.verify_zones import Clock
from appliance.model import Millis, Snapshot, Timer, Value

SESSION: Clock = ("session",)
QUEUE: Clock = ("queue",)
PROMISE: Clock = ("promise",)
"""The clocks beside those of the states, which are ("state", NAME): since the beginning, since the place in the queue was
taken, since the promise was due."""


class Unclear(Exception):
    """The clocks of this conversation cannot be told from its snapshot: the exploration ends undecided."""


def clock_of(state: str) -> Clock:
    """Return the clock that runs since `state` was entered."""
    return ("state", state)


class States:
    """Tells what counts of a conversation, for the flow of one file."""

    def __init__(self, spec: Spec, graph: Graph, looks: Looks) -> None:
        self._graph = graph
        self._looks = looks
        self._cuts: dict[str, tuple[int, ...]] = {}
        for (state, _), cuts in looks.cuts.items():
            self._cuts[state] = (*self._cuts.get(state, ()), *cuts)
        self._variables = tuple(name for name in sorted(spec.main.vars) if VARS + name in looks.names)
        self._internal = tuple(
            {handler.event for state in walk(spec.main.states) for handler in state.on}
            & {"error.guard", *(f"done.{state.name}" for state in walk(spec.main.states))}
        )

    def delay(self, timer: Timer) -> Millis:
        """Return how long after entering its state a timer fires."""
        return self._graph.nodes[timer.state].after[timer.index].delay

    def key(self, snapshot: Snapshot, owed: bool) -> Hashable:
        """Return what tells this conversation from others, times excepted; `owed`: the promise waits to be kept."""
        reads = self._looks.names
        named, queue = QUEUE_NAME in reads, self._looks.queue_class
        waiting, held = snapshot.waiting, snapshot.held
        return (
            owed,
            snapshot.active,
            tuple((timer.state, timer.index) for timer in sorted(snapshot.timers, key=_order)),
            waiting
            and (waiting.asking, waiting.entered_by, waiting.asked_by, named and queue(waiting.queue)),
            held
            and (
                held.state,
                held.asked_by,
                named and queue(held.queue),
                "event.agent" in reads and held.agent,
            ),
            snapshot.ai and snapshot.ai.state,
            snapshot.visitor,
            snapshot.waiting_since is not None and bool(self._looks.queue),
            "served" in reads and snapshot.served,
            snapshot.menu if named or "menu" in reads else "",
            snapshot.tags if "tags" in reads else (),
            snapshot.priority if "priority" in reads else 0,
            snapshot.transfers if "transfers" in reads else named and snapshot.transfers > 0,
            tuple(_plain(snapshot.vars.get(name)) for name in self._variables),
            tuple(sorted(snapshot.history.items())),
        )

    def clocks(self, snapshot: Snapshot, owed: bool) -> tuple[Clock, ...]:
        """Return the clocks that something may still depend on."""
        armed = {timer.state for timer in snapshot.timers}
        found = [clock_of(name) for name in snapshot.active if name in armed or name in self._cuts]
        if self._looks.session:
            found.append(SESSION)
        if self._looks.queue and snapshot.waiting_since is not None:
            found.append(QUEUE)
        return (*found, PROMISE) if owed else tuple(found)

    def limits(self, snapshot: Snapshot, within: Millis) -> dict[Clock, int]:
        """Return for each clock the reading beyond which nothing depends on it any more."""
        found: dict[Clock, int] = {
            SESSION: max(self._looks.session, default=0) + 1,
            QUEUE: max(self._looks.queue, default=0) + 1,
            PROMISE: within + 1,
        }
        for name in snapshot.active:
            found[clock_of(name)] = max(self._cuts.get(name, ()), default=-1) + 1
        for timer in snapshot.timers:
            found[clock_of(timer.state)] = max(found[clock_of(timer.state)], self.delay(timer))
        return found

    def cuts(self, snapshot: Snapshot, triggers: tuple[str, ...]) -> list[tuple[Clock, tuple[int, ...]]]:
        """Return the clocks on which the answer to an event may depend, each with the readings where it changes."""
        found: list[tuple[Clock, tuple[int, ...]]] = []
        for name in snapshot.active:
            cuts: set[int] = set()
            for trigger in (*triggers, "always", *self._internal):
                cuts |= self._looks.cuts.get((name, trigger), set())
            if cuts:
                found.append((clock_of(name), tuple(sorted(cuts))))
        if self._looks.session:
            found.append((SESSION, tuple(sorted(self._looks.session))))
        if self._looks.queue and snapshot.waiting_since is not None:
            found.append((QUEUE, tuple(sorted(self._looks.queue))))
        return found

    def at(self, snapshot: Snapshot, reading: Mapping[Clock, int], now: Millis) -> Snapshot:
        """Return the conversation as it is at `now`, when its clocks show `reading`."""
        entered = tuple([now - reading.get(clock_of(name), 0) for name in snapshot.active])
        since = dict(zip(snapshot.active, entered, strict=True))
        timers = [replace(timer, due=since[timer.state] + self.delay(timer)) for timer in snapshot.timers]
        timers.sort(key=_due)
        queued = None if snapshot.waiting_since is None else now - reading.get(QUEUE, 0)
        waiting = snapshot.waiting
        if waiting is not None:
            if self._looks.queue and (queued is None or waiting.since != snapshot.waiting_since):
                raise Unclear
            waiting = replace(waiting, since=now if queued is None else queued)
        return replace(
            snapshot,
            entered=entered,
            timers=tuple(timers),
            waiting=waiting,
            waiting_since=queued,
            opened_at=now - reading.get(SESSION, 0),
        )

    def fresh(self, before: Snapshot | None, after: Snapshot, now: Millis) -> frozenset[Clock]:
        """Return the clocks that a step at `now` set to zero.

        A clock that showed zero already may be among them: that changes nothing.
        """
        found = {clock_of(name) for name, at in zip(after.active, after.entered, strict=True) if at == now}
        if before is None:
            found.add(SESSION)
        if after.waiting_since == now or before is None or before.waiting_since is None:
            found.add(QUEUE)
        return frozenset(found)


def _plain(value: Value) -> Hashable:
    """Return a value of a variable as part of a key; 1, 1.0 and true are three different ones."""
    return tuple(map(_plain, value)) if isinstance(value, list | tuple) else (type(value).__name__, value)


def _order(timer: Timer) -> int:
    return timer.order


def _due(timer: Timer) -> tuple[int, int]:
    return (timer.due, timer.order)
