"""ECMAScript text to tokens."""

import re
from typing import Any, NamedTuple

from tests.conformance.scxml.faults import Illegal


class Token(NamedTuple):
    """`kind` is one of name, keyword, number, string, template, regex, sign, end."""

    kind: str
    text: str
    value: Any
    newline: bool
    at: int


def words(line: str) -> tuple[str, ...]:
    """Return the words of a line: tables of names read better as text."""
    return tuple(line.split())


KEYWORDS = frozenset(
    words(
        "break case catch class const continue debugger default delete do else enum export extends false finally for "
        "function if import in instanceof let new null return super switch this throw true try typeof var void while "
        "with yield"
    )
)
# After these a slash divides; after anything else it begins a regular expression.
_ENDS_VALUE = frozenset({")", "]", "}", "this", "null", "true", "false", "super"})
_SIGNS = words(
    ">>>= ... === !== **= <<= >>= >>> => == != <= >= && || ?? ?. ++ -- += -= *= /= %= &= |= ^= << >> ** "
    "{ } ( ) [ ] ; , < > + - * / % & | ^ ! ~ ? : = ."
)
_TOKEN = re.compile(
    r"""
      (?P<space>[\s\ufeff]+|//[^\n]*|/\*[\s\S]*?\*/)
    | (?P<number>0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<name>[^\W\d][\w$]*|\$[\w$]*)
    | (?P<string>"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')
    | (?P<sign>"""
    + "|".join(re.escape(sign) for sign in _SIGNS)
    + r")",
    re.VERBOSE,
)
_REGEX = re.compile(r"/((?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)/([a-z]*)")
_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|[\s\S])")
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}


def unescape(text: str) -> str:
    """Return what a string literal between its quotes means."""

    def one(found: re.Match[str]) -> str:
        body = found.group(1)
        if body[0] in "ux" and len(body) > 1:
            return chr(int(body[1:].strip("{}"), 16))
        return _LETTERS.get(body, body)

    return _ESCAPE.sub(one, text)


def tokens(source: str) -> list[Token]:
    """Cut `source` into tokens; raises Illegal on what is no ECMAScript."""
    found: list[Token] = []
    at, newline = 0, False
    while at < len(source):
        if source[at] == "`":
            end = _template_end(source, at + 1)
            found.append(Token("template", source[at : end + 1], source[at + 1 : end], newline, at))
            at, newline = end + 1, False
            continue
        regex = _REGEX.match(source, at) if _regex_may_begin(source, at, found) else None
        if regex is not None:
            found.append(Token("regex", regex.group(), regex.groups(), newline, at))
            at, newline = regex.end(), False
            continue
        match = _TOKEN.match(source, at)
        if match is None:
            raise Illegal(f"SyntaxError: {source[at : at + 12]!r} is no ECMAScript")
        text = match.group()
        if match.lastgroup == "space":
            newline = newline or "\n" in text
        else:
            found.append(_token(match.lastgroup or "", text, newline, at))
            newline = False
        at = match.end()
    found.append(Token("end", "", None, newline, at))
    return found


def _token(kind: str, text: str, newline: bool, at: int) -> Token:
    if kind == "number":
        digits = text.lower()
        value = float(int(digits, 0)) if digits[:2] in ("0x", "0o", "0b") else float(digits)
        return Token(kind, text, value, newline, at)
    if kind == "string":
        return Token(kind, text, unescape(text[1:-1]), newline, at)
    if kind == "name" and text in KEYWORDS:
        return Token("keyword", text, text, newline, at)
    return Token(kind, text, text, newline, at)


def _regex_may_begin(source: str, at: int, before: list[Token]) -> bool:
    if source[at] != "/" or source[at + 1 : at + 2] in ("/", "*", ""):
        return False
    if not before:
        return True
    last = before[-1]
    return last.kind in ("sign", "keyword") and last.text not in _ENDS_VALUE


def _template_end(source: str, at: int) -> int:
    depth = 0
    while at < len(source):
        if source[at] == "\\":
            at += 2
            continue
        if depth == 0 and source[at] == "`":
            return at
        if source.startswith("${", at) and depth == 0:
            depth, at = 1, at + 2
            continue
        depth += {"{": 1, "}": -1}.get(source[at], 0) if depth else 0
        at += 1
    raise Illegal("SyntaxError: a template has no end")
