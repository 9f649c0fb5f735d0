"""SCXML's Appendix D as it is printed: sets, no caches, nothing clever.

It was written from the specification, not from the core, only to disagree with it.  In two places the appendix itself ends
in configurations that are not legal; what stands here instead says so.  Even its charts are its own; see
differential.py for what makes both run the same one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass(eq=False)
class Arrow:
    """A transition: `events` empty for an eventless one; `guard` and `effect` are asked and run by whoever runs it."""

    name: str
    source: "State | None"
    targets: tuple["State", ...] = ()
    events: tuple[str, ...] = ()
    internal: bool = False


@dataclass(eq=False)
class State:
    """A state; `kind` is state, parallel, final, shallow or deep."""

    name: str
    kind: str
    parent: "State | None"
    order: int
    children: list["State"] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    initial: Arrow | None = None

    @property
    def real(self) -> list["State"]:
        """The children that can be active."""
        return [child for child in self.children if not child.history]

    @property
    def history(self) -> bool:
        """Whether this is a history state."""
        return self.kind in ("shallow", "deep")

    @property
    def compound(self) -> bool:
        """Whether one child is active at a time."""
        return self.kind == "state" and bool(self.real)

    @property
    def atomic(self) -> bool:
        """Whether nothing is inside."""
        return not self.real


@dataclass(eq=False)
class Chart:
    """All states by name, and the transition that everything begins with."""

    states: dict[str, State]
    begin: Arrow


class Endless(Exception):
    """More microsteps than anybody waits for."""


def ancestors(state: State, limit: State | None) -> list[State]:
    """getProperAncestors."""
    found: list[State] = []
    above = state.parent
    while above is not None and above is not limit:
        found.append(above)
        above = above.parent
    return found


def descends(state: State, other: State | None) -> bool:
    """isDescendant; everything descends from the <scxml> element, which is None here."""
    return other is None or other in ancestors(state, None)


class Textbook:
    """One run.  `guard` answers for a transition, `act` is told what is executed, in order."""

    def __init__(
        self,
        chart: Chart,
        guard: Callable[[Arrow, frozenset[str]], bool],
        act: Callable[[str, list[str]], None],
        most: int,
    ) -> None:
        self.chart = chart
        self.guard = guard
        self.act = act
        self.most = most
        self.configuration: set[State] = set()
        self.history: dict[State, set[State]] = {}
        self.queue: list[str] = []
        self.running = True
        self.steps = 0

    @property
    def active(self) -> tuple[str, ...]:
        """The names of the configuration in document order."""
        return tuple(state.name for state in in_order(self.configuration))

    @property
    def remembered(self) -> dict[str, tuple[str, ...]]:
        """The names of what history states keep."""
        return {
            state.name: tuple(each.name for each in in_order(kept)) for state, kept in self.history.items()
        }

    def start(self) -> None:
        """Interpret: enter, then run to quiet."""
        self.steps = 1
        self.enter_states({self.chart.begin: None})
        self.settle()

    def handle(self, event: str) -> None:
        """Take one external event."""
        self.steps = 0
        enabled = self.select(event)
        if enabled:
            self.microstep(enabled)
        self.settle()

    def settle(self) -> None:
        """Take eventless transitions and internal events until none is left."""
        while self.running:
            enabled = self.select(None)
            if not enabled:
                if not self.queue:
                    return
                enabled = self.select(self.queue.pop(0))
            if enabled:
                self.microstep(enabled)

    def microstep(self, enabled: list[Arrow]) -> None:
        """Leave, act, enter."""
        self.steps += 1
        if self.steps > self.most:
            raise Endless
        # Printed, the domains are worked out again after exitStates has changed what history leads to, and a parent that
        # was left is not entered.  Here they are what they were.
        domains = {arrow: self.domain(arrow) for arrow in enabled}
        self.exit_states(enabled)
        for arrow in enabled:
            self.act(f"act {arrow.name}", self.queue)
        self.enter_states(domains)

    # Selection --------------------------------------------------------------------------------------------------------

    def select(self, event: str | None) -> list[Arrow]:
        """selectTransitions and selectEventlessTransitions."""
        enabled: list[Arrow] = []
        inside = frozenset(state.name for state in self.configuration)
        for atomic in in_order(state for state in self.configuration if state.atomic):
            found = self.first([atomic, *ancestors(atomic, None)], event, inside)
            if found is not None and found not in enabled:
                enabled.append(found)
        return self.without_conflicts(enabled)

    def first(self, line: list[State], event: str | None, inside: frozenset[str]) -> Arrow | None:
        """Return the first transition of these states that is enabled."""
        for state in line:
            for arrow in state.arrows:
                wanted = event in arrow.events if event is not None else not arrow.events
                if wanted and self.guard(arrow, inside):
                    return arrow
        return None

    def without_conflicts(self, enabled: list[Arrow]) -> list[Arrow]:
        """removeConflictingTransitions."""
        filtered: list[Arrow] = []
        for one in enabled:
            preempted = False
            remove: list[Arrow] = []
            for two in filtered:
                if self.exit_set([one]) & self.exit_set([two]):
                    assert one.source is not None
                    if two.source is not None and descends(one.source, two.source):
                        remove.append(two)
                    else:
                        preempted = True
                        break
            if not preempted:
                filtered = [each for each in filtered if each not in remove]
                filtered.append(one)
        return filtered

    def exit_set(self, arrows: list[Arrow]) -> set[State]:
        """computeExitSet."""
        found: set[State] = set()
        for arrow in arrows:
            if arrow.targets:
                domain = self.domain(arrow)
                found |= {state for state in self.configuration if descends(state, domain)}
        return found

    def domain(self, arrow: Arrow) -> State | None:
        """getTransitionDomain; None is the <scxml> element."""
        targets = self.effective(arrow)
        source = arrow.source
        if source is None:
            return None
        if arrow.internal and source.compound and all(descends(each, source) for each in targets):
            return source
        for ancestor in ancestors(source, None):
            if ancestor.compound and all(descends(each, ancestor) for each in targets):
                return ancestor
        return None

    def effective(self, arrow: Arrow) -> set[State]:
        """getEffectiveTargetStates."""
        found: set[State] = set()
        for target in arrow.targets:
            if not target.history:
                found.add(target)
            elif target in self.history:
                found |= self.history[target]
            else:
                assert target.initial is not None
                found |= self.effective(target.initial)
        return found

    # Exit and entry ---------------------------------------------------------------------------------------------------

    def exit_states(self, enabled: list[Arrow]) -> None:
        """exitStates."""
        leaving = in_order(self.exit_set(enabled))[::-1]
        for state in leaving:
            for child in state.children:
                if child.kind == "deep":
                    self.history[child] = {
                        each for each in self.configuration if each.atomic and descends(each, state)
                    }
                elif child.kind == "shallow":
                    self.history[child] = {each for each in self.configuration if each.parent is state}
        for state in leaving:
            self.act(f"exit {state.name}", self.queue)
            self.configuration.discard(state)

    def enter_states(self, domains: dict[Arrow, State | None]) -> None:
        """enterStates."""
        entering: set[State] = set()
        by_default: set[State] = set()
        contents: dict[State, Arrow] = {}
        for arrow, domain in domains.items():
            for target in arrow.targets:
                self.add_descendants(target, entering, by_default, contents)
            for target in self.effective(arrow):
                self.add_ancestors(target, domain, entering, by_default, contents)
        # Here it is not printed so: to a history state of an outer state the appendix enters what was never left.
        for state in in_order(entering - self.configuration):
            self.configuration.add(state)
            self.act(f"enter {state.name}", self.queue)
            if state in by_default and state.initial is not None:
                self.act(f"act {state.initial.name}", self.queue)
            if state in contents:
                self.act(f"act {contents[state].name}", self.queue)
            if state.kind == "final":
                self.finish(state)

    def finish(self, state: State) -> None:
        """What enterStates does for a final state."""
        parent = state.parent
        if parent is None:
            self.running = False
            return
        self.queue.append(f"done.{parent.name}")
        grand = parent.parent
        if grand is not None and grand.kind == "parallel" and all(self.done(each) for each in grand.real):
            self.queue.append(f"done.{grand.name}")

    def done(self, state: State) -> bool:
        """isInFinalState."""
        if state.compound:
            return any(each.kind == "final" and each in self.configuration for each in state.real)
        if state.kind == "parallel":
            return all(self.done(each) for each in state.real)
        return False

    def add_descendants(
        self, state: State, entering: set[State], by_default: set[State], contents: dict[State, Arrow]
    ) -> None:
        """addDescendantStatesToEnter."""
        if state.history:
            assert state.initial is not None
            assert state.parent is not None
            targets: Iterable[State] = state.initial.targets
            if state in self.history:
                targets = self.history[state]
            else:
                contents[state.parent] = state.initial
            for each in targets:
                self.add_descendants(each, entering, by_default, contents)
            for each in targets:
                self.add_ancestors(each, state.parent, entering, by_default, contents)
            return
        entering.add(state)
        if state.compound:
            by_default.add(state)
            assert state.initial is not None
            for each in state.initial.targets:
                self.add_descendants(each, entering, by_default, contents)
            for each in state.initial.targets:
                self.add_ancestors(each, state, entering, by_default, contents)
        elif state.kind == "parallel":
            self.add_regions(state, entering, by_default, contents)

    def add_ancestors(
        self,
        state: State,
        limit: State | None,
        entering: set[State],
        by_default: set[State],
        contents: dict[State, Arrow],
    ) -> None:
        """addAncestorStatesToEnter."""
        for ancestor in ancestors(state, limit):
            entering.add(ancestor)
            if ancestor.kind == "parallel":
                self.add_regions(ancestor, entering, by_default, contents)

    def add_regions(
        self, parallel: State, entering: set[State], by_default: set[State], contents: dict[State, Arrow]
    ) -> None:
        """Enter the children of a parallel state in which nothing is entered yet."""
        for child in parallel.real:
            if not any(descends(each, child) for each in entering):
                self.add_descendants(child, entering, by_default, contents)


def in_order(states: Iterable[State]) -> list[State]:
    """Return states in document order."""
    return sorted(states, key=lambda state: state.order)
