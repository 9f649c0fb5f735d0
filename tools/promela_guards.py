"""Guards in Promela: every value from outside becomes a small number that stands for "below", "at" and "above" a constant.

Written for itself and not after appliance/flow/verify_samples.py: what judges the explorer must not share its mistakes.  A
guard that has no such form raises NotExportable.
"""

from collections.abc import Iterable
from typing import Any

from appliance.config.spec import Spec
from appliance.config.vocabulary import VARIABLE_NAMES
from appliance.flow.guard_parse import Binary, Call, Choice, ListOf, Literal, Name, Node, Unary, parse
from appliance.flow.guard_rules import type_of_value
from appliance.flow.guard_types import VARS, Checker

_COMPARE = frozenset(("<", "<=", ">", ">=", "==", "!="))
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
CLOCKS = {"time": "time", "session.time": "session"}
_CARRIED = {
    "ai.confidence": ("ai.answer",), "event.score": ("visitor.rated",), "event.text": ("visitor.message",),
}  # fmt: skip


class NotExportable(Exception):
    """The flow uses something that this export has no words for."""


class Outside(dict[str, list[Any]]):
    """The values from outside that guards look at: by name, the constants that they are compared with."""

    def range_of(self, name: str) -> Iterable[int]:
        """Return the numbers that a variable may take: whole numbers stand for themselves, others for their place."""
        constants = self[name]
        if name == "event.score":
            return range(1, 6)
        if not constants:
            return (0, 1)
        if _whole(name):
            near = {int(value) + by for value in constants for by in (-1, 0, 1)}
            return sorted(value for value in near if value >= 0) or [0]
        kind = VARIABLE_NAMES[name].type if name in VARIABLE_NAMES else "any"
        if kind == "percent":
            # 0 is below the first constant, 1 is that constant, 2 is between it and the next, and so on.
            return range(2 * len(constants) + 1)
        return range(len(constants) + 1)

    def code(self, name: str, value: Any) -> int:
        """Return the number that stands for `value`."""
        if _whole(name) or name == "event.score":
            if value != int(value):
                raise NotExportable(f"{name} against {value}")
            return int(value)
        kind = VARIABLE_NAMES[name].type if name in VARIABLE_NAMES else "any"
        place = self[name].index(value)
        return 2 * place + 1 if kind == "percent" else place + 1


def _whole(name: str) -> bool:
    return name in VARIABLE_NAMES and VARIABLE_NAMES[name].type in ("number", "duration")


def variable(name: str) -> str:
    """Return the Promela name of a value from outside, or of a variable of the flow."""
    return "x_" + "".join(char if char.isascii() and char.isalnum() else f"_{ord(char):x}_" for char in name)


