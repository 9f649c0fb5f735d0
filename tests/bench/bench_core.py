"""The whole core under load: socket in, flow, durable commit, ack, and out to the agent's socket.

The appliance is one process with the shipped flow; the generator is another on the same machine and takes its share of it.
The reference does the same work with nothing between aiohttp and SQLite (tests/bench/load/reference.py), driven by the same
generator in the same run.  There is no overload ladder yet, so nothing is switched off to get these numbers.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from tests.bench.load.generator import Measured, Task
from tests.bench.result import Result
from tests.shipped import kefu_yaml
from tools.loadtest.serving import REPOSITORY, RUN, Serving, clean_environment

GOAL = 10_000
CAPACITY = 200
MOST_SECONDS = 120
LIMITS = "messages_per_minute: 6000"
REFERENCE = ("-m", "tests.bench.load.reference")


def run(quick: bool) -> list[Result]:
    """Measure the appliance, then the reference."""
    visitors, agents = (1_000, 20) if quick else (1_500, 30)
    steady, peak = (2.0, 3.0) if quick else (8.0, 15.0)
    ours = _measure(RUN, visitors, agents, steady, peak)
    bare = _measure(REFERENCE, visitors, agents, steady, peak / 2)
    return [
        _rate("core.durable", _a_second(ours, "acked"), _a_second(bare, "acked"), GOAL, "msg/s"),
        _rate("core.deliveries", _deliveries(ours), _deliveries(bare), None, "events/s"),
        _time("core.processor time", _cpu(ours), _cpu(bare), "us/msg"),
        _time("core.ack.p50 at 2,000 msg/s", ours.steady.ack_p50, bare.steady.ack_p50),
        _time("core.ack.p99 at 2,000 msg/s", ours.steady.ack_p99, bare.steady.ack_p99),
        _time("core.send to show.p99 at 2,000 msg/s", ours.steady.show_p99, bare.steady.show_p99),
        _time("core.ack.p99 at the peak", ours.peak.ack_p99, bare.peak.ack_p99),
        _rate("core.visitors brought in and served", visitors / ours.served_after, None, None, "visitors/s"),
    ]


def _measure(entry: tuple[str, ...], visitors: int, agents: int, steady: float, peak: float) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        with Serving(Path(folder), kefu_yaml("100ms", LIMITS), entry) as serving:
            bare = entry is REFERENCE
            cookies = [f"agent={n}" if bare else serving.hire(f"agent{n}", CAPACITY) for n in range(agents)]
            task = Task(
                serving.port, serving.pid, visitors, cookies, steady_seconds=steady, peak_seconds=peak
            )
            found = generate(task)
            serving.stop()
        assert not found.late, f"{found.late} messages were not delivered: {found}\n{serving.log()}"
        assert not found.refused, f"messages were refused: {found.refused}"
        return found


def generate(task: Task) -> Measured:
    """Run the generator in its own process."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load.generator"],
        input=msgspec.json.encode(task),
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
        env=clean_environment(),
        check=True,
        timeout=MOST_SECONDS,
    )
    return msgspec.json.decode(done.stdout, type=Measured)


def _a_second(found: Measured, what: str) -> float:
    return float(getattr(found.peak, what)) / found.peak.seconds


def _deliveries(found: Measured) -> float:
    return _a_second(found, "to_agents") + _a_second(found, "to_visitors")


def _rate(name: str, value: float, reference: float | None, goal: float | None, unit: str) -> Result:
    return Result(name=name, value=value, unit=unit, better="more", goal=goal, reference=reference)


def _cpu(found: Measured) -> float:
    return found.peak.cpu / found.peak.acked * 1e6


def _time(name: str, value: float, reference: float, unit: str = "ms") -> Result:
    return Result(name=name, value=value, unit=unit, reference=reference)
