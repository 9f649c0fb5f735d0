"""Guard text becomes tokens: the one place that knows how operators write numbers, units and names.

Most mistakes in a guard are mistakes of writing (a full-width sign, `24小时`, a single `=`), so this is where they
are recognised and answered with what to write instead.  Problems carry offsets into the guard's text; flow/compile.py
turns them into places in kefu.yaml.
"""

import math
import re
import unicodedata
from typing import NamedTuple

from appliance.config.scalars import BYTES, FOREIGN_UNITS, LONGEST, MILLISECONDS
from appliance.errors import Text

NOTHING = Text("", "")
_SIGNS = Text("删掉它；文字要加引号", "delete it; text needs quotes")


class Problem(NamedTuple):
    """A mistake in a guard: `start` and `end` are offsets into its text, `code` is stable, `hint` says what to write."""

    code: str
    start: int
    end: int
    message: Text
    hint: Text = NOTHING


class GuardSyntaxError(Exception):
    """Tokenizing or parsing cannot go on; `problem` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message.en)
        self.problem = problem


class Token(NamedTuple):
    """`kind` is number, duration, percent, string, name, op or end; `value` is decoded (ms, 0..1, text, the sign)."""

    kind: str
    value: object
    start: int
    end: int


# Units people write that are neither durations nor right; each gets an answer, none is silently accepted.
_MEANT = {
    **FOREIGN_UNITS,
    **{unit.upper(): unit for unit in ("s", "m", "h", "d")},
    **dict.fromkeys(("K", "k", "kb", "kib"), "KiB"),
    **dict.fromkeys(("mb", "mib"), "MiB"),
    **dict.fromkeys(("G", "g", "gb", "gib"), "GiB"),
    "％": "%",
}
# fmt: off
_MEANT_SIGN = {
    "＞": ">", "＜": "<", "≥": ">=", "≤": "<=", "≠": "!=", "＝": "==", "！": "!", "＆": "&&", "｜": "||",
    "（": "(", "）": ")", "［": "[", "］": "]", "【": "[", "】": "]", "＋": "+", "－": "-", "×": "*", "＊": "*",
    "÷": "/", "／": "/", "％": "%", "？": "?", "：": ":", "，": ",", "、": ",", "。": ".", "．": ".",
    "“": '"', "”": '"', "‘": "'", "’": "'", "「": '"', "」": '"', "=": "==", "&": "&&", "|": "||",
}
# fmt: on

_OCTAL = re.compile(r"[0-3][0-7]{2}")
_HEX_DIGITS = re.compile(r"[0-9a-fA-F]+")
_SPACE = re.compile(r"[ \t\r\n\u3000]*")
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h|d))+(?!\w)")
_PIECE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d)")
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)(B|KiB|MiB|GiB|KB|MB|GB)(?!\w)")
_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|(?:[0-9]+\.[0-9]+|\.[0-9]+|[0-9]+)(?:[eE][+-]?[0-9]+)?")
_GLUED = re.compile(r"[^\W\d]\w*|％")
_SIGN = re.compile(r"&&|\|\||==|!=|<=|>=|[<>!+\-*/%?:()\[\],.]")
# Signs of other languages, and full-width pairs; the longest first.
_SLIP = re.compile(r"===|!==|=>|=<|<>|[＞＜！＝>!<=][＝=]|[＆&][＆&]|[｜|][｜|]")
_MEANT_PAIR = {"===": "==", "!==": "!=", "=>": ">=", "=<": "<=", "<>": "!="}
_PAIRS = frozenset(("&&", "||", "==", "!=", "<=", ">="))
LARGEST = 1 << 63
"""Whole numbers reach as far as CEL's: 64 bits."""
# What a name may hold beside letters and digits: the marks that many scripts write their vowels with, emoji and their joints.
_IN_NAMES = frozenset(("Mn", "Mc", "Me", "So"))
_JOINTS = frozenset("_\u200c\u200d" + "".join(map(chr, range(0x1F3FB, 0x1F400))))
_ESCAPES = {"\\": "\\", "'": "'", '"': '"', "`": "`", "n": "\n", "t": "\t", "r": "\r", "?": "?"}
_ESCAPES |= {"a": "\a", "b": "\b", "f": "\f", "v": "\v"}


def tokens(text: str) -> list[Token]:
    """Return the tokens of `text`, the last of kind "end"; raises GuardSyntaxError at the first unreadable place."""
    found: list[Token] = []
    at = _skip(text, 0)
    while at < len(text):
        token = _token(text, at)
        found.append(token)
        at = _skip(text, token.end)
    found.append(Token("end", "", len(text), len(text)))
    return found


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _token(text: str, at: int) -> Token:
    sign = text[at]
    if sign in "'\"":
        return _string(text, at, at, raw=False)
    if sign in "rR" and text[at + 1 : at + 2] in ("'", '"'):
        return _string(text, at, at + 1, raw=True)
    if sign in "0123456789" or (sign == "." and text[at + 1 : at + 2].isdigit()):
        return _number(text, at)
    end = _name_end(text, at)
    if end > at:
        return Token("name", text[at:end], at, end)
    slip = _SLIP.match(text, at)
    if slip and slip.group() not in _PAIRS:
        raise GuardSyntaxError(_bad_sign(slip.group(), at))
    known = _SIGN.match(text, at)
    if known:
        return Token("op", known.group(), at, known.end())
    raise GuardSyntaxError(_bad_sign(sign, at))


