"""The Python data model: a subset of Python, checked node by node before anything of it runs."""

import ast
import keyword
from collections.abc import Callable, Iterator
from typing import Any
from xml.dom import minidom
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tests.conformance.scxml.ecmascript.tokens import words
from tests.conformance.scxml.events import ABSENT, PROCESSOR, Event
from tests.conformance.scxml.faults import Illegal, Unsupported
from tests.conformance.scxml.models import PROTECTED, Session, json_of, xml_of

_EXPRESSIONS: tuple[type[ast.AST], ...] = (
    ast.Expression, ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.IfExp, ast.Dict, ast.Set, ast.List, ast.Tuple, ast.Compare,
    ast.Call, ast.Constant, ast.Attribute, ast.Subscript, ast.Starred, ast.Name, ast.Slice, ast.keyword, ast.JoinedStr,
    ast.FormattedValue, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.Lambda,
    ast.arguments, ast.arg, ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop, ast.NamedExpr,
)  # fmt: skip
_STATEMENTS: tuple[type[ast.AST], ...] = (
    ast.Module, ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.If, ast.For, ast.While, ast.Break, ast.Continue,
    ast.Pass, ast.FunctionDef, ast.Return, ast.Delete, ast.Global, ast.Assert, ast.Raise,
)  # fmt: skip
_BUILTINS = {
    each.__name__: each
    for each in (
        abs, all, any, bool, dict, enumerate, filter, float, frozenset, int, isinstance, len, list, map, max, min, ord, chr,
        range, repr, reversed, round, set, sorted, str, sum, tuple, zip, type, callable, divmod, pow,
        Exception, ValueError, TypeError, KeyError, NameError, AttributeError, IndexError,
    )
}  # fmt: skip
_MISSING = frozenset(words("open eval exec compile input setattr delattr object super print iter next"))
_WALL = frozenset({"format", "format_map", "mro"})


