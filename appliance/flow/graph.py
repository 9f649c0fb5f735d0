"""The compiled form of a flow: what `step` walks at run time.

A graph is made once (compile.py) and shared by all conversations pinned to its bundle.  Everything that depends only
on the shape of the flow is worked out once and kept: which transitions listen in a configuration, and for each of
them what is left and what is entered (its plan).  The caches are bounded by the size of the flow.
"""

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

from appliance.model import Millis, Value

Test = Callable[[Any], Any]
"""A compiled guard: takes a turn, returns true or false, may raise."""

Run = Callable[[Any], None]
"""An action with its arguments: takes a turn and works on it."""


class Transition:
    """One alternative of a handler.  `source` None: it belongs to nobody and leaves everything (errors, close)."""

    __slots__ = ("actions", "reenter", "source", "target", "test")

    def __init__(
        self,
        source: "Node | None",
        target: "Node | None" = None,
        test: Test | None = None,
        actions: tuple[Run, ...] = (),
        reenter: bool = False,
    ) -> None:
        self.source = source
        self.target = target
        self.test = test
        self.actions = actions
        self.reenter = reenter


class After:
    """One timer of a state."""

    __slots__ = ("delay", "transitions")

    def __init__(self, delay: Millis, transitions: tuple[Transition, ...]) -> None:
        self.delay = delay
        self.transitions = transitions


class Node:
    """A state.  `depth` counts from 0 at the top of the flow; `order` is its place in the document."""

    __slots__ = (
        "after", "always", "children", "depth", "entry", "exit", "final", "initial", "name", "on", "order", "parent",
    )  # fmt: skip

    def __init__(self, name: str, parent: "Node | None", order: int, final: bool) -> None:
        self.name = name
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent else 0
        self.order = order
        self.final = final
        self.initial: Node | None = None
        self.children: list[Node] = []
        self.on: dict[str, tuple[Transition, ...]] = {}
        self.after: tuple[After, ...] = ()
        self.always: tuple[Transition, ...] = ()
        self.entry: tuple[Run, ...] = ()
        self.exit: tuple[Run, ...] = ()

    def within(self, ancestor: "Node | None") -> bool:
        """Whether this state stands below `ancestor` (None: the flow itself), not counting `ancestor`."""
        node = self.parent
        while node is not None and node is not ancestor:
            node = node.parent
        return node is ancestor

    def path(self) -> "list[Node]":
        """Return the states from the outermost down to this one."""
        return [*(self.parent.path() if self.parent else ()), self]

    def leaves_to(self) -> "list[Node]":
        """Return the initial states below this one, outer first."""
        found: list[Node] = []
        node = self.initial
        while node is not None:
            found.append(node)
            node = node.initial
        return found


class Plan:
    """What a transition does in a configuration: states left (inner first) and entered (outer first).

    `kept` is how many of the active states, from the outside, stay; `active` is the configuration afterwards.
    """

    __slots__ = ("active", "entries", "entry_names", "exit_names", "exits", "kept")

    def __init__(self, exits: tuple[Node, ...], entries: tuple[Node, ...], kept: tuple[Node, ...]) -> None:
        self.exits = tuple(node for node in exits if node.exit)
        self.exit_names = frozenset(node.name for node in exits)
        self.entries = entries
        self.entry_names = tuple(node.name for node in entries)
        self.kept = len(kept)
        self.active = tuple(node.name for node in kept) + self.entry_names


class Configuration:
    """The active states in document order, with everything that follows from them."""

    __slots__ = ("_handlers", "_plans", "always", "nodes")

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        self.nodes = nodes
        self.always = self._collect(lambda node: node.always)
        self._handlers: dict[str, tuple[tuple[int, Transition], ...]] = {}
        self._plans: dict[Transition, Plan] = {}

    def listening(self, event: str) -> tuple[tuple[int, Transition], ...]:
        """Return who listens to `event`: innermost first, then in file order, each with its state's position."""
        found = self._handlers.get(event)
        if found is None:
            found = self._collect(lambda node: node.on.get(event, ()))
            # Names of custom events come from outside: only those somebody listens to may fill the cache.
            if found or not event.startswith("custom."):
                self._handlers[event] = found
        return found

    def plan(self, transition: Transition) -> Plan:
        """Return the plan of a transition that has a target."""
        plan = self._plans.get(transition)
        if plan is None:
            plan = self._plans[transition] = self._planned(transition)
        return plan

    def _collect(
        self, transitions: Callable[[Node], tuple[Transition, ...]]
    ) -> tuple[tuple[int, Transition], ...]:
        places = reversed(list(enumerate(self.nodes)))
        return tuple((place, each) for place, node in places for each in transitions(node))

    def _planned(self, transition: Transition) -> Plan:
        target = transition.target
        assert target is not None  # noqa: S101  # callers check; this tells the type checker
        domain = _domain(transition.source, target, transition.reenter)
        exits = tuple(node for node in reversed(self.nodes) if node.within(domain))
        kept = self.nodes[: len(self.nodes) - len(exits)]
        path = [node for node in target.path() if node.within(domain)]
        return Plan(exits, (*path, *target.leaves_to()), kept)


