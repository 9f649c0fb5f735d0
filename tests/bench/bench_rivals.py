"""Transitions a second of our step against other people's state machines: the same flow, the same events, one run.

Whoever does not visit the same states as we do is no rival but a bug in the translation, and ends the bench.  All take
turns, so that a busy moment of the machine strikes each of them; of the turns the median counts.  The rivals keep a state
and count their actions; ours besides makes the snapshot, the records and the effects that production needs.
"""

import gc
from collections.abc import Sequence
from contextlib import ExitStack
from statistics import median

from tests.bench.result import Result
from tests.bench.rivals.definition import EVENTS, Rival
from tests.bench.rivals.kefu import Kefu
from tests.bench.rivals.python import PythonStatemachine, Sismic, Transitions
from tests.bench.rivals.xstate import XState

TIMES_FASTER = 5
"""How much faster than the fastest Python library we want to be."""

_WARM_UP = 30_000_000
"""Nanoseconds of work before anybody is measured; Node compiles meanwhile what it finds hot."""


class Differs(Exception):
    """A rival does not do what the definition says."""


def run(quick: bool) -> list[Result]:
    """Measure; `quick` gives each shorter turns, and fewer."""
    turns, length = (5, 60_000_000) if quick else (11, 400_000_000)
    with ExitStack() as running:
        kefu = Kefu()
        snakes: tuple[Rival, ...] = (Transitions(), PythonStatemachine(), Sismic())
        scripts: tuple[Rival, ...] = (
            running.enter_context(XState("send")),
            running.enter_context(XState("pure")),
        )
        everybody: tuple[Rival, ...] = (kefu, *snakes, *scripts)
        agree(everybody)
        costs = measured(everybody, turns, length)
        agree(everybody)
    ours = costs[kefu.name]
    snake = min(costs[rival.name] for rival in snakes)
    script = min(costs[rival.name] for rival in scripts)
    return [
        _rate("kefu, against the fastest in Python", ours, snake, goal=TIMES_FASTER / snake),
        _rate("kefu, against XState", ours, script, goal=1 / script),
        *(_rate(rival.name, costs[rival.name], ours) for rival in (*snakes, *scripts)),
        Result(
            name="rivals: one transition of kefu, against XState", value=ours, unit="µs", reference=script
        ),
    ]


def agree(rivals: Sequence[Rival]) -> None:
    """Raise Differs unless all visit the same states, event by event."""
    first, *others = rivals
    expected = first.trace()
    for rival in others:
        for number, (wanted, found) in enumerate(zip(expected, rival.trace(), strict=True)):
            if wanted != found:
                event = EVENTS[number - 1].name if number else "the beginning"
                raise Differs(f"{rival.name}: after {event} ({number}) in {found}, {first.name} in {wanted}")


def measured(rivals: Sequence[Rival], turns: int, length: int) -> dict[str, float]:
    """Return µs a transition by name: medians over `turns` turns of `length` nanoseconds for each."""
    rounds = {rival.name: _rounds(rival, length) for rival in rivals}
    found: dict[str, list[float]] = {rival.name: [] for rival in rivals}
    for _ in range(turns):
        for rival in rivals:
            gc.collect()
            many = rounds[rival.name]
            found[rival.name].append(rival.run(many) / many / len(EVENTS) / 1_000)
    return {name: median(costs) for name, costs in found.items()}


def _rounds(rival: Rival, length: int) -> int:
    """Warm up, and return how many rounds fill a turn."""
    many, spent = 1, rival.run(1)
    while spent < _WARM_UP:
        many *= 2
        spent = rival.run(many)
    return max(1, many * length // spent)


def _rate(name: str, cost: float, reference: float, goal: float | None = None) -> Result:
    million = 1e6
    return Result(
        name=f"rivals: {name}",
        value=million / cost,
        unit="transitions/s",
        better="more",
        goal=None if goal is None else goal * million,
        reference=million / reference,
    )
