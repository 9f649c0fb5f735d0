"""How long an operator waits for `kefu check`: the shipped file, and one of four thousand lines."""

import gc
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import yaml

from appliance.runtime.check import check_text
from tests.bench.large import large
from tests.bench.result import Result

GOAL = 1.0
"""Seconds for the large one."""

SHIPPED = Path(__file__).parents[2] / "kefu.yaml"
DESKS = 125


def run(quick: bool) -> list[Result]:
    """Measure; the reference is PyYAML alone, which builds a tree of the same text and checks nothing."""
    turns = 1 if quick else 9
    found: list[Result] = []
    for name, text, goal in (
        ("the shipped file", SHIPPED.read_text(encoding="utf-8"), None),
        ("4,000 lines", large(DESKS), GOAL),
    ):
        _passed(text)
        costs = [(_time(_passed, text), _time(_loaded, text)) for _ in range(turns)]
        checked, loaded = (median(each) for each in zip(*costs, strict=True))
        lines = text.count("\n")
        found.append(
            Result(name=f"check: {name} ({lines:,})", value=checked, unit="s", goal=goal, reference=loaded)
        )
    return found


def _passed(text: str) -> None:
    checked = check_text(text, "kefu.yaml", environment=None)
    assert checked.passed, checked.diagnostics.render("en")


def _loaded(text: str) -> None:
    yaml.load(text, yaml.SafeLoader)


def _time(work: Callable[[str], None], text: str) -> float:
    gc.collect()
    begun = time.perf_counter()
    work(text)
    return time.perf_counter() - begun
