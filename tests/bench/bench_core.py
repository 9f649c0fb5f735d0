"""The whole core under load: socket in, flow, durable commit, ack, and out to the agent's socket.

The appliance is one process with the shipped flow; the talkers are played by another on the same machine, and the crowd that is
only there by a third: they take their share of it.  The reference does the same work with nothing between aiohttp and SQLite
(tests/bench/load/reference.py), driven by the same players in the same run.  There is no overload ladder yet, so nothing is
switched off to get these numbers.  A rate that the machine cannot carry is offered all the same; `achieved` says what came of it.
"""

from tests.bench.load.generator import Measured, Phase, Task
from tests.bench.load.playing import REFERENCE, crowd, play, served
from tests.bench.result import Result
from tools.loadtest.serving import RUN

GOAL = 30_000
GOAL_DAY = 25
"""Seconds for DAY messages."""

GOAL_RATE = 10_000
GOAL_RATIO = 2
"""At GOAL_RATE an ack may take twice as long as that of the reference."""

CAPACITY = 200
DAY = 870_000
RATES = [2_000, 10_000, 20_000]
MOST_SECONDS = 400
LIMITS = "messages_per_minute: 6000"


def run(quick: bool) -> list[Result]:
    """Measure the appliance, then the reference."""
    ours, bare = _measure(RUN, quick), _measure(REFERENCE, quick)
    live = _visitors(quick) + _crowd(quick)
    part, name = _share(quick)
    rates = zip(_rates(quick), ours.steady, bare.steady, strict=True)
    return [
        _rate("core.durable", _a_second(ours.day), _a_second(bare.day), "msg/s", GOAL),
        _rate("core.deliveries", _deliveries(ours.day), _deliveries(bare.day), "events/s"),
        _time("core.processor time", _cpu(ours.day), _cpu(bare.day), "µs/msg"),
        _time(
            f"core.record day of {DAY:,} messages, all durable{name}",
            ours.day.seconds * part,
            bare.day.seconds * part,
            "s",
            GOAL_DAY,
        ),
        _time("core.ack.p99 while the day is run", ours.day.ack_p99, bare.day.ack_p99),
        *(row for rate, *both in rates for row in _steady(rate, live, *both)),
        _rate(
            "core.visitors brought in and served",
            _visitors(quick) / ours.served_after,
            _visitors(quick) / bare.served_after,
            "visitors/s",
        ),
    ]


def _visitors(quick: bool) -> int:
    """Return how many talk: so many that none of them talks faster than a person may."""
    return 1_000 if quick else 1_500


def _crowd(quick: bool) -> int:
    """Return how many are only there."""
    return 0 if quick else 17_500


def _rates(quick: bool) -> list[int]:
    return RATES[:2] if quick else RATES


def _share(quick: bool) -> tuple[int, str]:
    """Return by how much the time of what was run of the day is multiplied, and how that is called."""
    return (60, ", a sixtieth of it times sixty") if quick else (1, "")


def _measure(entry: tuple[str, ...], quick: bool) -> Measured:
    visitors, agents = _visitors(quick), 12 if quick else 30
    with served(entry, LIMITS) as serving, crowd(serving, _crowd(quick)):
        bare = entry is REFERENCE
        cookies = [f"agent={n}" if bare else serving.hire(f"agent{n}", CAPACITY) for n in range(agents)]
        task = Task(
            serving.port,
            serving.pid,
            visitors,
            cookies,
            _rates(quick),
            seconds=0.7 if quick else 6.0,
            day=DAY // _share(quick)[0],
        )
        found = play("tests.bench.load.generator", task, Measured, MOST_SECONDS)
        log = serving.log()
    assert not found.late, f"{found.late} messages were not delivered: {found}\n{log}"
    assert not found.refused, f"messages were refused: {found.refused}"
    return found


def _steady(rate: int, live: int, ours: Phase, bare: Phase) -> list[Result]:
    name = f"at {rate:,} msg/s, {live:,} live"
    goal = GOAL_RATIO * bare.ack_p99 if rate == GOAL_RATE else None
    return [
        _rate(f"core.achieved {name}", _a_second(ours), _a_second(bare), "msg/s"),
        _time(f"core.ack.p50 {name}", ours.ack_p50, bare.ack_p50),
        _time(f"core.ack.p99 {name}", ours.ack_p99, bare.ack_p99, goal=goal),
        _time(f"core.send to show.p99 {name}", ours.show_p99, bare.show_p99),
    ]


def _a_second(phase: Phase) -> float:
    return phase.acked / phase.seconds


def _deliveries(phase: Phase) -> float:
    return (phase.to_agents + phase.to_visitors) / phase.seconds


def _cpu(phase: Phase) -> float:
    return phase.cpu / phase.acked * 1e6


def _rate(name: str, value: float, reference: float, unit: str, goal: float | None = None) -> Result:
    return Result(name=name, value=value, unit=unit, better="more", goal=goal, reference=reference)


def _time(name: str, value: float, reference: float, unit: str = "ms", goal: float | None = None) -> Result:
    return Result(name=name, value=value, unit=unit, goal=goal, reference=reference)
