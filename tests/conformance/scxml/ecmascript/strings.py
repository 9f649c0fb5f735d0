"""Methods of strings and of regular expressions."""

import math
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote

from tests.conformance.scxml.ecmascript.arrays import bounds
from tests.conformance.scxml.ecmascript.values import UNDEFINED, Arr, Func, Obj, Pattern, number, text
from tests.conformance.scxml.faults import Illegal, Unsupported

LACKS = (
    "normalize localeCompare matchAll replaceAll codePointAt toLocaleUpperCase toLocaleLowerCase anchor big blink bold "
    "link raw at"
)


def _argument(args: list[Any], place: int, default: str = "undefined") -> str:
    return text(args[place]) if len(args) > place and args[place] is not UNDEFINED else default


def _whole(args: list[Any], place: int, default: int) -> int:
    if len(args) <= place or args[place] is UNDEFINED:
        return default
    value = number(args[place])
    return 0 if math.isnan(value) else int(max(-1e9, min(1e9, value)))


def quoted(args: list[Any]) -> str:
    """EncodeURIComponent."""
    return quote(text(args[0]), safe="-_.!~*'()")


def unquoted(args: list[Any]) -> str:
    """DecodeURIComponent."""
    return unquote(text(args[0]))


def _slice(this: Any, args: list[Any]) -> str:
    start, end = bounds(args, len(text(this)))
    return text(this)[start:end]


def _substring(this: Any, args: list[Any]) -> str:
    own = text(this)
    ends = sorted(
        max(0, min(len(own), _whole(args, place, default))) for place, default in ((0, 0), (1, len(own)))
    )
    return own[ends[0] : ends[1]]


def _substr(this: Any, args: list[Any]) -> str:
    own = text(this)
    start, _ = bounds(args[:1], len(own))
    return own[start : start + max(0, _whole(args, 1, len(own)))]


def _char_code(this: Any, args: list[Any]) -> float:
    own, at = text(this), _whole(args, 0, 0)
    return float(ord(own[at])) if 0 <= at < len(own) else math.nan


def _char(this: Any, args: list[Any]) -> str:
    own, at = text(this), _whole(args, 0, 0)
    return own[at] if 0 <= at < len(own) else ""


def _split(this: Any, args: list[Any]) -> Arr:
    own = text(this)
    limit = _whole(args, 1, 1 << 30)
    if not args or args[0] is UNDEFINED:
        return Arr([own])
    if isinstance(args[0], Pattern):
        return Arr([UNDEFINED if part is None else part for part in args[0].compiled.split(own)][:limit])
    separator = text(args[0])
    return Arr((own.split(separator) if separator else list(own))[:limit])


def _found(match: re.Match[str] | None) -> Any:
    if match is None:
        return None
    made = Arr([match.group(), *(UNDEFINED if part is None else part for part in match.groups())])
    made.props.update({"index": float(match.start()), "input": match.string})
    return made


def _pattern(value: Any) -> Pattern:
    return value if isinstance(value, Pattern) else Pattern("(?:)" if value is UNDEFINED else text(value), "")


def _search(this: Any, args: list[Any]) -> float:
    match = _pattern(args[0] if args else UNDEFINED).compiled.search(text(this))
    return float(match.start()) if match else -1.0


def _match(this: Any, args: list[Any]) -> Any:
    pattern = _pattern(args[0] if args else UNDEFINED)
    if pattern.props["global"]:
        every = [match.group() for match in pattern.compiled.finditer(text(this))]
        return Arr(every) if every else None
    return _found(pattern.compiled.search(text(this)))


def _replace(this: Any, args: list[Any]) -> str:
    own, new = text(this), args[1] if len(args) > 1 else UNDEFINED
    if not isinstance(new, Func) and "$" in text(new):
        raise Unsupported("$ in what replaces")

    def one(match: re.Match[str]) -> str:
        if not isinstance(new, Func):
            return text(new)
        groups = [UNDEFINED if part is None else part for part in match.groups()]
        return text(new.code(UNDEFINED, [match.group(), *groups, float(match.start()), own]))

    if isinstance(args[0], Pattern):
        return args[0].compiled.sub(one, own, count=0 if args[0].props["global"] else 1)
    return re.sub(re.escape(text(args[0])), one, own, count=1)


def _pad(this: Any, args: list[Any], left: bool) -> str:
    own, size, filler = text(this), _whole(args, 0, 0), _argument(args, 1, " ")
    missing = (filler * max(0, size))[: max(0, size - len(own))]
    return missing + own if left else own + missing


def _repeat(this: Any, args: list[Any]) -> str:
    count = _whole(args, 0, 0)
    if not 0 <= count <= 100_000:
        raise Illegal("RangeError: cannot repeat so often")
    return text(this) * count


def _exec(this: Any, args: list[Any]) -> Any:
    if not isinstance(this, Pattern):
        raise Illegal("TypeError: not a regular expression")
    if not this.props["global"]:
        return _found(this.compiled.search(_argument(args, 0)))
    match = this.compiled.search(_argument(args, 0), int(number(this.props["lastIndex"])))
    this.props["lastIndex"] = float(match.end()) if match else 0.0
    return _found(match)


def _own(this: Any, args: list[Any]) -> str:
    if isinstance(this, Obj):
        raise Illegal("TypeError: not a string")
    return text(this)


STATICS = {
    "fromCharCode": Func(
        "fromCharCode",
        lambda this, args: "".join(chr(int(number(arg)) & 0xFFFF) for arg in args),
        own_this=False,
    )
}
METHODS: dict[str, Callable[[Any, list[Any]], Any]] = {
    "charAt": _char,
    "charCodeAt": _char_code,
    "concat": lambda this, args: text(this) + "".join(text(arg) for arg in args),
    "endsWith": lambda this, args: text(this)[: _whole(args, 1, 1 << 30)].endswith(_argument(args, 0)),
    "includes": lambda this, args: _argument(args, 0) in text(this)[_whole(args, 1, 0) :],
    "indexOf": lambda this, args: float(text(this).find(_argument(args, 0), max(0, _whole(args, 1, 0)))),
    "lastIndexOf": lambda this, args: float(text(this).rfind(_argument(args, 0))),
    "match": _match,
    "padEnd": lambda this, args: _pad(this, args, False),
    "padStart": lambda this, args: _pad(this, args, True),
    "repeat": _repeat,
    "replace": _replace,
    "search": _search,
    "slice": _slice,
    "split": _split,
    "startsWith": lambda this, args: text(this).startswith(_argument(args, 0), max(0, _whole(args, 1, 0))),
    "substr": _substr,
    "substring": _substring,
    "toLowerCase": lambda this, args: text(this).lower(),
    "toString": _own,
    "toUpperCase": lambda this, args: text(this).upper(),
    "trim": lambda this, args: text(this).strip(),
    "trimEnd": lambda this, args: text(this).rstrip(),
    "trimStart": lambda this, args: text(this).lstrip(),
    "valueOf": _own,
}
PATTERN_METHODS: dict[str, Callable[[Any, list[Any]], Any]] = {
    "exec": _exec,
    "test": lambda this, args: _exec(this, args) is not None,
}
