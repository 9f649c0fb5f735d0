"""Evaluates ECMAScript trees."""

import math
from collections.abc import Callable
from typing import Any

from tests.conformance.scxml.ecmascript.grammar import Function, Tree
from tests.conformance.scxml.ecmascript.operators import binary, member
from tests.conformance.scxml.ecmascript.values import (
    UNDEFINED,
    Arr,
    Func,
    Obj,
    Pattern,
    Thrown,
    number,
    strictly_equal,
    text,
    truth,
    type_of,
)
from tests.conformance.scxml.faults import Illegal, Unsupported

# A document that counts to a hundred needs thousands of steps; one that needs more than this will not come to rest.
MOST_STEPS = 2_000_000
MOST_DEPTH = 60


class Scope:
    """Variables of a script, a function or a block, and where to look next.  `fixed` names cannot be assigned."""

    def __init__(self, outer: "Scope | None" = None, this: Any = UNDEFINED, function: bool = False) -> None:
        self.names: dict[str, Any] = {}
        self.fixed: set[str] = set()
        self.outer = outer
        self.this = this
        self.function = function or outer is None

    def find(self, name: str) -> "Scope | None":
        """Return the scope that has this variable."""
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.outer
        return scope

    def home(self) -> "Scope":
        """Return where `var` declares: the function around, or the script."""
        scope = self
        while not scope.function and scope.outer is not None:
            scope = scope.outer
        return scope


