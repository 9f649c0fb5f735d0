"""Guard tokens become a tree: a Pratt parser for the CEL-like grammar, every node with its span.

Precedence, weakest first: `?:`, `||`, `&&`, comparisons and `in`, `+ -`, `* / %`, unary `! -`, method calls.
"""

from msgspec import Struct

from appliance.errors import Text
from appliance.flow.guard_tokens import NOTHING, GuardSyntaxError, Problem, Token, tokens

MAX_LENGTH = 2_000
MAX_DEPTH = 80
MAX_SIGNS = 100
_SPLIT = Text("拆成几个", "split it")


class Node(Struct):
    """A piece of a guard.  `type` and `fails` (it may raise when evaluated) are filled in by guard_types.check."""

    start: int
    end: int
    type: str = "any"
    fails: bool = False


class Literal(Node, kw_only=True):
    """A constant; `type` says which kind from the beginning."""

    value: bool | int | float | str | None


class Name(Node, kw_only=True):
    """A variable; `name` becomes the canonical English one when it is checked."""

    name: str


class Unary(Node, kw_only=True):
    """`!x` or `-x`."""

    sign: str
    of: Node


class Binary(Node, kw_only=True):
    """An operator between two sides."""

    sign: str
    left: Node
    right: Node


class Choice(Node, kw_only=True):
    """`condition ? yes : no`."""

    condition: Node
    yes: Node
    no: Node


class Call(Node, kw_only=True):
    """A function, written f(x, y) or x.f(y): the receiver is the first argument.  `name_at` is the span of its name."""

    name: str
    name_at: tuple[int, int]
    arguments: list[Node]


class ListOf(Node, kw_only=True):
    """A list in brackets."""

    items: list[Node]


_BINARY = {
    "||": 2, "&&": 3, "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4, "in": 4,
    "+": 5, "-": 5, "*": 6, "/": 6, "%": 6,
}  # fmt: skip
_COMPARING = 4
_UNARY = 7
_CONSTANTS: dict[str, tuple[bool | None, str]] = {
    "true": (True, "bool"),
    "false": (False, "bool"),
    "null": (None, "null"),
}
_MEANT_WORD = {
    "and": "&&",
    "or": "||",
    "not": "!",
    "且": "&&",
    "并且": "&&",
    "或": "||",
    "或者": "||",
    "非": "!",
}
_MEANT_WORD |= {
    "等于": "==",
    "大于": ">",
    "小于": "<",
    "True": "true",
    "False": "false",
    "None": "null",
    "nil": "null",
}


