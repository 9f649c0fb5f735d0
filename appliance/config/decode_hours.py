"""From the operator's lines of opening hours to weekly and special ranges; finds overlaps and lines without effect."""

import re
from datetime import date, timedelta

from appliance.config.diagnostics import Span
from appliance.config.hours import DAY, Hours, Range
from appliance.config.nodes import Entry, Mapping, Node, Scalar
from appliance.config.reading import Reader, entries
from appliance.errors import Text

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMBERS = {**{name: number for number, name in enumerate(_DAYS)},
            **{f"周{char}": number for number, char in enumerate("一二三四五六日")}}  # fmt: skip
_RANGE = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")
_LONGEST = 366


def hours(read: Reader, node: Node | None, timezone: str, path: str = "$.hours") -> Hours:
    """Return the opening hours at `path`; always open when the section is absent or empty."""
    if not isinstance(node, Mapping) or not node.entries:
        return Hours(timezone=timezone)
    weekly: dict[int, tuple[Entry, tuple[Range, ...]]] = {}
    special: dict[str, tuple[Entry, tuple[Range, ...]]] = {}
    for entry in entries(node):
        ranges = _ranges(read, entry, f"{path}.{entry.key}")
        for day in _weekdays(entry.key):
            weekly[day] = (entry, ranges)
        for key in _dates(read, entry, f"{path}.{entry.key}"):
            special[key] = (entry, ranges)
    _never_used(read, path, node, [entry for entry, _ in (*weekly.values(), *special.values())])
    for day, (entry, ranges) in weekly.items():
        _spill(read, path, entry, ranges, weekly.get((day + 1) % 7))
    for key, (entry, ranges) in special.items():
        following = special.get((date.fromisoformat(key) + timedelta(days=1)).isoformat())
        _spill(read, path, entry, ranges, following)
    open_days = tuple(weekly[day][1] if day in weekly else () for day in range(7))
    return Hours(open_days, {key: ranges for key, (_, ranges) in special.items()}, timezone)


def _ranges(read: Reader, entry: Entry, path: str) -> tuple[Range, ...]:
    text = read.text(entry.value)
    found: list[Range] = []
    for match in _RANGE.finditer(text):
        start = int(match[1]) * 60 + int(match[2])
        end = int(match[3]) * 60 + int(match[4])
        at = _within(entry.value, match.start(), match.end())
        if start == end:
            message = Text("开始和结束是同一时刻", "it begins and ends at the same time")
            hint = Text("全天写 00:00-24:00，不营业写 closed", "all day is 00:00-24:00, not at all is closed")
            read.found.error("K313", path, at, message, hint)
            continue
        # Past midnight the end belongs to the next day.
        current = (start, end if end > start else end + DAY)
        if any(start < other_end and other < current[1] for other, other_end in found):
            message = Text("营业时间重叠", "these hours overlap")
            read.found.error("K314", path, at, message, Text("合成一段", "join them into one range"))
        found.append(current)
    return tuple(found)


def _weekdays(key: str) -> list[int]:
    days: list[int] = []
    for part in re.split(", ?", key):
        first, _, last = part.partition("-")
        if first in _NUMBERS and (last or first) in _NUMBERS:
            start, end = _NUMBERS[first], _NUMBERS[last or first]
            # fri-mon runs over the end of the week.
            days += [(start + offset) % 7 for offset in range((end - start) % 7 + 1)]
    return days


def _dates(read: Reader, entry: Entry, path: str) -> list[str]:
    if not entry.key[:4].isdecimal():
        return []
    first, _, last = entry.key.partition("..")
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last or first)
        days = (end - start).days
        if start.year < 2000 or end.year > 9000:
            raise ValueError(entry.key)
    except ValueError:
        if not read.found.covers(entry.key_at):
            message = Text("没有这个日期", "there is no such date")
            read.found.error(
                "K313", path, entry.key_at, message, Text("例如 2026-10-01", "for example 2026-10-01")
            )
        return []
    if not 0 <= days <= _LONGEST:
        message = Text("日期的先后或长度不对", "these dates are in the wrong order, or too many")
        hint = Text("早的写在前面，最多一年", "the earlier date first, one year at most")
        read.found.error("K313", path, entry.key_at, message, hint)
        return []
    return [(start + timedelta(days=offset)).isoformat() for offset in range(days + 1)]


def _never_used(read: Reader, path: str, node: Mapping, used: list[Entry]) -> None:
    """Later lines win; a line whose every day a later one takes is a slip."""
    for entry in node.entries:
        if entry not in used and not read.found.covers(entry.key_at):
            message = Text(
                "这一行不起作用：下面的行都盖住了它", "this line has no effect: later lines cover all of it"
            )
            read.found.warning(
                "K326", f"{path}.{entry.key}", entry.key_at, message, Text("删掉它", "delete it")
            )


def _spill(
    read: Reader,
    path: str,
    entry: Entry,
    ranges: tuple[Range, ...],
    following: tuple[Entry, tuple[Range, ...]] | None,
) -> None:
    """Hours past midnight must end before those of the next day begin."""
    late = max((end - DAY for _, end in ranges), default=0)
    early = min((start for start, _ in following[1]), default=DAY) if following else DAY
    if late > early:
        message = Text("过零点的时间和第二天的重叠", "the hours past midnight overlap those of the next day")
        at = entry.value.at
        read.found.error("K314", f"{path}.{entry.key}", at, message, Text("提早结束", "end earlier"))


def _within(node: Node, start: int, end: int) -> Span:
    if not isinstance(node, Scalar) or node.inner.line != node.inner.end_line:
        return node.at
    return Span(node.inner.line, node.inner.column + start, node.inner.line, node.inner.column + end)