class Guards:
    """Translates the guards of one file.  First `look` at all of them, then ask for each with `text`."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._types = {name: type_of_value(value) for name, value in spec.main.vars.items()}
        self.outside = Outside()
        self.times: set[int] = set()
        self.strict = False
        self.session = 0
        self.timed: dict[str, int] = {}

    def look(self, source: str, section: str, state: str = "", trigger: str = "") -> None:
        """Note what a guard compares; `state` and `trigger` say where it stands."""
        self._look(self._tree(source, section), state, trigger)

    def done(self) -> None:
        """Everything has been looked at: put constants in order."""
        for constants in self.outside.values():
            constants.sort(key=lambda value: (str(type(value)), value))

    def text(self, source: str, section: str, clock: str, tick: int) -> str:
        """Return a guard as a Promela expression; `clock` is the variable of the state it stands in."""
        return self._text(self._tree(source, section), clock, tick)

    def value(self, source: str) -> str:
        """Return what a variable of the flow is set to."""
        tree = self._tree(source, "flows")
        return self._arithmetic(tree)

    def _tree(self, source: str, section: str) -> Node:
        tree = parse(source)
        Checker(section, self._types).check(tree)
        return tree

    def _look(self, node: Node, state: str, trigger: str) -> None:
        match node:
            case Unary(sign="!"):
                self._look(node.of, state, trigger)
            case Binary(sign="&&" | "||"):
                self._look(node.left, state, trigger)
                self._look(node.right, state, trigger)
            case Choice():
                for part in (node.condition, node.yes, node.no):
                    self._look(part, state, trigger)
            case Literal():
                return
            case _:
                self._look_closely(node, state, trigger)

    def _look_closely(self, node: Node, state: str, trigger: str) -> None:
        name, sign, value = _sides(node)
        carriers = _CARRIED.get(name)
        if carriers is not None and trigger not in carriers:
            raise NotExportable(f"{name} on {trigger}")
        if name in CLOCKS:
            self.times.add(int(value))
            self.strict = self.strict or sign in (">", "<=", "==", "!=")
            if name == "time":
                self.timed[state] = max(self.timed.get(state, 0), int(value))
            else:
                self.session = max(self.session, int(value))
        elif name == "vip":
            if self._spec.vip is not None:
                self.look(self._spec.vip.source, "vip")
        elif sign == "in":
            self.outside.setdefault(f"{name} {value}", [])
        elif not name.startswith(VARS) and name not in ("served", "transfers"):
            constants = self.outside.setdefault(name, [])
            if sign and value not in constants:
                constants.append(value)

    def _text(self, node: Node, clock: str, tick: int) -> str:
        match node:
            case Literal():
                return "true" if node.value else "false"
            case Unary(sign="!"):
                return f"!({self._text(node.of, clock, tick)})"
            case Binary(sign="&&" | "||" as joint):
                return f"(({self._text(node.left, clock, tick)}) {joint} ({self._text(node.right, clock, tick)}))"
            case Choice():
                parts = [self._text(part, clock, tick) for part in (node.condition, node.yes, node.no)]
                return f"(({parts[0]}) -> ({parts[1]}) : ({parts[2]}))"
        name, sign, value = _sides(node)
        if name in CLOCKS:
            return f"({clock if name == 'time' else 'session'} {sign} {int(value) // tick})"
        if name == "vip":
            vip = self._spec.vip
            return self._text(self._tree(vip.source, "vip"), clock, tick) if vip else "false"
        if sign == "in":
            return f"({variable(f'{name} {value}')} == 1)"
        if name.startswith(VARS):
            return f"({variable(name)} {sign or '=='} {_number(value) if sign else 1})"
        if name in ("served", "transfers"):
            return f"({name} {sign or '=='} {_number(value) if sign else 1})"
        return f"({variable(name)} {sign or '=='} {self.outside.code(name, value) if sign else 1})"

    def _arithmetic(self, node: Node) -> str:
        match node:
            case Literal():
                return str(_number(node.value))
            case Name() if node.name.startswith(VARS):
                return variable(node.name)
            case Binary(sign="+" | "-" | "*" as sign):
                return f"({self._arithmetic(node.left)} {sign} {self._arithmetic(node.right)})"
        raise NotExportable("this computation")


def _number(value: Any) -> int:
    if isinstance(value, bool | int):
        return int(value)
    raise NotExportable(f"a variable with the value {value!r}")


def _sides(node: Node) -> tuple[str, str, Any]:
    """Return (name, sign, constant) of a question; ("x", "", None) for a name alone."""
    if isinstance(node, Name):
        return node.name, "", None
    if isinstance(node, Binary) and node.sign == "in" and isinstance(node.left, Literal):
        if isinstance(node.right, Name):
            return node.right.name, "in", node.left.value
    elif isinstance(node, Binary) and node.sign in _COMPARE:
        if isinstance(node.left, Name) and isinstance(node.right, Literal):
            return node.left.name, node.sign, node.right.value
        if isinstance(node.right, Name) and isinstance(node.left, Literal):
            return node.right.name, _TURNED.get(node.sign, node.sign), node.left.value
    kind = "function" if isinstance(node, Call) else "list" if isinstance(node, ListOf) else "question"
    raise NotExportable(f"this {kind}")
