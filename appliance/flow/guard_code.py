"""A checked guard becomes a Python function of one scope: this is what makes a guard cost nanoseconds.

The function is built as a syntax tree, never as text, so nothing an operator writes can become Python.  It has no
builtins; the only attributes it touches are those of the table below, which are ours.  The scope of a flow is
turn.Turn; guards that read nothing but facts (alerts, thresholds) run on anything with a `fact(name)` method.
"""

import ast
import math
from collections.abc import Callable, Mapping
from types import CodeType, FunctionType
from typing import Any

from appliance.config.vocabulary import VARIABLES
from appliance.flow.guard_parse import Binary, Call, Choice, ListOf, Literal, Name, Node, Unary
from appliance.flow.guard_types import DATA, VARS

# How each variable of the conversation is read from the scope `s`; facts go through s.fact.
_READ = {
    "time": "s.time",
    "session.time": "s.now - s.opened_at",
    "vip": "s.is_vip()",
    "visitor.level": "s.visitor.level",
    "visitor.tags": "s.visitor.tags",
    "visitor.signed": "s.visitor.signed",
    "visitor.channel": "s.visitor.channel",
    "visitor.lang": "s.visitor.lang",
    "visitor.page": "s.visitor.page",
    "menu": "s.menu",
    "served": "s.served",
    "tags": "s.tags",
    "priority": "s.priority",
    "transfers": "s.transfers",
    "queue.name": "s.queue_name()",
    "ai.confidence": "s.event('confidence', 1.0)",
    "event.text": "s.event('text', '')",
    "event.score": "s.event('score', None)",
    "event.agent": "s.event('agent', '')",
    "event.reason": "s.event('reason', '')",
}
_READ |= {word.name: f"s.fact({word.name!r})" for word in VARIABLES if word.fact}
_TEMPLATES = {name: ast.parse(source, mode="eval").body for name, source in _READ.items()}

_COMPARE: dict[str, type[ast.cmpop]] = {
    "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE, "==": ast.Eq, "!=": ast.NotEq, "in": ast.In,
}  # fmt: skip
_ARITHMETIC: dict[str, type[ast.operator]] = {"+": ast.Add, "-": ast.Sub, "*": ast.Mult}
_METHODS = {"startsWith": "startswith", "endsWith": "endswith", "lower": "lower"}


def function_of(
    tree: Node, patterns: Mapping[int, Callable[[str], object]], truth: bool = True
) -> Callable[[Any], Any]:
    """Return the compiled function of a tree that guard_types.Checker has passed without problems.

    With `truth` its value must be true or false; where the types leave that open, it raises TypeError otherwise.
    """
    writer = _Writer(patterns)
    body = writer.expression(tree)
    if truth and tree.type == "any":
        body = writer.helper("_bool", body)
    arguments = ast.arguments(posonlyargs=[], args=[ast.arg("s")], kwonlyargs=[], kw_defaults=[], defaults=[])
    module = ast.fix_missing_locations(ast.Expression(ast.Lambda(arguments, body)))
    code = compile(module, "<guard>", "eval")
    inner = next(constant for constant in code.co_consts if isinstance(constant, CodeType))
    return FunctionType(inner, {"__builtins__": {}, **_HELPERS, **writer.constants}, "guard")


