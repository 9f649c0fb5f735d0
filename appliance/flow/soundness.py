"""Flaws of a flow's shape that need no clock to see: states nobody comes to, states nobody gets out of.

Guards are taken as possible here, so what this reports is certain.
"""

import re
from collections.abc import Callable, Iterator

from appliance.config.diagnostics import Diagnostic
from appliance.config.spec import Action, Flow, State, Transition
from appliance.errors import Text

_CHANGES = re.compile(r"\b(?:time|event|queue)\b|时长|事件|排队|等待")
"""In a guard: what may be something else in the next state of a circle."""

_CHANGING = frozenset(("set", "tag", "enqueue", "priority", "transfer", "auto_assign", "close"))
"""Actions that may change what a guard of the circle reads."""


def unsound(flow: Flow) -> list[Diagnostic]:
    """Return the unreachable states of `flow` and those that no way leads from to the end."""
    shape = _Shape(flow)
    reached = shape.reached()
    found = [
        Diagnostic(
            "K420",
            "error",
            f"$.flows.{flow.name}.states.{name}",
            state.at,
            Text(f"没有转移会到状态“{name}”", f"no transition ever leads to the state '{name}'"),
            Text("给它一条 to，或删掉它", "give it a way in, or delete it"),
        )
        for name, state in shape.states.items()
        if name not in reached
    ]
    ending = shape.ending()
    for name, state in shape.states.items():
        if name in reached and not state.states and not state.history and name not in ending:
            found.append(
                Diagnostic(
                    "K421",
                    "error",
                    f"$.flows.{flow.name}.states.{name}",
                    state.at,
                    Text(f"会话到了“{name}”就再也结束不了", f"a conversation in '{name}' can never end"),
                    Text(
                        "加一条能走到 final 状态的转移，或用 close 动作",
                        "add a transition that leads to a final state, or the action close",
                    ),
                )
            )
    found += _restless(flow, shape)
    return found


def _restless(flow: Flow, shape: "_Shape") -> list[Diagnostic]:
    """Return what would never come to rest: unguarded `always` that run in a circle, timers of no length."""
    found: list[Diagnostic] = []
    for name, state in shape.states.items():
        path = f"$.flows.{flow.name}.states.{name}"
        if shape.circles(name):
            found.append(
                Diagnostic(
                    "K422",
                    "error",
                    f"{path}.always",
                    state.always[0].at,
                    Text(
                        f"从“{name}”起的 always 会一直转圈",
                        f"the always of '{name}' run in a circle for ever",
                    ),
                    Text(
                        "给其中一条加上转一圈就不再成立的条件",
                        "give one of them a condition that no longer holds after going round",
                    ),
                )
            )
        found += [
            Diagnostic(
                "K423",
                "error",
                f"{path}.after",
                after.at,
                Text("after 0 秒等于立刻", "an after of no time at all"),
                Text("立刻就走的写在 always 里", "what shall happen at once belongs in always"),
            )
            for after in state.after
            if after.delay == 0
        ]
    return found


