"""Opening hours: from the operator's lines to one question, is the desk open at this moment.

Minutes are those of the wall clock in the site's time zone, so a day with a clock change is as long as the clock says.
A range past midnight belongs to the day it begins on.  Pure: `now` is an argument.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from appliance.model import Millis

DAY = 24 * 60
Range = tuple[int, int]
"""Minutes from midnight, the end exclusive; beyond DAY it runs into the next day."""

_FARTHEST = 400
_ALWAYS: tuple[tuple[Range, ...], ...] = (((0, DAY),),) * 7


class Hours(Struct, frozen=True):
    """`weekly` holds the ranges from Monday to Sunday; `special` those of single dates (2026-10-01), which win."""

    weekly: tuple[tuple[Range, ...], ...] = _ALWAYS
    special: dict[str, tuple[Range, ...]] = {}
    timezone: str = "Asia/Shanghai"

    def on(self, day: date) -> tuple[Range, ...]:
        """Return the ranges that begin on `day`."""
        return self.special.get(day.isoformat(), self.weekly[day.weekday()])

    def is_open(self, now: Millis) -> bool:
        """Whether the desk is open at `now`."""
        local = _local(now, self.timezone)
        minute = local.hour * 60 + local.minute
        if any(start <= minute < end for start, end in self.on(local.date())):
            return True
        yesterday = local.date() - timedelta(days=1)
        return any(minute < end - DAY for _, end in self.on(yesterday))

    def next_open(self, now: Millis) -> Millis | None:
        """Return `now` if the desk is open, else when it opens next; None if not within 400 days."""
        if self.is_open(now):
            return now
        return next((start for start in self._starts(now) if start > now and self.is_open(start)), None)

    def _starts(self, now: Millis) -> Iterator[Millis]:
        zone = ZoneInfo(self.timezone)
        today = _local(now, self.timezone).date()
        for offset in range(_FARTHEST):
            day = today + timedelta(days=offset)
            for start, _ in sorted(self.on(day)):
                moment = datetime(day.year, day.month, day.day, start // 60, start % 60, tzinfo=zone)
                yield round(moment.timestamp() * 1000)


def _local(now: Millis, timezone: str) -> datetime:
    return datetime.fromtimestamp(now / 1000, UTC).astimezone(ZoneInfo(timezone))
