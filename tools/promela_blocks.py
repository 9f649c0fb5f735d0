"""One block of Promela for each transition from each innermost state: what is left, done, entered, armed and given up.

Without parallel regions the active states are one path, so all this is known when the model is written.
"""

from collections.abc import Iterator, Sequence

from appliance.config.references import walk
from appliance.config.spec import Action, Guarantee, Spec, State, Transition
from tools.promela_guards import Guards, NotExportable, variable

NOWHERE = 254
"""Stands for the flow itself where a state is asked for: what is bound to it is never given up."""
BEGIN, CLOSE, BACK = -1, -2, -3
_SILENT = frozenset(
    ("say", "remind", "tag", "note", "priority", "offline_form", "ask_rating", "reply_ai", "save_rating")
)


def transitions(state: State) -> list[tuple[str, Transition]]:
    """Return all transitions of a state with the event, "after" or "always" that they wait for."""
    found = [(handler.event, each) for handler in state.on for each in handler.transitions]
    found += [("after", each) for after in state.after for each in after.transitions]
    return found + [("always", each) for each in state.always]


class Shape:
    """The states of a flow: their numbers from 1, their paths."""

    def __init__(self, spec: Spec) -> None:
        self.states = list(walk(spec.main.states))
        self.number = {state.name: number for number, state in enumerate(self.states, 1)}
        self.by_name = {state.name: state for state in self.states}
        self.parent: dict[str, str] = {}
        for state in self.states:
            if state.parallel or state.history:
                raise NotExportable(f"the state {state.name}")
            self.parent |= dict.fromkeys((child.name for child in state.states), state.name)
        self.leaves = [state.name for state in self.states if not state.states]

    def path(self, name: str) -> list[str]:
        """Return the states from the outermost down to `name`."""
        found = [name] if name else []
        while found and found[0] in self.parent:
            found.insert(0, self.parent[found[0]])
        return found

    def down(self, name: str) -> list[str]:
        """Return the states entered by default below `name`."""
        found: list[str] = []
        while (name := self.by_name[name].initial) in self.by_name:
            found.append(name)
        return found

    def within(self, name: str, ancestor: str) -> bool:
        """Whether `name` stands below `ancestor` ("": the flow), not counting `ancestor`."""
        return not ancestor or (ancestor != name and ancestor in self.path(name))

    def domain(self, source: str, target: str, reenter: bool) -> str:
        """Return the state within which everything is left and entered anew, "" for the flow."""
        if self.by_name[source].states and not reenter and self.within(target, source):
            return source
        above = self.parent.get(source, "")
        while above and not self.within(target, above):
            above = self.parent.get(above, "")
        return above


