"""Asks what of a condition can hold, and which part of one that cannot is to blame.

An operator who reads "this can never hold" under a condition of three lines is no wiser; the smallest part, or the two that
exclude each other, is what he must see.
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from appliance.config.scalars import spoken
from appliance.config.spec import Guard
from appliance.config.vocabulary import VARIABLE_NAMES
from appliance.errors import Text
from appliance.flow.guard_domains import WHOLE, Where
from appliance.flow.guard_parse import Binary, Name, Node
from appliance.flow.guard_regions import ALWAYS, Shape, outcomes, parts_of, shape_of

_SURELY, _NEVER = frozenset((0,)), frozenset((1,))
"""What outcomes() says of one guard that always holds, and of one that never does."""


class Culprit(Struct, frozen=True):
    """The part of a condition that cannot hold: `one`, or `one` together with `other`, and where it stands."""

    start: int
    end: int
    node: Node
    one: str
    other: str = ""


class Asker:
    """Answers questions about guards by their text; `trees` holds the checked tree of each."""

    def __init__(self, trees: Mapping[str, Node]) -> None:
        self._trees = trees
        self._shapes: dict[str, Shape] = {}
        self._variables: dict[str, frozenset[str]] = {}
        self._alone: dict[tuple[str, Where], frozenset[int] | None] = {}
        self._idle: dict[tuple[str, Where], tuple[Culprit, ...]] = {}

    def knows(self, guard: Guard) -> bool:
        """Whether the guard compiles, so that there is anything to ask."""
        return guard.source in self._trees

    def tree(self, guard: Guard) -> Node:
        """Return the checked tree of a guard."""
        return self._trees[guard.source]

    def variables(self, guard: Guard) -> frozenset[str]:
        """Return the canonical names that a guard reads."""
        found = self._variables.get(guard.source)
        if found is None:
            found = self._variables[guard.source] = frozenset(_names(self.tree(guard)))
        return found

    def outcomes(self, guards: Sequence[Guard | None], where: Where) -> frozenset[int] | None:
        """Return which alternatives can be taken, as guard_regions.outcomes does."""
        return outcomes([self._shape(guard) for guard in guards], where)

    def never(self, guard: Guard, where: Where) -> bool:
        """Whether it is certain that the guard never holds."""
        return self._by_itself(guard, where) == _NEVER

    def surely(self, guard: Guard, where: Where) -> bool:
        """Whether it is certain that the guard always holds."""
        return self._by_itself(guard, where) == _SURELY

    def culprit(self, guard: Guard, where: Where) -> Culprit:
        """Return the part to blame in a guard that never holds."""
        return _blame(self.tree(guard), guard.source, where)

    def dead_branches(self, guard: Guard, where: Where) -> tuple[Culprit, ...]:
        """Return the sides of `||` that never hold, in a guard that can."""
        key = (guard.source, where)
        if key not in self._idle:
            self._idle[key] = tuple(_idle(self.tree(guard), guard.source, where))
        return self._idle[key]

    def range_of(self, guard: Guard, culprit: Culprit, where: Where) -> Text | None:
        """Return what values a variable has, when a part about it alone is to blame."""
        names = set(_names(culprit.node))
        name = names.pop() if len(names) == 1 else ""
        word = VARIABLE_NAMES.get(name)
        if word is None or culprit.other:
            return None
        low, high = WHOLE.get(name, (None, None))
        if name == "time" and where.since:
            since = spoken(where.since)
            return Text(
                f"计时器到点时，{word.zh}已经有 {since}", f"when the timer fires, {name} is {since} already"
            )
        if word.type == "percent":
            return Text(f"{word.zh}在 0% 到 100% 之间", f"{name} lies between 0% and 100%")
        if low is not None and high is not None:
            return Text(f"{word.zh}在 {low} 到 {high} 之间", f"{name} lies between {low} and {high}")
        if low is not None:
            return Text(
                f"{word.zh}不会小于 {low}，也没有小数" if word.type == "number" else f"{word.zh}不会是负的",
                f"{name} is a whole number from {low}"
                if word.type == "number"
                else f"{name} is never negative",
            )
        return None

    def _by_itself(self, guard: Guard, where: Where) -> frozenset[int] | None:
        key = (guard.source, where)
        if key not in self._alone:
            self._alone[key] = outcomes([self._shape(guard)], where)
        return self._alone[key]

    def _shape(self, guard: Guard | None) -> Shape:
        if guard is None:
            return ALWAYS
        shape = self._shapes.get(guard.source)
        if shape is None:
            shape = self._shapes[guard.source] = shape_of(self.tree(guard))
        return shape


def _impossible(nodes: Sequence[Node], where: Where) -> bool:
    """Whether it is certain that the nodes never hold together."""
    joined = nodes[0]
    for node in nodes[1:]:
        joined = Binary(
            joined.start, node.end, "bool", joined.fails or node.fails, sign="&&", left=joined, right=node
        )
    return outcomes([shape_of(joined)], where) == _NEVER


def _blame(node: Node, source: str, where: Where) -> Culprit:
    conjuncts = _sides(node, "&&")
    for each in conjuncts:
        if len(conjuncts) > 1 and _impossible([each], where):
            return _blame(each, source, where)
    for number, one in enumerate(conjuncts):
        for other in conjuncts[number + 1 :]:
            if _impossible([one, other], where):
                return Culprit(
                    one.start, other.end, one, source[one.start : one.end], source[other.start : other.end]
                )
    return _culprit(node, source)


def _culprit(node: Node, source: str) -> Culprit:
    return Culprit(node.start, node.end, node, source[node.start : node.end])


def _idle(node: Node, source: str, where: Where) -> Iterator[Culprit]:
    sides = _sides(node, "||")
    if len(sides) > 1:
        for each in sides:
            if _impossible([each], where):
                yield _culprit(each, source)
            else:
                yield from _idle(each, source, where)
    elif isinstance(node, Binary) and node.sign == "&&":
        for each in _sides(node, "&&"):
            yield from _idle(each, source, where)


def _sides(node: Node, sign: str) -> list[Node]:
    """Return what `sign` joins at the top of `node`, in the order in which it stands."""
    if isinstance(node, Binary) and node.sign == sign:
        return [*_sides(node.left, sign), *_sides(node.right, sign)]
    return [node]


def _names(node: Node) -> Iterator[str]:
    if isinstance(node, Name):
        yield node.name
    for part in parts_of(node):
        yield from _names(part)
