"""Small flows for tests, written as an operator writes them, and a desk that plays the outside."""

import textwrap
from typing import Any

from appliance import inputs
from appliance.config import scalars
from appliance.config.diagnostics import Diagnostic
from appliance.config.load import load
from appliance.config.spec import Spec, Trial, TrialStep
from appliance.config.trials import _STEP
from appliance.config.vocabulary import canonical_event
from appliance.effects import Effect, Step
from appliance.flow.compile import compile_flow
from appliance.flow.graph import Graph
from appliance.flow.playbook import play
from appliance.flow.step import step_safely
from appliance.inputs import Input
from appliance.model import Snapshot, Value, Visitor
from appliance.records import Record

CHAT = """
    initial: 等待
    on_error: 等待
    states:
      等待:
        entry: [enqueue, auto_assign]
        on: {客服接入: {to: 服务}, 用户结束: {to: 结束}}
      服务:
        initial: 等客服
        on: {客服结束: {to: 评价}, 用户结束: {to: 结束}}
        states:
          等客服: {on: {客服发送消息: {to: 等访客}}, after: {1m: {action: remind}, 3m: {to: 等待}}}
          等访客: {on: {用户发送消息: {to: 等客服}}}
      评价:
        entry: ask_rating
        on: {已评价: {to: 结束, action: save_rating}, 用户发送消息: {to: 等待}}
        after: {10m: {to: 结束}}
      结束: {final: true}
"""
"""A desk without frills: wait, be served, rate."""


def spec_of(flow: str = CHAT, extra: str = "") -> Spec:
    """Return the spec of a flow (the indented inside of `main:`) with `extra` top-level lines."""
    text = f"kefu: 1\n{textwrap.dedent(extra)}\nflows:\n  main:\n{_indented(flow)}\n"
    spec, found = load(text, "test.yaml")
    assert spec is not None, found.render("en")
    return spec


def _indented(flow: str) -> str:
    return textwrap.indent(textwrap.dedent(flow).strip("\n"), "    ")


def graph_of_text(flow: str = CHAT, extra: str = "") -> Graph:
    """Return the graph of a flow; it must compile."""
    graph, found = compile_flow(spec_of(flow, extra))
    assert graph is not None, found
    return graph


def problems(flow: str, extra: str = "") -> list[Diagnostic]:
    """Return what compiling a flow finds."""
    return compile_flow(spec_of(flow, extra))[1]


def playbook(graph: Graph, steps: str, given: dict[str, Value] | None = None) -> str:
    """Play arrow lines; return "" when all went as written, else the English message."""
    trial = Trial("test", tuple(_step(line) for line in steps.strip().splitlines()), given or {})
    failure = play(graph, trial)
    return failure.message.en if failure else ""


def _step(line: str) -> TrialStep:
    match = _STEP.fullmatch(line)
    assert match is not None, line
    word, _, text = (match[2] or "").partition(" ")
    event = canonical_event(word) if word else ""
    assert event is not None, line
    time = scalars.duration(match[1])
    assert time is not None, line
    return TrialStep(time, match[3], event, text)


class Chat:
    """One conversation under test; `last` is the last step, facts are changed freely."""

    def __init__(self, graph: Graph, now: int = 1_000_000, **facts: Value) -> None:
        self.graph = graph
        self.now = now
        self.facts: dict[str, Value] = {name.replace("_", "."): value for name, value in facts.items()}
        self.snapshot: Snapshot | None = None
        self.records: list[Record] = []
        self.effects: list[Effect] = []
        self.reads: list[str] = []
        self.last: Step | None = None
        self._count = 0

    def read(self, name: str, scope: object) -> Value:
        """Tell a fact; texts render as their name in brackets."""
        self.reads.append(name)
        if name in self.facts:
            return self.facts[name]
        if name.startswith("message:"):
            return f"<{name.removeprefix('message:')}>"
        return True if name == "hours.open" else 0

    def put(self, source: Input, after: int = 0) -> Step:
        """Let an input happen `after` ms from now."""
        self.now += after
        self.last = step_safely(self.graph, self.snapshot, source, self.read, self.now)
        self.snapshot = self.last.snapshot
        self.records += self.last.records
        self.effects += self.last.effects
        return self.last

    def open(self, **fields: Any) -> Step:
        """Open with a message."""
        visitor = fields.pop("visitor", Visitor("v"))
        return self.put(inputs.Opened(visitor, self.graph.id, "c0", "hello", conversation="k", **fields))

    def say(self, text: str = "hi", after: int = 0, menu: str = "") -> Step:
        """Let the visitor write."""
        self._count += 1
        return self.put(inputs.VisitorSaid(f"v{self._count}", text, menu), after)

    def accept(self, agent: str = "a", after: int = 0) -> Step:
        """Let `agent` take the conversation at once."""
        assert self.snapshot is not None
        assert self.snapshot.waiting is not None
        return self.put(inputs.Offered(agent, agent.upper(), self.snapshot.waiting.visit, ""), after)

    def answer(self, agent: str = "a", after: int = 0) -> Step:
        """Let `agent` write."""
        self._count += 1
        return self.put(inputs.AgentSaid(agent, f"a{self._count}", "yes"), after)

    def timer(self) -> Step:
        """Let the next timer come due."""
        assert self.snapshot is not None
        timer = self.snapshot.timers[0]
        return self.put(inputs.TimerDue(timer.order), timer.due - self.now)

    @property
    def active(self) -> tuple[str, ...]:
        """The active states."""
        assert self.snapshot is not None
        return self.snapshot.active
