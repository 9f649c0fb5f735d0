"""What an operator reads when kefu.yaml is wrong: every problem at once, each with its place and its remedy.

Nothing in floor 1 raises over bad input; it adds a `Diagnostic` and goes on, so that one run of `kefu check` shows
all there is to mend.  Columns count characters; carets count terminal cells, because a Chinese character is two
cells wide and a caret beside the mistake is worse than none.

Codes: K1xx YAML, K2xx form of a value, K3xx meaning within the file, K4xx guards and graph, K5xx tests of the file,
K6xx the place it runs in.  A code never changes its meaning.
"""

import difflib
import itertools
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from msgspec import Struct

from appliance.errors import Language, Text

Severity = Literal["error", "warning", "info"]

_NO_TEXT = Text("", "")
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_WIDEST_LINE = 160
_MOST_SHOWN = 200
_MOST_KEPT = 1000
_MOST_NEAR = 1000


class Span(Struct, frozen=True, gc=False):
    """A place in the file: lines and columns from 1, columns in characters, the end exclusive.

    Line 0 means that the node does not come from the text (a default).
    """

    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0


NOWHERE = Span()


class Diagnostic(Struct, frozen=True, gc=False):
    """One problem.  `path` is like "$.flows.main.states.排队"; `hint` is the remedy and may be empty."""

    code: str
    severity: Severity
    path: str
    at: Span
    message: Text
    hint: Text = _NO_TEXT


class Diagnostics:
    """Collects the problems of one file and prints them in the order of the file.

    `text` is the file as it was read; it is kept for the source lines under the messages.
    """

    def __init__(self, file: str, text: str = "") -> None:
        self.file = file
        self._lines = _LINE_BREAK.split(text)
        self._found: list[Diagnostic] = []
        self._known: set[tuple[str, Span, Text]] = set()
        self._starts: dict[tuple[int, int], set[str]] = {}
        self._failed = False
        self._secret: list[Span] = []

    def add(self, diagnostic: Diagnostic) -> None:
        """Keep `diagnostic`, unless the same is already known at the same place, or there are far too many."""
        self._failed = self._failed or diagnostic.severity == "error"
        same = (diagnostic.code, diagnostic.at, diagnostic.message)
        if same in self._known or self.full:
            return
        self._known.add(same)
        self._starts.setdefault((diagnostic.at.line, diagnostic.at.column), set()).add(diagnostic.code)
        self._found.append(diagnostic)

    def error(self, code: str, path: str, at: Span, message: Text, hint: Text = _NO_TEXT) -> None:
        """Add a problem that keeps the appliance from starting."""
        self.add(Diagnostic(code, "error", path, at, message, hint))

    def warning(self, code: str, path: str, at: Span, message: Text, hint: Text = _NO_TEXT) -> None:
        """Add a problem that an operator should look at but that harms nothing."""
        self.add(Diagnostic(code, "warning", path, at, message, hint))

    def conceal(self, at: Span) -> None:
        """Never print what stands at `at`: it is, or may be, a secret."""
        self._secret.append(at)

    def extend(self, others: Iterable[Diagnostic]) -> None:
        """Add what another check of the same file found."""
        for diagnostic in others:
            self.add(diagnostic)

    def __iter__(self) -> Iterator[Diagnostic]:
        """Yield the diagnostics in the order of the file."""
        return iter(sorted(self._found, key=_position))

    def __len__(self) -> int:
        return len(self._found)

    @property
    def full(self) -> bool:
        """Whether there are so many that nobody will read another one: to look on would be a waste of time."""
        return len(self._found) >= _MOST_KEPT

    @property
    def failed(self) -> bool:
        """Whether any of them is an error."""
        return self._failed

    def covers(self, at: Span, codes: str = "K") -> bool:
        """Whether a problem is already known that begins at the same place, so that a second one is only noise.

        `codes` is how the codes begin that count.
        """
        return any(code.startswith(codes) for code in self._starts.get((at.line, at.column), ()))

    def render(self, language: Language = "zh") -> str:
        """Return the text that people read: one block a problem, each ending with a line break."""
        shown = list(self)[:_MOST_SHOWN]
        blocks = [self._block(found, language) for found in shown]
        if len(self) > len(shown):
            rest = len(self) - len(shown)
            blocks.append(Text(f"……还有 {rest} 处\n", f"... and {rest} more\n").say(language))
        return "".join(blocks)

    def as_dicts(self) -> list[dict[str, Any]]:
        """Return the JSON form: both languages, the place in numbers."""
        return [
            {
                "code": found.code,
                "severity": found.severity,
                "file": self.file,
                "path": found.path,
                "line": found.at.line,
                "column": found.at.column,
                "end_line": found.at.end_line,
                "end_column": found.at.end_column,
                "message": found.message._asdict(),
                "hint": found.hint._asdict(),
            }
            for found in self
        ]

    def as_json(self) -> str:
        """Return `as_dicts` as indented JSON text with a final line break."""
        return json.dumps(self.as_dicts(), ensure_ascii=False, indent=2) + "\n"

    def _block(self, found: Diagnostic, language: Language) -> str:
        place = f"{self.file}:{found.at.line}:{found.at.column}" if found.at.line else self.file
        lines = [f"{place}: {found.severity}[{found.code}]: {found.message.say(language)}"]
        if 0 < found.at.line <= len(self._lines):
            number = f"{found.at.line:>5}"
            source, caret = underline(self._line(found.at.line), found.at)
            lines += [f"{number} | {source}".rstrip(), f"{' ' * len(number)} | {caret}"]
        hint = found.hint.say(language)
        if hint:
            lines.append(f"      = {hint}")
        return "\n".join(lines) + "\n"

    def _line(self, number: int) -> str:
        """Return a source line with every secret of it covered."""
        line = self._lines[number - 1]
        for at in self._secret:
            if at.line <= number <= at.end_line:
                start = at.column - 1 if at.line == number else 0
                end = at.end_column - 1 if at.end_line == number else len(line)
                line = line[:start] + "*" * (end - start) + line[end:]
        return line


