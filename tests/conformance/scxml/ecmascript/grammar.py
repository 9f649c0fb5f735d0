"""Expressions of ECMAScript: tokens to trees.  Statements are in statements.py, which builds on this.

A tree is a kind and its parts; evaluation has one method for each kind.  What ECMAScript allows and we do not know raises
Unsupported; what it forbids raises Illegal, because documents of the W3C suite do so on purpose.
"""

from abc import ABC, abstractmethod

from tests.conformance.scxml.ecmascript.reading import Function, Reading, Tree
from tests.conformance.scxml.ecmascript.tokens import Token, unescape, words
from tests.conformance.scxml.faults import Illegal, Unsupported

_BINARY = {
    "??": 1, "||": 2, "&&": 3, "|": 4, "^": 5, "&": 6, "==": 7, "!=": 7, "===": 7, "!==": 7, "<": 8, ">": 8,
    "<=": 8, ">=": 8, "instanceof": 8, "in": 8, "<<": 9, ">>": 9, ">>>": 9, "+": 10, "-": 10, "*": 11, "/": 11,
    "%": 11, "**": 12,
}  # fmt: skip
_LOGIC = frozenset({"??", "||", "&&"})
_ASSIGN = frozenset(words("= += -= *= /= %= **= <<= >>= >>>= &= |= ^="))
_PREFIX = frozenset({"!", "~", "+", "-", "typeof", "void", "delete"})
_CONSTANTS = {"true": True, "false": False, "null": None}


