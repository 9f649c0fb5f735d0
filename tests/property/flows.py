"""Random flows and random lives of a conversation, for the properties of the step."""

from random import Random
from typing import Any

from hypothesis import strategies as st

from appliance import inputs
from appliance.config.spec import Action, After, Flow, Guard, Handler, Queue, State, Transition
from appliance.flow.bundle import Bundle, source_of
from appliance.flow.compile import graph_of
from appliance.flow.graph import Graph
from appliance.inputs import Input
from appliance.model import Snapshot, Visitor

_EVENTS = (
    "visitor.message",
    "visitor.close",
    "visitor.menu",
    "visitor.rated",
    "agent.accept",
    "agent.message",
    "agent.close",
    "agent.transfer",
    "agent.lost",
    "assign.none",
    "ai.answer",
    "custom.x",
    "error.guard",
    "done.s0",
)
_GUARDS = (
    "vip",
    "time > 5s",
    "hours.open",
    "served",
    "vars.n > 2",
    "queue.position > 1",
    "session.time > 30s",
    "event.data.k > 1 || load > 50%",
    "menu == 'm'",
    "transfers < 2",
    "event.text.contains('a')",
)
_ACTIONS = (
    *(Action("say", {"message": "hello"}),) * 3,
    Action("say", {"message": "broken"}),
    Action("remind"),
    *(Action("enqueue"),) * 3,
    Action("enqueue", {"queue": "two"}),
    Action("dequeue"),
    *(Action("auto_assign"),) * 6,
    Action("transfer", {"queue": "one"}),
    Action("ask_ai"),
    Action("ask_rating"),
    Action("offline_form"),
    Action("set", {"n": "=vars.n + 1"}),
    Action("set", {"n": "=7 / (vars.n - 3)"}),
    Action("tag", {"tag": "t"}),
    Action("note", {"text": "n"}),
    Action("priority", {"level": 2}),
    Action("close"),
)


def random_graph(seed: int) -> Graph:
    """Return the compiled random flow number `seed`: up to nine states, most of them reachable in odd ways.

    Built from one number instead of hypothesis' own choices: those cluster around the simplest flows, in which nothing
    ever happens.
    """
    return _Dice(seed).graph()


class _Dice:
    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        count = self._random.randint(2, 9)
        self._names = [f"s{number}" for number in range(count)]
        # A state's parent is an earlier state or none: that is a tree.
        self._parents = [self._parent(number) for number in range(count)]
        self._children = {n: [c for c in range(count) if self._parents[c] == n] for n in range(count)}
        leaves = [number for number in range(1, count) if not self._children[number]]
        self._finals = {number for number in leaves if self._random.random() < 0.2}
        self._parallel = {
            number
            for number, children in self._children.items()
            if len(children) > 1 and not self._finals & set(children) and self._random.random() < 0.5
        }
        self._ways_back = {
            number: self._random.choice(("shallow", "deep"))
            for number, children in self._children.items()
            if children and self._random.random() < 0.3
        }
        self._targets = [*self._names, *(f"h{number}" for number in self._ways_back)]

    def _parent(self, number: int) -> int | None:
        return self._random.randrange(number) if number and self._random.random() < 0.6 else None

    def graph(self) -> Graph:
        tops = [number for number, parent in enumerate(self._parents) if parent is None]
        living = [number for number in tops if number not in self._finals]
        flow = Flow(
            "main",
            self._names[self._random.choice(living)],
            tuple(self._state(number) for number in tops),
            self._random.choice(["", *self._names]),
            {"n": 0},
        )
        queues = (Queue("one", Guard("vip")), Queue("two"))
        return graph_of(source_of(Bundle({"main": flow}, queues, Guard("visitor.level > 2"))))

    def _state(self, number: int) -> State:
        # On a transition of another event `save_rating` is refused; on entry it may turn out to be misplaced.
        entry = self._actions((*_ACTIONS, Action("save_rating")))
        if number in self._finals:
            return State(self._names[number], final=True, entry=entry)
        children = self._children[number]
        events = self._random.sample(_EVENTS, self._random.randint(0, 5))
        return State(
            self._names[number],
            self._names[self._random.choice(children)] if children and number not in self._parallel else "",
            (*(self._state(child) for child in children), *self._way_back(number)),
            tuple(Handler(event, self._alternatives()) for event in events),
            tuple(
                After(self._random.randint(1, 20) * 1_000, self._alternatives())
                for _ in range(self._random.randint(0, 2))
            ),
            self._alternatives(guarded=True) if self._random.random() < 0.2 else (),
            entry,
            self._actions(),
            parallel=number in self._parallel,
        )

    def _way_back(self, number: int) -> tuple[State, ...]:
        if number not in self._ways_back:
            return ()
        first = (
            self._names[self._random.choice(self._children[number])] if self._random.random() < 0.5 else ""
        )
        return (
            State(f"h{number}", first, history="deep" if self._ways_back[number] == "deep" else "shallow"),
        )

    def _actions(self, among: tuple[Action, ...] = _ACTIONS) -> tuple[Action, ...]:
        if self._random.random() < 0.4:
            return ()
        return tuple(self._random.choices(among, k=self._random.randint(1, 2)))

    def _alternatives(self, guarded: bool = False) -> tuple[Transition, ...]:
        return tuple(
            Transition(
                None if self._random.random() < 0.25 else self._random.choice(self._targets),
                Guard(self._random.choice(_GUARDS)) if guarded or self._random.random() < 0.4 else None,
                self._actions(),
                self._random.random() < 0.3,
            )
            for _ in range(self._random.randint(1, 2))
        )


