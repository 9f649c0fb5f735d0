"""Statements of ECMAScript, and the two doors of the grammar: a whole expression, a whole script."""

from functools import cache

from tests.conformance.scxml.ecmascript.grammar import Expressions
from tests.conformance.scxml.ecmascript.reading import Tree
from tests.conformance.scxml.faults import Illegal, Unsupported


class Statements(Expressions):
    """Reads scripts."""

    def script(self) -> Tree:
        """Read statements to the end of the text."""
        found: list[Tree] = []
        while self.token.kind != "end":
            found.append(self.statement())
        return Tree("block", found)

    def body(self) -> Tree:
        self.depth += 1
        found = self.block()
        self.depth -= 1
        return found

    def block(self) -> Tree:
        """Read `{ … }`."""
        self.expect("{")
        before, self.no_in = self.no_in, False
        found: list[Tree] = []
        while not self.takes("}"):
            found.append(self.statement())
        self.no_in = before
        return Tree("block", found)

    def statement(self) -> Tree:
        """Read one statement."""
        token = self.token
        if self.sees("{"):
            return self.block()
        if self.takes(";"):
            return Tree("block", [])
        if token.kind == "keyword":
            reader = getattr(self, f"_{token.text}_statement", None)
            if reader is not None:
                self.at += 1
                found: Tree = reader()
                return found
        if token.kind == "name" and self.tokens[self.at + 1].text == ":":
            raise Unsupported("labels")
        value = Tree("expression", self.expression())
        self._end()
        return value

    def _end(self) -> None:
        """A statement ends with a semicolon, a brace, a new line or the text."""
        if self.takes(";") or self.sees("}") or self.token.kind == "end" or self.token.newline:
            return
        raise self.wrong()

    def _var_statement(self) -> Tree:
        found = self._declared(self.tokens[self.at - 1].text)
        self._end()
        return found

    _let_statement = _var_statement
    _const_statement = _var_statement

    def _declared(self, word: str) -> Tree:
        names: list[tuple[str, Tree | None]] = []
        while True:
            name = self.name()
            names.append((name, self.assignment() if self.takes("=") else None))
            if not self.takes(","):
                return Tree("var", word, names)

    def _function_statement(self) -> Tree:
        return Tree("declare", self.function(named=True))

    def _return_statement(self) -> Tree:
        if not self.depth:
            raise Illegal("SyntaxError: return outside a function")
        value = None
        if not (self.sees(";", "}") or self.token.kind == "end" or self.token.newline):
            value = self.expression()
        self._end()
        return Tree("return", value)

    def _throw_statement(self) -> Tree:
        value = self.expression()
        self._end()
        return Tree("throw", value)

    def _break_statement(self) -> Tree:
        word = self.tokens[self.at - 1].text
        if self.token.kind == "name" and not self.token.newline:
            raise Unsupported("labels")
        self._end()
        return Tree(word)

    _continue_statement = _break_statement

    def _debugger_statement(self) -> Tree:
        self._end()
        return Tree("block", [])

    def _with_statement(self) -> Tree:
        raise Unsupported("ECMAScript's with")

    def _test(self) -> Tree:
        self.expect("(")
        test = self.expression()
        self.expect(")")
        return test

    def _if_statement(self) -> Tree:
        test = self._test()
        yes = self.statement()
        return Tree("if", test, yes, self.statement() if self.takes("else") else None)

    def _while_statement(self) -> Tree:
        return Tree("for", None, self._test(), None, self.statement())

    def _do_statement(self) -> Tree:
        body = self.statement()
        self.expect("while")
        test = self._test()
        self.takes(";")
        return Tree("do", test, body)

    def _for_statement(self) -> Tree:
        self.expect("(")
        first: Tree | None = None
        self.no_in = True
        if self.sees("var", "let", "const"):
            self.at += 1
            first = self._declared(self.tokens[self.at - 1].text)
        elif not self.sees(";"):
            first = self.expression()
        self.no_in = False
        if self.sees("in") or self.token.text == "of":
            word = self.token.text
            self.at += 1
            many = self.expression()
            self.expect(")")
            assert first is not None
            return Tree("each", first, many, word, self.statement())
        self.expect(";")
        test = None if self.sees(";") else self.expression()
        self.expect(";")
        after = None if self.sees(")") else self.expression()
        self.expect(")")
        body = self.statement()
        loop = Tree("for", first if first and first.kind == "var" else None, test, after, body)
        if first is None or first.kind == "var":
            return loop
        return Tree("block", [Tree("expression", first), loop])

    def _try_statement(self) -> Tree:
        body = self.block()
        caught: tuple[str, Tree] | None = None
        if self.takes("catch"):
            name = ""
            if self.takes("("):
                name = self.name()
                self.expect(")")
            caught = (name, self.block())
        last = self.block() if self.takes("finally") else None
        if caught is None and last is None:
            raise self.wrong()
        return Tree("try", body, caught, last)

    def _switch_statement(self) -> Tree:
        value = self._test()
        self.expect("{")
        cases: list[tuple[Tree | None, list[Tree]]] = []
        while not self.takes("}"):
            test = None
            if not self.takes("default"):
                self.expect("case")
                test = self.expression()
            self.expect(":")
            body: list[Tree] = []
            while not self.sees("case", "default", "}"):
                body.append(self.statement())
            cases.append((test, body))
        return Tree("switch", value, cases)


@cache
def expression(source: str) -> Tree:
    """Parse a text that is one expression; documents close it with a semicolon now and then."""
    reader = Statements(source)
    if len(reader.tokens) > 2 and reader.tokens[-2].text == ";":
        del reader.tokens[-2]
    return reader.whole()


@cache
def script(source: str) -> Tree:
    """Parse a text that is statements."""
    return Statements(source).script()
