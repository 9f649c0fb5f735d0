"""Writes a flow with one guarantee as a Promela model, so that SPIN can judge it independently of `kefu check`.

The model is made from the intermediate form of kefu.yaml with a timed semantics of its own (discrete ticks, its own choice
of transitions, its own bookkeeping of places, wishes and agents); it shares neither the step nor the explorer of the
appliance.  SPIN finds an assertion violated exactly when the guarantee is broken:

    python -m tools.promela kefu.yaml NAME > model.pml
    spin -a model.pml && gcc -O2 -DSAFETY -o pan pan.c && ./pan -m1000000

Not every flow has a model: parallel and history states, texts searched by functions and computed guards raise NotExportable.
A tick is the greatest common divisor of all times, halved when a guard is strict (`time > 10s`), one millisecond at least.
"""

import argparse
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from appliance.config.load import load_bytes
from appliance.config.spec import Guarantee, Spec, State, Transition
from tools.promela_blocks import ASK, BACK, BEGIN, CLOSE, Blocks, Shape, transitions
from tools.promela_guards import Guards, NotExportable, variable

EVENTS = (
    "visitor.message", "visitor.menu", "visitor.close", "visitor.left", "visitor.ask_human", "visitor.rated",
    "agent.accept", "agent.message", "agent.close", "agent.transfer", "agent.lost", "assign.none", "ai.answer", "ai.failed",
)  # fmt: skip
_CAN = {"agent.accept": "asking", "assign.none": "asking", "ai.answer": "ai != 0", "ai.failed": "ai != 0"}
_CAN |= {"agent.transfer": "held", "agent.lost": "held"}
_CARRIES = {
    "visitor.message": ("event.text",),
    "visitor.menu": ("menu", "event.text"),
    "ai.answer": ("ai.confidence",),
}
_CARRIES |= {"visitor.rated": ("event.score",)}
_LASTING = ("visitor.", "menu", "tags")


def promela(spec: Spec, promise: Guarantee) -> str:
    """Return the model of the main flow of `spec` with `promise`; raises NotExportable."""
    return _Model(spec, promise).text()


