"""Evaluates the statements of ECMAScript, and calls functions."""

import math
from typing import Any

from tests.conformance.scxml.ecmascript.evaluate import Evaluator
from tests.conformance.scxml.ecmascript.reading import Function, Tree
from tests.conformance.scxml.ecmascript.scope import Leave, Scope, iterated
from tests.conformance.scxml.ecmascript.values import UNDEFINED, Arr, Func, Obj, Thrown, strictly_equal, truth
from tests.conformance.scxml.faults import Illegal, Unsupported

MOST_DEPTH = 60


class Runner(Evaluator):
    """An evaluator that knows statements, too."""

    depth = 0

    def run(self, tree: Tree) -> None:
        """Run a script in the global scope."""
        self._hoist(tree, self.globals)
        self._statements(tree.a, self.globals)

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

        return Func(code.name, call, code.source, code.own_this)

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
        rounds = iterated(many) if tree.c == "of" else list(many.names()) if isinstance(many, Obj) else []
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
        start: float = math.inf
        for place, (test, _) in enumerate(tree.b):
            if test is not None and strictly_equal(value, self.value(test, inner)):
                start = place
                break
        else:
            start = next((place for place, (test, _) in enumerate(tree.b) if test is None), math.inf)
        for place, (_, body) in enumerate(tree.b):
            if place >= start and not self._loops(Tree("block", body), inner):
                return


def caught(error: Illegal) -> Any:
    """Return what `catch` gets."""
    if isinstance(error, Thrown):
        return error.value
    name, _, message = str(error).partition(": ")
    return Obj({"name": name, "message": message})