class Expressions(Reading, ABC):
    """Reads expressions."""

    def expression(self) -> Tree:
        """Read an expression, commas included."""
        first = self.assignment()
        if not self.sees(","):
            return first
        parts = [first]
        while self.takes(","):
            parts.append(self.assignment())
        return Tree("comma", parts)

    def assignment(self) -> Tree:
        """Read an expression without a comma."""
        arrow = self._arrow()
        if arrow is not None:
            return arrow
        left = self._conditional()
        if self.token.kind == "sign" and self.token.text in _ASSIGN:
            operator = self.token.text
            if left.kind in ("array", "object"):
                raise Unsupported("destructuring")
            if left.kind not in ("name", "member"):
                raise Illegal("SyntaxError: only a variable or a property can be assigned")
            self.at += 1
            return Tree("assign", operator[:-1], left, self.assignment())
        return left

    def _conditional(self) -> Tree:
        test = self._binary(0)
        if not self.takes("?"):
            return test
        before, self.no_in = self.no_in, False
        yes = self.assignment()
        self.no_in = before
        self.expect(":")
        return Tree("conditional", test, yes, self.assignment())

    def _binary(self, floor: int) -> Tree:
        left = self._unary()
        while self.token.kind in ("sign", "keyword"):
            operator = self.token.text
            power = _BINARY.get(operator, 0)
            if power <= floor or (operator == "in" and self.no_in):
                break
            self.at += 1
            # ** binds to the right; everything else to the left.
            right = self._binary(power - 1 if operator == "**" else power)
            left = Tree("logic" if operator in _LOGIC else "binary", operator, left, right)
        return left

    def _unary(self) -> Tree:
        if self.token.kind in ("sign", "keyword"):
            operator = self.token.text
            if operator in _PREFIX:
                self.at += 1
                return Tree("unary", operator, self._unary())
            if operator in ("++", "--"):
                self.at += 1
                return Tree("update", operator, self._target(self._unary()), True)
        value = self._postfix()
        if self.sees("++", "--") and not self.token.newline:
            self.at += 1
            return Tree("update", self.tokens[self.at - 1].text, self._target(value), False)
        return value

    def _target(self, tree: Tree) -> Tree:
        if tree.kind not in ("name", "member"):
            raise Illegal("SyntaxError: only a variable or a property can be counted")
        return tree

    def _postfix(self) -> Tree:
        value = self._new() if self.sees("new") else self._primary()
        while True:
            if self.takes("."):
                value = Tree("member", value, self._property_name(), False)
            elif self.takes("?."):
                if self.sees("(", "["):
                    raise Unsupported("?.( and ?.[")
                value = Tree("member", value, self._property_name(), True)
            elif self.sees("["):
                value = Tree("member", value, self._index(), False)
            elif self.sees("("):
                value = Tree("call", value, self._arguments())
            elif self.token.kind == "template":
                raise Unsupported("tagged templates")
            else:
                return value

    def _new(self) -> Tree:
        self.expect("new")
        made = self._new() if self.sees("new") else self._primary()
        while self.sees(".", "["):
            key = self._index() if self.sees("[") else self._after_dot()
            made = Tree("member", made, key, False)
        return Tree("new", made, self._arguments() if self.sees("(") else [])

    def _after_dot(self) -> Tree:
        self.expect(".")
        return self._property_name()

    def _property_name(self) -> Tree:
        if self.token.kind not in ("name", "keyword"):
            raise self.wrong()
        self.at += 1
        return Tree("value", self.tokens[self.at - 1].text)

    def _index(self) -> Tree:
        self.expect("[")
        before, self.no_in = self.no_in, False
        key = self.expression()
        self.no_in = before
        self.expect("]")
        return key

    def _arguments(self) -> list[Tree]:
        self.expect("(")
        return self._listed(")")

    def _listed(self, end: str) -> list[Tree]:
        before, self.no_in = self.no_in, False
        items: list[Tree] = []
        while not self.takes(end):
            if self.sees(","):
                raise Unsupported("holes in arrays") if end == "]" else self.wrong()
            if self.sees("..."):
                self.at += 1
                items.append(Tree("spread", self.assignment()))
            else:
                items.append(self.assignment())
            if not self.sees(end):
                self.expect(",")
        self.no_in = before
        return items

    def _primary(self) -> Tree:
        token = self.token
        self.at += 1
        if token.kind in ("number", "string"):
            return Tree("value", token.value)
        if token.kind == "name":
            if token.text == "async" and self.sees("function") and not self.token.newline:
                raise Unsupported("ECMAScript's async")
            return Tree("name", token.text)
        if token.kind == "template":
            return self._template(token.value)
        if token.kind == "regex":
            return Tree("regex", *token.value)
        if token.text in _CONSTANTS:
            return Tree("value", _CONSTANTS[token.text])
        if token.text == "this":
            return Tree("this")
        if token.text == "(":
            before, self.no_in = self.no_in, False
            inner = self.expression()
            self.no_in = before
            self.expect(")")
            return inner
        if token.text == "[":
            return Tree("array", self._listed("]"))
        if token.text == "{":
            return self._object()
        if token.text == "function":
            return self.function(named=False)
        self.at -= 1
        raise self.wrong()

    def _template(self, body: str) -> Tree:
        parts: list[Tree] = []
        at = 0
        while (start := body.find("${", at)) >= 0:
            depth, end = 1, start + 2
            while depth:
                depth += {"{": 1, "}": -1}.get(body[end], 0)
                end += 1
            parts.append(Tree("value", unescape(body[at:start])))
            inner = type(self)(body[start + 2 : end - 1])
            parts.append(inner.whole())
            at = end
        parts.append(Tree("value", unescape(body[at:])))
        return Tree("template", parts)

    def _object(self) -> Tree:
        items: list[tuple[Tree, Tree]] = []
        while not self.takes("}"):
            token = self.token
            if self.takes("..."):
                raise Unsupported("spread in objects")
            if self.sees("["):
                key = self._index()
            elif token.kind in ("name", "keyword"):
                self.at += 1
                key = Tree("value", token.text)
            elif token.kind in ("string", "number"):
                self.at += 1
                key = Tree("value", token.value)
            else:
                raise self.wrong()
            if token.text in ("get", "set") and not self.sees(":", ",", "}", "("):
                raise Unsupported("getters and setters")
            items.append((key, self._object_value(token, key)))
            if not self.sees("}"):
                self.expect(",")
        return Tree("object", items)

    def _object_value(self, token: Token, key: Tree) -> Tree:
        if self.takes(":"):
            return self.assignment()
        if self.sees("("):
            return self._function_rest(str(key.a), token.at, True)
        if token.kind != "name":
            raise self.wrong()
        return Tree("name", token.text)

    # Functions --------------------------------------------------------------------------------------------------------

    def function(self, named: bool) -> Tree:
        """Read a function after its keyword."""
        start = self.tokens[self.at - 1].at
        if self.sees("*"):
            raise Unsupported("generators")
        name = self.name() if named or self.token.kind == "name" else ""
        return self._function_rest(name, start, True)

    def _function_rest(self, name: str, start: int, own_this: bool) -> Tree:
        self.expect("(")
        params, rest = self._params()
        body = self.body()
        return self._made(name, params, rest, body, own_this, start)

    def _made(
        self,
        name: str,
        params: list[tuple[str, Tree | None]],
        rest: str,
        body: Tree,
        own_this: bool,
        start: int,
    ) -> Tree:
        last = self.tokens[self.at - 1]
        source = self.source[start : last.at + len(last.text)]
        return Tree("function", Function(name, tuple(params), rest, body, own_this, source))

    def _params(self) -> tuple[list[tuple[str, Tree | None]], str]:
        params: list[tuple[str, Tree | None]] = []
        rest = ""
        while not self.takes(")"):
            if self.takes("..."):
                rest = self.name()
                continue
            name = self.name()
            params.append((name, self.assignment() if self.takes("=") else None))
            if not self.sees(")"):
                self.expect(",")
        return params, rest

    def _arrow(self) -> Tree | None:
        """Read `x => …` or `(a, b) => …`; None when something else stands here."""
        start, token = self.at, self.token
        if token.kind == "name" and self.tokens[start + 1].text == "=>":
            params: list[tuple[str, Tree | None]] = [(self.name(), None)]
            rest = ""
        elif self.sees("(") and self._arrow_follows():
            self.at += 1
            params, rest = self._params()
        else:
            return None
        self.expect("=>")
        body = self.body() if self.sees("{") else Tree("return", self.assignment())
        return self._made("", params, rest, body, False, token.at)

    def _arrow_follows(self) -> bool:
        depth, at = 0, self.at
        while self.tokens[at].kind != "end":
            if self.tokens[at].kind == "sign":
                depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(self.tokens[at].text, 0)
                if depth == 0:
                    return self.tokens[at + 1].text == "=>"
            at += 1
        return False

    @abstractmethod
    def body(self) -> Tree:
        """Read the body of a function, which consists of statements."""

    def whole(self) -> Tree:
        """Read an expression that is the whole text."""
        found = self.expression()
        if self.token.kind != "end":
            raise self.wrong()
        return found
