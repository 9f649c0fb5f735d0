"""The targets of a scenario as the report shows them: in words, and with the room that is left to the limit."""

from typing import Literal

from msgspec import Struct

from appliance.errors import Text
from tools.loadtest.report.figures import in_unit, known
from tools.loadtest.results import Results, Target
from tools.loadtest.verdict import Judged as Verdict
from tools.loadtest.verdict import judged

Outcome = Literal["met", "missed", "not tested"]


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
    """Return every target of the run as it was judged (tools/loadtest/verdict.py), with the room that is left."""
    return [_with_room(each) for each in judged(results)]


def _with_room(each: Verdict) -> Judged:
    target, measured = each.target, each.measured
    if measured is None or (target.at_least is None and target.at_most is None):
        return Judged(target, measured, "not tested")
    if not each.met:
        return Judged(target, measured, "missed")
    return Judged(target, measured, "met", _room(measured, target.at_least, target.at_most))


def _room(measured: float, low: float | None, high: float | None) -> float | None:
    rooms = []
    if high is not None and high > 0:
        rooms.append((high - measured) / high)
    if low is not None and low > 0:
        rooms.append((measured - low) / low)
    found = min(rooms, default=None)
    return found if known(found) else None