class _Writer:
    def __init__(self, patterns: Mapping[int, Callable[[str], object]]) -> None:
        self._patterns = patterns
        self.constants: dict[str, object] = {}

    def expression(self, node: Node) -> ast.expr:
        match node:
            case Literal():
                return ast.Constant(node.value)
            case Name():
                return self._name(node.name)
            case Unary():
                return self._unary(node)
            case Binary():
                return self._binary(node)
            case Choice():
                return ast.IfExp(
                    self._truth(node.condition), self.expression(node.yes), self.expression(node.no)
                )
            case Call():
                return self._call(node)
            case ListOf():
                return ast.Tuple([self.expression(item) for item in node.items], ast.Load())
            case _:
                raise TypeError(type(node).__name__)

    def helper(self, name: str, *arguments: ast.expr) -> ast.expr:
        return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])

    def _name(self, name: str) -> ast.expr:
        scope = ast.Name("s", ast.Load())
        if name.startswith(VARS):
            table = ast.Attribute(scope, "vars", ast.Load())
            return ast.Subscript(table, ast.Constant(name.removeprefix(VARS)), ast.Load())
        if name.startswith(DATA):
            path = name.removeprefix(DATA).split(".")
            return self.helper("_path", scope, ast.Tuple([ast.Constant(part) for part in path], ast.Load()))
        return _TEMPLATES[name]

    def _truth(self, node: Node) -> ast.expr:
        body = self.expression(node)
        return self.helper("_bool", body) if node.type == "any" else body

    def _unary(self, node: Unary) -> ast.expr:
        if node.sign == "!":
            return ast.UnaryOp(ast.Not(), self._truth(node.of))
        if node.of.type == "any":
            return self.helper("_minus", self.expression(node.of))
        return ast.UnaryOp(ast.USub(), self.expression(node.of))

    def _binary(self, node: Binary) -> ast.expr:
        if node.sign in ("&&", "||"):
            return self._logic(node)
        left, right = self.expression(node.left), self.expression(node.right)
        loose = "any" in (node.left.type, node.right.type) or ":any" in node.left.type + node.right.type
        if node.sign in ("==", "!="):
            same = self.helper("_same", left, right)
            if loose:
                return same if node.sign == "==" else ast.UnaryOp(ast.Not(), same)
            return ast.Compare(left, [_COMPARE[node.sign]()], [right])
        if node.sign in _COMPARE:
            if node.sign == "in":
                return self.helper("_in", left, right) if loose else ast.Compare(left, [ast.In()], [right])
            if loose:
                return self.helper("_order", left, right, ast.Constant(node.sign))
            return ast.Compare(left, [_COMPARE[node.sign]()], [right])
        if loose:
            return self.helper("_calculate", left, right, ast.Constant(node.sign))
        if node.sign in _ARITHMETIC:
            return ast.BinOp(left, _ARITHMETIC[node.sign](), right)
        return self.helper("_divide" if node.sign == "/" else "_remainder", left, right)

    def _logic(self, node: Binary) -> ast.expr:
        """As in CEL, a side that fails is forgiven when the other side alone decides, whichever comes first."""
        left, right = self._truth(node.left), self._truth(node.right)
        if not node.left.fails:
            return ast.BoolOp(ast.And() if node.sign == "&&" else ast.Or(), [left, right])
        nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        return self.helper(
            "_both" if node.sign == "&&" else "_either", ast.Lambda(nothing, left), ast.Lambda(nothing, right)
        )

    def _call(self, node: Call) -> ast.expr:
        if node.name == "matches":
            name = f"_pattern{len(self.constants)}"
            self.constants[name] = self._patterns[id(node)]
            found = self.helper(name, self._text(node.arguments[0]))
            return ast.Compare(found, [ast.IsNot()], [ast.Constant(None)])
        if node.name == "size":
            return self.helper("_size", self.expression(node.arguments[0]))
        first, *rest = [self._text(argument) for argument in node.arguments]
        if node.name == "contains":
            return ast.Compare(rest[0], [ast.In()], [first])
        return ast.Call(ast.Attribute(first, _METHODS[node.name], ast.Load()), list(rest), [])

    def _text(self, node: Node) -> ast.expr:
        body = self.expression(node)
        return self.helper("_text", body) if node.type == "any" else body


def _bool(value: object) -> bool:
    if value is True or value is False:
        return value
    raise TypeError("not true or false")


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise TypeError("not text")


def _number(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise TypeError("not a number")


def _size(value: Any) -> int:
    if isinstance(value, str | tuple | list):
        return len(value)
    raise TypeError("has no size")


def _minus(value: Any) -> Any:
    return -_number(value)


def _same(left: object, right: object) -> bool:
    """Return CEL's equality of values of unknown type: numbers by value, true is not 1, lists piece by piece."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(
            _same(one, other) for one, other in zip(left, right, strict=True)
        )
    return left == right


def _in(item: object, collection: object) -> bool:
    if isinstance(collection, list | tuple):
        return any(_same(item, each) for each in collection)
    if isinstance(collection, dict):
        return item in collection
    raise TypeError("not a list")


def _order(left: Any, right: Any, sign: str) -> bool:
    kind = str if isinstance(left, str) else bool if isinstance(left, bool) else None
    if kind is None:
        left, right = _number(left), _number(right)
    elif not isinstance(right, kind):
        raise TypeError("values of two kinds")
    if sign == "<":
        return bool(left < right)
    if sign == "<=":
        return bool(left <= right)
    return bool(left > right if sign == ">" else left >= right)


def _calculate(left: Any, right: Any, sign: str) -> Any:
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    if sign == "+" and isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return (*left, *right)
    left, right = _number(left), _number(right)
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return _divide(left, right)
        case _:
            return _remainder(left, right)


def _divide(left: Any, right: Any) -> Any:
    """Return CEL's quotient: whole numbers are cut towards zero and fail over zero, broken ones become infinite."""
    if type(left) is int and type(right) is int:
        quotient = abs(left) // abs(right)
        return quotient if (left < 0) == (right < 0) else -quotient
    if right == 0:
        return left * math.copysign(math.inf, right)
    return left / right


def _remainder(left: Any, right: Any) -> int:
    """Return CEL's remainder, which has the sign of the left side; whole numbers only."""
    if type(left) is not int or type(right) is not int:
        raise TypeError("a remainder needs whole numbers")
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


def _both(left: Callable[[], bool], right: Callable[[], bool]) -> bool:
    try:
        first = left()
    except Exception:
        if right() is False:
            return False
        raise
    return first and right()


def _either(left: Callable[[], bool], right: Callable[[], bool]) -> bool:
    try:
        first = left()
    except Exception:
        if right() is True:
            return True
        raise
    return first or right()


def _path(scope: Any, path: tuple[str, ...]) -> Any:
    value = scope.event("data", {})
    for part in path:
        value = value[part]
    return value


_HELPERS: dict[str, object] = {
    helper.__name__: helper
    for helper in (
        _bool, _text, _size, _minus, _same, _in, _order, _calculate, _divide, _remainder, _both, _either, _path,
    )
}  # fmt: skip
