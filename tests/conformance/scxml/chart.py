"""Compiles the states of a document into a graph of the core."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from appliance.flow.graph import Graph
from appliance.flow.states import Node, Run, Transition
from appliance.flow.turn import Turn
from tests.conformance.scxml.content import guard, handler
from tests.conformance.scxml.events import Listeners
from tests.conformance.scxml.reader import Arrow, Document, State, named

if TYPE_CHECKING:
    from tests.conformance.scxml.session import Session


def compiled(session: "Session") -> Graph:
    """Return the graph of the session's document, its handlers bound to the session."""
    document = session.document
    nodes: dict[str, Node] = {}
    for state in document.states.values():
        parent = nodes[state.parent.id] if state.parent else None
        history = "" if state.kind != "history" else "deep" if state.deep else "shallow"
        nodes[state.id] = Node(
            state.id, parent, state.order, state.kind == "final", state.kind == "parallel", history
        )
    for state in document.states.values():
        _fill(session, state, nodes)
    graph = Graph(f"scxml:{session.id}", b"", nodes, nodes[document.initial[0]])
    graph.begin = _beginning(session, document, nodes)
    return graph


def _beginning(session: "Session", document: Document, nodes: dict[str, Node]) -> Transition:
    actions = _actions(session, document.start.content) if document.start else ()
    return Transition(None, tuple(nodes[target] for target in document.initial), actions=actions)


def _fill(session: "Session", state: State, nodes: dict[str, Node]) -> None:
    node = nodes[state.id]
    if state.kind == "history":
        node.initial = _transition(session, state.arrows[0], nodes)
        return
    if state.initial is not None and state.kind != "parallel":
        node.initial = _transition(session, state.initial, nodes)
    arrows = [(arrow, _transition(session, arrow, nodes)) for arrow in state.arrows]
    node.on = Listeners(tuple((arrow.events, each) for arrow, each in arrows if arrow.events))
    node.always = tuple(each for arrow, each in arrows if not arrow.events)
    entry = [handler(session, block) for block in state.blocks("onentry")]
    leave = [handler(session, block) for block in state.blocks("onexit")]
    node.entry = (_in(session, state), *entry)
    node.exit = (*leave, _out(session, state))


def _transition(session: "Session", arrow: Arrow, nodes: dict[str, Node]) -> Transition:
    """SCXML leaves and enters the source anew unless a transition is internal; kefu does the opposite, so it is told."""
    return Transition(
        nodes[arrow.source.id],
        tuple(nodes[target] for target in arrow.targets),
        None if arrow.cond is None else guard(session, arrow.cond),
        _actions(session, arrow.content),
        reenter=not arrow.internal,
    )


def _actions(session: "Session", content: Element) -> tuple[Run, ...]:
    return (handler(session, content),) if len(content) else ()


def _in(session: "Session", state: State) -> Callable[[Turn], None]:
    """A state is entered before its handlers run: In() knows it, late data gets its values, its invokes are due."""
    invokes = named(state.element, "invoke")

    def enter(turn: Turn) -> None:
        session.hear(turn)
        session.inside.add(state.id)
        session.first_entry(state)
        if invokes:
            session.due.append(state)

    return enter


def _out(session: "Session", state: State) -> Callable[[Turn], None]:
    """A state is left after its handlers have run: what it invoked ends, In() forgets it."""

    def leave(turn: Turn) -> None:
        session.hear(turn)
        session.stop_invoked(state)
        session.inside.discard(state.id)

    return leave