class Leave(Exception):
    """`break`, `continue` or `return` on the way out."""

    def __init__(self, kind: str, value: Any = UNDEFINED) -> None:
        self.kind = kind
        self.value = value


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

    def run(self, tree: Tree) -> None:
        """Run a script in the global scope."""
        self._hoist(tree, self.globals)
        self._statements(tree.a, self.globals)

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
        if home.outer is None:
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

    def _function(self, tree: Tree, scope: Scope) -> Any:
        code: Function = tree.a

        def call(this: Any, args: list[Any]) -> Any:
            inner = Scope(scope, this if code.own_this else scope.home().this, function=True)
            given = iter(args)
            if code.own_this:
                inner.names["arguments"] = Arr(args)
            for name, default in code.params:
                value = next(given, UNDEFINED)
                if value is UNDEFINED and default is not None:
                    value = self.value(default, inner)
                inner.names[name] = value
            if code.rest:
                inner.names[code.rest] = Arr(given)
            return self._called(code, inner)

        made = Func(code.name, call, code.source, code.own_this)
        return made

    def _called(self, code: Function, inner: Scope) -> Any:
        self.depth += 1
        try:
            if self.depth > MOST_DEPTH:
                raise Unsupported("functions that call themselves so deeply")
            if code.body.kind == "return":
                return self.value(code.body.a, inner)
            self._hoist(code.body, inner)
            self._statements(code.body.a, inner)
        except Leave as leave:
            return leave.value
        finally:
            self.depth -= 1
        return UNDEFINED

    # Statements -------------------------------------------------------------------------------------------------------

    def _hoist(self, tree: Any, scope: Scope) -> None:
        """Declare every `var` below `tree` at once, as ECMAScript does, but not those of functions within."""
        if isinstance(tree, Tree):
            if tree.kind == "function":
                return
            if tree.kind == "var" and tree.a == "var":
                for name, _ in tree.b:
                    scope.names.setdefault(name, UNDEFINED)
        if isinstance(tree, (Tree, list, tuple)):
            for part in tree:
                self._hoist(part, scope)

    def _statements(self, trees: list[Tree], scope: Scope) -> None:
        for tree in trees:
            if tree.kind == "declare":
                scope.names[tree.a.a.name] = self.value(tree.a, scope)
        for tree in trees:
            self.value(tree, scope)

    def _block(self, tree: Tree, scope: Scope) -> None:
        self._statements(tree.a, Scope(scope))

    def _expression(self, tree: Tree, scope: Scope) -> None:
        self.value(tree.a, scope)

    def _declare(self, tree: Tree, scope: Scope) -> None:
        """A function was declared before the first statement of its block ran."""

    def _var(self, tree: Tree, scope: Scope) -> None:
        for name, initial in tree.b:
            if tree.a == "var":
                if initial is not None:
                    self.assign(Tree("name", name), self.value(initial, scope), scope.home())
                continue
            scope.names[name] = UNDEFINED if initial is None else self.value(initial, scope)
            if tree.a == "const":
                scope.fixed.add(name)

    def _if(self, tree: Tree, scope: Scope) -> None:
        if truth(self.value(tree.a, scope)):
            self.value(tree.b, scope)
        elif tree.c is not None:
            self.value(tree.c, scope)

    def _loops(self, body: Tree, scope: Scope) -> bool:
        """Run the body of a loop once; false when it broke out."""
        try:
            self.value(body, scope)
        except Leave as leave:
            if leave.kind == "return":
                raise
            return leave.kind == "continue"
        return True

    def _for(self, tree: Tree, scope: Scope) -> None:
        inner = Scope(scope)
        if tree.a is not None:
            self.value(tree.a, inner)
        while tree.b is None or truth(self.value(tree.b, inner)):
            if not self._loops(tree.d, inner):
                return
            # Every round has variables of its own, so that a function made in it keeps them.
            inner, last = Scope(scope), inner
            inner.names.update(last.names)
            if tree.c is not None:
                self.value(tree.c, inner)

    def _do(self, tree: Tree, scope: Scope) -> None:
        while self._loops(tree.b, scope) and truth(self.value(tree.a, scope)):
            pass

    def _each(self, tree: Tree, scope: Scope) -> None:
        many = self.value(tree.b, scope)
        rounds = iterated(many) if tree.c == "of" else list(many.keys()) if isinstance(many, Obj) else []
        for value in rounds:
            inner = Scope(scope)
            target = tree.a
            if target.kind == "var":
                if target.a != "var":
                    inner.names[target.b[0][0]] = value
                target = Tree("name", target.b[0][0])
            self.assign(target, value, inner)
            if not self._loops(tree.d, inner):
                return

    def _return(self, tree: Tree, scope: Scope) -> None:
        raise Leave("return", UNDEFINED if tree.a is None else self.value(tree.a, scope))

    def _break(self, tree: Tree, scope: Scope) -> None:
        raise Leave(tree.kind)

    _continue = _break

    def _throw(self, tree: Tree, scope: Scope) -> None:
        raise Thrown(self.value(tree.a, scope))

    def _try(self, tree: Tree, scope: Scope) -> None:
        try:
            self.value(tree.a, scope)
        except Illegal as error:
            if tree.b is None:
                raise
            inner = Scope(scope)
            if tree.b[0]:
                inner.names[tree.b[0]] = caught(error)
            self.value(tree.b[1], inner)
        finally:
            if tree.c is not None:
                self.value(tree.c, scope)

    def _switch(self, tree: Tree, scope: Scope) -> None:
        value = self.value(tree.a, scope)
        inner = Scope(scope)
        start = None
        for place, (test, _) in enumerate(tree.b):
            if test is not None and strictly_equal(value, self.value(test, inner)):
                start = place
                break
        else:
            start = next((place for place, (test, _) in enumerate(tree.b) if test is None), math.inf)
        for place, (_, body) in enumerate(tree.b):
            if place >= start and not self._loops(Tree("block", body), inner):
                return


def iterated(value: Any) -> list[Any]:
    """Return what `for … of` and `...` run over."""
    if isinstance(value, Arr):
        return list(value.items)
    if isinstance(value, str):
        return list(value)
    raise Illegal("TypeError: not iterable")


def caught(error: Illegal) -> Any:
    """Return what `catch` gets."""
    if isinstance(error, Thrown):
        return error.value
    name, _, message = str(error).partition(": ")
    return Obj({"name": name, "message": message})