graphs = st.integers(0, 1 << 32).map(random_graph)

# A life is a list of (what, milliseconds since the last, a small number that chooses among variants).
_KINDS = (
    "say", "menu", "form", "end", "left", "human", "rate", "known", "offer", "show", "accept", "nobody", "answer",
    "note", "close", "transfer", "lost", "join", "tag", "ai", "ai_failed", "custom", "timer", "stale", "differ",
)  # fmt: skip
_OFTEN = ("timer", "timer", "offer", "offer", "offer", "say", "say", "answer")
lives = st.lists(
    st.tuples(
        st.sampled_from((*_KINDS, "timer", "timer", "offer", "say")),
        st.integers(0, 15_000),
        st.integers(0, 3),
    ),
    max_size=25,
)


def input_of(kind: str, choice: int, snapshot: Snapshot, number: int) -> tuple[Input, int | None]:
    """Return the input and, for a timer, when it is due; `choice` 0 is mostly the timely variant."""
    cid = f"c{number}"
    visit = snapshot.waiting.visit if snapshot.waiting and choice < 3 else choice
    agent = snapshot.held.agent if snapshot.held and choice < 3 else f"a{choice}"
    question = snapshot.ai.visit if snapshot.ai and choice < 3 else choice
    if kind == "timer" and snapshot.timers:
        return inputs.TimerDue(snapshot.timers[0].order), snapshot.timers[0].due
    simple: dict[str, Any] = {
        "say": inputs.VisitorSaid(cid, "a b"),
        "menu": inputs.VisitorSaid(cid, "m", "m"),
        "form": inputs.FormSent(cid, {"tel": "1"}),
        "end": inputs.VisitorEnded(cid),
        "left": inputs.VisitorLeft(),
        "human": inputs.VisitorAskedHuman(cid),
        "rate": inputs.VisitorRated(cid, choice + 1),
        "known": inputs.VisitorKnown(Visitor("v", level=choice, signed=True)),
        "offer": inputs.Offered(f"a{choice}", "A", visit, "one"),
        "show": inputs.Offered(f"a{choice}", "A", visit, "one", accept=False),
        "accept": inputs.AgentAccepted(f"a{choice}", "A", visit),
        "nobody": inputs.NobodyFree(visit),
        "answer": inputs.AgentSaid(agent, cid, "b"),
        "note": inputs.AgentNoted(agent, cid, "n"),
        "close": inputs.AgentClosed(agent, cid),
        "transfer": inputs.AgentTransferred(agent, cid, to_agent="a9" if choice % 2 else "", to_queue="one"),
        "lost": inputs.AgentLost(agent),
        "join": inputs.StaffJoined("boss", cid, inside=choice < 2),
        "tag": inputs.StaffTagged(agent, cid, ("t",) * choice),
        "ai": inputs.AiAnswered(question, "42", choice / 3),
        "ai_failed": inputs.AiFailed(question, "slow"),
        "custom": inputs.Custom("x", cid, {"k": choice} if choice else {}),
        "timer": inputs.TimerDue(choice),
        "stale": inputs.TimerDue(snapshot.armed - choice),
        "differ": inputs.FoldDiffered("test"),
    }
    return simple[kind], None
