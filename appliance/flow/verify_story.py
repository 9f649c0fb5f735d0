"""A breach told as a chat with times: the moments are chosen, then the conversation is lived once more from its beginning.

The search knows for every step between which readings of the clocks it can happen; here each step gets the earliest moment
that fits with all later ones.  Living it again with the real step proves that the breach is no slip of the search.
"""

from collections.abc import Sequence

from msgspec import Struct

from appliance.config.diagnostics import cells
from appliance.config.spec import Guarantee
from appliance.errors import Text
from appliance.flow.step import next_timer
from appliance.flow.verify_events import with_values
from appliance.flow.verify_machine import Machine, owed_after
from appliance.flow.verify_search import NOBODY, Bound, Breach, Edge, Place, told
from appliance.inputs import Input, TimerDue
from appliance.model import Millis, Snapshot, Value

BEGINNING: Millis = 1_000_000
"""When the story begins on its own clock."""


class Beat(Struct, frozen=True):
    """One step of a story: `at` counts from the beginning, `facts` is what the outside was, `active` what it led to."""

    at: Millis
    says: Text
    source: Input
    facts: dict[str, Value]
    active: tuple[str, ...]
    moved: bool


class Story(Struct, frozen=True):
    """A conversation that breaks a promise.  `over` is when its time was over, None: the conversation ended before."""

    beats: tuple[Beat, ...]
    over: Millis | None

    def lines(self, promise: Guarantee, machine: Machine) -> Text:
        """Return the story as people read it, one line a step."""
        rows = [(told(beat.at), beat.says, self._leads(beat, machine)) for beat in self.beats]
        if self.over is not None:
            zh = f"…… 超过了 {told(promise.within)}，还没有到{_among(promise).zh}"
            en = f"... more than {told(promise.within)} have passed without {_among(promise).en}"
            rows.append((told(self.over), Text(zh, en), ""))
        else:
            zh = f"会话结束了，没有到{_among(promise).zh}"
            en = f"the conversation has ended without {_among(promise).en}"
            rows.append(("", Text(zh, en), ""))
        return Text(
            _table([(at, says.zh, to) for at, says, to in rows]),
            _table([(at, says.en, to) for at, says, to in rows]),
        )

    @staticmethod
    def _leads(beat: Beat, machine: Machine) -> str:
        leaves = machine.graph.leaves(beat.active)
        return "→ " + " + ".join(leaves) if beat.moved else ""


def story_of(machine: Machine, promise: Guarantee, breach: Breach) -> Story | None:
    """Return the story of a breach, None when the real step does not break the promise: then nothing was proven."""
    edges: list[Edge] = []
    place: Place | None = breach.place
    while place is not None:
        edges.append(place.edge)
        place = place.before
    edges.reverse()
    times = _moments(edges, breach.bounds)
    return _live(machine, promise, edges, times) if times is not None else None


def _moments(edges: Sequence[Edge], last: tuple[Bound, ...] | None) -> list[Millis] | None:
    """Return the earliest times of all steps, and of the end, that keep every clock within its bounds."""
    began: dict[object, int] = {}
    # (one, other, least): `other` happens at least so much after `one`.
    apart: list[tuple[int, int, int]] = []
    for number, edge in enumerate(edges):
        apart += _constraints(edge.way.bounds, began, number)
        began |= dict.fromkeys(edge.fresh, number)
    count = len(edges)
    if last is not None:
        apart += _constraints(last, began, count)
        count += 1
    apart += [(number - 1, number, 0) for number in range(1, count)]
    times = [0] * count
    for _ in range(count + 1):
        moved = False
        for one, other, least in apart:
            if times[one] + least > times[other]:
                times[other], moved = times[one] + least, True
        if not moved:
            return times if times[0] == 0 else None
    return None


def _constraints(bounds: Sequence[Bound], began: dict[object, int], now: int) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    for clock, low, high in bounds:
        since = began[clock]
        found += [(since, now, low), (now, since, -high)]
    return found


def _live(
    machine: Machine, promise: Guarantee, edges: Sequence[Edge], times: Sequence[Millis]
) -> Story | None:
    """Return the conversation as it really goes, None when it goes otherwise than the search says."""
    snapshot: Snapshot | None = None
    beats: list[Beat] = []
    owed, since = False, 0
    for edge, at in zip(edges, times, strict=False):
        happening = edge.way.happening
        source = happening.make(snapshot or NOBODY)
        if not _possible(snapshot, source, BEGINNING + at):
            return None
        outcome, _ = machine.outcome(snapshot, source, BEGINNING + at, dict(edge.facts))
        if outcome is None:
            return None
        before = snapshot.active if snapshot else ()
        happened = machine.happens(promise, happening.event, snapshot)
        owed, began = owed_after(promise, owed, before, happened, outcome)
        since = at if began else since
        snapshot = outcome.snapshot
        says = with_values(happening.says, (*happening.values, *outcome.facts.items()))
        beats.append(Beat(at, says, source, outcome.facts, snapshot.active, snapshot.active != before))
    if snapshot is None or not owed:
        return None
    if len(times) == len(edges):
        return Story(tuple(beats), None) if not snapshot.open else None
    timer = next_timer(snapshot)
    silent = timer is None or timer.due >= BEGINNING + times[-1]
    late = snapshot.open and silent and times[-1] - since > promise.within
    return Story(tuple(beats), times[-1]) if late else None


def _possible(snapshot: Snapshot | None, source: Input, now: Millis) -> bool:
    """Whether this is what happens next: a due timer precedes everything else."""
    timer = next_timer(snapshot) if snapshot is not None else None
    if isinstance(source, TimerDue):
        return timer is not None and (timer.order, timer.due) == (source.order, now)
    return timer is None or timer.due > now


def _among(promise: Guarantee) -> Text:
    """Return the states that would have kept the promise."""
    zh = "、".join(f"“{name}”" for name in promise.reach)
    en = " or ".join(f"'{name}'" for name in promise.reach)
    return Text(zh, en)


def _table(rows: Sequence[tuple[str, str, str]]) -> str:
    """Return rows with their columns in line, in terminal cells; what stands last in a row may be as long as it is."""
    times = max(_width(at) for at, _, _ in rows)
    wide = max((_width(says) for _, says, leads in rows if leads), default=0)
    lines = [
        f"{_padded(at, times)}  {_padded(says, wide)}  {leads}" if leads else f"{_padded(at, times)}  {says}"
        for at, says, leads in rows
    ]
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(map(cells, text))


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
