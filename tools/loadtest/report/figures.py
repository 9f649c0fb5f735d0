"""Numbers as people read them: 5,000 · 12.3 ms · 1.2 GB; in Chinese 万 and 亿 where one would say them.

Every function takes what results hold (None and not-a-number too) and gives a `Text`, so that nothing which was not measured
can turn into a figure on its way to the page.
"""

import math
from collections.abc import Callable
from datetime import UTC, datetime

from appliance.errors import Text

NOT_TESTED = Text("未测", "not tested")
NONE = Text("—", "—")

Form = Callable[[float | None], Text]

_BYTES = ("B", "KB", "MB", "GB", "TB", "PB")
_LATEST = 253_402_300_799_000
_LARGEST = 1e15


def same(text: str) -> Text:
    """Return a text that is the same in both languages: a name, a number."""
    return Text(text, text)


def known(value: float | None) -> bool:
    """Tell whether `value` is a number that can be shown: neither None nor infinite nor not-a-number."""
    return value is not None and math.isfinite(value)


def count(value: float | None) -> Text:
    """Return a whole number in full: 870,000."""
    return same(_grouped(value, 0)) if value is not None and known(value) else NONE


def spoken(value: float | None) -> Text:
    """Return a number as one says it: 87 万 and 870,000, 123 万 and 1.23 million."""
    if value is None or not known(value):
        return NONE
    if abs(value) >= _LARGEST:
        return same(f"{value:.3g}")
    return Text(_spoken_zh(value), _spoken_en(value))


def _spoken_zh(value: float) -> str:
    if abs(value) >= 1e8:
        return f"{_significant(value / 1e8)} 亿"
    return f"{_significant(value / 1e4)} 万" if abs(value) >= 1e4 else _significant(value)


def _spoken_en(value: float) -> str:
    if abs(value) >= 1e9:
        return f"{_significant(value / 1e9)} billion"
    return f"{_significant(value / 1e6)} million" if abs(value) >= 1e6 else _grouped(value, 0)


def number(value: float | None) -> Text:
    """Return a number of any size with three digits that count: 0.042, 12.3, 12,345."""
    return same(_significant(value)) if value is not None and known(value) else NONE


def share(value: float | None) -> Text:
    """Return a part of 1 as a percentage: 12.3 %."""
    if value is None or not known(value):
        return NONE
    text = _significant(value * 100)
    return Text(f"{text}%", f"{text} %")


def change(value: float | None) -> Text:
    """Return by how much something grew, with its sign: +12.3 %, −4 %."""
    if value is None or not known(value):
        return NONE
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    text = f"{sign}{_significant(abs(value) * 100)}"
    return Text(f"{text}%", f"{text} %")


def points(value: float | None) -> Text:
    """Return a difference of two shares in percentage points, with its sign: +12.3."""
    text = change(value).en
    return same(text.removesuffix(" %"))


def counted(value: float | None, zh: str, en: str) -> Text:
    """Return a spoken number with what is counted: 34.8 万条, 5,000 条, 347,938 messages."""
    text = spoken(value)
    between = "" if text.zh.endswith(("万", "亿")) else " "
    return Text(f"{text.zh}{between}{zh}", f"{text.en} {en}")


def millis(value: float | None) -> Text:
    """Return milliseconds in the unit that fits: 0.42 ms, 12.3 ms, 1.23 s, 3.5 min."""
    if value is None or not known(value):
        return NONE
    if abs(value) >= 1000:
        return seconds(value / 1000)
    return Text(f"{_significant(value)} 毫秒", f"{_significant(value)} ms")


def seconds(value: float | None) -> Text:
    """Return seconds in at most two units: 0.4 s, 42 s, 10 min, 1 h 20 min."""
    if value is None or not known(value):
        return NONE
    if abs(value) < 120:
        return Text(f"{_significant(value)} 秒", f"{_significant(value)} s")
    if abs(value) >= _LARGEST:
        return Text(f"{value:.3g} 秒", f"{value:.3g} s")
    sign = "−" if value < 0 else ""
    minutes, rest = divmod(round(abs(value)), 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours:
        more = Text(f" {minutes_left} 分", f" {minutes_left} min") if minutes_left else Text("", "")
        return Text(f"{sign}{_grouped(hours, 0)} 小时{more.zh}", f"{sign}{_grouped(hours, 0)} h{more.en}")
    more = Text(f" {rest} 秒", f" {rest} s") if rest else Text("", "")
    return Text(f"{sign}{minutes} 分{'钟' if not rest else ''}{more.zh}", f"{sign}{minutes} min{more.en}")


def size(value: float | None) -> Text:
    """Return bytes in the unit that fits, 1 KB = 1,024 bytes: 2.7 KB, 1.2 GB."""
    if value is None or not known(value):
        return NONE
    amount, unit = float(value), 0
    while abs(amount) >= 1024 and unit < len(_BYTES) - 1:
        amount, unit = amount / 1024, unit + 1
    return same(f"{_significant(amount)} {_BYTES[unit]}")


def rate(value: float | None) -> Text:
    """Return a number a second: 500 a second."""
    if value is None or not known(value):
        return NONE
    return Text(f"{_significant(value)} /秒", f"{_significant(value)} /s")


def moment(value: int) -> Text:
    """Return milliseconds since 1970 as the date and time of day in UTC."""
    if not 0 <= value <= _LATEST:
        return NONE
    return same(datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC"))


def in_unit(value: float | None, unit: str) -> Text:
    """Return a value in the unit that a target names; an unknown unit stands behind the number as it is."""
    forms = {"ms": millis, "s": seconds, "bytes": size, "B": size, "/s": rate, "share": share}
    if value is None or not known(value):
        return NONE
    if unit in forms:
        return forms[unit](value)
    text = _significant(value)
    return Text(f"{text}{unit}" if unit == "%" else f"{text} {unit}".strip(), f"{text} {unit}".strip())


def _significant(value: float) -> str:
    """Return `value` with three digits that count and no zeros at the end; whole from 100 on."""
    if not math.isfinite(value):
        return "—"
    if abs(value) >= _LARGEST:
        return f"{value:.3g}"
    if value == 0 or abs(value) >= 99.95:
        return _grouped(value, 0)
    if abs(value) < 1e-4:
        return f"{value:.2g}"
    places = 1 if abs(value) >= 9.995 else 2 if abs(value) >= 0.9995 else 3
    text = _grouped(value, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _grouped(value: float, places: int) -> str:
    if abs(value) >= _LARGEST:
        return f"{value:.3g}"
    return f"{value:,.{places}f}".replace("-", "−")