def _domain(source: Node | None, target: Node, reenter: bool) -> Node | None:
    """Return the state inside which everything is left and entered anew: SCXML's transition domain.

    A transition to a descendant is internal (its source stays) unless `reenter` asks for SCXML's external default.
    """
    if source is None:
        return None
    if target.within(source) and not reenter:
        return source
    node = source.parent
    while node is not None and not target.within(node):
        node = node.parent
    return node


class Graph:
    """A compiled bundle: the flow, the queues' rules, the definition of VIP, first values of variables.

    `source` is what it was compiled from (see bundle.py) and `id` its hash.  `queues` are (name, guard) in the
    operator's order; a guard that is None always holds.
    """

    def __init__(
        self,
        id: str,  # noqa: A002  # the id of a bundle is called so everywhere
        source: bytes,
        nodes: Mapping[str, Node],
        initial: Node,
        on_error: Node | None = None,
        queues: tuple[tuple[str, Test | None], ...] = (),
        vip: Test | None = None,
        first_values: Mapping[str, Value] | None = None,
    ) -> None:
        self.id = id
        self.source = source
        self.nodes = dict(nodes)
        self.queues = queues
        self.vip = vip
        self.vars: dict[str, Value] = dict(first_values or {})
        self.begin = Transition(None, initial)
        self.on_error = Transition(None, on_error) if on_error else None
        finals = [node for node in self.nodes.values() if node.final and node.parent is None]
        self.close = Transition(None, finals[0]) if finals else None
        self._configurations: dict[tuple[str, ...], Configuration] = {}
        self._backs: dict[tuple[str, str], Transition] = {}

    def configuration(self, active: tuple[str, ...]) -> Configuration:
        """Return the configuration of these active states; raises KeyError when the flow does not know one."""
        found = self._configurations.get(active)
        if found is None:
            nodes = tuple(self.nodes[name] for name in active)
            found = self._configurations[active] = Configuration(nodes)
        return found

    def back(self, leaf: str, state: str, action: Run) -> Transition | None:
        """Return the transition from `leaf` back to `state` with `action`, None when the flow has no such state."""
        if state not in self.nodes:
            return None
        found = self._backs.get((leaf, state))
        if found is None:
            found = Transition(self.nodes[leaf], self.nodes[state], actions=(action,))
            self._backs[leaf, state] = found
        return found

    def is_vip(self, scope: Any) -> bool:
        """Return whether the operator calls this visitor a VIP; `scope` has a `visitor` (a turn or a snapshot)."""
        if self.vip is None:
            return False
        try:
            return self.vip(scope) is True
        except Exception:
            # A guard is total: one that fails on strange data is false.
            return False

    def supposing(self, vip: bool | None = None, first_values: Mapping[str, Value] | None = None) -> "Graph":
        """Return the same graph for tests: visitors who all are (or are not) VIPs, other first values of variables."""
        other = copy(self)
        if vip is not None:
            other.vip = lambda scope: vip
        other.vars = {**self.vars, **(first_values or {})}
        return other

    def queue_for(self, scope: Any) -> str:
        """Return the first queue whose rule holds; without any, the last one."""
        for name, test in self.queues:
            try:
                if test is None or test(scope) is True:
                    return name
            except Exception:  # noqa: S112  # a guard is total: one that fails is false, the next queue is asked
                continue
        return self.queues[-1][0]

    @property
    def default_queue(self) -> str:
        """The queue that takes anybody: the first without a rule, else the last."""
        return next((name for name, test in self.queues if test is None), self.queues[-1][0])
