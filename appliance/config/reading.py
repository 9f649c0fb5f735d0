"""Reads single values from the tree for the decoders, which all meet the same words: durations, guards, names.

A decoder runs even when the schema check found fault, so that one run shows everything.  So each of these returns a
default for a value of the wrong kind without a word (the schema check has spoken), and speaks up itself only
about what a schema cannot express.
"""

from typing import Any

from appliance.config import scalars
from appliance.config.diagnostics import NOWHERE, Diagnostics, Span, did_you_mean, quoted
from appliance.config.nodes import Entry, Mapping, Node, Scalar, Sequence, plain
from appliance.config.shape_messages import wrong_kind
from appliance.config.spec import Guard, Secret
from appliance.errors import Text

# Written as escapes: in a diff nobody can tell them from the real ones.
_FULL_WIDTH = {
    "\uff1e": ">",
    "\uff1c": "<",
    "\uff1d": "=",
    "\uff01": "!",
    "\uff06": "&",
    "\uff5c": "|",
    "\uff08": "(",
    "\uff09": ")",
    "\uff05": "%",
    "\uff0b": "+",
    "\uff0d": "-",
    "\uff0a": "*",
    "\uff0f": "/",
    "\uff1f": "?",
    "\uff1a": ":",
    "\uff0c": ",",
    "\u2265": ">=",
    "\u2264": "<=",
    "\u2260": "!=",
    "\u201c": "'",
    "\u201d": "'",
    "\u2018": "'",
    "\u2019": "'",
}


class Reader:
    """Reads values and adds what is wrong with them to `found`."""

    def __init__(self, found: Diagnostics) -> None:
        self.found = found

    def text(self, node: Node | None, default: str = "") -> str:
        """Return a text."""
        return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else default

    def whole(self, node: Node | None, default: int) -> int:
        """Return a whole number."""
        value = node.value if isinstance(node, Scalar) else None
        return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else default

    def flag(self, node: Node | None, default: bool = False) -> bool:
        """Return true or false."""
        return node.value if isinstance(node, Scalar) and isinstance(node.value, bool) else default

    def duration(self, node: Node | None, path: str, default: int) -> int:
        """Return milliseconds."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return default
        return self._measured(scalars.duration(node.text), "duration", node, path, default)

    def size(self, node: Node | None, path: str, default: int) -> int:
        """Return bytes."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return default
        return self._measured(scalars.size(node.text), "size", node, path, default)

    def _measured(self, value: int | None, kind: str, node: Scalar, path: str, default: int) -> int:
        if value is None:
            if not self.found.covers(node.at):
                self.found.error(
                    wrong_kind(kind, node.text)[0], path, node.at, *wrong_kind(kind, node.text)[1:]
                )
            return default
        return value

    def texts(self, node: Node | None) -> tuple[str, ...]:
        """Return a list of texts."""
        items = node.items if isinstance(node, Sequence) else ()
        return tuple(self.text(item) for item in items)

    def guard(self, node: Node | None, path: str) -> Guard | None:
        """Return a guard, after a look for operators typed with the Chinese input method on."""
        if not isinstance(node, Scalar):
            return None
        if isinstance(node.value, bool):
            return Guard("true" if node.value else "false", node.at)
        if not isinstance(node.value, str):
            return None
        guard = Guard(node.value, node.inner)
        if not node.value.strip():
            message = Text("条件是空的", "the guard is empty")
            self.found.error(
                "K312", path, node.at, message, Text("写上条件，或删掉", "write it or leave it out")
            )
        for start, wrong in _full_width(node.value):
            message = Text(f"全角运算符“{wrong}”", f"full-width operator '{wrong}'")
            right = "".join(_FULL_WIDTH[char] for char in wrong)
            at = guard.place(start, start + len(wrong))
            self.found.error("K311", path, at, message, Text(f"改成 {right}", f"write {right}"))
        return guard

    def secret(self, node: Node | None) -> Secret | None:
        """Return where a secret is found; its form was judged by the schema."""
        text = self.text(node)
        if node is None or not (text.startswith("${") and text.endswith("}") and ":" in text):
            return None
        kind, where = text[2:-1].split(":", 1)
        return Secret("env" if kind == "env" else "file", where, node.at)

    def unknown(
        self, code: str, path: str, at: Span, what: Text, word: str, known: list[str], severity: str = "error"
    ) -> None:
        """Report a name that is not defined: `what` is the kind of thing, such as Text("状态", "state")."""
        name = quoted(word)
        message = Text(f"没有叫{name.zh}的{what.zh}", f"there is no {what.en} {name.en}")
        report = self.found.error if severity == "error" else self.found.warning
        report(code, path, at, message, did_you_mean(word, known))

    def twice(self, code: str, path: str, at: Span, what: Text, name: str, first: Span, hint: Text) -> None:
        """Report a name that is given a second time; `what` as in `unknown`, `first` is where it was given before."""
        shown = quoted(name)
        message = Text(
            f"{what.zh}{shown.zh}写了两次，第一次在第 {first.line} 行",
            f"the {what.en} {shown.en} is written twice, first on line {first.line}",
        )
        self.found.error(code, path, at, message, hint)


def entries(node: Node | None) -> tuple[Entry, ...]:
    """Return the entries of a mapping, none for anything else."""
    return node.entries if isinstance(node, Mapping) else ()


def span(node: Node | None) -> Span:
    """Return where a node stands."""
    return node.at if node is not None else NOWHERE


def value(node: Node | None) -> Any:
    """Return a node as plain data."""
    return None if node is None else plain(node)


def _full_width(text: str) -> list[tuple[int, str]]:
    """Return the runs of full-width signs outside of quotes: two of them next to each other are one operator."""
    runs: list[tuple[int, str]] = []
    for start, char in _outside_quotes(text):
        if char not in _FULL_WIDTH:
            continue
        if runs and runs[-1][0] + len(runs[-1][1]) == start:
            runs[-1] = (runs[-1][0], runs[-1][1] + char)
        else:
            runs.append((start, char))
    return runs


def _outside_quotes(text: str) -> list[tuple[int, str]]:
    """Return the characters that are not within a string literal of a guard, with their places."""
    outside: list[tuple[int, str]] = []
    quote = ""
    skip = False
    for start, char in enumerate(text):
        if skip:
            skip = False
        elif quote:
            skip = char == "\\"
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        else:
            outside.append((start, char))
    return outside
