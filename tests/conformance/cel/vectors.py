"""Reads the vectors out of the package: object literals of JavaScript, which need no JavaScript to be read.

Only the subset that such a generated file uses is understood; anything else raises ValueError with its place, so that a new
version of the package cannot be read wrongly in silence.
"""

import json
import re
from pathlib import Path
from typing import Any

from msgspec import Struct

PACKAGE = Path(__file__).resolve().parents[3] / "build" / "suites" / "@bufbuild" / "cel-spec"
DATA = PACKAGE / "dist" / "esm" / "testdata"

_TOKEN = re.compile(
    r"""
    \s*(?:
        (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<word>[A-Za-z_$][\w$]*)
      | (?P<sign>[{}\[\]:,;])
    )
    """,
    re.VERBOSE,
)
_WORDS = {"true": True, "false": False, "null": None}
_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


class Vector(Struct, frozen=True):
    """One test: `place` is section/group/name, the rest is as the package has it (protobuf's JSON form)."""

    place: str
    expr: str
    original: dict[str, Any]


def vectors(name: str = "conformance") -> list[Vector]:
    """Return all tests of one file of the package."""
    text = (DATA / f"{name}.js").read_text(encoding="utf-8")
    root = literal(text[text.index("export const tests = ") + len("export const tests = ") :])
    return _collect(root, [])


def _collect(suite: dict[str, Any], above: list[str]) -> list[Vector]:
    here = [*above, suite["name"]]
    found: list[Vector] = []
    for number, test in enumerate(suite.get("tests", ())):
        original = test["original"]
        place = "/".join([*here[1:], original.get("name", str(number))])
        found.append(Vector(place, original["expr"], original))
    for part in suite.get("suites", ()):
        found += _collect(part, here)
    return found


def literal(text: str) -> Any:
    """Return the value of the object literal that `text` begins with."""
    return _Literal(text).value()


class _Literal:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._now = self._next()

    def _next(self) -> tuple[str, str]:
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            raise ValueError(f"unreadable at {self._at}: {self._text[self._at : self._at + 40]!r}")
        self._at = match.end()
        kind = match.lastgroup or ""
        return kind, match[kind]

    def _take(self) -> tuple[str, str]:
        token, self._now = self._now, self._next()
        return token

    def value(self) -> Any:
        kind, text = self._take()
        if kind == "text":
            return _unquoted(text)
        if kind == "number":
            return json.loads(text)
        if kind == "word" and text in _WORDS:
            return _WORDS[text]
        if text == "[":
            items = []
            while self._now[1] != "]":
                items.append(self.value())
                self._comma("]")
            self._take()
            return items
        if text == "{":
            return self._object()
        raise ValueError(f"unexpected {text!r} before {self._at}")

    def _object(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self._now[1] != "}":
            kind, key = self._take()
            colon = self._take()
            if colon[1] != ":" or kind == "sign":
                raise ValueError(f"no key before {self._at}")
            found[_unquoted(key) if kind == "text" else key] = self.value()
            self._comma("}")
        self._take()
        return found

    def _comma(self, closing: str) -> None:
        if self._now[1] == ",":
            self._take()
        elif self._now[1] != closing:
            raise ValueError(f"no comma before {self._at}")


def _unquoted(text: str) -> str:
    def char(match: re.Match[str]) -> str:
        what = match[1]
        if what[0] in "ux" and len(what) > 1:
            return chr(int(what[1:].strip("{}"), 16))
        return _SIMPLE.get(what, what)

    found = _ESCAPE.sub(char, text[1:-1])
    # JavaScript writes what lies beyond 16 bits as two halves.
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
