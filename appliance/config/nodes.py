"""The tree of a YAML text in which every key and value knows its place.

Diagnostics need the exact span of the word that is wrong, long after YAML has been read; ordinary dicts and lists
forget it.  `plain` gives the dicts and lists for the schema check, `find` leads back from a path to the place.
"""

from collections.abc import Sequence as Steps
from typing import Any

from msgspec import Struct

from appliance.config.diagnostics import Span


class Scalar(Struct, frozen=True):
    """A single value.  `text` is what was written (without quotes), in Unicode NFC; `inner` is the span of it."""

    value: bool | int | float | str | None
    text: str
    at: Span
    inner: Span


class Entry(Struct, frozen=True):
    """A key with its value.  Keys are always text."""

    key: str
    key_at: Span
    value: "Node"


class Mapping(Struct, frozen=True):
    """Keys and values in file order; no key occurs twice."""

    entries: tuple[Entry, ...]
    at: Span

    def get(self, key: str) -> "Node | None":
        """Return the value of `key`, None when it is not there."""
        entry = self.entry(key)
        return entry.value if entry else None

    def entry(self, key: str) -> Entry | None:
        """Return the entry of `key`, None when it is not there."""
        return next((entry for entry in self.entries if entry.key == key), None)


class Sequence(Struct, frozen=True):
    """A list of values."""

    items: tuple["Node", ...]
    at: Span


Node = Scalar | Mapping | Sequence


def plain(node: Node) -> Any:
    """Return the tree as dicts, lists and values."""
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {entry.key: plain(entry.value) for entry in node.entries}


def find(node: Node, path: Steps[str | int]) -> tuple[Node, Span]:
    """Return the node at `path` and the span by which a person knows it: its key, in a list its own.

    The path comes from `plain(node)`; where it leads nowhere the last node that exists is returned.
    """
    key_at = node.at
    for part in path:
        if isinstance(node, Mapping) and (entry := node.entry(str(part))):
            node, key_at = entry.value, entry.key_at
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
            key_at = node.at
        else:
            break
    return node, key_at


def path_text(path: Steps[str | int]) -> str:
    """Return a path as people read it: $.flows.main.states.排队.on[0]."""
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
