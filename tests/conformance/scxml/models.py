"""The data models of SCXML: what the expressions of a document mean.  ECMAScript and null; Python is in python_model.py."""

import json
import math
import re
from collections.abc import Callable
from typing import Any, Protocol
from xml.etree.ElementTree import Element

from tests.conformance.scxml.dom import Dom
from tests.conformance.scxml.ecmascript.builtins import MISSING, lively, standard
from tests.conformance.scxml.ecmascript.reading import is_name
from tests.conformance.scxml.ecmascript.run import Runner
from tests.conformance.scxml.ecmascript.scope import Scope
from tests.conformance.scxml.ecmascript.statements import expression, script
from tests.conformance.scxml.ecmascript.values import UNDEFINED, Arr, Func, Obj, text, truth
from tests.conformance.scxml.events import ABSENT, PROCESSOR, Event
from tests.conformance.scxml.faults import Illegal, Unsupported

PROTECTED = ("_sessionid", "_name", "_ioprocessors", "_event", "In")


class Session(Protocol):
    """What a data model wants to know of its session."""

    id: str
    inside: set[str]

    @property
    def name(self) -> str | None:
        """What the document calls itself."""

    def log(self, line: str) -> None:
        """Keep a line that the document logs."""


class Model(Protocol):
    """A data model.  Everything may raise Illegal, which becomes error.execution."""

    def declare(self, name: str) -> None:
        """Make a variable without a value."""

    def value(self, source: str) -> Any:
        """Evaluate an expression."""

    def holds(self, source: str) -> bool:
        """Evaluate a condition."""

    def assign(self, location: str, value: Any) -> None:
        """Change what exists."""

    def run(self, source: str) -> None:
        """Run a script."""

    def items(self, source: str) -> list[Any]:
        """Return a copy of the items of an array."""

    def bind(self, name: str, value: Any) -> None:
        """Set a variable, which is made when it does not exist: the item of a foreach."""

    def read(self, element: Element) -> Any:
        """Return the value of what is written inside an element."""

    def read_text(self, source: str) -> Any:
        """Return the value of a file's text."""

    def show(self, value: Any) -> str:
        """Return a value as a string."""

    def portable(self, value: Any) -> Any:
        """Return a copy that another session can take."""

    def take(self, value: Any) -> Any:
        """Return a portable value as one of this model."""

    def hear(self, event: Event | None) -> None:
        """Bind _event."""


