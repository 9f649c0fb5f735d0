"""The scratchpad of one step: a conversation while an input works on it.

Actions and transitions change a turn; at its end the turn becomes the next snapshot, or is dropped whole when
anything failed.  The first fields are those of model.Snapshot in the same order (a test holds them together), so a
turn is filled and read back in one go.  All rules about places in queues, wishes for an agent and ownership live
here, once, whichever action or input they are reached by.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple, replace

from appliance.effects import Effect
from appliance.flow.graph import Graph
from appliance.flow.scope import Scope
from appliance.flow.states import Transition
from appliance.inputs import AgentClosed, AgentLost, AgentTransferred, FormSent, Input, TimerDue, VisitorEnded
from appliance.model import AiTurn, Held, Millis, Snapshot, Timer, Value, Visitor, Waiting
from appliance.records import Assigned, Queued, Record, Released, Unqueued


class FlowError(Exception):
    """A flow cannot go on: an endless loop, an action without what it needs.  `step_safely` takes on_error."""


class FactUnavailable(FlowError):
    """The outside could not tell a fact (a text that does not render).  Recorded, so that replay fails alike."""


_UNREADABLE = "unreadable"
_REASONS: dict[type, str] = {
    AgentClosed: "closed",
    VisitorEnded: "ended",
    AgentLost: "lost",
    AgentTransferred: "transferred",
    TimerDue: "timeout",
}
_REGULAR = frozenset(("closed", "ended"))


class Turn(Struct):
    """See the module.  `here` names the state that a place or wish taken now is bound to; `time` is for guards.

    `raised` is what the flow told itself and is working on, "" while it works on the input itself.
    """

    id: str
    visitor: Visitor
    bundle: str
    opened_at: Millis
    active: tuple[str, ...]
    entered: tuple[Millis, ...]
    timers: tuple[Timer, ...]
    armed: int
    visit: int
    closed_at: Millis | None
    waiting: Waiting | None
    held: Held | None
    ai: AiTurn | None
    waiting_since: Millis | None
    last_agent: str
    served: bool
    menu: str
    priority: int
    transfers: int
    tags: tuple[str, ...]
    joined: tuple[str, ...]
    vars: dict[str, Value]
    last_at: Millis
    failures: int
    parked: bool
    history: dict[str, tuple[str, ...]]
    graph: Graph
    input: Input
    read: Callable[[str, Scope], Value]
    now: Millis
    facts: dict[str, Value]
    records: list[Record]
    effects: list[Effect]
    internal: list[str]
    time: Millis = 0
    here: str = ""
    ended: str | None = None
    closing: bool = False
    avoid: str = ""
    same_queue: str = ""
    choosing: bool = False
    form_asked: bool = False
    gave_up: Unqueued | None = None
    failed_guards: set[Transition] | None = None
    raised: str = ""

    def snapshot(self) -> Snapshot:
        """Return the conversation as it is now."""
        return Snapshot(*astuple(self)[:_SHARED])

    # What guards read -------------------------------------------------------------------------------------------------

    def fact(self, name: str) -> Value:
        """Return a fact from outside; it is recorded the first time and then stays the same for this input."""
        try:
            value = self.facts[name]
        except KeyError:
            value = self._ask(name)
        if type(value) is dict and _UNREADABLE in value:
            raise FactUnavailable(f"{name}: {value[_UNREADABLE]}")
        return value

    def _ask(self, name: str) -> Value:
        try:
            value = self.read(name, self)
        except Exception as error:
            value = {_UNREADABLE: type(error).__name__}
        self.facts[name] = value
        return value

    def is_vip(self) -> bool:
        """Return whether the operator calls this visitor a VIP."""
        return self.graph.is_vip(self)

    def event(self, name: str, default: Value) -> Any:
        """Return a field of the input this turn is about, `default` when it has none of this name."""
        if name == "text" and type(self.input) is FormSent:
            return "\n".join(self.input.fields.values())
        return getattr(self.input, name, default)

    def queue_name(self) -> str:
        """Return the queue the conversation waits in, or was served from."""
        return self.waiting.queue if self.waiting else self.held.queue if self.held else ""

    def likely_queue(self) -> str:
        """Return the queue the conversation is in, else the one it would come into now; "" while that is being found."""
        if self.choosing:
            return ""
        time, self.choosing = self.time, True
        try:
            return self.queue_name() or self._chosen_queue()
        finally:
            self.time, self.choosing = time, False

    # Places and wishes ------------------------------------------------------------------------------------------------

    def enqueue(self, queue: str = "") -> None:
        """Take a place, or bind the one there is to the current state.  "" chooses by the queues' rules."""
        now = self.waiting
        if now is not None and queue in ("", now.queue):
            left = now.left or self.form_asked
            self.waiting = replace(now, entered_by=self.here, left=left)
            return
        if now is not None:
            self._move(now, queue)
            return
        queue = queue or self._chosen_queue()
        if self.waiting_since is None:
            self.waiting_since = self.now
        self.waiting = Waiting(queue, self.waiting_since, self.here, left=self.form_asked, avoid=self.avoid)
        if self.gave_up is not None and self.gave_up.queue == queue:
            # It left a place in this same queue a moment ago: nobody needs to be told of either.
            self.records.remove(self.gave_up)
        else:
            self.records.append(Queued(queue, self.waiting_since))
        self.gave_up = None

    def _move(self, now: Waiting, queue: str) -> None:
        """Change the queue.  A wish goes on under a new number: an offer from the old queue comes too late."""
        if now.asking:
            self.visit += 1
        self.waiting = replace(
            now,
            queue=queue,
            entered_by=self.here,
            visit=self.visit if now.asking else 0,
            only="",
            avoid=self.avoid,
        )
        self.records.append(Queued(queue, now.since))

    def _chosen_queue(self) -> str:
        source = self.input
        if type(source) is AgentTransferred and source.to_queue:
            return source.to_queue
        if self.same_queue:
            return self.same_queue
        self.time = 0
        return self.graph.queue_for(self)

    def dequeue(self) -> None:
        """Give up the place, and the wish with it."""
        if self.waiting is not None:
            self.gave_up = Unqueued(self.waiting.queue)
            self.records.append(self.gave_up)
            self.waiting = None

    def ask(self) -> None:
        """Want an agent from now on, until one accepts or the state this is bound to is left."""
        if self.waiting is None:
            self.enqueue()
        now = self.waiting
        assert now is not None  # noqa: S101  # enqueue has just made one; this tells the type checker
        if now.asking:
            self.waiting = replace(now, asked_by=self.here)
            return
        self.visit += 1
        source = self.input
        only = source.to_agent if type(source) is AgentTransferred else ""
        self.waiting = replace(
            now, asking=True, visit=self.visit, asked_by=self.here, only=only, avoid=self.avoid
        )

    def withdraw(self) -> None:
        """Want no agent any more, but keep the place."""
        if self.waiting is not None:
            self.waiting = replace(self.waiting, asking=False, asked_by="", only="", avoid="")

    # Ownership --------------------------------------------------------------------------------------------------------

    def wants(self, visit: int) -> bool:
        """Whether wish number `visit` still stands."""
        return self.waiting is not None and self.waiting.asking and self.waiting.visit == visit

    def assign(self, agent: str, name: str, queue: str) -> None:
        """Give the conversation to `agent`.  The state that his `held` is bound to is settled by the step."""
        asked_by = self.waiting.asked_by if self.waiting else ""
        queue = queue or self.queue_name()
        if self.held is not None:
            self.release("replaced")
        self.waiting = None
        self.held = Held(agent, name, "", self.now, queue, asked_by)
        self.last_agent = agent
        self.avoid = ""
        self.records.append(Assigned(agent, name, queue))

    def release(self, reason: str = "") -> None:
        """Take the conversation away from its agent.

        After a regular end waiting begins anew; an agent who let the visitor wait is avoided in the wish that follows.
        """
        held = self.held
        if held is None:
            return
        reason = reason or _REASONS.get(type(self.input), "flow")
        self.held = None
        self.records.append(Released(held.agent, reason))
        if reason in _REGULAR:
            self.waiting_since = None
            return
        self.avoid = held.agent
        if self.transfers:
            # Somebody sent him to that queue on purpose: the rules would send him back to where he came from.
            self.same_queue = held.queue

    def leave(self, states: frozenset[str]) -> None:
        """Give up whatever is bound to `states`, which are left now."""
        waiting, held, ai = self.waiting, self.held, self.ai
        if waiting is not None:
            if waiting.entered_by in states:
                self.dequeue()
            elif waiting.asking and waiting.asked_by in states:
                self.withdraw()
        if held is not None and held.state in states:
            self.release()
        if ai is not None and ai.state in states:
            self.ai = None


_SHARED = len(Snapshot.__struct_fields__)


def turn_of(
    graph: Graph,
    snapshot: Snapshot,
    source: Input,
    read: Callable[[str, Scope], Value],
    now: Millis,
    facts: dict[str, Value],
) -> Turn:
    """Return a fresh turn over `snapshot`; what it reads from outside is put into `facts`."""
    moment: tuple[Any, ...] = (graph, source, read, now, facts, [], [], [])
    return Turn(*(astuple(snapshot) + moment))
