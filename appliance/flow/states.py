"""The compiled states of a flow and what leads from one to another: the pieces of a graph.

Made once by compile.py and never changed afterwards; what follows from their shape is worked out in plans.py.
"""

from collections.abc import Callable, Mapping
from typing import Any

from appliance.model import Millis

Test = Callable[[Any], Any]
"""A compiled guard: takes a turn, returns true or false, may raise."""

Run = Callable[[Any], None]
"""An action with its arguments: takes a turn and works on it."""


class Transition:
    """One alternative of a handler.  `source` None: it belongs to nobody and leaves everything (errors, close).

    Without `targets` it only acts.  `alone` is the set of transitions that it makes up by itself, `here` the state that
    what its actions take (a place in a queue, a wish) is bound to.
    """

    __slots__ = ("actions", "alone", "here", "reenter", "source", "targets", "test")

    def __init__(
        self,
        source: "Node | None",
        targets: "tuple[Node, ...]" = (),
        test: Test | None = None,
        actions: tuple[Run, ...] = (),
        reenter: bool = False,
    ) -> None:
        self.source = source
        self.targets = targets
        self.test = test
        self.actions = actions
        self.reenter = reenter
        self.alone = (self,)
        bound = targets[0] if targets else source
        if bound is not None and bound.history:
            # What is bound to a state ends with it, and nobody is ever in a pseudo-state.
            bound = bound.parent
        self.here = bound.name if bound else ""


class After:
    """One timer of a state."""

    __slots__ = ("delay", "transitions")

    def __init__(self, delay: Millis, transitions: tuple[Transition, ...]) -> None:
        self.delay = delay
        self.transitions = transitions


class Node:
    """A state.  `depth` counts from 0 at the top of the flow; `order` is its place in the document.

    With `parallel` all its children are active at once.  With `history` it is no state but a way into its parent: to the
    children ("shallow") or innermost states ("deep") that were active when the parent was left, the first time to
    `initial`.  `initial` of other states leads to the children entered by default; its actions run between the two entries.
    """

    __slots__ = (
        "after", "always", "children", "depth", "entry", "exit", "final", "histories", "history", "initial", "name", "on",
        "order", "parallel", "parent",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        parent: "Node | None",
        order: int,
        final: bool = False,
        parallel: bool = False,
        history: str = "",
    ) -> None:
        self.name = name
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent else 0
        self.order = order
        self.final = final
        self.parallel = parallel
        self.history = history
        self.initial: Transition | None = None
        self.children: list[Node] = []
        self.histories: list[Node] = []
        self.on: Mapping[str, tuple[Transition, ...]] = {}
        self.after: tuple[After, ...] = ()
        self.always: tuple[Transition, ...] = ()
        self.entry: tuple[Run, ...] = ()
        self.exit: tuple[Run, ...] = ()
        if parent is not None:
            (parent.histories if history else parent.children).append(self)

    def within(self, ancestor: "Node | None") -> bool:
        """Whether this state stands below `ancestor` (None: the flow itself), not counting `ancestor`."""
        node = self.parent
        while node is not None and node is not ancestor:
            node = node.parent
        return node is ancestor

    def path(self) -> "list[Node]":
        """Return the states from the outermost down to this one."""
        return [*(self.parent.path() if self.parent else ()), self]
