"""How a plain YAML word becomes a value: the YAML 1.2 core schema, and the units of kefu.yaml.

PyYAML follows YAML 1.1, where `on` is true, `NO` is false and `10:30` is 630.  An operator who writes `on:` means the
word "on".  So PyYAML only tells words and places here; what a word means is decided by these few rules.
"""

import math
import re

NULL = frozenset(("", "~", "null", "Null", "NULL"))
TRUE = frozenset(("true", "True", "TRUE"))
FALSE = frozenset(("false", "False", "FALSE"))
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_OCTAL = re.compile(r"0o[0-7]{1,20}")
_HEX = re.compile(r"0x[0-9a-fA-F]{1,15}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,4})?")

DURATION = r"(?:[0-9]{1,9}(?:\.[0-9]{1,3})?(?:ms|d|h|m|s))+"
SIZE = r"[0-9]{1,9}(?:\.[0-9]{1,3})? ?(?:B|KiB|MiB|GiB|KB|MB|GB)"
PERCENT = r"[0-9]{1,3}(?:\.[0-9]{1,3})?%"
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|d|h|m|s)")
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]+)")
_ONLY_DURATION = re.compile(DURATION)
_ONLY_SIZE = re.compile(SIZE)
_ONLY_PERCENT = re.compile(PERCENT)

MILLISECONDS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
BYTES = {"B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
LONGEST = 3_660 * MILLISECONDS["d"]
"""Ten years: a longer duration is a slip, and due times must stay small integers."""

# What people write instead of the units, for the remedy: the longest words first.
FOREIGN_UNITS = {
    "毫秒": "ms", "秒钟": "s", "秒": "s", "分钟": "m", "分": "m", "小时": "h", "个小时": "h", "钟头": "h", "天": "d", "日": "d",
    "milliseconds": "ms", "msec": "ms", "seconds": "s", "second": "s", "secs": "s", "sec": "s", "minutes": "m",
    "minute": "m", "mins": "m", "min": "m", "hours": "h", "hour": "h", "hrs": "h", "hr": "h", "days": "d", "day": "d",
}  # fmt: skip
_FOREIGN = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([^\W\d_]+)")


def core_value(text: str) -> bool | int | float | str | None:
    """Return what a plain (unquoted) YAML word means.

    Numbers too large for the schema, infinities and not-a-number stay text, so that the check of types names them.
    """
    if text in NULL:
        return None
    if text in TRUE or text in FALSE:
        return text in TRUE
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text, 0)
    if _HEX.fullmatch(text):
        return int(text, 0)
    if len(text) <= 40 and _FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text


def duration(text: str) -> int | None:
    """Return milliseconds for texts such as 10s, 1h30m, 800ms, 1.5h; None when it is no duration."""
    if not _ONLY_DURATION.fullmatch(text):
        return None
    total = round(sum(float(number) * MILLISECONDS[unit] for number, unit in _PART.findall(text)))
    return total if total <= LONGEST else None


def spoken(milliseconds: int) -> str:
    """Return a duration as an operator writes it: 90000 is 1m30s."""
    parts: list[str] = []
    rest = milliseconds
    for unit, worth in reversed(MILLISECONDS.items()):
        if rest >= worth:
            parts.append(f"{rest // worth}{unit}")
            rest %= worth
    return "".join(parts) or "0s"


def size(text: str) -> int | None:
    """Return bytes for texts such as 8KiB or 1.5MB; None when it is no size."""
    if not _ONLY_SIZE.fullmatch(text):
        return None
    found = _SIZE.fullmatch(text)
    return round(float(found[1]) * BYTES[found[2]]) if found else None


def percent(text: str) -> float | None:
    """Return 0.7 for 70%; None when it is no percentage or above 100%."""
    if not _ONLY_PERCENT.fullmatch(text):
        return None
    number = float(text[:-1])
    return round(number / 100, 6) if number <= 100 else None


def meant_duration(text: str) -> str | None:
    """Return the right spelling of a duration in foreign units (24小时, 5 min), None when it cannot be told."""
    parts = _FOREIGN.findall(text.strip())
    if not parts or _FOREIGN.sub("", text.strip()).strip():
        return None
    units = {**FOREIGN_UNITS, **{unit: unit for unit in MILLISECONDS}}
    spelled = [number + units[unit.lower()] for number, unit in parts if unit.lower() in units]
    meant = "".join(spelled)
    return meant if len(spelled) == len(parts) and meant != text and duration(meant) is not None else None


def too_long(text: str) -> bool:
    """Whether a text is a duration, but one beyond LONGEST."""
    return bool(_ONLY_DURATION.fullmatch(text)) and duration(text) is None
