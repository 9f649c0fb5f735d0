"""Sessions that a state invokes: started when the state has lasted a macrostep, ended when it is left."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tests.conformance.scxml.content import file_text, pairs, run_block
from tests.conformance.scxml.events import ABSENT, Event
from tests.conformance.scxml.faults import Illegal, Rejected, Unsupported
from tests.conformance.scxml.reader import Document, State, document, local, named, read_text

if TYPE_CHECKING:
    from tests.conformance.scxml.session import Session

_TYPES = frozenset({"", "scxml", "http://www.w3.org/TR/scxml", "http://www.w3.org/TR/scxml/"})


@dataclass(eq=False)
class Invocation:
    """One running invoke."""

    id: str
    element: Element
    session: "Session"

    @property
    def forwards(self) -> bool:
        """Whether every event of the parent goes to the child, too."""
        return self.element.get("autoforward") == "true"


def start(session: "Session", state: State) -> None:
    """Start what `state` invokes."""
    for element in named(state.element, "invoke"):
        try:
            _start(session, state, element)
        except (Illegal, Rejected) as error:
            session.fail("error.execution", str(error))


def _start(session: "Session", state: State, element: Element) -> None:
    kind = _either(session, element, "type") or ""
    if kind not in _TYPES:
        raise Unsupported(f"invoking a {kind}")
    name = element.get("id")
    if name is None:
        name = session.world.new_id(f"{state.id}.")
        place = element.get("idlocation")
        if place is not None:
            session.model.assign(place, session.model.take(name))
    source = _either(session, element, "src")
    given = {key: value for key, value in pairs(session, element) if value is not ABSENT}
    child = session.world.session(_document(session, element, source), session, name)
    session.invoked.setdefault(state.id, []).append(Invocation(name, element, child))
    # At once: a child that is cancelled in the next step has begun, and its handlers run.
    child.start(given)


def _either(session: "Session", element: Element, name: str) -> str | None:
    source = element.get(f"{name}expr")
    return element.get(name) if source is None else session.model.show(session.model.value(source))


def _document(session: "Session", element: Element, source: str | None) -> Document:
    folder = session.document.folder
    if source is not None:
        found = file_text(session, source)
        if found is None:
            raise Illegal(f"{source} cannot be read")
        return read_text(found, folder)
    content = named(element, "content")
    if not content:
        raise Illegal("<invoke> without src and content")
    expr = content[0].get("expr")
    written: Any = session.model.portable(session.model.value(expr)) if expr is not None else None
    if expr is None:
        written = content[0][0] if len(content[0]) else (content[0].text or "")
    if isinstance(written, Element):
        return document(written, folder)
    if isinstance(written, str):
        return read_text(written.strip(), folder)
    raise Illegal("<invoke> with content that is no document")


def before_event(session: "Session", event: Event) -> None:
    """Run <finalize> and forward, before an external event is worked through."""
    for state in session.document.states.values():
        for invocation in session.invoked.get(state.id, []) if state.id in session.inside else []:
            if event.invokeid is not None and event.invokeid == invocation.id:
                _finalize(session, invocation, event)
            if invocation.forwards:
                session.world.put(invocation.session, event)


def _finalize(session: "Session", invocation: Invocation, event: Event) -> None:
    found = named(invocation.element, "finalize")
    if not found:
        return
    session.hear_at_once(event)
    if len(found[0]):
        run_block(session, found[0])
        return
    # An empty <finalize> updates what was given to the invoked session by its place.
    places = {name: name for name in (invocation.element.get("namelist") or "").split()}
    for param in named(invocation.element, "param"):
        if param.get("location"):
            places[param.get("name", "")] = param.get("location", "")
    data = event.data if isinstance(event.data, dict) else {}
    for name, place in places.items():
        if name in data:
            session.model.assign(place, session.model.take(data[name]))


__all__ = ["ElementTree", "Invocation", "before_event", "local", "start"]
