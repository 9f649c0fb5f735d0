"""`make bench`: runs every tests/bench/bench_*.py and says what this machine can do.

A bench module exposes `run(quick: bool) -> list[Result]`; `quick` asks for a first impression in a few seconds. Words on the
command line choose modules by name: `make bench ARGS="step store"`.
"""

import argparse
import importlib
import os
import pkgutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import tests.bench
from tests.bench.report import document, table
from tests.bench.result import Result

REPORT = Path("build/bench.json")


def discover(wanted: Sequence[str] = ()) -> list[str]:
    """Return the module names of the benches, sorted; with `wanted`, those that contain one of the words."""
    names = sorted(module.name for module in pkgutil.iter_modules(tests.bench.__path__))
    benches = [name for name in names if name.startswith("bench_")]
    return [name for name in benches if not wanted or any(word in name for word in wanted)]


def main(arguments: Sequence[str] | None = None, report: Path = REPORT) -> int:
    """Run the chosen benches; return 0, or 2 when no bench has such a name. A goal that is missed is no error."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure.")
    parser.add_argument("wanted", nargs="*", help="parts of bench names; without them, all run")
    parser.add_argument("--quick", action="store_true", help="a first impression")
    chosen = parser.parse_args(arguments)
    names = discover(chosen.wanted)
    if not names:
        print(f"no bench has such a name; there are: {' '.join(discover())}", file=sys.stderr)
        return 2
    results: list[Result] = []
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        run: Callable[[bool], list[Result]] = importlib.import_module(f"tests.bench.{name}").run
        begun = time.perf_counter()
        results += run(chosen.quick)
        print(f"{name} took {time.perf_counter() - begun:.1f} s", file=sys.stderr, flush=True)
    print(table(results))
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_bytes(document(results, quick=chosen.quick, cores=os.cpu_count()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
