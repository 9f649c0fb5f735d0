"""Explores a flow on the timed machine: every conversation there can be, for one promise, breadth first.

A place is what counts of a conversation with a set of moments (a zone).  Each step from it is taken by the real `step`, at one
moment of each set of moments that the guards cannot tell apart; so a finite number of steps stands for all of them.
"""

from collections import deque
from collections.abc import Callable, Hashable

from msgspec import Struct

from appliance.config.spec import Guarantee
from appliance.errors import Text
from appliance.flow.occasions import Cannot
from appliance.flow.verify_events import Happening
from appliance.flow.verify_machine import Machine, Outcome, owed_after
from appliance.flow.verify_states import PROMISE, Unclear, clock_of
from appliance.flow.verify_zones import FREE, Clock, Zone
from appliance.inputs import Input, TimerDue
from appliance.model import Millis, Snapshot, Timer, Value, Visitor

NOW: Millis = 1 << 45
"""When every explored step happens: late enough for any reading of a clock to begin after 1970."""

NOBODY = Snapshot("", Visitor(""), "", NOW)
"""Stands for the conversation that does not exist yet when an opening is made."""

Bound = tuple[Clock, int, int]
"""A clock with the least and the most that it shows when something happens."""


_ZONES_A_STATE = 64
"""So many comparisons of sets of moments cost about as much as one more state."""


class Budget:
    """How much may still be explored, over all promises of a file."""

    def __init__(self, states: int, steps: int) -> None:
        self.states = states
        self.steps = steps

    @property
    def spent(self) -> bool:
        """Whether nothing is left."""
        return self.states <= 0 or self.steps <= 0


Make = Callable[[Snapshot], Input]


class Way(Struct, frozen=True):
    """Something that may happen next, with what the clocks show when it does."""

    happening: Happening
    bounds: tuple[Bound, ...]


class Edge(Struct, frozen=True):
    """What led to a place: what happened, what the outside was then, which clocks began anew."""

    way: Way
    facts: dict[str, Value]
    fresh: frozenset[Clock]


class Place(Struct, frozen=True):
    """A conversation as far as it counts: `snapshot` stands for all that differ in times only, which `zone` holds."""

    snapshot: Snapshot
    zone: Zone
    owed: bool
    edge: Edge
    before: "Place | None" = None


class Breach(Struct, frozen=True):
    """A promise broken: after `place`, when the clocks are within `bounds`, its time is over.

    `bounds` None: it can never be kept any more, because the conversation ended there.
    """

    place: Place
    bounds: tuple[Bound, ...] | None


