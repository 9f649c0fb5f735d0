"""Executable content: each handler of a document becomes one action of the core.

What fails inside a handler is error.execution and ends that handler, nothing else: no exception reaches the core.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from appliance.flow.turn import Turn
from tests.conformance.scxml.events import ABSENT, PROCESSOR, Event
from tests.conformance.scxml.faults import Illegal, Rejected, Unsupported
from tests.conformance.scxml.reader import local, named

if TYPE_CHECKING:
    from tests.conformance.scxml.session import Session

_DELAY = re.compile(r"\s*(\d*\.?\d+)\s*(ms|s|m|h)\s*|\s*0\s*")
_UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}
_PROCESSORS = frozenset({"", "scxml", PROCESSOR, PROCESSOR.replace("#SCXML", "SCXML"), f"{PROCESSOR}/"})


class SendFailed(Illegal):
    """A send that cannot be done; the error event tells which."""

    def __init__(self, message: str, sendid: str | None) -> None:
        super().__init__(message)
        self.sendid = sendid


def handler(session: "Session", block: Element) -> Callable[[Turn], None]:
    """Return the action that runs what stands in `block`."""

    def act(turn: Turn) -> None:
        session.hear(turn)
        run_block(session, block)

    return act


def guard(session: "Session", cond: str) -> Callable[[Turn], bool]:
    """Return the guard of a condition.  One that fails is false, and SCXML calls it error.execution."""

    def test(turn: Turn) -> bool:
        session.hear(turn)
        try:
            return session.model.holds(cond)
        except Illegal as error:
            session.fail("error.execution", str(error))
            return False

    return test


def run_block(session: "Session", block: Element) -> None:
    """Run a handler to its end or its first failure."""
    try:
        _run(session, list(block))
    except SendFailed as error:
        session.fail("error.execution", str(error), error.sendid)
    except Illegal as error:
        session.fail("error.execution", str(error))


def _run(session: "Session", elements: list[Element]) -> None:
    for element in elements:
        _KINDS[local(element)](session, element)


def _raise(session: "Session", element: Element) -> None:
    session.internal.put(Event(_needed(element, "event"), "internal"))


def _needed(element: Element, name: str) -> str:
    value = element.get(name)
    if not value:
        raise Illegal(f"<{local(element)}> needs {name}")
    return value


def _log(session: "Session", element: Element) -> None:
    value = session.model.value(element.get("expr", "")) if element.get("expr") is not None else ""
    session.log(f"{element.get('label') or ''}: {session.model.show(value)}")


def _assign(session: "Session", element: Element) -> None:
    session.model.assign(_needed(element, "location"), value_of(session, element))


def value_of(session: "Session", element: Element) -> Any:
    """Return what `expr` says, or what stands inside; without either, nothing."""
    source = element.get("expr")
    if source is not None:
        return session.model.value(source)
    if len(element) or (element.text or "").strip():
        return session.model.read(element)
    return session.model.take(ABSENT)


def _script(session: "Session", element: Element) -> None:
    session.model.run(script_text(session, element))


def script_text(session: "Session", element: Element) -> str:
    """Return the source of a script; one whose file is missing rejects the document."""
    source = element.get("src")
    if source is None:
        return element.text or ""
    found = file_text(session, source)
    if found is None:
        raise Rejected(f"the script {source} cannot be read")
    return found


def file_text(session: "Session", source: str) -> str | None:
    """Return the text of a file beside the document, None when there is none."""
    if re.match(r"(?i)(https?|ftp|data):", source):
        raise Unsupported(f"what lies at {source}")
    path = session.document.folder / unquote(re.sub(r"^file:(//)?", "", source))
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError):
        return None


def _if(session: "Session", element: Element) -> None:
    chosen: list[Element] = []
    holds = done = _holds(session, element)
    for child in element:
        kind = local(child)
        if kind in ("elseif", "else"):
            holds = not done and (kind == "else" or _holds(session, child))
            done = done or holds
        elif holds:
            chosen.append(child)
    _run(session, chosen)


def _holds(session: "Session", element: Element) -> bool:
    """A condition that fails is false, and the handler goes on: only its error is heard of."""
    try:
        return session.model.holds(_needed(element, "cond"))
    except Illegal as error:
        session.fail("error.execution", str(error))
        return False


def _foreach(session: "Session", element: Element) -> None:
    model = session.model
    items = model.items(_needed(element, "array"))
    item, index = _needed(element, "item"), element.get("index")
    model.declare(item)
    if index:
        model.declare(index)
    for place, value in enumerate(items):
        model.bind(item, value)
        if index:
            model.bind(index, model.take(place))
        _run(session, list(element))


def _cancel(session: "Session", element: Element) -> None:
    sendid = element.get("sendid")
    if sendid is None:
        sendid = session.model.show(session.model.value(_needed(element, "sendidexpr")))
    session.world.cancel(session, sendid)


def _send(session: "Session", element: Element) -> None:
    sendid, place = element.get("id"), element.get("idlocation")
    if sendid is None and place is not None:
        sendid = session.world.new_id("send")
        session.model.assign(place, session.model.take(sendid))
    try:
        kind = _either(session, element, "type") or ""
        if "BasicHTTP" in kind or kind == "basichttp":
            raise Unsupported("the Basic HTTP event processor")
        if kind not in _PROCESSORS:
            raise Illegal(f"the event processor {kind}")
        target = _either(session, element, "target") or ""
        name = _either(session, element, "event")
        delay = milliseconds(_either(session, element, "delay") or "0s")
        data = payload(session, element)
        if not name:
            raise Illegal("<send> needs an event")
        if delay and target == "#_internal":
            raise Illegal("<send> cannot delay an internal event")
        session.send(Event(name, "external", data, sendid), target, delay)
    except Illegal as error:
        raise SendFailed(str(error), sendid) from None


def _either(session: "Session", element: Element, name: str) -> str | None:
    """Return an attribute, or what its `…expr` comes to."""
    source = element.get(f"{name}expr")
    return element.get(name) if source is None else session.model.show(session.model.value(source))


def milliseconds(source: str) -> int:
    """Return a time as CSS writes it."""
    match = _DELAY.fullmatch(source)
    if match is None:
        raise Illegal(f"{source!r} is no time")
    return round(float(match.group(1)) * _UNITS[match.group(2)]) if match.group(1) else 0


def pairs(session: "Session", element: Element) -> list[tuple[str, Any]]:
    """Return the names and values of `namelist` and <param>, portable."""
    model = session.model
    names = [(name, name) for name in (element.get("namelist") or "").split()]
    for param in named(element, "param"):
        source = param.get("expr", param.get("location"))
        if source is None:
            raise Illegal("<param> needs expr or location")
        names.append((_needed(param, "name"), source))
    return [(name, model.portable(model.value(source))) for name, source in names]


def payload(session: "Session", element: Element) -> Any:
    """Return what an event carries: the <content>, else the parameters by name, else nothing."""
    content = named(element, "content")
    if content:
        return session.model.portable(value_of(session, content[0]))
    found = pairs(session, element)
    return dict(found) if found else ABSENT


_KINDS: dict[str, Callable[["Session", Element], None]] = {
    "assign": _assign,
    "cancel": _cancel,
    "foreach": _foreach,
    "if": _if,
    "log": _log,
    "raise": _raise,
    "script": _script,
    "send": _send,
}
