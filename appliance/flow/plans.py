"""What follows from the shape of a flow alone: who listens in a configuration, what a set of transitions leaves and enters.

This is Appendix D of SCXML without its loop: conflicts, transition domains, exit and entry sets, history.  Each answer is
worked out when it is first needed and kept, so a step looks up where the appendix computes.  The caches are bounded.
"""

from collections.abc import Callable, Iterable, Mapping

from appliance.flow.states import Node, Run, Transition

MOST_PLANS = 1_024
"""How many plans a configuration remembers."""

Candidates = tuple[tuple[int, Transition], ...]
"""Transitions in the order in which they are asked, each with the position of its state among the active ones."""

History = Mapping[str, tuple[str, ...]]
"""By the name of a history state: the states that were active when its parent was left last."""


class Plan:
    """What a set of transitions does in a configuration.

    `transitions` are those of the set that do not give way to others.  States are left inner first (`exits`: those with
    exit actions) and entered outer first, each with the actions that follow its own entry.  `active` is the configuration
    afterwards; its first `kept` states stay as they were, or, where regions mix old and new, `origin` says which old
    position each has (-1: new).  `led` tells for each transition with targets the outermost state that it entered.
    """

    __slots__ = (
        "active",
        "entries",
        "exit_names",
        "exits",
        "kept",
        "led",
        "origin",
        "remembered",
        "transitions",
    )

    def __init__(
        self,
        transitions: tuple[Transition, ...],
        exits: tuple[Node, ...],
        entries: tuple[tuple[Node, tuple[Run, ...]], ...],
        before: tuple[Node, ...],
        led: tuple[tuple[Node | None, str], ...],
        remembered: dict[str, tuple[str, ...]],
    ) -> None:
        self.transitions = transitions
        self.exits = tuple(node for node in exits if node.exit)
        self.exit_names = frozenset(node.name for node in exits)
        self.entries = entries
        stay = [node for node in before if node.name not in self.exit_names]
        after = sorted([*stay, *(node for node, _ in entries)], key=_order)
        self.active = tuple(node.name for node in after)
        self.kept = len(stay)
        places = {node: place for place, node in enumerate(before)}
        origin = tuple(places[node] if node in stay else -1 for node in after)
        plain = tuple(range(self.kept)) + (-1,) * (len(after) - self.kept)
        self.origin = None if origin == plain else origin
        self.led = led
        self.remembered = remembered


class Configuration:
    """The active states in document order, with everything that follows from them.

    `atomic` are the innermost ones.  `always` and `listening` give a list of candidates for each atomic state that has any.
    """

    __slots__ = ("_all", "_handlers", "_histories", "_plans", "always", "atomic", "leaves", "nodes")

    def __init__(
        self, nodes: tuple[Node, ...], all_nodes: Mapping[str, Node], histories: tuple[str, ...] = ()
    ) -> None:
        self.nodes = nodes
        self.atomic = tuple(node for node in nodes if not node.children)
        self.leaves = tuple(node.name for node in self.atomic)
        self._all = all_nodes
        self._histories = histories
        self._handlers: dict[str, tuple[Candidates, ...]] = {}
        self._plans: dict[object, Plan] = {}
        self.always = self._collect(lambda node: node.always)

    def listening(self, event: str) -> tuple[Candidates, ...]:
        """Return who listens to `event`: innermost first, then in file order."""
        found = self._handlers.get(event)
        if found is None:
            found = self._collect(lambda node: node.on.get(event, ()))
            # Names of custom events come from outside: only those somebody listens to may fill the cache.
            if found or not event.startswith("custom."):
                self._handlers[event] = found
        return found

    def plan(self, transitions: tuple[Transition, ...], history: History) -> Plan:
        """Return the plan of transitions of which at least one has a target."""
        key: object = transitions
        if self._histories:
            key = (transitions, tuple([history.get(name) for name in self._histories]))
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= MOST_PLANS:
                self._plans.clear()
            plan = self._plans[key] = self._planned(transitions, history)
        return plan

    def innermost(self, state: str) -> str:
        """Return the innermost active state at or below `state`, where that is not active the last of all."""
        chosen = next((node for node in self.nodes if node.name == state), None)
        below = [node.name for node in self.nodes if node is chosen or node.within(chosen)]
        return below[-1] if chosen else self.nodes[-1].name

    def _collect(self, transitions: Callable[[Node], tuple[Transition, ...]]) -> tuple[Candidates, ...]:
        places = {node: place for place, node in enumerate(self.nodes)}
        found: list[Candidates] = []
        for leaf in self.atomic:
            line = reversed(leaf.path())
            found.append(tuple((places[node], each) for node in line for each in transitions(node)))
        return tuple(candidates for candidates in found if candidates)

    def _planned(self, transitions: tuple[Transition, ...], history: History) -> Plan:
        chosen = self._without_conflicts(transitions, history)
        leaving = set().union(*(self._exits(each, history) for each in chosen))
        exits = tuple(node for node in reversed(self.nodes) if node in leaving)
        remembered = self._remembered(exits)
        # What is left now is what history leads back to, in this very step already; but what is left is settled by
        # where it led before, and everything from there on is entered anew.
        before = _Entering(self._all, history)
        entering = _Entering(self._all, {**history, **remembered})
        for each in chosen:
            entering.take(each, before.domain(each))
        # The way to what a history state of an outer state keeps leads past states that nobody leaves.
        stay = set(self.nodes) - leaving
        entries = tuple(entry for entry in entering.entries() if entry[0] not in stay)
        led: list[tuple[Node | None, str]] = []
        for each in chosen:
            if each.targets:
                domain = before.domain(each)
                led.append((each.source, next(node.name for node, _ in entries if node.within(domain))))
        return Plan(chosen, exits, entries, self.nodes, tuple(led), remembered)

    def _exits(self, transition: Transition, history: History) -> set[Node]:
        if not transition.targets:
            return set()
        domain = _Entering(self._all, history).domain(transition)
        return {node for node in self.nodes if node.within(domain)}

    def _without_conflicts(
        self, transitions: tuple[Transition, ...], history: History
    ) -> tuple[Transition, ...]:
        """Of two transitions that leave the same state the inner one goes first, else the one of the earlier region."""
        if len(transitions) == 1:
            return transitions
        kept: list[Transition] = []
        for each in transitions:
            exits = self._exits(each, history)
            rivals = [other for other in kept if exits & self._exits(other, history)]
            if all(each.source is not None and each.source.within(other.source) for other in rivals):
                kept = [other for other in kept if other not in rivals]
                kept.append(each)
        return tuple(kept)

    def _remembered(self, exits: Iterable[Node]) -> dict[str, tuple[str, ...]]:
        """Return what the history states of `exits` keep of the configuration that is being left."""
        return {
            history.name: tuple(
                node.name
                for node in (self.atomic if history.history == "deep" else self.nodes)
                if (node.within(left) if history.history == "deep" else node.parent is left)
            )
            for left in exits
            for history in left.histories
        }


