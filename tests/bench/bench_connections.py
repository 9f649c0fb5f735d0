"""How many visitors one process holds, what an idle one weighs, and how fast they come in.

The reference is a server of plain aiohttp WebSockets that answers the same hello and keeps nothing of anybody.  The limit here is
that of open files: 20,000 a process, for the server and for the process that plays the visitors.
"""

from tests.bench.load.idle import Step, Task
from tests.bench.load.playing import REFERENCE, play, served
from tests.bench.result import Result
from tools.loadtest.serving import RUN

GOAL_BYTES = 2_500
GOAL_VISITORS = 19_000
STEPS = [1_000, 5_000, 10_000, GOAL_VISITORS]
FEW = [1_000]
LIMITS = "messages_per_minute: 6000"
MOST_SECONDS = 180


def run(quick: bool) -> list[Result]:
    """Measure the appliance, then the reference, each with ever more visitors in one life."""
    steps = FEW if quick else STEPS
    ours, bare = _measure(RUN, steps), _measure(REFERENCE, steps)
    return [
        Result(
            name="connections.held by one process",
            value=ours[-1].visitors,
            unit="visitors",
            better="more",
            goal=None if quick else GOAL_VISITORS,
            reference=bare[-1].visitors,
        ),
        *(_weight(step, other) for step, other in zip(ours, bare, strict=True)),
        *(
            _arrivals(step, other, before)
            for step, other, before in zip(ours, bare, [0, *steps], strict=False)
        ),
    ]


def _weight(ours: Step, bare: Step) -> Result:
    return Result(
        name=f"connections.bytes per idle visitor at {ours.visitors:,}",
        value=_bytes(ours),
        unit="bytes",
        goal=GOAL_BYTES,
        reference=_bytes(bare),
    )


def _arrivals(ours: Step, bare: Step, before: int) -> Result:
    return Result(
        name=f"connections.handshakes and welcomes, from {before:,} to {ours.visitors:,}",
        value=ours.rate,
        unit="visitors/s",
        better="more",
        reference=bare.rate,
    )


def _bytes(step: Step) -> float:
    return (step.rss - step.before) / step.visitors


def _measure(entry: tuple[str, ...], steps: list[int]) -> list[Step]:
    with served(entry, LIMITS) as serving:
        found = play(
            "tests.bench.load.idle", Task(serving.port, serving.pid, steps), list[Step], MOST_SECONDS
        )
    assert [step.visitors for step in found] == steps, f"visitors were lost: {found}"
    return found
