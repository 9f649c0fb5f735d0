"""A session: one document that runs on the core, turn by turn, as a conversation does.

Each event is a macrostep over a turn that is made of the last snapshot, so a session proves, too, that a snapshot is all
that the core needs.  What surrounds the core here is what SCXML asks of a platform: events with data, invoked sessions.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from appliance.flow.macrostep import begin, dispatch, settle
from appliance.flow.turn import FlowError, Turn, turn_of
from appliance.inputs import Custom
from appliance.model import Snapshot, Visitor
from tests.conformance.scxml import invoke
from tests.conformance.scxml.chart import compiled
from tests.conformance.scxml.content import file_text, payload, script_text, value_of
from tests.conformance.scxml.events import ABSENT, PROCESSOR, Event, Named
from tests.conformance.scxml.faults import Illegal, Rejected, Unsupported
from tests.conformance.scxml.models import Model, model_named
from tests.conformance.scxml.reader import Document, State, named

if TYPE_CHECKING:
    from tests.conformance.scxml.world import World

_DONE = "done."


class Internal(list[str]):
    """The internal queue.  The core puts names into it, done.PARENT; here they become events with their data."""

    def __init__(self, session: "Session") -> None:
        super().__init__()
        self.session = session

    def put(self, event: Event) -> None:
        """Append an event."""
        super().append(Named(event))

    def append(self, name: str) -> None:
        """Append what the core says."""
        if not name.startswith(_DONE):
            raise AssertionError(f"the core raised {name}: guards and handlers fail inside the adapter")
        state = name.removeprefix(_DONE)
        self.put(Event(f"done.state.{state}", "platform", self.session.done_data(state)))


@dataclass(eq=False)
class Session:
    """See the module.  `inside` is the configuration as In() sees it in the middle of a step."""

    id: str
    document: Document
    world: "World"
    parent: "Session | None" = None
    invokeid: str | None = None
    inside: set[str] = field(default_factory=set)
    due: list[State] = field(default_factory=list)
    invoked: dict[str, list[invoke.Invocation]] = field(default_factory=dict)
    ended: bool = False
    cancelled: bool = False
    model: Model = field(init=False)
    internal: Internal = field(init=False)

    def __post_init__(self) -> None:
        self.internal = Internal(self)
        self.model = model_named(self.document.datamodel)(self)
        self.graph = compiled(self)
        self.snapshot = Snapshot(self.id, Visitor("scxml"), self.graph.id, 0)
        self._external: Event | None = None
        self._heard: object = None
        self._met: set[str] = set()

    @property
    def name(self) -> str | None:
        """What the document calls itself."""
        return self.document.name

    @property
    def active(self) -> tuple[str, ...]:
        """The active states in document order, as the core has them."""
        return self.snapshot.active

    def log(self, line: str) -> None:
        """Keep a line that the document logs."""
        self.world.logged.append(line)

    # Life -------------------------------------------------------------------------------------------------------------

    def start(self, given: dict[str, Any]) -> None:
        """Begin; `given` are values for the data at the top, from whoever invoked this."""
        document = self.document
        if document.datamodel != "null":
            self._data(document.data, given)
            for state in document.states.values():
                if document.late:
                    for data in state.data:
                        self.model.declare(data.get("id", ""))
                else:
                    self._data(state.data, {})
            for script in document.scripts:
                source = script_text(self, script)
                self._or_fail(lambda source=source: self.model.run(source))  # type: ignore[misc]
        self._macrostep(lambda turn: begin(turn, self.graph.begin.alone))

    def receive(self, event: Event) -> None:
        """Work through an event from the external queue."""
        if self.ended:
            return
        self._external = event
        name = Named(event)
        invoke.before_event(self, event)
        self._macrostep(lambda turn: self._work(turn, name))

    def _work(self, turn: Turn, name: Named) -> None:
        """An event that nobody listens to may still have changed data: <finalize> ran, and `always` is asked anew."""
        if not dispatch(turn, name):
            settle(turn)

    def _macrostep(self, work: Callable[[Turn], object]) -> None:
        turn = turn_of(
            self.graph, self.snapshot, Custom("scxml"), lambda name, scope: None, self.world.clock, {}
        )
        turn.internal = self.internal
        try:
            work(turn)
            while turn.ended is None and self.due:
                # SCXML starts what a state invokes only when the state lasted to the end of the macrostep.
                due, self.due = self.due, []
                for state in sorted(due, key=lambda each: each.order):
                    if state.id in self.inside:
                        invoke.start(self, state)
                settle(turn)
        except FlowError as error:
            raise Unsupported(f"a document that does not come to rest: {error}") from None
        self.snapshot = turn.snapshot()
        if turn.ended is not None:
            self._end(turn, turn.ended)

    def _end(self, turn: Turn, final: str | None) -> None:
        """Leave everything, tell whoever invoked this."""
        self.ended = True
        nodes = self.graph.configuration(self.active).nodes
        for node in reversed(nodes):
            for action in node.exit:
                action(turn)
        self.world.forget(self)
        if final is not None and self.parent is not None and not self.cancelled:
            data = self._final_data(self.document.states[final])
            done = Event(f"done.invoke.{self.invokeid}", "external", data, invokeid=self.invokeid)
            self.world.put(self.parent, done)

    def cancel(self) -> None:
        """End because whoever invoked this left its state: the handlers run, and nobody hears of it."""
        if self.ended:
            return
        self.cancelled = True
        turn = turn_of(
            self.graph, self.snapshot, Custom("scxml"), lambda name, scope: None, self.world.clock, {}
        )
        turn.internal = self.internal
        self._end(turn, None)

    # Data -------------------------------------------------------------------------------------------------------------

    def _data(self, elements: list[Element], given: dict[str, Any]) -> None:
        for element in elements:
            self._or_fail(lambda element=element: self.model.declare(element.get("id", "")))  # type: ignore[misc]
        for element in elements:
            name = element.get("id", "")
            if name in given:
                self.model.bind(name, self.model.take(given[name]))
            else:
                self._or_fail(lambda name=name, element=element: self.model.bind(name, self._first(element)))  # type: ignore[misc]

    def _first(self, element: Element) -> Any:
        source = element.get("src")
        if source is None:
            return value_of(self, element)
        found = file_text(self, source)
        if found is None:
            raise Illegal(f"{source} cannot be read")
        return self.model.read_text(found)

    def _or_fail(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Illegal as error:
            self.fail("error.execution", str(error))

    def first_entry(self, state: State) -> None:
        """With late binding, give the data of a state its values when it is entered for the first time."""
        if self.document.late and state.id not in self._met and self.document.datamodel != "null":
            self._met.add(state.id)
            self._data(state.data, {})

    def done_data(self, state: str) -> Any:
        """Return what the final child by which `state` is done says."""
        children = self.document.states[state].children
        final = next((child for child in children if child.kind == "final" and child.id in self.inside), None)
        return ABSENT if final is None else self._final_data(final)

    def _final_data(self, final: State) -> Any:
        found = named(final.element, "donedata")
        if not found:
            return ABSENT
        try:
            return payload(self, found[0])
        except Illegal as error:
            self.fail("error.execution", str(error))
            return ABSENT

    # Events -----------------------------------------------------------------------------------------------------------

    def hear(self, turn: Turn) -> None:
        """Bind _event to what the core works on now: what it took from the internal queue, or the input itself."""
        working: object = turn.raised if isinstance(turn.raised, Named) else self._external
        if working is not self._heard:
            self._heard = working
            self.model.hear(working.event if isinstance(working, Named) else self._external)

    def hear_at_once(self, event: Event) -> None:
        """Bind _event before the core sees the event: <finalize> looks at it."""
        self._heard = event
        self.model.hear(event)

    def fail(self, name: str, message: str, sendid: str | None = None) -> None:
        """Raise an error event."""
        self.world.logged.append(f"{name}: {message}")
        self.internal.put(Event(name, "platform", ABSENT, sendid))

    def send(self, event: Event, target: str, delay: int) -> None:
        """Send an event: to this session, its parent, one that it invoked, or any by its id."""
        if target == "#_internal":
            self.internal.put(Event(event.name, "internal", event.data, event.sendid))
            return
        if target and not target.startswith("#_"):
            raise Illegal(f"the target {target}")
        sent = Event(event.name, "external", event.data, event.sendid, f"#_scxml_{self.id}", PROCESSOR)
        if target == "#_parent" and self.invokeid is not None:
            sent = Event(sent.name, "external", sent.data, sent.sendid, sent.origin, PROCESSOR, self.invokeid)
        self.world.later(self, sent, target, delay)

    def arrive(self, event: Event, target: str) -> None:
        """Deliver an event whose time has come; one that cannot be delivered is error.communication."""
        if target == "#_parent" and self.cancelled:
            return
        to = self if target in ("", f"#_scxml_{self.id}") else self._found(target)
        if to is None or to.ended:
            self.fail("error.communication", f"nobody at {target}", event.sendid)
            return
        self.world.put(to, event)

    def _found(self, target: str) -> "Session | None":
        if target == "#_parent":
            return self.parent
        if target.startswith("#_scxml_"):
            return self.world.sessions.get(target.removeprefix("#_scxml_"))
        every = [each for invocations in self.invoked.values() for each in invocations]
        return next((each.session for each in every if each.id == target.removeprefix("#_")), None)

    def wake(self) -> None:
        """Work through errors that came between two events."""
        if self.internal and not self.ended:
            self._macrostep(settle)

    def stop_invoked(self, state: State) -> None:
        """End what a state invoked."""
        if state in self.due:
            self.due.remove(state)
        for invocation in self.invoked.pop(state.id, []):
            invocation.session.cancel()


__all__ = ["Internal", "Rejected", "Session"]
