"""Evaluates ECMAScript trees."""

from collections.abc import Callable
from typing import Any

from tests.conformance.scxml.ecmascript.operators import binary, member
from tests.conformance.scxml.ecmascript.reading import Tree
from tests.conformance.scxml.ecmascript.scope import Scope, iterated
from tests.conformance.scxml.ecmascript.values import (
    UNDEFINED,
    Arr,
    Func,
    Obj,
    Pattern,
    number,
    text,
    truth,
    type_of,
)
from tests.conformance.scxml.faults import Illegal, Unsupported

# A document that counts to a hundred needs thousands of steps; one that needs more than this will not come to rest.
MOST_STEPS = 2_000_000
MOST_DEPTH = 60


class Evaluator:
    """Runs trees in the scope of one session.  `missing` names are those of ECMAScript that we do not have."""

    def __init__(self, scope: Scope, missing: frozenset[str] = frozenset()) -> None:
        self.globals = scope
        self.missing = missing
        self.steps = 0
        self.depth = 0

    def value(self, tree: Tree, scope: Scope | None = None) -> Any:
        """Evaluate an expression."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise Unsupported("scripts that run so long")
        method: Callable[[Tree, Scope], Any] = getattr(self, f"_{tree.kind}")
        return method(tree, scope or self.globals)

    def assign(self, target: Tree, value: Any, scope: Scope, declare: bool = True) -> None:
        """Assign to a variable or a property; without `declare` a variable that nobody declared is refused."""
        if target.kind == "member":
            holder = self.value(target.a, scope)
            if not isinstance(holder, Obj):
                raise Illegal(f"TypeError: {text(holder)} has no properties to set")
            holder.set(text(self.value(target.b, scope)), value)
            return
        home = scope.find(target.a)
        if home is None:
            if not declare:
                raise Illegal(f"ReferenceError: {target.a} is not declared")
            home = self.globals
        if target.a in home.fixed:
            raise Illegal(f"TypeError: {target.a} cannot be assigned")
        home.names[target.a] = value

    # Expressions ------------------------------------------------------------------------------------------------------

    def _value(self, tree: Tree, scope: Scope) -> Any:
        return tree.a

    def _name(self, tree: Tree, scope: Scope) -> Any:
        home = scope.find(tree.a)
        if home is not None:
            return home.names[tree.a]
        if tree.a in self.missing:
            raise Unsupported(f"the built-in {tree.a}")
        raise Illegal(f"ReferenceError: {tree.a} is not defined")

    def _this(self, tree: Tree, scope: Scope) -> Any:
        home = scope.home()
        if home is self.globals:
            raise Unsupported("`this` outside a function")
        return home.this

    def _regex(self, tree: Tree, scope: Scope) -> Any:
        return Pattern(tree.a, tree.b)

    def _template(self, tree: Tree, scope: Scope) -> Any:
        return "".join(text(self.value(part, scope)) for part in tree.a)

    def _many(self, trees: list[Tree], scope: Scope) -> list[Any]:
        found: list[Any] = []
        for tree in trees:
            if tree.kind == "spread":
                found.extend(iterated(self.value(tree.a, scope)))
            else:
                found.append(self.value(tree, scope))
        return found

    def _array(self, tree: Tree, scope: Scope) -> Any:
        return Arr(self._many(tree.a, scope))

    def _object(self, tree: Tree, scope: Scope) -> Any:
        made = Obj()
        for key, value in tree.a:
            made.props[text(self.value(key, scope))] = self.value(value, scope)
        return made

    def _comma(self, tree: Tree, scope: Scope) -> Any:
        return self._many(tree.a, scope)[-1]

    def _member(self, tree: Tree, scope: Scope) -> Any:
        holder = self.value(tree.a, scope)
        if tree.c and holder in (None, UNDEFINED):
            return UNDEFINED
        return member(holder, text(self.value(tree.b, scope)))

    def _call(self, tree: Tree, scope: Scope) -> Any:
        this: Any = UNDEFINED
        if tree.a.kind == "member":
            this = self.value(tree.a.a, scope)
            if tree.a.c and this in (None, UNDEFINED):
                return UNDEFINED
            called = member(this, text(self.value(tree.a.b, scope)))
        else:
            called = self.value(tree.a, scope)
        if not isinstance(called, Func):
            raise Illegal("TypeError: what is called is not a function")
        return called.code(this, self._many(tree.b, scope))

    def _new(self, tree: Tree, scope: Scope) -> Any:
        made = self.value(tree.a, scope)
        if not isinstance(made, Func):
            raise Illegal("TypeError: what is made is not a function")
        return made.construct(self._many(tree.b, scope))

    def _unary(self, tree: Tree, scope: Scope) -> Any:
        operator, operand = tree.a, tree.b
        if operator == "typeof" and operand.kind == "name" and scope.find(operand.a) is None:
            return "undefined" if operand.a not in self.missing else self._name(operand, scope)
        if operator == "delete":
            if operand.kind != "member":
                return operand.kind != "name"
            holder = self.value(operand.a, scope)
            if isinstance(holder, Obj):
                holder.delete(text(self.value(operand.b, scope)))
            return True
        value = self.value(operand, scope)
        if operator == "!":
            return not truth(value)
        if operator == "typeof":
            return type_of(value)
        if operator == "void":
            return UNDEFINED
        if operator == "~":
            return binary("^", value, -1.0)
        return number(value) if operator == "+" else -number(value)

    def _update(self, tree: Tree, scope: Scope) -> Any:
        old = number(self.value(tree.b, scope))
        new = old + (1 if tree.a == "++" else -1)
        self.assign(tree.b, new, scope)
        return new if tree.c else old

    def _binary(self, tree: Tree, scope: Scope) -> Any:
        return binary(tree.a, self.value(tree.b, scope), self.value(tree.c, scope))

    def _logic(self, tree: Tree, scope: Scope) -> Any:
        left = self.value(tree.b, scope)
        if tree.a == "??":
            done = left is not None and left is not UNDEFINED
        else:
            done = truth(left) is (tree.a == "||")
        return left if done else self.value(tree.c, scope)

    def _conditional(self, tree: Tree, scope: Scope) -> Any:
        return self.value(tree.b if truth(self.value(tree.a, scope)) else tree.c, scope)

    def _assign(self, tree: Tree, scope: Scope) -> Any:
        if tree.a:
            value = binary(tree.a, self.value(tree.b, scope), self.value(tree.c, scope))
        else:
            value = self.value(tree.c, scope)
        self.assign(tree.b, value, scope)
        return value
