"""Where variables live, and the ways out of a statement."""

from typing import Any

from tests.conformance.scxml.ecmascript.values import UNDEFINED, Arr
from tests.conformance.scxml.faults import Illegal


class Scope:
    """Variables of a script, a function or a block, and where to look next.  `fixed` names cannot be assigned."""

    def __init__(self, outer: "Scope | None" = None, this: Any = UNDEFINED, function: bool = False) -> None:
        self.names: dict[str, Any] = {}
        self.fixed: set[str] = set()
        self.outer = outer
        self.this = this
        self.function = function or outer is None

    def find(self, name: str) -> "Scope | None":
        """Return the scope that has this variable."""
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.outer
        return scope

    def home(self) -> "Scope":
        """Return where `var` declares: the function around, or the script."""
        scope = self
        while not scope.function and scope.outer is not None:
            scope = scope.outer
        return scope


class Leave(Exception):
    """`break`, `continue` or `return` on the way out."""

    def __init__(self, kind: str, value: Any = UNDEFINED) -> None:
        self.kind = kind
        self.value = value


def iterated(value: Any) -> list[Any]:
    """Return what `for … of` and `...` run over."""
    if isinstance(value, Arr):
        return list(value.items)
    if isinstance(value, str):
        return list(value)
    raise Illegal("TypeError: not iterable")