def parse(text: str) -> Node:
    """Return the tree of `text`; raises GuardSyntaxError at the first place that cannot be read."""
    if len(text) > MAX_LENGTH:
        raise GuardSyntaxError(
            Problem(
                "K401",
                0,
                len(text),
                Text("条件太长", "the condition is too long"),
                _SPLIT,
            )
        )
    parser = _Parser(tokens(text))
    node = parser.choice(0)
    parser.finish()
    return node


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._signs = 0

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    @property
    def _end(self) -> int:
        """Where the last token taken ends: a pair of brackets belongs to what stands before and behind it."""
        return self._tokens[self._at - 1].end

    def _take(self) -> Token:
        token = self._tokens[self._at]
        self._at += token.kind != "end"
        return token

    def _is(self, sign: str) -> bool:
        token = self._tokens[self._at]
        return token.value == sign and token.kind in ("op", "name")

    def _want(self, sign: str) -> Token:
        if not self._is(sign):
            raise self._unexpected(
                Text(f"这里应该是“{sign}”", f"expected '{sign}' here"),
                Text(f"补上 {sign}", f"add {sign}"),
            )
        return self._take()

    def finish(self) -> None:
        if self._now.kind != "end":
            raise self._unexpected(
                Text("条件到这里应该已经结束", "the condition should have ended here"),
                Text(
                    "前面少了 && 或别的符号，或删掉后面的",
                    "a sign such as && is missing before it, or delete the rest",
                ),
            )

    def _unexpected(self, message: Text, hint_otherwise: Text) -> GuardSyntaxError:
        token = self._now
        before = self._tokens[self._at - 1] if self._at else None
        hint = NOTHING
        if token.kind == "name" and str(token.value) in _MEANT_WORD:
            meant = _MEANT_WORD[str(token.value)]
            hint = Text(f"写成 {meant}", f"write {meant}")
        elif before and before.kind == "percent" and token.kind != "end":
            hint = Text(
                "紧挨着数字的 % 是百分比；取余数时两边留空格：10 % 3",
                "a % glued to a number is a percentage; a remainder needs spaces: 10 % 3",
            )
        elif before and before.kind == "number" and token.kind == "name":
            hint = Text("数字和单位之间不留空格，例如 10s", "no space between number and unit, e.g. 10s")
        else:
            hint = hint_otherwise
        return GuardSyntaxError(Problem("K401", token.start, max(token.end, token.start + 1), message, hint))

    def _deeper(self, depth: int) -> int:
        if depth >= MAX_DEPTH:
            raise self._unexpected(Text("括号套得太深", "nested too deeply"), _SPLIT)
        return depth + 1

    def choice(self, depth: int) -> Node:
        depth = self._deeper(depth)
        start = self._now.start
        condition = self._binary(0, depth)
        if not self._is("?"):
            return condition
        self._take()
        yes = self.choice(depth)
        self._want(":")
        no = self.choice(depth)
        return Choice(start, self._end, condition=condition, yes=yes, no=no)

    def _binary(self, binding: int, depth: int) -> Node:
        depth = self._deeper(depth)
        start = self._now.start
        left = self._unary(depth)
        while True:
            token = self._now
            sign = str(token.value) if token.kind in ("op", "name") else ""
            power = _BINARY.get(sign, 0)
            if power <= binding:
                return left
            if (
                power == _COMPARING
                and isinstance(left, Binary)
                and _BINARY[left.sign] == _COMPARING
                and self._bare(left)
            ):
                raise self._unexpected(
                    Text("比较不能连写", "comparisons do not chain"),
                    Text("写成 a < b && b < c", "write a < b && b < c"),
                )
            self._signs += 1
            if self._signs > MAX_SIGNS:
                raise self._unexpected(Text("条件太长", "the condition is too long"), _SPLIT)
            self._take()
            right = self._binary(power, depth)
            left = Binary(start, self._end, sign=sign, left=left, right=right)

    def _bare(self, node: Node) -> bool:
        """Whether `node` was written without parentheses around it."""
        return self._end == node.end

    def _unary(self, depth: int) -> Node:
        token = self._now
        if token.kind == "op" and token.value in ("!", "-"):
            self._take()
            of = self._unary(self._deeper(depth))
            return Unary(token.start, self._end, sign=str(token.value), of=of)
        node = self._primary(depth)
        while self._is("."):
            self._take()
            name = self._take()
            if name.kind != "name" or not self._is("("):
                self._at -= name.kind != "end"
                raise self._unexpected(
                    Text("点后面应该是函数", "expected a function after the dot"),
                    Text("例如 .contains('词')", "such as .contains('word')"),
                )
            node = self._call(str(name.value), (name.start, name.end), [node], token.start, depth)
        return node

    def _primary(self, depth: int) -> Node:
        token = self._take()
        if token.kind in ("number", "duration", "percent", "string"):
            return Literal(token.start, token.end, token.kind, value=token.value)  # type: ignore[arg-type]
        if token.kind == "name" and token.value != "in":
            return self._named(token, depth)
        if token.value == "(" and token.kind == "op":
            node = self.choice(depth)
            self._want(")")
            return node
        if token.value == "[" and token.kind == "op":
            items, end = self._items("]", depth)
            return ListOf(token.start, end, items=items)
        self._at -= token.kind != "end"
        raise self._unexpected(
            Text("这里缺一个值", "a value is missing here"),
            Text("写变量、数字，或引号里的文字", "write a variable, a number, or text in quotes"),
        )

    def _named(self, token: Token, depth: int) -> Node:
        name = str(token.value)
        if name in _CONSTANTS:
            value, kind = _CONSTANTS[name]
            return Literal(token.start, token.end, kind, value=value)
        if not self._is("("):
            if name in _MEANT_WORD:
                self._at -= 1
                raise self._unexpected(
                    Text(f"条件里没有“{name}”这个词", f"there is no word '{name}' in conditions"), NOTHING
                )
            return Name(token.start, token.end, name=name)
        receiver, _, function = name.rpartition(".")
        function_at = (token.end - len(function), token.end)
        first: list[Node] = [Name(token.start, function_at[0] - 1, name=receiver)] if receiver else []
        return self._call(function, function_at, first, token.start, depth)

    def _call(self, name: str, name_at: tuple[int, int], first: list[Node], start: int, depth: int) -> Node:
        self._want("(")
        rest, end = self._items(")", depth)
        return Call(start, end, name=name, name_at=name_at, arguments=first + rest)

    def _items(self, closing: str, depth: int) -> tuple[list[Node], int]:
        items: list[Node] = []
        while not self._is(closing):
            items.append(self.choice(depth))
            if not self._is(","):
                break
            self._take()
            if closing == ")" and self._is(closing):
                raise self._unexpected(
                    Text("逗号后面缺一个值", "a value is missing after the comma"),
                    Text("补上值，或删掉逗号", "add one, or delete the comma"),
                )
        return items, self._want(closing).end
