"""The compiled form of a flow: what `step` walks at run time.

A graph is made once (compile.py) and shared by all conversations pinned to its bundle.  Which transitions listen in a
configuration, and what they leave and enter, is worked out once and kept (plans.py).
"""

from collections.abc import Mapping
from copy import copy
from typing import Any

from msgspec import Struct

from appliance.flow.plans import Configuration
from appliance.flow.states import Node, Run, Test, Transition
from appliance.model import Value, Visitor

MOST_CONFIGURATIONS = 4_096
"""How many configurations a graph remembers: regions multiply, and what is forgotten is only worked out anew."""


class _Stranger(Struct, frozen=True):
    visitor: Visitor


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
        self.begin = Transition(None, (initial,))
        self.on_error = Transition(None, (on_error,)) if on_error else None
        finals = [node for node in self.nodes.values() if node.final and node.parent is None]
        self.close = Transition(None, (finals[0],)) if finals else None
        self.histories = tuple(name for name, node in self.nodes.items() if node.history)
        self._configurations: dict[tuple[str, ...], Configuration] = {}
        self._backs: dict[tuple[str, str], Transition] = {}

    def configuration(self, active: tuple[str, ...]) -> Configuration:
        """Return the configuration of these active states; raises KeyError when the flow does not know one."""
        found = self._configurations.get(active)
        if found is None:
            nodes = tuple(self.nodes[name] for name in active)
            if len(self._configurations) >= MOST_CONFIGURATIONS:
                self._configurations.clear()
            found = self._configurations[active] = Configuration(nodes, self.nodes, self.histories)
        return found

    def leaves(self, active: tuple[str, ...]) -> tuple[str, ...]:
        """Return the innermost of the active states: one, or one for each region that runs beside others.

        Names that the flow does not know are taken as they come.
        """
        if active not in self._configurations and not all(name in self.nodes for name in active):
            return active[-1:]
        return self.configuration(active).leaves

    def back(self, leaf: str, state: str, action: Run) -> Transition | None:
        """Return the transition from `leaf` back to `state` with `action`, None when the flow has no such state."""
        if state not in self.nodes:
            return None
        found = self._backs.get((leaf, state))
        if found is None:
            found = Transition(self.nodes[leaf], (self.nodes[state],), actions=(action,))
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

    def is_vip_profile(self, visitor: Visitor) -> bool:
        """Return the same of somebody who has no conversation yet."""
        return self.is_vip(_Stranger(visitor))

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