def _name_end(text: str, at: int) -> int:
    """Return where the name that begins at `at` ends, `at` itself when none does: words with dots between them."""
    end = at
    while True:
        word = end
        if end < len(text) and not text[end].isdecimal():
            while end < len(text) and _in_name(text[end]):
                end += 1
        if end == word:
            return max(at, word - 1)
        if text[end : end + 1] != ".":
            return end
        end += 1


def _in_name(char: str) -> bool:
    return char.isalnum() or char in _JOINTS or unicodedata.category(char) in _IN_NAMES


def _bad_sign(sign: str, at: int) -> Problem:
    meant = _MEANT_PAIR.get(sign) or _MEANT_SIGN.get(sign)
    plain = unicodedata.normalize("NFKC", sign)
    if meant is None and plain != sign and plain.isascii() and plain.strip():
        meant = plain
    hint = Text(f"写成 {meant}", f"write {meant}") if meant else _SIGNS
    message = Text(f"条件里不能用“{sign}”", f"'{sign}' cannot stand in a condition")
    return Problem("K401", at, at + len(sign), message, hint)


def _number(text: str, at: int) -> Token:
    if whole := _DURATION.match(text, at):
        pieces = _PIECE.findall(whole.group())
        span = sum(float(n) * MILLISECONDS[unit] for n, unit in pieces)
        return _measure("duration", span, LONGEST, at, whole.end())
    if size := _SIZE.match(text, at):
        return _measure("number", float(size[1]) * BYTES[size[2]], LARGEST, at, size.end())
    if percent := _PERCENT.match(text, at):
        return _bounded("percent", float(percent[1]) / 100, LARGEST, at, percent.end())
    number = _NUMBER.match(text, at)
    assert number is not None  # noqa: S101  # the caller saw a digit; this tells the type checker
    glued = _GLUED.match(text, number.end())
    if glued:
        raise GuardSyntaxError(_bad_unit(number.group(), glued.group(), at, glued.end()))
    return _bounded("number", *_value(number.group()), at, number.end())


def _value(digits: str) -> tuple[int | float, float]:
    """Return a number and how large one of its kind may be."""
    if digits[:2] in ("0x", "0X"):
        return int(digits, 16), LARGEST
    if any(sign in digits for sign in ".eE"):
        return float(digits), math.inf
    return int(digits[:40]), LARGEST


def _measure(kind: str, value: float, most: int, start: int, end: int) -> Token:
    return _bounded(kind, round(value) if value <= most else value, most, start, end)


def _bounded(kind: str, value: float, most: float, start: int, end: int) -> Token:
    if value <= most and math.isfinite(value):
        return Token(kind, value, start, end)
    if kind == "duration":
        message = Text("这么长的时间等不到", "nobody will live to see this time pass")
        hint = Text(f"最长写 {LONGEST // MILLISECONDS['d']}d", f"at most {LONGEST // MILLISECONDS['d']}d")
    else:
        message = Text("这个数太大", "this number is too large")
        hint = Text(
            "最大 9223372036854775807，带小数点的最大 1.7e308", "at most 9223372036854775807, or 1.7e308"
        )
    raise GuardSyntaxError(Problem("K409", start, end, message, hint))


def _bad_unit(number: str, unit: str, start: int, end: int) -> Problem:
    meant = _MEANT.get(unit)
    return Problem(
        "K402",
        start,
        end,
        Text(f"不认识的单位“{unit}”", f"unknown unit '{unit}'"),
        Text(f"写成 {number}{meant}", f"write {number}{meant}")
        if meant
        else Text(
            "时间写 10s、5m、1h30m、800ms；百分比写 85%；大小写 8KiB",
            "write 10s, 5m, 1h30m, 800ms; 85%; 8KiB",
        ),
    )


def _string(text: str, start: int, quote_at: int, *, raw: bool) -> Token:
    quote = text[quote_at]
    at = quote_at + 1
    parts: list[str] = []
    while at < len(text):
        sign = text[at]
        if sign == quote:
            return Token("string", "".join(parts), start, at + 1)
        if sign == "\\" and not raw:
            piece, at = _escape(text, at)
            parts.append(piece)
        else:
            parts.append(sign)
            at += 1
    raise GuardSyntaxError(
        Problem(
            "K401",
            start,
            len(text),
            Text("引号没有成对", "the quote is never closed"),
            Text(f"在末尾补上 {quote}", f"add {quote} at the end"),
        )
    )


def _escape(text: str, at: int) -> tuple[str, int]:
    sign = text[at + 1 : at + 2]
    if sign in _ESCAPES and sign:
        return _ESCAPES[sign], at + 2
    length = {"x": 2, "X": 2, "u": 4, "U": 8}.get(sign, 0)
    if found := _OCTAL.match(text, at + 1):
        return chr(int(found.group(), 8)), found.end()
    digits = text[at + 2 : at + 2 + length]
    if length and len(digits) == length and _HEX_DIGITS.fullmatch(digits):
        point = int(digits, 16)
        if point < 0x110000 and not 0xD800 <= point < 0xE000:
            return chr(point), at + 2 + length
    raise GuardSyntaxError(
        Problem(
            "K401",
            at,
            min(at + 2, len(text)),
            Text(f"不认识的转义“\\{sign}”", f"unknown escape '\\{sign}'"),
            Text(
                "反斜杠本身写成 \\\\，或在引号前加 r", "write \\\\ for a backslash, or put r before the quote"
            ),
        )
    )