class Fields(dict[str, Any]):
    """Values by name that can be asked either way: `_event.data['x']` and `_event.data.x`."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value


class Sealed(Fields):
    """Fields that nobody changes."""

    def __setitem__(self, name: str, value: Any) -> None:
        raise TypeError(f"{name} cannot be changed")

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"{name} cannot be deleted")


class Python:
    """See the module."""

    def __init__(self, session: Session) -> None:
        entry = Sealed(location=f"#_scxml_{session.id}")
        own: dict[str, Any] = {
            "_sessionid": session.id,
            "_name": session.name,
            "_ioprocessors": Sealed({PROCESSOR: entry, "scxml": entry}),
            "_event": None,
            "In": lambda state: state in session.inside,
        }
        self.space: dict[str, Any] = {
            "__builtins__": {
                **_BUILTINS,
                "vars": self._vars,
                "locals": self._vars,
                "globals": self._vars,
                "dir": self._vars,
                "hasattr": _has,
                "getattr": _get,
            },
            **own,
        }

    def _vars(self) -> dict[str, Any]:
        return {name: value for name, value in self.space.items() if name != "__builtins__"}

    def declare(self, name: str) -> None:
        """Make a variable that is None."""
        self._may_be_bound(name)
        self.space.setdefault(name, None)

    def _may_be_bound(self, name: str) -> None:
        if not name.isidentifier() or keyword.iskeyword(name) or name in PROTECTED or name.startswith("__"):
            raise Illegal(f"SyntaxError: no variable can be called {name}")

    def value(self, source: str) -> Any:
        """Evaluate an expression."""
        code = self._checked(source.strip(), "eval", _EXPRESSIONS)
        return self._guarded(lambda: eval(code, self.space))  # noqa: S307  # every node of it was checked

    def holds(self, source: str) -> bool:
        """Evaluate a condition."""
        return bool(self.value(source))

    def run(self, source: str) -> None:
        """Run a script; what it does to the system's variables is undone and an error."""
        code = self._checked(_dedented(source), "exec", _EXPRESSIONS + _STATEMENTS)
        self._guarded(lambda: exec(code, self.space))  # noqa: S102  # every node of it was checked

    def _guarded(self, run: Callable[[], Any]) -> Any:
        before = {name: self.space[name] for name in PROTECTED}
        try:
            return run()
        except (Unsupported, Illegal):
            raise
        except Exception as error:
            raise Illegal(f"{type(error).__name__}: {error}") from None
        finally:
            self.space.update(before)

    def _checked(self, source: str, mode: str, allowed: tuple[type[ast.AST], ...]) -> Any:
        try:
            tree: Any = ast.parse(source, mode=mode)
        except (SyntaxError, ValueError) as error:
            raise Illegal(f"SyntaxError: {error}") from None
        for node in ast.walk(tree):
            if not isinstance(node, allowed):
                raise Unsupported(f"Python's {type(node).__name__}")
            if isinstance(node, ast.Attribute) and (node.attr.startswith("__") or node.attr in _WALL):
                raise Unsupported(f"Python's {node.attr}")
            if isinstance(node, ast.Name):
                self._check_name(node)
        return compile(tree, "<document>", mode)

    def _check_name(self, node: ast.Name) -> None:
        if node.id in _MISSING or node.id.startswith("__"):
            raise Unsupported(f"Python's {node.id}")
        if isinstance(node.ctx, ast.Store) and node.id in PROTECTED:
            raise Illegal(f"TypeError: {node.id} cannot be assigned")

    def assign(self, location: str, value: Any) -> None:
        """Assign to a variable that exists, or inside one."""
        try:
            target = ast.parse(location.strip(), mode="eval").body
        except SyntaxError as error:
            raise Illegal(f"SyntaxError: {error}") from None
        if isinstance(target, ast.Name):
            self._may_be_bound(target.id)
            if target.id not in self.space:
                raise Illegal(f"NameError: {target.id} is not declared")
            self.space[target.id] = value
            return
        if not isinstance(target, (ast.Attribute, ast.Subscript)):
            raise Illegal(f"SyntaxError: {location} is no place")
        holder = self.value(ast.unparse(target.value))
        if isinstance(target, ast.Attribute):
            if target.attr.startswith("__"):
                raise Unsupported(f"Python's {target.attr}")
            self._guarded(lambda: setattr(holder, target.attr, value))
        else:
            key = self.value(ast.unparse(target.slice))
            self._guarded(lambda: holder.__setitem__(key, value))

    def items(self, source: str) -> list[Any]:
        """Return a copy of the items of a list, a tuple, or the keys of a dict."""
        value = self.value(source)
        if not isinstance(value, (list, tuple, dict, set, range)):
            raise Illegal(f"TypeError: {source} is no list")
        return list(value)

    def bind(self, name: str, value: Any) -> None:
        """Set a variable, made when it does not exist."""
        self._may_be_bound(name)
        self.space[name] = value

    def read(self, element: Element) -> Any:
        """Return XML as a minidom document, JSON and Python literals as their value, other text with single spaces."""
        return self.take(element[0]) if len(element) else self._text(element.text or "")

    def read_text(self, source: str) -> Any:
        """Return what a file holds, by the same rule."""
        element = xml_of(source)
        return self._text(source) if element is None else self.take(element)

    def _text(self, source: str) -> Any:
        found = json_of(source)
        if found is not ABSENT:
            return self.take(found)
        try:
            return ast.literal_eval(source.strip())
        except (ValueError, SyntaxError):
            return " ".join(source.split())

    def show(self, value: Any) -> str:
        """Return a value as a string."""
        return str(value.toxml()) if isinstance(value, minidom.Node) else str(value)

    def portable(self, value: Any) -> Any:
        """Return a copy of lists and dicts, XML as an element; everything else as it is."""
        if isinstance(value, minidom.Document):
            value = value.documentElement
        if isinstance(value, minidom.Node):
            return ElementTree.fromstring(value.toxml())  # noqa: S314  # minidom has just written it
        if isinstance(value, dict):
            return {str(key): self.portable(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.portable(item) for item in value]
        return ABSENT if callable(value) else value

    def take(self, value: Any) -> Any:
        """Return a portable value as one of Python."""
        if value is ABSENT:
            return None
        if isinstance(value, Element):
            return minidom.parseString(ElementTree.tostring(value))  # noqa: S318  # ElementTree has just written it
        if isinstance(value, dict):
            return Fields({key: self.take(item) for key, item in value.items()})
        return [self.take(item) for item in value] if isinstance(value, list) else value

    def hear(self, event: Event | None) -> None:
        """Bind _event."""
        if event is not None:
            self.space["_event"] = Sealed(_fields(self, event))


def _has(holder: Any, name: str) -> bool:
    return not name.startswith("_") and hasattr(holder, name)


def _get(holder: Any, name: str, default: Any = None) -> Any:
    if name.startswith("_") or name in _WALL:
        raise Unsupported(f"Python's {name}")
    return getattr(holder, name, default)


def _fields(model: Python, event: Event) -> Iterator[tuple[str, Any]]:
    yield "name", str(event.name)
    for name in ("type", "sendid", "origin", "origintype", "invokeid"):
        yield name, getattr(event, name)
    yield "data", model.take(event.data)


def _dedented(source: str) -> str:
    """Return a script without the indentation that it has as a part of its document."""
    from textwrap import dedent

    lines = source.strip("\n").split("\n")
    if lines and lines[0].strip() and not lines[0][0].isspace() and len(lines) > 1:
        # `<script>x = 1` begins on the line of the tag: only the others are indented.
        return lines[0] + "\n" + dedent("\n".join(lines[1:]))
    return dedent("\n".join(lines))