class Search:
    """One promise.  After `run`, `arose` says whether its case ever came up and `decided` whether all was explored."""

    def __init__(self, machine: Machine, promise: Guarantee, budget: Budget) -> None:
        self._machine = machine
        self._promise = promise
        self._budget = budget
        self._known: dict[Hashable, list[Zone]] = {}
        self._waiting: deque[Place] = deque()
        self._breach: Breach | None = None
        self.arose = False
        self.decided = True

    def run(self) -> Breach | None:
        """Return the first breach, None when none was found (within the budget)."""
        steps = self._machine.steps
        for opening in self._machine.events.openings:
            self._open(opening)
        while self._waiting and self._breach is None:
            if self._budget.spent:
                self.decided = False
                break
            self._budget.states -= 1
            try:
                self._expand(self._waiting.popleft())
            except Unclear:
                self.decided = False
            self._budget.steps -= self._machine.steps - steps
            steps = self._machine.steps
        return self._breach

    def _open(self, opening: Happening) -> None:
        for outcome in self._machine.outcomes(None, opening.make(NOBODY), NOW):
            self._arrive(None, Zone(), Way(opening, ()), outcome)

    def _expand(self, place: Place) -> None:
        zone = place.zone.copy()
        zone.elapse()
        bounds: list[Bound] = []
        timers = [
            (clock_of(timer.state), self._machine.states.delay(timer), timer)
            for timer in place.snapshot.timers
        ]
        for clock, delay, _ in timers:
            zone.limit(clock, 0, delay)
        if place.owed:
            within = self._promise.within
            late = zone.copy()
            if late.limit(PROMISE, within + 1):
                over = [(clock, 0, delay) for clock, delay, _ in timers]
                self._breach = Breach(place, (*over, (PROMISE, within + 1, FREE)))
                return
            zone.limit(PROMISE, 0, within)
            bounds.append((PROMISE, 0, within))
        for fires in timers:
            self._fire(place, zone, bounds, timers, fires)
        quiet = [(clock, 0, delay - 1) for clock, delay, _ in timers]
        if all(zone.limit(*bound) for bound in quiet):
            self._happen(place, zone, (*bounds, *quiet))

    def _fire(
        self,
        place: Place,
        zone: Zone,
        bounds: list[Bound],
        timers: list[tuple[Clock, int, Timer]],
        fires: tuple[Clock, int, Timer],
    ) -> None:
        """Let one timer fire: it is due now, and no other was due before, nor was armed before and is due now."""
        due, delay, timer = fires
        first = [(due, delay, delay)]
        first += [
            (clock, 0, later - (other.order < timer.order))
            for clock, later, other in timers
            if other is not timer
        ]
        there = zone.copy()
        if not all(there.limit(*bound) for bound in first):
            return
        says = Text(
            f"“{timer.state}”的 {told(delay)} 计时到了", f"the timer {told(delay)} of '{timer.state}' fires"
        )
        make = _due(timer.state, timer.index)
        for cell, cuts in self._cells(place.snapshot, there, ("after",)):
            self._step(place, cell, Way(Happening("", says, make), (*bounds, *first, *cuts)))

    def _happen(self, place: Place, zone: Zone, bounds: tuple[Bound, ...]) -> None:
        """Let everything happen that may, each at every set of moments that makes a difference."""
        cells: dict[tuple[str, ...], list[tuple[Zone, tuple[Bound, ...]]]] = {}
        for happening in self._machine.events.later:
            try:
                happening.make(place.snapshot)
            except Cannot:
                continue
            triggers = (
                (happening.event, "visitor.message")
                if happening.event == "visitor.menu"
                else (happening.event,)
            )
            if triggers not in cells:
                cells[triggers] = self._cells(place.snapshot, zone, triggers)
            for cell, cuts in cells[triggers]:
                self._step(place, cell, Way(happening, (*bounds, *cuts)))

    def _cells(
        self, snapshot: Snapshot, zone: Zone, triggers: tuple[str, ...]
    ) -> list[tuple[Zone, tuple[Bound, ...]]]:
        """Return `zone` cut into sets of moments between which some guard changes its answer."""
        found: list[tuple[Zone, tuple[Bound, ...]]] = [(zone, ())]
        for clock, cuts in self._machine.states.cuts(snapshot, triggers):
            edges = [*cuts, FREE]
            finer: list[tuple[Zone, tuple[Bound, ...]]] = []
            for cell, bounds in found:
                low = 0
                for high in edges:
                    part = cell.copy()
                    if part.limit(clock, low, high):
                        finer.append((part, (*bounds, (clock, low, high))))
                    low = high + 1
            found = finer
        return found

    def _step(self, place: Place, cell: Zone, way: Way) -> None:
        states = self._machine.states
        beyond = max(states.limits(place.snapshot, self._promise.within).values())
        snapshot = states.at(place.snapshot, cell.late(beyond), NOW)
        for outcome in self._machine.outcomes(snapshot, way.happening.make(snapshot), NOW):
            self._arrive(place, cell, way, outcome)

    def _arrive(self, place: Place | None, cell: Zone, way: Way, outcome: Outcome) -> None:
        states, snapshot = self._machine.states, outcome.snapshot
        before = place.snapshot if place else None
        happened = self._machine.happens(self._promise, way.happening.event, before)
        active = before.active if before else ()
        owed, began = owed_after(self._promise, place is not None and place.owed, active, happened, outcome)
        self.arose = self.arose or self._came_up(active, happened, outcome)
        fresh = states.fresh(before, snapshot, NOW) | ({PROMISE} if began else set())
        edge = Edge(way, outcome.facts, fresh)
        if snapshot.closed_at is not None:
            if owed and self._breach is None:
                self._breach = Breach(Place(snapshot, cell, True, edge, place), None)
            return
        zone = cell.onto(states.clocks(snapshot, owed), fresh)
        zone.widen(states.limits(snapshot, self._promise.within))
        known = self._known.setdefault(states.key(snapshot, owed), [])
        self._budget.states -= len(known) // _ZONES_A_STATE
        if any(zone.within(other) for other in known):
            return
        known.append(zone)
        self._waiting.append(Place(snapshot, zone, owed, edge, place))

    def _came_up(self, active: tuple[str, ...], happened: bool, outcome: Outcome) -> bool:
        """Whether the case of the promise came up in this step, be it kept at once."""
        if self._promise.on:
            return happened and self._promise.source in active
        return any(name == self._promise.source for name, _ in outcome.passed)


def _due(state: str, index: int) -> Make:
    """Return what makes the due timer: the order in which it was armed is that conversation's own."""

    def make(now: Snapshot) -> Input:
        return TimerDue(
            next(timer.order for timer in now.timers if (timer.state, timer.index) == (state, index))
        )

    return make


def told(time: Millis) -> str:
    """Return a time as an operator writes it: 5m, 1m30s, 10.001s."""
    if not time:
        return "0s"
    parts: list[str] = []
    for unit, length in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000)):
        if time >= length:
            parts.append(f"{time // length}{unit}")
            time %= length
    if time:
        parts.append(f"{time / 1000:.3f}".rstrip("0").rstrip(".") + "s")
    return "".join(parts)
