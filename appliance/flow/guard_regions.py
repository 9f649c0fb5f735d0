"""Which of several alternatives can ever be taken: every guard is tried on every kind of situation.

A guard is rewritten over terms (guard_domains.py): variables keep their names, whatever is more than a comparison with a
constant becomes a term of its own.  Then the rewritten guards run, by the very code that runs them in production; when one
asks for a term that has no value yet, each sample is supposed in turn.  So what is never true here is never true at all.
The converse holds for guards made of `&& || ! ?:`, truth values, and comparisons (also `in` a written list) of one
variable with constants, sums and whole multiples of one that counts whole things included.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from appliance.flow.guard_code import function_of
from appliance.flow.guard_domains import FAILS, WHOLE, Constant, Term, Where, samples
from appliance.flow.guard_parse import Binary, Call, Choice, ListOf, Literal, Name, Node, Unary
from appliance.flow.guard_types import VARS

FAR = 1 << 100
"""Constants beyond this (infinity, too) are not reckoned with."""

MOST_TRIALS = 20_000
"""How often the guards of one handler are run before the question is left open: nothing is then said about them."""


class Shape(Struct, frozen=True):
    """A guard rewritten over `terms`: `test` takes a probe."""

    test: Callable[[Any], Any]
    terms: tuple[Term, ...]


ALWAYS = Shape(lambda probe: True, ())
"""The shape of an alternative without `when`."""


def shape_of(tree: Node) -> Shape:
    """Return the shape of a tree that guard_types.Checker has passed without problems."""
    terms = _Terms()
    rewritten = terms.truth(tree)
    return Shape(function_of(rewritten, {}), tuple(terms.found.values()))


def outcomes(shapes: Sequence[Shape], where: Where) -> frozenset[int] | None:
    """Return which of the alternatives can be the first that holds, len(shapes) standing for none of them.

    None means that there are too many situations to try.
    """
    return _Trials(shapes, where).run()


class _Unknown(BaseException):
    """A guard asked for a term that has no value yet.  No Exception, so that no side of `||` forgives it."""

    def __init__(self, key: str) -> None:
        self.key = key


class _Enough(BaseException):
    """Every outcome has been seen, or there were too many trials."""


class _Values(dict[str, Any]):
    """The values supposed so far."""

    def __missing__(self, key: str) -> Any:
        raise _Unknown(key)

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if value is FAILS:
            raise KeyError(key)
        return value


class _Probe:
    """What rewritten guards read: nothing but variables."""

    __slots__ = ("vars",)

    def __init__(self) -> None:
        self.vars = _Values()


class _Trials:
    def __init__(self, shapes: Sequence[Shape], where: Where) -> None:
        self._tests = [shape.test for shape in shapes]
        self._samples = {key: samples(term, where) for key, term in _joined(shapes).items()}
        self._probe = _Probe()
        self._left = MOST_TRIALS
        self._found: set[int] = set()

    def run(self) -> frozenset[int] | None:
        try:
            self._try(0)
        except _Enough:
            if self._left <= 0:
                return None
        return frozenset(self._found)

    def _try(self, at: int) -> None:
        """Run the guards from number `at` on; those before do not hold, whatever else is supposed."""
        values = self._probe.vars
        for number in range(at, len(self._tests)):
            self._left -= 1
            if self._left <= 0:
                raise _Enough
            try:
                if self._holds(number):
                    self._seen(number)
                    return
            except _Unknown as unknown:
                key = unknown.key
            else:
                continue
            for value in self._samples[key]:
                values[key] = value
                self._try(number)
            values.pop(key, None)
            return
        self._seen(len(self._tests))

    def _holds(self, number: int) -> bool:
        try:
            return bool(self._tests[number](self._probe))
        except Exception:
            # As in a running flow: a guard that fails does not hold.
            return False

    def _seen(self, outcome: int) -> None:
        self._found.add(outcome)
        if len(self._found) > len(self._tests):
            raise _Enough


def _joined(shapes: Iterable[Shape]) -> dict[str, Term]:
    """Return the terms of all shapes by key, each with all that it is compared with."""
    found: dict[str, Term] = {}
    for shape in shapes:
        for term in shape.terms:
            known = found.setdefault(term.key, Term(term.key, term.type, term.fails, []))
            known.constants += term.constants
    return found


class _Terms:
    """Rewrites one tree; `found` are its terms by key."""

    def __init__(self) -> None:
        self.found: dict[str, Term] = {}

    def truth(self, node: Node) -> Node:
        """Return `node`, which stands where true or false belongs, over terms."""
        match node:
            case Literal():
                return node
            case Unary(sign="!"):
                return replace(node, of=self.truth(node.of))
            case Binary(sign="&&" | "||"):
                return replace(node, left=self.truth(node.left), right=self.truth(node.right))
            case Binary(sign="==" | "!=" | "<" | "<=" | ">" | ">=" | "in"):
                return self._comparison(node)
            case Choice():
                return replace(
                    node,
                    condition=self.truth(node.condition),
                    yes=self.truth(node.yes),
                    no=self.truth(node.no),
                )
            case _:
                return self._term(node, [])

    def _comparison(self, node: Binary) -> Node:
        if node.left.type == node.right.type == "bool" and node.sign != "in":
            return replace(node, left=self.truth(node.left), right=self.truth(node.right))
        left, right = _constants(node.left), _constants(node.right)
        if left is not None and right is not None:
            return node
        if node.sign == "in":
            if left is None and right is not None and isinstance(node.right, ListOf):
                return replace(node, left=self._operand(node.left, right))
        elif right is not None and not isinstance(node.right, ListOf) and _orderly(node):
            return replace(node, left=self._operand(node.left, right))
        elif left is not None and not isinstance(node.left, ListOf) and _orderly(node):
            return replace(node, right=self._operand(node.right, left))
        return self._term(node, [])

    def _operand(self, node: Node, constants: Sequence[Constant]) -> Node:
        """Return what is compared with `constants` over terms: c*x + b becomes comparable at (constant - b) / c."""
        line = _line_of(node)
        if line is None or any(isinstance(each, str) for each in constants):
            return self._term(node, constants)
        factor, offset = line
        turning: list[Constant] = []
        if factor:
            turning = [
                cast("Constant", (Fraction(each) - offset) / factor)
                for each in constants
                if isinstance(each, int | float)
            ]
        return self._inside(node, turning)

    def _inside(self, node: Node, turning: Sequence[Constant]) -> Node:
        if isinstance(node, Name):
            return self._term(node, turning)
        if isinstance(node, Unary):
            return replace(node, of=self._inside(node.of, turning))
        if isinstance(node, Binary) and _constants(node.left) is None:
            return replace(node, left=self._inside(node.left, turning))
        if isinstance(node, Binary):
            return replace(node, right=self._inside(node.right, turning))
        raise TypeError(type(node).__name__)

    def _term(self, node: Node, constants: Sequence[Constant]) -> Name:
        key = node.name if isinstance(node, Name) else f"({written(node)})"
        term = self.found.setdefault(key, Term(key, node.type, node.fails, []))
        term.constants += constants
        return Name(node.start, node.end, node.type, node.fails, name=VARS + key)


def _orderly(node: Binary) -> bool:
    """Whether samples of the other side tell everything: the order of texts is not looked into, equality is."""
    if node.sign in ("==", "!="):
        return True
    return "string" not in (node.left.type, node.right.type)


def _line_of(node: Node) -> tuple[Fraction, Fraction] | None:
    """Return (c, b) for a node that is c*x + b of one variable that counts whole things; None for anything else."""
    if isinstance(node, Name):
        return (Fraction(1), Fraction(0)) if node.name in WHOLE else None
    if isinstance(node, Unary) and node.sign == "-":
        line = _line_of(node.of)
        return (-line[0], -line[1]) if line else None
    if not isinstance(node, Binary) or node.sign not in "+-*":
        return None
    left, right = _constants(node.left), _constants(node.right)
    if (left is None) == (right is None):
        return None
    line = _line_of(node.left if left is None else node.right)
    known = (left or right or [None])[0]
    if line is None or type(known) is not int:
        return None
    factor, offset = line
    match node.sign:
        case "*":
            return factor * known, offset * known
        case "+":
            return factor, offset + known
        case _:
            return (factor, offset - known) if left is None else (-factor, known - offset)


def _constants(node: Node) -> list[Constant] | None:
    """Return the value of a node without variables in a list, the values of a list of such; None for anything else."""
    match node:
        case Literal():
            return [node.value]
        case ListOf():
            parts = [_constants(item) for item in node.items if not isinstance(item, ListOf)]
            if len(parts) < len(node.items) or any(part is None for part in parts):
                return None
            return [value for part in parts if part is not None for value in part]
        case Unary() | Binary() | Choice() | Call():
            return _folded(node)
        case _:
            return None


def _folded(node: Node) -> list[Constant] | None:
    if node.type not in ("bool", "number", "string", "duration", "percent") or not _bare(node):
        return None
    try:
        value = function_of(node, {})(None)
    except Exception:
        # 1 / 0: it fails whenever it is asked, and the code that runs it here will tell.
        return []
    far = isinstance(value, int | float) and not abs(value) < FAR
    return None if far else [value]


def _bare(node: Node) -> bool:
    """Whether there is no variable in `node` (and no pattern, which only its own guard can run)."""
    match node:
        case Name():
            return False
        case Call(name="matches"):
            return False
        case _:
            return all(_bare(part) for part in parts_of(node))


def parts_of(node: Node) -> list[Node]:
    """Return the nodes right below `node`, in the order in which they stand."""
    match node:
        case Unary():
            return [node.of]
        case Binary():
            return [node.left, node.right]
        case Choice():
            return [node.condition, node.yes, node.no]
        case Call():
            return node.arguments
        case ListOf():
            return node.items
        case _:
            return []


def written(node: Node) -> str:
    """Return a text that two nodes share exactly when they calculate the same from the same variables."""
    match node:
        case Literal():
            return f"{node.type}:{node.value!r}"
        case Name():
            return node.name
        case _:
            sign = getattr(node, "sign", "") or getattr(node, "name", "") or type(node).__name__
            return f"{sign}({','.join(written(part) for part in parts_of(node))})"
