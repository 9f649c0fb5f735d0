"""Axes: where a value stands between 0 and 1, and the few round numbers that are written along them.

Amounts begin at zero, always: a line that only looks steep is a lie.  Latencies may stand on a logarithmic axis, which says so.
"""

import math
from collections.abc import Iterable, Sequence

from msgspec import Struct

from appliance.errors import Text
from tools.loadtest.report.figures import Form, known, same

CEILING = 1e18
"""Beyond this nothing is drawn: no honest measurement gets there, and arithmetic on it overflows."""

FLOOR = 1e-9
"""Below this it is nothing: the same arithmetic loses itself there."""

_TIME_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
_MOST_TICKS = 6
_SPARE = 1.06


class Tick(Struct, frozen=True):
    """A number written along an axis; `at` runs from 0 to 1."""

    at: float
    text: Text


class Axis(Struct, frozen=True):
    """One axis from `low` to `high`; `title` names what is on it, with the unit."""

    low: float
    high: float
    title: Text
    ticks: Sequence[Tick]
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """Return where `value` stands, 0 to 1; what lies outside stands at the edge."""
        return _place(value, self.low, self.high, self.logarithmic)


def _place(value: float, low: float, high: float, logarithmic: bool) -> float:
    value = min(max(value, low), high)
    if high <= low:
        return 0.0
    if logarithmic:
        return (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))
    return (value - low) / (high - low)


def amount(values: Iterable[float], form: Form, title: Text, of: int = 1000) -> Axis:
    """Return an axis from zero to a little above the highest of `values`; bytes count in steps `of` 1024."""
    highest = min(max((value for value in values if known(value)), default=0.0), CEILING)
    high = highest * _SPARE if highest > FLOOR else 1.0
    unit = 1024.0 ** int(math.log(max(high, 1.0), 1024)) if of == 1024 else 1.0
    step = _round_step(high / unit / (_MOST_TICKS - 1)) * unit
    places = (index * step for index in range(_MOST_TICKS + 2))
    ticks = [Tick(place / high, form(place)) for place in places if place <= high]
    return Axis(0.0, high, title, ticks)


def whole(high: int, title: Text) -> Axis:
    """Return an axis of the steps 0, 1, 2 ... `high`, with air above."""
    top = max(min(high, 20), 1)
    return Axis(0.0, top + 0.25, title, [Tick(n / (top + 0.25), same(str(n))) for n in range(top + 1)])


def doubling(values: Iterable[float], form: Form, title: Text) -> Axis:
    """Return a logarithmic axis for positive values, from a power of ten to a power of ten."""
    positive = [min(max(value, 1e-3), CEILING) for value in values if known(value) and value > FLOOR]
    low = 10.0 ** math.floor(math.log10(min(positive, default=1.0)) + 1e-9)
    high = 10.0 ** math.ceil(math.log10(max(positive, default=10.0)) - 1e-9)
    high = max(high, low * 10)
    decades = round(math.log10(high / low))
    step = max(1, math.ceil(decades / _MOST_TICKS))
    places = [low * 10.0**index for index in range(0, decades + 1, step)]
    ticks = [Tick(_place(place, low, high, True), form(place)) for place in places]
    return Axis(low, high, title, ticks, logarithmic=True)


def time(low: float, high: float) -> Axis:
    """Return the axis of a run's time in seconds from `low` to `high`."""
    low = max(min(low, CEILING), -CEILING) if known(low) else 0.0
    high = max(min(high, CEILING), low + 1) if known(high) else low + 1
    rough = (high - low) / _MOST_TICKS
    step = next((step for step in _TIME_STEPS if step >= rough), 0) or _round_step(rough)
    first = math.ceil(low / step)
    places = (step * (first + index) for index in range(_MOST_TICKS + 2))
    ticks = [
        Tick((place - low) / (high - low), same(clock(place, high))) for place in places if place <= high
    ]
    return Axis(low, high, _time_title(high), ticks)


def clock(seconds: float, longest: float | None = None) -> str:
    """Return seconds of a run as on a stopwatch: 45, 2:05 or 1:20:00, in the form that `longest` asks for."""
    longest = seconds if longest is None else longest
    if not known(seconds) or abs(seconds) >= CEILING:
        return "—"
    if longest < 120:
        return f"{seconds:g}" if seconds == round(seconds) else f"{seconds:.1f}"
    minutes, rest = divmod(round(seconds), 60)
    if longest < 7200:
        return f"{minutes}:{rest:02}"
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _time_title(high: float) -> Text:
    if high < 120:
        return Text("时间（秒）", "time (seconds)")
    if high < 7200:
        return Text("时间（分:秒）", "time (minutes:seconds)")
    return Text("时间（时:分:秒）", "time (hours:minutes:seconds)")


def _round_step(rough: float) -> float:
    """Return 1, 2 or 5 times a power of ten, not below `rough`."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10, 20) if factor * power >= rough)