class _Shape:
    """The states of a flow by name, who is whose parent, and where each may go."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self.states: dict[str, State] = {}
        self._parent: dict[str, str] = {}
        self._collect(flow.states, "")
        self._end = [state.name for state in flow.states if state.final]

    def _collect(self, states: tuple[State, ...], parent: str) -> None:
        for state in states:
            self.states[state.name] = state
            self._parent[state.name] = parent
            self._collect(state.states, state.name)

    def _begins(self, name: str) -> list[str]:
        """Return where going to `name` leads on by default: a child, all regions, or what a way back leads to at first."""
        state = self.states[name]
        if state.initial in self.states:
            return [state.initial]
        if state.history and self._parent[name]:
            return self._begins(self._parent[name])
        return [child.name for child in state.states if not child.history] if state.parallel else []

    def _down(self, name: str) -> set[str]:
        """Return `name` and everything that is entered below it by default."""
        found, waiting = {name}, [name]
        while waiting:
            # A way back may name a state several levels down: what lies between is entered, too.
            more = {each for below in self._begins(waiting.pop()) for each in (below, *self._above(below))}
            more = {each for each in more if each not in found and name in (each, *self._above(each))}
            found |= more
            waiting += more
        return found

    def _above(self, name: str) -> list[str]:
        """Return the states that `name` stands in, inner first."""
        found: list[str] = []
        while name := self._parent[name]:
            found.append(name)
        return found

    def _entered(self, name: str) -> set[str]:
        """Return everything that is entered by going to `name`: itself, what is below, what is above with its regions."""
        found = self._down(name)
        if self.states[name].history:
            found = {name}.union(*(self._entered(below) for below in self._begins(name)))
        for above in self._above(name):
            found.add(above)
            if self.states[above].parallel:
                for region in self._begins(above):
                    found |= self._down(region) if region != name else set()
            name = above
        return found

    def reached(self) -> set[str]:
        """Return the states that the flow can come to, those of on_error included."""
        waiting = [name for name in (self._flow.initial, self._flow.on_error) if name in self.states]
        reached: set[str] = set()
        gone: set[str] = set()
        while waiting:
            target = waiting.pop()
            if target in gone:
                continue
            gone.add(target)
            for name in self._entered(target) - reached:
                reached.add(name)
                state = self.states[name]
                waiting += [each.to for each in transitions_of(state) if each.to in self.states]
                if _closes(state):
                    waiting += self._end[:1]
        return reached

    def ending(self) -> set[str]:
        """Return the innermost states from which some way leads to the end of the conversation."""
        leaves = [name for name, state in self.states.items() if not state.states and not state.history]
        leads_to: dict[str, list[str]] = {name: [] for name in leaves}
        for name in leaves:
            for target in self._ways(name):
                leads_to[target].append(name)
        ending = {name for name in leaves if self._ends(name)}
        waiting = list(ending)
        while waiting:
            for name in leads_to[waiting.pop()]:
                if name not in ending:
                    ending.add(name)
                    waiting.append(name)
        return ending

    def _ends(self, name: str) -> bool:
        state = self.states[name]
        if state.final and not self._parent[name]:
            return True
        return any(_closes(each) for each in self._line(name))

    def _line(self, name: str) -> Iterator[State]:
        """Yield the states that are, or may be, active together with the innermost state `name`, itself first."""
        yield self.states[name]
        for above in self._above(name):
            state = self.states[above]
            yield from self._all_below(state) if state.parallel else (state,)

    def _all_below(self, state: State) -> Iterator[State]:
        yield state
        for child in state.states:
            yield from self._all_below(child)

    def circles(self, name: str) -> bool:
        """Whether `always` lead from the innermost state `name` back to it without an end.

        They do when none of them has a guard, whatever the other guards say, and when all that have one have the same: it holds
        on wherever it held once, for nothing on the way changes what it asks, and it asks nothing that begins anew.
        """
        if self.states[name].states or self.states[name].history:
            return False
        seen: set[str] = set()
        guards: set[str] = set()
        at = name
        while at not in seen:
            seen.add(at)
            line = (self.states[each] for each in (at, *self._above(at)))
            first = next((state.always[0] for state in line if state.always), None)
            if first is None or first.to not in self.states:
                return False
            if first.when is not None:
                guards.add(first.when.source)
                if _CHANGES.search(first.when.source) or any(map(_sets, (first.actions, *self._passed(at)))):
                    return False
            if len(guards) > 1:
                return False
            leaves = self._within_region(at, first.to) or self._leaves(first.to)
            if len(leaves) != 1:
                return False  # Which region goes on is not certain from the shape alone.
            at = leaves.pop()
        return at == name

    def _passed(self, name: str) -> Iterator[tuple[Action, ...]]:
        """Yield the actions of entering and leaving an innermost state and those around it."""
        for each in (name, *self._above(name)):
            yield self.states[each].entry
            yield self.states[each].exit

    def _within_region(self, at: str, target: str) -> set[str]:
        """Return the innermost states entered by going from `at` to `target` within one region of a parallel state.

        Empty where no parallel state is around both, or where another region of it might end the going round.
        """
        above, around = self._above(at), {target, *self._above(target)}
        region = above[: _first(above, lambda name: self.states[name].parallel)]
        if self.states[target].history or around.isdisjoint(region):
            return set()
        for name in above:
            state = self.states[name]
            beside = (
                (child for child in state.states if child.name not in (*above, at)) if state.parallel else ()
            )
            if any(each.always for child in beside for each in self._all_below(child)):
                return set()
        entered = self._down(target)
        return {each for each in entered if not self.states[each].states and not self.states[each].history}

    def _leaves(self, name: str) -> set[str]:
        """Return the innermost states that going to `name` may enter; a way back leads to any state of its parent."""
        state = self.states[name]
        found = self._entered(name)
        if state.history and self._parent[name]:
            found = {each.name for each in self._all_below(self.states[self._parent[name]])}
        return {each for each in found if not self.states[each].states and not self.states[each].history}

    def _ways(self, name: str) -> set[str]:
        ways: set[str] = set()
        for state in self._line(name):
            for each in transitions_of(state):
                if each.to in self.states:
                    ways |= self._leaves(each.to)
        return ways


def _sets(actions: tuple[Action, ...]) -> bool:
    return any(action.name in _CHANGING for action in actions)


def _first(names: list[str], holds: Callable[[str], bool]) -> int:
    """Return the place of the first name that `holds`, their number when none does."""
    return next((place for place, name in enumerate(names) if holds(name)), len(names))


def transitions_of(state: State) -> Iterator[Transition]:
    """Yield all transitions that `state` itself declares."""
    for handler in state.on:
        yield from handler.transitions
    for item in state.after:
        yield from item.transitions
    yield from state.always


def _closes(state: State) -> bool:
    actions: list[Action] = [*state.entry, *state.exit]
    for transition in transitions_of(state):
        actions += transition.actions
    return any(action.name == "close" for action in actions)
