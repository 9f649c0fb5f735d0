"""Whether a run met its targets.  A target that was not measured is not met: silence is no success.

Nor was it measured where its place holds a figure of nothing: the latency of no message, the losses among none.  A zero that
nobody worked for must not pass.
"""

import math
import types
import typing
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from tools.loadtest.results import Results, Target

_OF_MESSAGES = {"lost", "duplicated", "out_of_order", "refused", "unanswered"}


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
    """Return the number at a dotted place such as "latencies.ack.p99_ms"; None where there is none, or it is of nothing."""
    names = measure.split(".")
    if _of_nothing(results, names):
        return None
    found: Any = results
    for name in names:
        found = found.get(name) if isinstance(found, dict) else getattr(found, name, None)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    try:
        number = float(found)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _of_nothing(results: Results, names: Sequence[str]) -> bool:
    match names:
        case ["latencies", kind, *_]:
            latency = results.latencies.get(kind)
            return latency is None or latency.count <= 0
        case ["totals", name]:
            return name in _OF_MESSAGES and results.totals.sent <= 0 and results.totals.delivered <= 0
        case _:
            return False


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
                for waited_for in ("ack", "ack_vip", "show", "handshake"):
                    found += measures(latency, f"{place}.{waited_for}.")
    return sorted(set(found))


def _kinds(hint: Any) -> tuple[Any, ...]:
    return typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)
