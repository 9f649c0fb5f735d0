"""Whether a run met its targets.  A target that was not measured is not met: silence is no success."""

import types
import typing
from typing import Any

from msgspec import Struct

from tools.loadtest.results import Results, Target


class Judged(Struct, frozen=True):
    """A target with what was measured (None: nothing was) and whether that is good enough."""

    target: Target
    measured: float | None
    met: bool


def judged(results: Results) -> list[Judged]:
    """Return every target of the run with its verdict."""
    return [_judged(target, value_at(results, target.measure)) for target in results.targets]


def _judged(target: Target, measured: float | None) -> Judged:
    met = measured is not None
    if measured is not None and target.at_most is not None:
        met = met and measured <= target.at_most
    if measured is not None and target.at_least is not None:
        met = met and measured >= target.at_least
    return Judged(target, measured, met)


def passed(results: Results) -> bool:
    """Return whether the run is a success: complete, every target met, nothing lost, doubled or out of order."""
    totals = results.totals
    harmed = totals.lost or totals.duplicated or totals.out_of_order or totals.findings
    return results.ended == "complete" and not harmed and all(each.met for each in judged(results))


def value_at(results: Results, measure: str) -> float | None:
    """Return the number at a dotted place such as "latencies.ack.p99_ms"; None where there is none."""
    found: Any = results
    for part in measure.split("."):
        found = found.get(part) if isinstance(found, dict) else getattr(found, part, None)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def measures(shape: Any = Results, path: str = "") -> list[str]:
    """Return every dotted place that holds a number."""
    found: list[str] = []
    for name, hint in typing.get_type_hints(shape).items():
        place = f"{path}{name}"
        for kind in _kinds(hint):
            if kind in (int, float):
                found.append(place)
            elif isinstance(kind, type) and issubclass(kind, Struct):
                found += measures(kind, f"{place}.")
            elif typing.get_origin(kind) is dict and name == "latencies":
                latency = typing.get_args(kind)[1]
                for waited_for in ("ack", "show", "handshake"):
                    found += measures(latency, f"{place}.{waited_for}.")
    return sorted(set(found))


def _kinds(hint: Any) -> tuple[Any, ...]:
    return typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)
