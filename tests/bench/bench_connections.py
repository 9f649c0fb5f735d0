"""How many visitors one process holds, what an idle one weighs, and how fast they come in.

The reference is a server of plain aiohttp WebSockets that answers the same hello and keeps nothing of anybody.  The limit here is
that of open files: 20,000 a process, for the server and for the process that plays the visitors.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from tests.bench.bench_core import REFERENCE
from tests.bench.load.idle import Step, Task
from tests.bench.result import Result
from tests.shipped import kefu_yaml
from tools.loadtest.serving import REPOSITORY, RUN, Serving, clean_environment

GOAL_BYTES = 2_500
GOAL_VISITORS = 19_000
SESSIONS = 19_500
MOST_SECONDS = 180


def run(quick: bool) -> list[Result]:
    """Measure the appliance, then the reference."""
    ours = _measure(RUN, [1_000, 3_000] if quick else [1_000, 5_000, 10_000, GOAL_VISITORS])
    bare = {
        step.visitors: step
        for step in _measure(REFERENCE, [1_000, 3_000] if quick else [1_000, 5_000, 10_000])
    }
    results = [
        Result(
            name=f"connections.bytes per idle visitor at {step.visitors:,}",
            value=_bytes(step),
            unit="bytes",
            goal=GOAL_BYTES,
            reference=_bytes(bare[step.visitors]) if step.visitors in bare else None,
        )
        for step in ours
    ]
    last, best = ours[-1], max(bare.values(), key=lambda step: step.visitors)
    return [
        Result(
            name="connections.held by one process",
            value=last.visitors,
            unit="visitors",
            better="more",
            goal=None if quick else GOAL_VISITORS,
        ),
        *results,
        Result(name="connections.handshakes", value=last.rate, unit="visitors/s", better="more", reference=best.rate),
    ]  # fmt: skip


def _bytes(step: Step) -> float:
    return (step.rss - step.before) / step.visitors


def _measure(entry: tuple[str, ...], steps: list[int]) -> list[Step]:
    with tempfile.TemporaryDirectory() as folder:
        config = kefu_yaml(limits=f"messages_per_minute: 6000, connections: {SESSIONS}")
        with Serving(Path(folder), config, entry) as serving:
            done = subprocess.run(
                [sys.executable, "-m", "tests.bench.load.idle"],
                input=msgspec.json.encode(Task(serving.port, serving.pid, steps)),
                stdout=subprocess.PIPE,
                cwd=REPOSITORY,
                env=clean_environment(),
                check=True,
                timeout=MOST_SECONDS,
            )
            found = msgspec.json.decode(done.stdout, type=list[Step])
            serving.stop()
    assert [step.visitors for step in found] == steps, f"visitors were lost: {found}"
    return found
