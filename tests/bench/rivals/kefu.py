"""The definition as kefu runs it: written as a kefu.yaml, checked and compiled like any, walked by the real step.

The inputs are those of production, with the numbers that offers and answers must carry; each step makes what it always
makes: queue places, wishes, ownership, the records of the log and the effects.
"""

import json
from time import perf_counter_ns
from typing import Any

from appliance import inputs
from appliance.flow.scope import Scope
from appliance.flow.step import step_safely
from appliance.inputs import Input
from appliance.model import Millis, Snapshot, Value, Visitor
from appliance.runtime.check import check_text
from tests.bench.rivals.definition import CONTEXT, EVENTS, TOP, Constant, Event, Guard, State, Way

_SUBJECTS = {
    "open": "hours.open",
    "level": "visitor.level",
    "channel": "visitor.channel",
    ".score": "event.score",
    ".confidence": "ai.confidence",
}
_FACTS: dict[str, Value] = {"hours.open": CONTEXT["open"]}
_BEGINNING: Millis = 1_000_000
_BETWEEN: Millis = 3_000


class Kefu:
    """Our own step."""

    name = "kefu"

    def __init__(self) -> None:
        checked = check_text(_yaml(), "definition.py", environment=None)
        assert checked.graph is not None, checked.diagnostics.render("en")
        self._graph = checked.graph
        visitor = Visitor("v", level=int(CONTEXT["level"]), channel=str(CONTEXT["channel"]))
        opened = inputs.Opened(visitor, self._graph.id, "c0", "…", conversation="bench")
        self._first = step_safely(self._graph, None, opened, _read, _BEGINNING).snapshot
        self._inputs: list[tuple[Input, Millis]] = []
        self._states = [_leaf(self._first)]
        snapshot = self._first
        for number, event in enumerate(EVENTS, 1):
            source, now = _input(event, snapshot, f"c{number}"), _BEGINNING + number * _BETWEEN
            snapshot = step_safely(self._graph, snapshot, source, _read, now).snapshot
            self._inputs.append((source, now))
            self._states.append(_leaf(snapshot))

    def trace(self) -> list[str]:
        """See Rival."""
        return self._states

    def run(self, rounds: int) -> int:
        """See Rival.  Every round begins with the same snapshot: being frozen, it costs nothing to begin with."""
        graph, events = self._graph, self._inputs
        begun = perf_counter_ns()
        for _ in range(rounds):
            snapshot = self._first
            for source, now in events:
                snapshot = step_safely(graph, snapshot, source, _read, now).snapshot
        return perf_counter_ns() - begun


def _read(name: str, scope: Scope) -> Value:
    return _FACTS[name]


def _leaf(snapshot: Snapshot) -> str:
    assert not snapshot.failures
    return snapshot.active[-1]


def _input(event: Event, now: Snapshot, cid: str) -> Input:
    data: dict[str, Any] = dict(event.data)
    visit = now.ai.visit if now.ai else now.waiting.visit if now.waiting else 0
    made: dict[str, Input] = {
        "visitor_message": inputs.VisitorSaid(cid, "还有一个问题"),
        "visitor_close": inputs.VisitorEnded(cid),
        "visitor_ask_human": inputs.VisitorAskedHuman(cid),
        "visitor_rated": inputs.VisitorRated(cid, data.get("score", 0)),
        "agent_accept": inputs.Offered("a", "客服", visit, ""),
        "agent_message": inputs.AgentSaid("a", cid, "请稍等"),
        "agent_close": inputs.AgentClosed("a", cid),
        "agent_transfer": inputs.AgentTransferred("a", cid),
        "ai_answer": inputs.AiAnswered(visit, "…", data.get("confidence", 0.0)),
    }
    return made[event.name]


def _yaml() -> str:
    """Return the definition as a kefu.yaml; JSON is YAML."""
    flow = {"initial": TOP[0].name, "states": {state.name: _state(state) for state in TOP}}
    return json.dumps({"kefu": 1, "flows": {"main": flow}})


def _state(state: State) -> dict[str, Any]:
    words: dict[str, Any] = {
        "initial": state.initial,
        "entry": state.entry,
        "final": state.final,
        "on": {event.replace("_", ".", 1): [_way(way) for way in ways] for event, ways in state.on.items()},
        "states": {child.name: _state(child) for child in state.states},
    }
    return {word: value for word, value in words.items() if value}


def _way(way: Way) -> dict[str, Any]:
    words = {"to": way.to, "when": _guard(way.when) if way.when else "", "action": way.action}
    return {word: value for word, value in words.items() if value}


def _guard(guard: Guard) -> str:
    return f"{_SUBJECTS[guard.subject]} {guard.operator} {_literal(guard)}"


def _literal(guard: Guard) -> str:
    constant: Constant = guard.constant
    if guard.subject == ".confidence" and isinstance(constant, float):
        return f"{constant:.0%}"
    return repr(constant).lower() if isinstance(constant, bool) else repr(constant)
