"""Reads an SCXML document: its states and transitions as objects, executable content as the XML that it is."""

from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tests.conformance.scxml.faults import Rejected, Unsupported

NAMESPACE = "{http://www.w3.org/2005/07/scxml}"
_STATES = frozenset({"state", "parallel", "final", "history"})
_EXECUTABLE = frozenset(
    {"raise", "send", "cancel", "log", "assign", "if", "elseif", "else", "foreach", "script"}
)
_INSIDE = frozenset({"param", "content"})


def local(element: Element) -> str:
    """Return the name of an element without SCXML's namespace; other namespaces stay in it."""
    return element.tag.removeprefix(NAMESPACE)


def named(element: Element, name: str) -> list[Element]:
    """Return the children of this name."""
    return [child for child in element if local(child) == name]


@dataclass
class Arrow:
    """A transition.  `events` are its descriptors, none for an eventless one."""

    source: "State"
    targets: tuple[str, ...]
    events: tuple[str, ...]
    cond: str | None
    internal: bool
    content: Element


@dataclass(eq=False)
class State:
    """A state, a final or a history state; `order` is its place in the document."""

    id: str
    kind: str
    parent: "State | None"
    order: int
    element: Element
    children: list["State"] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    initial: Arrow | None = None

    @property
    def deep(self) -> bool:
        """Whether a history state remembers the innermost states."""
        return self.element.get("type") == "deep"

    def blocks(self, name: str) -> list[Element]:
        """Return the onentry or onexit handlers, or the invokes."""
        return named(self.element, name)

    @property
    def data(self) -> list[Element]:
        """The <data> of this state."""
        return [data for model in named(self.element, "datamodel") for data in named(model, "data")]


@dataclass
class Document:
    """A document that may run.  `folder` is what file names in it are relative to."""

    element: Element
    folder: Path
    states: dict[str, State] = field(default_factory=dict)
    initial: tuple[str, ...] = ()
    start: Arrow | None = None
    scripts: list[Element] = field(default_factory=list)

    @property
    def name(self) -> str | None:
        """What the document calls itself."""
        return self.element.get("name")

    @property
    def datamodel(self) -> str:
        """The language of its expressions; a document that does not say leaves it to us."""
        return self.element.get("datamodel") or "ecmascript"

    @property
    def late(self) -> bool:
        """Whether the data of a state gets its values when the state is first entered."""
        return self.element.get("binding") == "late"

    @property
    def data(self) -> list[Element]:
        """The <data> at the top."""
        return [data for model in named(self.element, "datamodel") for data in named(model, "data")]


def read(path: Path) -> Document:
    """Read a file."""
    try:
        element = ElementTree.parse(path).getroot()  # noqa: S314  # a suite's files are chosen by who runs them
    except (ElementTree.ParseError, OSError, UnicodeError, LookupError) as error:
        raise Rejected(f"{path.name}: {error}") from None
    return document(element, path.parent)


def read_text(text: str, folder: Path) -> Document:
    """Read a document from a string."""
    try:
        element = ElementTree.fromstring(text)  # noqa: S314  # the same
    except ElementTree.ParseError as error:
        raise Rejected(f"{error}") from None
    return document(element, folder)


def document(element: Element, folder: Path) -> Document:
    """Return what an <scxml> element describes."""
    if local(element) != "scxml":
        raise Rejected(f"the root is <{local(element)}>, not <scxml>")
    found = Document(element, folder)
    found.scripts = named(element, "script")
    tops = _children(found, element, None)
    if not tops:
        raise Rejected("a document without a state")
    initial = named(element, "initial")
    if initial:
        found.start = _only_transition(initial[0], tops[0])
        found.initial = found.start.targets
    else:
        found.initial = tuple((element.get("initial") or "").split()) or (tops[0].id,)
    for state in found.states.values():
        _check(found, state)
    for target in found.initial:
        _known(found, target)
    return found


def _children(found: Document, element: Element, parent: State | None) -> list[State]:
    made: list[State] = []
    for child in element:
        kind = local(child)
        if kind in _STATES:
            made.append(_state(found, child, kind, parent))
        elif kind.startswith("{") and "scxml" in kind:
            raise Unsupported(f"<{kind}>: the document is not converted to a data model")
    if parent is not None:
        parent.children = made
    return made


def _state(found: Document, element: Element, kind: str, parent: State | None) -> State:
    order = len(found.states)
    # A state may be nameless; its name here is one that no document can write.
    name = element.get("id") or f"({kind} {order})"
    if name in found.states:
        raise Rejected(f"two states are called {name}")
    state = State(name, kind, parent, order, element)
    found.states[name] = state
    _children(found, element, state)
    state.arrows = [_arrow(state, each) for each in named(element, "transition")]
    initial = named(element, "initial")
    if initial:
        state.initial = _only_transition(initial[0], state)
    elif element.get("initial"):
        state.initial = Arrow(
            state, tuple(element.get("initial", "").split()), (), None, False, Element("none")
        )
    elif kind == "state":
        first = next((child for child in state.children if child.kind != "history"), None)
        if first is not None:
            state.initial = Arrow(state, (first.id,), (), None, False, Element("none"))
    for block in (*state.blocks("onentry"), *state.blocks("onexit")):
        check_content(block)
    return state


def _arrow(source: State, element: Element) -> Arrow:
    check_content(element)
    return Arrow(
        source,
        tuple((element.get("target") or "").split()),
        tuple((element.get("event") or "").split()),
        element.get("cond"),
        element.get("type") == "internal",
        element,
    )


def _only_transition(element: Element, source: State) -> Arrow:
    found = named(element, "transition")
    if len(found) != 1 or not found[0].get("target"):
        raise Rejected("<initial> needs one transition with a target")
    return _arrow(source, found[0])


def check_content(block: Element) -> None:
    """Refuse executable content that SCXML does not have, before the document runs."""
    for child in block:
        kind = local(child)
        if kind not in _EXECUTABLE and kind not in _INSIDE:
            raise Unsupported(f"<{kind}> in executable content")
        if kind in ("if", "foreach"):
            check_content(child)


def _known(found: Document, target: str) -> State:
    state = found.states.get(target)
    if state is None:
        raise Rejected(f"the target {target} does not exist")
    return state


def _check(found: Document, state: State) -> None:
    for arrow in (*state.arrows, *([state.initial] if state.initial else [])):
        for target in arrow.targets:
            _known(found, target)
    if state.initial is not None:
        for target in state.initial.targets:
            if not _within(_known(found, target), state):
                raise Rejected(f"{target} is the initial state of {state.id} and not inside it")
    if state.kind == "history":
        if state.parent is None:
            raise Rejected(f"the history state {state.id} stands outside every state")
        if len(state.arrows) != 1 or not state.arrows[0].targets:
            # The specification demands the default; without it nobody knows where the first visit leads.
            raise Unsupported(f"the history state {state.id} without a default transition")


def _within(state: State, ancestor: State) -> bool:
    above = state.parent
    while above is not None and above is not ancestor:
        above = above.parent
    return above is ancestor