class _Entering:
    """Works out what is entered: the targets, what is above them up to the domain, and what is below by default."""

    def __init__(self, nodes: Mapping[str, Node], history: History) -> None:
        self._nodes = nodes
        self._history = history
        self._states: set[Node] = set()
        self._by_default: dict[Node, tuple[Run, ...]] = {}
        self._by_history: dict[Node, tuple[Run, ...]] = {}

    def take(self, transition: Transition, domain: Node | None) -> None:
        """Add what a transition enters inside its domain."""
        if not transition.targets:
            return
        for target in transition.targets:
            self._descend(target)
        for target in self._effective(transition.targets):
            self._ascend(target, domain)

    def entries(self) -> tuple[tuple[Node, tuple[Run, ...]], ...]:
        """Return the states in the order of entry, each with the actions that follow its own."""
        return tuple(
            (node, self._by_default.get(node, ()) + self._by_history.get(node, ()))
            for node in sorted(self._states, key=_order)
        )

    def domain(self, transition: Transition) -> Node | None:
        """Return the state inside which everything is left and entered anew: SCXML's transition domain.

        A transition to a descendant is internal (its source stays) unless `reenter` asks for SCXML's external default.
        """
        source = transition.source
        if source is None:
            return None
        targets = self._effective(transition.targets)
        compound = bool(source.children) and not source.parallel
        if compound and not transition.reenter and all(target.within(source) for target in targets):
            return source
        node = source.parent
        while node is not None and (node.parallel or not all(target.within(node) for target in targets)):
            node = node.parent
        return node

    def _effective(self, targets: Iterable[Node]) -> list[Node]:
        """Return `targets` with every history state replaced by where it leads."""
        found: list[Node] = []
        for target in targets:
            if not target.history:
                found.append(target)
            elif target.name in self._history:
                found += self._kept_by(target)
            elif target.initial is not None:
                found += self._effective(target.initial.targets)
        return list(dict.fromkeys(found))

    def _kept_by(self, history: Node) -> list[Node]:
        return [self._nodes[name] for name in self._history[history.name]]

    def _descend(self, state: Node) -> None:
        if state.history:
            self._recall(state)
            return
        self._states.add(state)
        if state.parallel:
            self._other_regions(state)
        elif state.children and state.initial is not None:
            self._by_default[state] = state.initial.actions
            for target in state.initial.targets:
                self._descend(target)
            for target in self._effective(state.initial.targets):
                self._ascend(target, state)

    def _recall(self, history: Node) -> None:
        if history.name in self._history:
            targets = self._kept_by(history)
        else:
            assert history.initial is not None  # noqa: S101  # the compiler gives one to every history state
            assert history.parent is not None  # noqa: S101  # the check refuses one without a parent
            self._by_history[history.parent] = history.initial.actions
            targets = list(history.initial.targets)
        for target in targets:
            self._descend(target)
        for target in self._effective(targets):
            self._ascend(target, history.parent)

    def _ascend(self, state: Node, ancestor: Node | None) -> None:
        node = state.parent
        while node is not None and node is not ancestor:
            self._states.add(node)
            if node.parallel:
                self._other_regions(node)
            node = node.parent

    def _other_regions(self, parallel: Node) -> None:
        """Enter by default those children of a parallel state in which nothing is entered yet."""
        for child in parallel.children:
            if not any(state is child or state.within(child) for state in self._states):
                self._descend(child)


def _order(node: Node) -> int:
    return node.order