class _Model:
    def __init__(self, spec: Spec, promise: Guarantee) -> None:
        self._spec, self._promise = spec, promise
        self._shape = Shape(spec)
        self._guards = Guards(spec)
        self._counts = False
        for state in self._shape.states:
            self._look(state)
        self._guards.done()
        self._blocks = Blocks(spec, self._shape, self._guards, promise)
        states = self._shape.states
        self._blocks.clocked = {
            state.name for state in states if state.after or state.name in self._guards.timed
        }
        times = {after.delay for state in states for after in state.after} | self._guards.times
        tick = math.gcd(promise.within, *times) or 1
        self._tick = max(tick // 2, 1) if self._guards.strict else tick
        events = {handler.event for state in states for handler in state.on} | {promise.on}
        self._custom = sorted(event for event in events if event.startswith("custom."))
        self._sites = self._asking()
        self._final = next((state.name for state in spec.main.states if state.final), "")

    def _look(self, state: State) -> None:
        for trigger, transition in transitions(state):
            if transition.when is not None:
                self._guards.look(transition.when.source, "flows", state.name, trigger)
                self._counts = self._counts or "transfers" in transition.when.source
        if {action.name for action in (*state.entry, *state.exit)} & {"reply_ai", "save_rating"}:
            raise NotExportable("an answer or a rating on entry")

    def _asking(self) -> list[str]:
        """Return the states that a wish for an agent may be bound to."""
        asks = ("auto_assign", "transfer")
        found: set[str] = set()
        for state in self._shape.states:
            if any(action.name in asks for action in (*state.entry, *state.exit)):
                found |= {state.name, self._shape.parent.get(state.name, "")}
            for _, each in transitions(state):
                if any(action.name in asks for action in each.actions):
                    found.add(each.to or state.name)
        if "" in found:
            # Bound to the flow itself it leads nowhere back: the agent is asked for where the conversation is.
            found |= set(self._shape.leaves)
        return [name for name in self._shape.number if name in found]

    def text(self) -> str:
        """Return the whole model."""
        body = [*self._begin(), *self._settle(), *self._rest()]
        head = f"/* {self._promise.name}: one tick is {self._tick} ms.  Written by tools/promela.py. */"
        lines = [head, *self._declarations(), "active proctype conversation() {", *body]
        return "\n".join([*filter(None, [*lines, *self._blocks.lines(), "dead: skip }"]), ""])

    def _declarations(self) -> Iterator[str]:
        yield "byte at, here, place, asked, owner, owner_asked, ai, event, steps, length, transfers;"
        yield "byte queue[8];"
        yield "bool asking, held, served, owed, closing, ended, passed_on;"
        yield "int promise, session, new0, new1, new2, new3;"
        for name, value in self._spec.main.vars.items():
            if isinstance(value, bool | int):
                yield f"int {variable('vars.' + name)} = {int(value)};"
        yield from (f"int {variable(name)};" for name in self._guards.outside)
        for state in self._shape.states:
            number = self._shape.number[state.name]
            if state.name in self._blocks.clocked:
                yield f"int t{number};"
            yield from (f"bool a{number}_{index};" for index, _ in enumerate(state.after))

    # Choices of the outside -------------------------------------------------------------------------------------------

    def _choose(self, names: Iterable[str]) -> list[str]:
        found: list[str] = []
        for name in names:
            options = " ".join(
                f":: {variable(name)} = {value}" for value in self._guards.outside.range_of(name)
            )
            found.append(f"if {options} fi;")
        return found

    def _named(self, *beginnings: str) -> list[str]:
        return [name for name in self._guards.outside if name.startswith(beginnings)]

    def _facts(self) -> list[str]:
        carried = self._named(*_LASTING, "event.", "ai.confidence")
        return self._choose(name for name in self._guards.outside if name not in carried)

    def _forget(self) -> list[str]:
        """Return what puts everything that lasts for one step only back to zero."""
        lasting = self._named(*_LASTING)
        gone = [f"{variable(name)} = 0;" for name in self._guards.outside if name not in lasting]
        return [*gone, "here = 0; event = 0; steps = 0; length = 0; passed_on = 0;"]

    # The life of a conversation ---------------------------------------------------------------------------------------

    def _begin(self) -> list[str]:
        chosen = [*self._choose(self._named(*_LASTING, "event.text")), *self._facts()]
        return ["atomic {", *chosen, f"goto {self._blocks.label('', self._spec.main.initial, BEGIN)}; }}"]

    def _settle(self) -> Iterator[str]:
        """Take `always` and what the flow told itself until nothing is left."""
        yield "settle: atomic {"
        yield "if :: ended -> goto over :: else fi;"
        yield "if :: closing -> closing = 0;"
        for leaf in self._shape.leaves if self._final else ():
            label = self._blocks.label(leaf, self._final, CLOSE)
            yield f"if :: at == {self._shape.number[leaf]} -> goto {label} :: else fi;"
        yield "goto over; :: else fi;"
        yield from self._by_leaf(lambda state: _of(state, "always"))
        yield "if :: length == 0 -> goto rest :: else fi;"
        yield "event = queue[0];"
        yield from (f"queue[{place}] = queue[{place + 1}];" for place in range(7))
        yield "queue[7] = 0; length--;"
        for parent in self._shape.states:
            if any(child.final for child in parent.states):
                yield f"if :: event == {self._shape.number[parent.name]} ->"
                yield from self._by_leaf(lambda state, done=f"done.{parent.name}": _of(state, done))  # type: ignore[misc]
                yield "skip :: else fi;"
        yield "goto settle; }"

    def _rest(self) -> Iterator[str]:
        """A macrostep is over: bind a new agent, then let a timer fire, time pass, or anything happen."""
        yield "rest: atomic { if :: held && owner == 0 -> owner = at :: else fi;"
        yield from self._forget()
        yield "}"
        yield "wait: atomic {"
        yield from self._due()
        yield "if"
        yield from self._passing()
        for event in (*EVENTS, *self._custom):
            yield from self._happening(event)
        if known := self._named("visitor.", "tags"):
            yield ":: true -> /* what is known of the visitor changes */"
            yield from [*self._choose(known), *self._facts(), "goto settle;"]
        yield "fi; }"
        yield "over: assert(!owed); goto dead;"

    def _due(self) -> Iterator[str]:
        """Due timers precede everything: an outer state's first, for it was armed first."""
        for state in sorted(self._shape.states, key=lambda state: len(self._shape.path(state.name))):
            number = self._shape.number[state.name]
            for index, after in enumerate(state.after):
                yield f"if :: a{number}_{index} && t{number} == {after.delay // self._tick} -> a{number}_{index} = 0;"
                yield from self._facts()
                for leaf in self._shape.leaves:
                    if state.name in self._shape.path(leaf):
                        yield from self._at(leaf, self._asked(leaf, state.name, after.transitions))
                yield "goto settle :: else fi;"

    def _passing(self) -> Iterator[str]:
        yield ":: true -> /* time passes */"
        for state in self._shape.states:
            if state.name in self._blocks.clocked:
                longest = max(
                    [after.delay for after in state.after] + [self._guards.timed.get(state.name, 0)]
                )
                clock, most = f"t{self._shape.number[state.name]}", longest // self._tick + 1
                leaves = [leaf for leaf in self._shape.leaves if state.name in self._shape.path(leaf)]
                inside = " || ".join(f"at == {self._shape.number[leaf]}" for leaf in leaves)
                yield f"if :: {clock} < {most} && ({inside}) -> {clock}++ :: else fi;"
        if self._guards.session:
            yield f"if :: session < {self._guards.session // self._tick + 1} -> session++ :: else fi;"
        yield f"if :: owed -> promise++; assert(promise <= {self._promise.within // self._tick}) :: else fi;"
        yield "goto wait;"

    def _happening(self, event: str) -> Iterator[str]:
        yield f":: {_CAN.get(event, 'true')} -> /* {event} */"
        yield from self._choose(self._named(*_CARRIES[event]) if event in _CARRIES else ())
        yield from self._facts()
        yield from self._promised(event)
        match event:
            case "ai.answer" | "ai.failed":
                yield "ai = 0;"
            case "agent.accept":
                yield "place = 0; asking = 0; owner_asked = asked; asked = 0; held = 1; owner = 0;"
            case "agent.message":
                yield "if :: held -> served = 1 :: true fi; /* a supervisor may write, too */"
            case "agent.transfer":
                yield "passed_on = 1;"
                yield "if :: transfers < 3 -> transfers++ :: else -> goto dead fi;" if self._counts else ""
        yield from self._by_leaf(lambda state: _of(state, event))
        if event == "visitor.menu":
            yield from self._by_leaf(lambda state: _of(state, "visitor.message"))
        if event in ("agent.transfer", "agent.lost"):
            yield from self._ask_again()
        yield "goto settle;"

    def _promised(self, event: str) -> Iterator[str]:
        """The time of a promise with `on` begins; where one of its states is active it is kept already."""
        promise = self._promise
        for leaf in self._shape.leaves:
            path = self._shape.path(leaf)
            same = event == promise.on
            if event == "visitor.menu" and promise.on == "visitor.message":
                same = not any(_of(self._shape.by_name[name], event) for name in path)
            if promise.on and same and promise.source in path and not set(path) & set(promise.reach):
                yield from self._at(leaf, ["if :: !owed -> owed = 1; promise = 0 :: else fi;"])

    def _ask_again(self) -> Iterator[str]:
        """An agent is gone and no state listens: back to where he was asked for, asking anew."""
        yield "held = 0; owner = 0;"
        for leaf in self._shape.leaves:
            for name in self._sites:
                label = self._blocks.label(leaf, name, BACK)
                at, asked = self._shape.number[leaf], self._shape.number[name]
                yield f"if :: at == {at} && owner_asked == {asked} -> owner_asked = 0; goto {label} :: else fi;"
        yield f"owner_asked = 0; here = at; {ASK}"

    # Which transition is taken ----------------------------------------------------------------------------------------

    def _by_leaf(self, of: Callable[[State], Sequence[Transition]]) -> Iterator[str]:
        """Ask the transitions of each innermost state and of what is around it, inner first."""
        for leaf in self._shape.leaves:
            lines: list[str] = []
            for name in reversed(self._shape.path(leaf)):
                lines += self._asked(leaf, name, of(self._shape.by_name[name]))
            yield from self._at(leaf, lines)

    def _at(self, leaf: str, lines: list[str]) -> list[str]:
        return [f"if :: at == {self._shape.number[leaf]} ->", *lines, "skip :: else fi;"] if lines else []

    def _asked(self, leaf: str, name: str, among: Sequence[Transition]) -> list[str]:
        every = [each for _, each in transitions(self._shape.by_name[name])]
        lines: list[str] = []
        for each in among:
            place = next(number for number, other in enumerate(every) if other is each)
            label = self._blocks.label(leaf, name, place)
            guard = "true"
            if each.when is not None:
                clock = f"t{self._shape.number[name]}"
                guard = self._guards.text(each.when.source, "flows", clock, self._tick)
            lines.append(f"if :: {guard} -> goto {label} :: else fi;" if each.when else f"goto {label};")
        return lines


def _of(state: State, event: str) -> list[Transition]:
    return [each for kind, each in transitions(state) if kind == event]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the model of one guarantee; return 1 when there is none."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.promela", description="A guarantee as a Promela model."
    )
    parser.add_argument("file")
    parser.add_argument("name", help="the name of the guarantee")
    given = parser.parse_args(arguments)
    spec, found = load_bytes(Path(given.file).read_bytes(), given.file)
    if spec is None:
        print(found.render("en"), end="", file=sys.stderr)
        return 1
    promise = next((each for each in spec.main.guarantees if each.name == given.name), None)
    if promise is None:
        print(f"{given.file} has no guarantee '{given.name}'", file=sys.stderr)
        return 1
    try:
        print(promela(spec, promise), end="")
    except NotExportable as missing:
        print(f"no model for this flow: {missing}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