def underline(line: str, at: Span) -> tuple[str, str]:
    """Return the printable form of a source line and the line of carets under `at`.

    A span that runs over several lines is marked to the end of its first line; a very long line is cut around it.
    """
    start = min(max(at.column - 1, 0), len(line))
    end = at.end_column - 1 if at.end_line == at.line else len(line.rstrip())
    end = min(max(end, start), len(line))
    if len(line) > _WIDEST_LINE:
        first = max(0, start - _WIDEST_LINE // 2)
        prefix = "…" if first else ""
        line = prefix + line[first : first + _WIDEST_LINE]
        start, end = start - first + len(prefix), end - first + len(prefix)
        end = min(end, len(line))
    padding = "".join("\t" if char == "\t" else " " * cells(char) for char in line[:start])
    return printable(line), padding + "^" * max(1, sum(cells(char) for char in line[start:end]))


def cells(char: str) -> int:
    """Return how many terminal cells a character takes: 2 for full width, 0 for combining marks, else 1."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def printable(text: str) -> str:
    """Return `text` with everything that could steer a terminal replaced: control, format and surrogate characters."""
    return "".join(
        "�" if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") and char != "\t" else char
        for char in text
    )


def quoted(value: object) -> Text:
    """Return a value for use inside a message, printable, cut to 40 characters, in the quotes of each language."""
    text = printable(str(value)).replace("\t", " ")
    text = text if len(text) <= 40 else text[:39] + "…"
    return Text(f"“{text}”", f"'{text}'")


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that somebody who wrote `word` may have meant, or None.

    Only so many candidates are looked at: a file of thousands of names must not take minutes to refuse.
    """
    if len(word) > 80:
        return None
    by_folded = {
        candidate.casefold(): candidate for candidate in sorted(itertools.islice(candidates, _MOST_NEAR))
    }
    # One wrong character of two is a slip; of a long word more must be right.
    cutoff = 0.5 if len(word) <= 4 else 0.6
    found = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[found[0]] if found else None


def did_you_mean(word: str, candidates: Sequence[str]) -> Text:
    """Return the remedy for an unknown word: the near name, else what is there to choose from.

    `入口：{to` is one word to YAML, because a full-width colon separates nothing.
    """
    before, colon, _ = word.partition("：")
    if colon and before in candidates:
        name = printable(before)
        return Text(
            f"冒号是全角的，改成 {name}: 加空格", f"the colon is full-width; write '{name}: ' with a space"
        )
    near = nearest(word, candidates)
    if near is not None:
        return Text(f"是不是“{printable(near)}”？", f"did you mean '{printable(near)}'?")
    if not candidates:
        return Text("这里什么都还没有定义", "nothing is defined here yet")
    listed = [printable(name) for name in candidates[:12]]
    more = len(candidates) > len(listed)
    return Text(
        "可以写：" + "、".join(listed) + ("……" if more else ""),
        "choose from: " + ", ".join(listed) + (" ..." if more else ""),
    )


def _position(found: Diagnostic) -> tuple[int, int, str]:
    return (found.at.line, found.at.column, found.code)
