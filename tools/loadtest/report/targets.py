"""Whether the goals of a scenario were met: finds each target's measured value and compares it.

A target is "not tested" where its place in the results is empty, and also where it holds a figure of nothing: the latency of
no message, the losses among none.  A zero that nobody worked for must not pass.
"""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from appliance.errors import Text
from tools.loadtest.report.figures import in_unit, known
from tools.loadtest.results import Results, Target

Outcome = Literal["met", "missed", "not tested"]
_OF_MESSAGES = {"lost", "duplicated", "out_of_order", "refused", "unanswered"}


class Judged(Struct, frozen=True):
    """One target with what was measured.  `room` is how far inside its limit it is, as a share of the limit."""

    target: Target
    measured: float | None
    outcome: Outcome
    room: float | None = None

    @property
    def name(self) -> Text:
        """What it is called."""
        return Text(self.target.name_zh or self.target.name, self.target.name)

    @property
    def goal(self) -> Text:
        """The limit in words."""
        low, high = self.target.at_least, self.target.at_most
        parts = []
        if low is not None:
            parts.append(("≥ ", in_unit(low, self.target.unit)))
        if high is not None:
            parts.append(("≤ ", in_unit(high, self.target.unit)))
        return Text(
            "，".join(sign + value.zh for sign, value in parts) or "—",
            ", ".join(sign + value.en for sign, value in parts) or "—",
        )

    @property
    def value(self) -> Text:
        """The measured value in the target's unit."""
        return in_unit(self.measured, self.target.unit)


def judge(results: Results) -> list[Judged]:
    """Return every target of the run, judged."""
    return [_judged(results, target) for target in results.targets]


def _judged(results: Results, target: Target) -> Judged:
    measured = measure(results, target.measure)
    low, high = target.at_least, target.at_most
    if measured is None or (low is None and high is None):
        return Judged(target, measured, "not tested")
    if (high is not None and not measured <= high) or (low is not None and not measured >= low):
        return Judged(target, measured, "missed")
    return Judged(target, measured, "met", _room(measured, low, high))


def _room(measured: float, low: float | None, high: float | None) -> float | None:
    rooms = []
    if high is not None and high > 0:
        rooms.append((high - measured) / high)
    if low is not None and low > 0:
        rooms.append((measured - low) / low)
    found = min(rooms, default=None)
    return found if known(found) else None


def measure(results: Results, place: str) -> float | None:
    """Return the number at a dotted place ("latencies.ack.p99_ms"); None where there is none, or it is of nothing."""
    names = place.split(".")
    if _of_nothing(results, names):
        return None
    found: object = results
    for name in names:
        if isinstance(found, dict):
            found = found.get(name)
        elif isinstance(found, Struct) and name in found.__struct_fields__:
            found = getattr(found, name)
        else:
            return None
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return float(found) if known(_as_float(found)) else None


def _as_float(value: float) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None


def _of_nothing(results: Results, names: Sequence[str]) -> bool:
    match names:
        case ["latencies", kind, *_]:
            latency = results.latencies.get(kind)
            return latency is None or latency.count <= 0
        case ["totals", name]:
            return name in _OF_MESSAGES and results.totals.sent <= 0 and results.totals.delivered <= 0
        case _:
            return False
