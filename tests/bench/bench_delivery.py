"""What one delivery costs: a message on its way from the commit to one reader's socket, in instructions and in time.

Instructions are counted by Valgrind's Cachegrind, so the figure is the same on a busy machine.  A run of few messages is taken
off a run of many: what is left is theirs alone.  The reference is what one writes at first, and what kefu did before:
each reader's frame encoded for him, and written by itself.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.load.deliveries import IN_A_UNIT, WAYS, Sink, prepared
from tests.bench.result import Result
from tools.loadtest.serving import REPOSITORY, clean_environment

READERS = (2, 10)
FEW, MANY = 50, 550
_COUNTED = re.compile(rb"I\s+refs:\s+([\d,]+)")


def run(quick: bool) -> list[Result]:
    """Measure time always, and count instructions when there is time for it."""
    results = []
    for readers in READERS:
        name = f"delivery.to {readers} readers"
        ours, plain = (_nanoseconds(way, 500 if quick else 5_000, readers) for way in ("kefu", "each"))
        results.append(Result(name=f"{name}.time", value=ours, unit="ns/delivery", reference=plain))
        if not quick:
            ours, plain = (_instructions(way, readers) for way in ("kefu", "each"))
            results.append(
                Result(name=f"{name}.instructions", value=ours, unit="instr/delivery", reference=plain)
            )
    return results


def _nanoseconds(way: str, units: int, readers: int) -> float:
    best = float("inf")
    for _ in range(5):
        sessions, work = prepared(units, readers)
        sink, began = Sink(), time.perf_counter_ns()
        WAYS[way](sessions, work, sink)
        best = min(best, (time.perf_counter_ns() - began) / sink.events)
    return best


def _instructions(way: str, readers: int) -> float:
    if shutil.which("valgrind") is None:
        raise FileNotFoundError("instructions are counted by valgrind: apt-get install valgrind")
    few, many = (_counted(way, units, readers) for units in (FEW, MANY))
    return (many - few) / ((MANY - FEW) * IN_A_UNIT * readers)


def _counted(way: str, units: int, readers: int) -> int:
    """Return how many instructions a whole run took."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                *("valgrind", "--tool=cachegrind", "--cache-sim=no"),
                f"--cachegrind-out-file={Path(folder) / 'out'}",
                *(sys.executable, "-m", "tests.bench.load.deliveries", way, str(units), str(readers)),
            ],
            cwd=REPOSITORY,
            # The layout of dicts and sets must not differ between the two runs.
            env={**clean_environment(), "PYTHONHASHSEED": "0", "PATH": os.environ.get("PATH", "")},
            capture_output=True,
            check=True,
            timeout=300,
        )
    found = _COUNTED.search(done.stderr)
    if found is None:
        raise ValueError(f"valgrind counted nothing: {done.stderr[-300:]!r}")
    return int(found.group(1).replace(b",", b""))
