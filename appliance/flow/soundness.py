"""Flaws of a flow's shape that need no clock to see: states nobody comes to, states nobody gets out of.

Guards are taken as possible here, so what this reports is certain.
"""

from collections.abc import Iterator

from appliance.config.diagnostics import Diagnostic
from appliance.config.spec import Action, Flow, State, Transition
from appliance.errors import Text


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
            Text("给它一条 to,或删掉它", "give it a way in, or delete it"),
        )
        for name, state in shape.states.items()
        if name not in reached
    ]
    ending = shape.ending()
    for name, state in shape.states.items():
        if name in reached and not state.states and name not in ending:
            found.append(
                Diagnostic(
                    "K421",
                    "error",
                    f"$.flows.{flow.name}.states.{name}",
                    state.at,
                    Text(f"会话到了“{name}”就再也结束不了", f"a conversation in '{name}' can never end"),
                    Text(
                        "加一条能走到 final 状态的转移,或用 close 动作",
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
                    Text("给其中一条加上 when", "give one of them a when"),
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

    def _entered(self, name: str) -> Iterator[str]:
        """Yield everything that is entered by going to `name`: its ancestors, itself, its initial states."""
        above = self._parent[name]
        while above:
            yield above
            above = self._parent[above]
        while name in self.states:
            yield name
            name = self.states[name].initial

    def _leaf(self, name: str) -> str:
        while self.states[name].initial in self.states:
            name = self.states[name].initial
        return name

    def reached(self) -> set[str]:
        """Return the states that the flow can come to, those of on_error included."""
        waiting = [name for name in (self._flow.initial, self._flow.on_error) if name in self.states]
        reached: set[str] = set()
        while waiting:
            for name in self._entered(waiting.pop()):
                if name not in reached:
                    reached.add(name)
                    state = self.states[name]
                    waiting += [each.to for each in transitions_of(state) if each.to in self.states]
                    if _closes(state):
                        waiting += self._end[:1]
        return reached

    def ending(self) -> set[str]:
        """Return the innermost states from which some way leads to the end of the conversation."""
        ways = {name: self._ways(name) for name, state in self.states.items() if not state.states}
        ending = {name for name in ways if self._ends(name)}
        grown = True
        while grown:
            more = {name for name, targets in ways.items() if name not in ending and targets & ending}
            ending |= more
            grown = bool(more)
        return ending

    def _ends(self, name: str) -> bool:
        state = self.states[name]
        if state.final and not self._parent[name]:
            return True
        return any(_closes(each) for each in self._line(name))

    def _line(self, name: str) -> Iterator[State]:
        while name:
            yield self.states[name]
            name = self._parent[name]

    def circles(self, name: str) -> bool:
        """Whether unguarded `always` lead from the innermost state `name` back to it, whatever the guards say."""
        if self.states[name].states:
            return False
        seen: set[str] = set()
        at = name
        while at not in seen:
            seen.add(at)
            first = next((state.always[0] for state in self._line(at) if state.always), None)
            if first is None or first.when is not None or first.to not in self.states:
                return False
            at = self._leaf(first.to)
        return at == name

    def _ways(self, name: str) -> set[str]:
        ways: set[str] = set()
        for state in self._line(name):
            targets = [each.to for each in transitions_of(state) if each.to in self.states]
            ways |= {self._leaf(target) for target in targets if target}
            done = self._parent[name] if self.states[name].final else ""
            ways |= {
                self._leaf(each.to)
                for handler in state.on
                if done and handler.event == f"done.{done}"
                for each in handler.transitions
                if each.to in self.states
            }
        return ways


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