class Blocks:
    """Writes the blocks that somebody jumps to."""

    def __init__(self, spec: Spec, shape: Shape, guards: Guards, promise: Guarantee) -> None:
        self._spec, self._shape, self._guards, self._promise = spec, shape, guards, promise
        self._wanted: list[tuple[str, str, int]] = []
        self.clocked: set[str] = set()

    def label(self, leaf: str, name: str, place: int) -> str:
        """Return the label of the block for transition number `place` of `name` while `leaf` is active.

        BEGIN enters `name`, CLOSE leaves everything for it, BACK goes to it asking for an agent.
        """
        if (leaf, name, place) not in self._wanted:
            self._wanted.append((leaf, name, place))
        numbers = (self._shape.number.get(leaf, 0), self._shape.number[name], place + 3)
        return "T" + "_".join(map(str, numbers))

    def lines(self) -> Iterator[str]:
        """Yield all blocks that were asked for."""
        for leaf, name, place in self._wanted:
            yield f"{self.label(leaf, name, place)}: atomic {{"
            yield "steps++; if :: steps > 100 -> goto dead :: else fi;"
            yield from self._block(leaf, name, place)
            yield "goto settle; }"

    def _block(self, leaf: str, name: str, place: int) -> Iterator[str]:
        shape = self._shape
        if place < 0:
            domain = shape.domain(leaf, name, False) if place == BACK else ""
            actions = (Action("auto_assign"),) if place == BACK else ()
            yield from self._move(shape.path(leaf), domain, name, actions)
            return
        _, transition = transitions(shape.by_name[name])[place]
        if transition.to is not None:
            domain = shape.domain(name, transition.to, transition.reenter)
            yield from self._move(shape.path(leaf), domain, transition.to, transition.actions)
            return
        yield from self._do(transition.actions, shape.number[name])
        yield f"if :: held && owner == 0 -> owner = {shape.number[name]} :: else fi;"

    def _move(self, path: list[str], domain: str, target: str, actions: Sequence[Action]) -> Iterator[str]:
        shape = self._shape
        exits = [name for name in reversed(path) if shape.within(name, domain)]
        entries = [name for name in shape.path(target) if shape.within(name, domain)] + shape.down(target)
        for name in exits:
            yield from self._do(
                shape.by_name[name].exit, shape.number.get(shape.parent.get(name, ""), NOWHERE)
            )
        yield from self._leave(exits)
        yield from self._do(actions, shape.number[target])
        yield f"at = {shape.number[entries[-1]]};"
        yield f"if :: held && owner == 0 -> owner = {shape.number[entries[0]]} :: else fi;"
        for name in entries:
            yield from self._enter(name)
        yield from self._watch(entries)

    def _leave(self, exits: list[str]) -> Iterator[str]:
        shape = self._shape
        for name in exits:
            number = shape.number[name]
            yield from (f"a{number}_{index} = 0;" for index, _ in enumerate(shape.by_name[name].after))
            yield f"t{number} = 0;" if name in self.clocked else ""
        if not exits:
            return

        def among(what: str) -> str:
            return "(" + " || ".join(f"{what} == {shape.number[name]}" for name in exits) + ")"

        yield f"if :: {among('place')} -> place = 0; asking = 0; asked = 0"
        yield f":: else -> if :: asking && {among('asked')} -> asking = 0; asked = 0 :: else fi fi;"
        yield f"if :: held && {among('owner')} -> held = 0; owner = 0; owner_asked = 0 :: else fi;"
        yield f"if :: {among('ai')} -> ai = 0 :: else fi;"

    def _enter(self, name: str) -> Iterator[str]:
        shape, state = self._shape, self._shape.by_name[name]
        number = shape.number[name]
        yield f"t{number} = 0;" if name in self.clocked else ""
        yield from (f"a{number}_{index} = 1;" for index, _ in enumerate(state.after))
        yield from self._do(state.entry, number)
        if state.final and name not in shape.parent:
            yield "ended = 1;"
        elif state.final:
            yield f"assert(length < 8); queue[length] = {shape.number[shape.parent[name]]}; length++;"

    def _watch(self, entries: list[str]) -> Iterator[str]:
        promise = self._promise
        if not promise.on and promise.source in entries:
            yield "if :: !owed -> owed = 1; promise = 0 :: else fi;"
        if set(self._shape.path(entries[-1])) & set(promise.reach):
            yield "owed = 0; promise = 0;"

    def _do(self, actions: Sequence[Action], here: int) -> Iterator[str]:
        if actions:
            yield f"here = {here};"
        for action in actions:
            yield from self._one(action)

    def _one(self, action: Action) -> Iterator[str]:
        match action.name:
            case "enqueue":
                yield "place = here;"
            case "dequeue":
                yield "place = 0; asking = 0; asked = 0;"
            case "auto_assign":
                yield ASK
            case "transfer":
                yield f"place = here; if :: passed_on -> {ASK} :: else fi;"
            case "ask_ai":
                yield "ai = here;"
            case "close":
                yield "closing = 1;"
            case "set":
                yield from self._set(action)
            case name if name not in _SILENT:
                raise NotExportable(f"the action {name}")

    def _set(self, action: Action) -> Iterator[str]:
        """All values are computed before the first variable changes."""
        for number, value in enumerate(action.args.values()):
            computed = isinstance(value, str) and value.startswith("=")
            if not computed and not isinstance(value, bool | int):
                raise NotExportable(f"a variable with the value {value!r}")
            yield f"new{number} = {self._guards.value(value[1:]) if computed else int(value)};"
        for number, name in enumerate(action.args):
            yield f"{variable('vars.' + name)} = new{number}; new{number} = 0;"


ASK = "if :: place == 0 -> place = here :: else fi; asking = 1; asked = here;"