class Ecmascript:
    """ECMAScript, appendix B.2."""

    def __init__(self, session: Session) -> None:
        outer = standard(session.log)
        # What a document declares is its own scope, so that a variable may be called like something built in.
        self.scope = Scope(outer, function=True)
        self.evaluator = Runner(self.scope, MISSING)
        location = Obj({"location": f"#_scxml_{session.id}"})
        location.sealed = True
        processors = Processors({PROCESSOR: location, "scxml": location})
        processors.sealed = True
        self.scope.names.update(
            {
                "_sessionid": session.id,
                "_name": UNDEFINED if session.name is None else session.name,
                "_ioprocessors": processors,
                "_event": UNDEFINED,
                "In": Func("In", lambda this, args: text(args[0]) in session.inside, own_this=False),
            }
        )
        self.scope.fixed.update(PROTECTED)

    def declare(self, name: str) -> None:
        """Make a variable that is undefined."""
        if not is_name(name) or name in PROTECTED:
            raise Illegal(f"SyntaxError: no variable can be called {name}")
        self.scope.names.setdefault(name, UNDEFINED)

    def value(self, source: str) -> Any:
        """Evaluate an expression."""
        return self.evaluator.value(expression(source))

    def holds(self, source: str) -> bool:
        """Evaluate a condition: whatever it is, it is made a boolean."""
        return truth(self.value(source))

    def assign(self, location: str, value: Any) -> None:
        """Assign to a variable that was declared, or to a property of an object that exists."""
        target = expression(location)
        if target.kind not in ("name", "member"):
            raise Illegal(f"SyntaxError: {location} is no place")
        self.evaluator.assign(target, value, self.scope, declare=False)

    def run(self, source: str) -> None:
        """Run a script."""
        self.evaluator.run(script(source))

    def items(self, source: str) -> list[Any]:
        """Return a copy of the items of an array."""
        value = self.value(source)
        if not isinstance(value, Arr):
            raise Illegal(f"TypeError: {source} is no array")
        return list(value.items)

    def bind(self, name: str, value: Any) -> None:
        """Set a variable, made when it does not exist."""
        self.declare(name)
        self.scope.names[name] = value

    def read(self, element: Element) -> Any:
        """Return XML as a DOM, JSON as its value, any other text with its white space made single spaces."""
        if len(element):
            return Dom(element[0])
        return self._text(element.text or "")

    def read_text(self, source: str) -> Any:
        """Return what a file holds, by the same rule."""
        element = xml_of(source)
        return self._text(source) if element is None else Dom(element)

    def _text(self, source: str) -> Any:
        found = json_of(source)
        return " ".join(source.split()) if found is ABSENT else lively(found)

    def show(self, value: Any) -> str:
        """Return a value as a string."""
        return text(value)

    def portable(self, value: Any) -> Any:
        """Return a copy in Python's values."""
        if isinstance(value, Dom):
            return value.element
        if isinstance(value, Arr):
            return [self.portable(item) for item in value.items]
        if value is UNDEFINED or isinstance(value, Func):
            return ABSENT
        if isinstance(value, Obj):
            return {key: self.portable(value.get(key)) for key in value.names()}
        return value

    def take(self, value: Any) -> Any:
        """Return a portable value as one of ECMAScript."""
        if value is ABSENT:
            return UNDEFINED
        if isinstance(value, Element):
            return Dom(value)
        if isinstance(value, dict):
            return Obj({key: self.take(item) for key, item in value.items()})
        if isinstance(value, list):
            return Arr(self.take(item) for item in value)
        return lively(value)

    def hear(self, event: Event | None) -> None:
        """Bind _event, which nobody can change."""
        if event is None:
            return
        made = Obj(
            {
                "name": str(event.name),
                "type": event.type,
                "sendid": self.take(ABSENT if event.sendid is None else event.sendid),
                "origin": self.take(ABSENT if event.origin is None else event.origin),
                "origintype": self.take(ABSENT if event.origintype is None else event.origintype),
                "invokeid": self.take(ABSENT if event.invokeid is None else event.invokeid),
                "data": self.take(event.data),
            }
        )
        made.sealed = True
        self.scope.names["_event"] = made


class Processors(Obj):
    """_ioprocessors: ours is one, the other that SCXML names would be a web server."""

    def get(self, key: str) -> Any:
        """Return the entry of a processor."""
        if "http" in key and key != PROCESSOR:
            raise Unsupported("the Basic HTTP event processor")
        return super().get(key)


class Null:
    """The null data model: no variables, and conditions that only ask In(state)."""

    _IN = re.compile(r"""\s*In\s*\(\s*(['"]?)([^'"\s()]+)\1\s*\)\s*""")

    def __init__(self, session: Session) -> None:
        self.session = session

    def _refuse(self, *_: Any) -> Any:
        raise Illegal("the null data model has no values")

    declare = value = assign = run = items = bind = read = read_text = _refuse

    def holds(self, source: str) -> bool:
        """Evaluate In(state)."""
        match = self._IN.fullmatch(source)
        if match is None:
            raise Illegal(f"the null data model knows In(state) only, not {source}")
        return match.group(2) in self.session.inside

    def show(self, value: Any) -> str:
        """Return a value as a string."""
        return str(value)

    def portable(self, value: Any) -> Any:
        """Return the value."""
        return value

    take = portable

    def hear(self, event: Event | None) -> None:
        """Nothing can look at an event here."""


def json_of(source: str) -> Any:
    """Return the value of a JSON text, ABSENT when it is none."""
    try:
        found = json.loads(source)
    except ValueError:
        return ABSENT
    return ABSENT if isinstance(found, float) and not math.isfinite(found) else found


def xml_of(source: str) -> Element | None:
    """Return the element of an XML text, None when it is none."""
    from xml.etree import ElementTree

    if not source.lstrip().startswith("<"):
        return None
    try:
        return ElementTree.fromstring(source.strip())  # noqa: S314  # a suite's files are chosen by who runs them
    except ElementTree.ParseError:
        return None


def model_named(name: str) -> Callable[[Session], Model]:
    """Return the data model of this name."""
    from tests.conformance.scxml.python_model import Python

    known: dict[str, Callable[[Session], Model]] = {"ecmascript": Ecmascript, "null": Null, "python": Python}
    if name not in known:
        raise Unsupported(f"the data model {name}")
    return known[name]
