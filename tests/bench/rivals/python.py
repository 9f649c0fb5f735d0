"""The definition in three Python libraries, each in its own words and called in the fastest way that it documents.

Guards and actions are plain closures where a library takes them (sismic takes source code).  An action counts itself:
the least that one can do.
"""

import json
from collections.abc import Callable
from importlib.metadata import version
from operator import eq, ge, lt
from time import perf_counter_ns
from typing import Any

from sismic.interpreter import Interpreter
from sismic.io import import_from_yaml
from sismic.model import Event as SismicEvent
from statemachine.io import create_machine_class_from_definition
from transitions.extensions.nesting import HierarchicalMachine, NestedState

from tests.bench.rivals.definition import CONTEXT, EVENTS, PATHS, TOP, Guard, State, states

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {"==": eq, ">=": ge, "<": lt}


class _Counter:
    """What actions work on."""

    def __init__(self) -> None:
        self.done = 0

    def act(self) -> None:
        self.done += 1


class _Separated(NestedState):
    separator = "/"


class _Transitioning(HierarchicalMachine):
    state_cls = _Separated


class Transitions:
    """`transitions`: HierarchicalMachine, events as the bound methods that it puts on its model."""

    def __init__(self) -> None:
        self.name = f"transitions {version('transitions')}"
        counter = _Counter()
        self._model = _Model()
        machine = _Transitioning(
            self._model,
            states=[_nested(state, counter) for state in TOP],
            initial=TOP[0].name,
            ignore_invalid_triggers=True,
        )
        for state in states():
            for event, ways in state.on.items():
                for way in ways:
                    machine.add_transition(
                        event,
                        "/".join(PATHS[state.name]),
                        "/".join(PATHS[way.to]),
                        conditions=[_condition(way.when)] if way.when else None,
                        after=[_ignoring(counter.act)] if way.action else None,
                    )
        self._calls = [(getattr(self._model, event.name), event.data) for event in EVENTS]

    def trace(self) -> list[str]:
        """See Rival."""
        found = [_last(self._model.state)]
        for call, data in self._calls:
            call(**data)
            found.append(_last(self._model.state))
        return found

    def run(self, rounds: int) -> int:
        """See Rival."""
        calls = self._calls
        begun = perf_counter_ns()
        for _ in range(rounds):
            for call, data in calls:
                call(**data)
        return perf_counter_ns() - begun


class _Model:
    state = ""


def _last(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _nested(state: State, counter: _Counter) -> dict[str, Any]:
    words: dict[str, Any] = {"name": state.name, "final": state.final}
    if state.entry:
        words["on_enter"] = [_ignoring(counter.act)]
    if state.states:
        words["initial"] = state.initial
        words["children"] = [_nested(child, counter) for child in state.states]
    return words


def _ignoring(act: Callable[[], None]) -> Callable[..., None]:
    """Return `act` for a library that hands the event's data to every callback."""

    def acting(**data: Any) -> None:
        act()

    return acting


def _condition(guard: Guard) -> Callable[..., bool]:
    compare, constant = _OPERATORS[guard.operator], guard.constant
    if guard.subject.startswith("."):
        name = guard.subject[1:]
        return lambda **data: compare(data[name], constant)
    context, subject = CONTEXT, guard.subject
    return lambda **data: compare(context[subject], constant)


class PythonStatemachine:
    """`python-statemachine`: a StateChart made from a dict, events as its bound methods."""

    def __init__(self) -> None:
        self.name = f"python-statemachine {version('python-statemachine')}"
        counter = _Counter()
        kind = create_machine_class_from_definition(
            "Service", states={state.name: _chart(state, counter, TOP[0].name) for state in TOP}
        )
        self._machine = kind()
        self._calls = [(getattr(self._machine, event.name), event.data) for event in EVENTS]

    def trace(self) -> list[str]:
        """See Rival."""
        found = [self._leaf()]
        for call, data in self._calls:
            call(**data)
            found.append(self._leaf())
        return found

    def _leaf(self) -> str:
        (leaf,) = (state.id for state in self._machine.configuration if not state.states)
        return str(leaf)

    def run(self, rounds: int) -> int:
        """See Rival."""
        calls = self._calls
        begun = perf_counter_ns()
        for _ in range(rounds):
            for call, data in calls:
                call(**data)
        return perf_counter_ns() - begun


def _chart(state: State, counter: _Counter, initial: str) -> dict[str, Any]:
    words: dict[str, Any] = {"initial": state.name == initial, "final": state.final}
    if state.entry:
        words["enter"] = counter.act
    if state.states:
        words["states"] = {child.name: _chart(child, counter, state.initial) for child in state.states}
    words["on"] = {
        event: [
            {
                "target": way.to,
                **({"cond": _injected(way.when)} if way.when else {}),
                **({"on": counter.act} if way.action else {}),
            }
            for way in ways
        ]
        for event, ways in state.on.items()
    }
    return words


def _injected(guard: Guard) -> Callable[..., bool]:
    """Return a guard that names what it wants of the event: this library looks at parameters."""
    compare, constant = _OPERATORS[guard.operator], guard.constant
    if guard.subject == ".score":
        return lambda score: compare(score, constant)
    if guard.subject == ".confidence":
        return lambda confidence: compare(confidence, constant)
    context, subject = CONTEXT, guard.subject
    return lambda: compare(context[subject], constant)


class Sismic:
    """`sismic`: its YAML (JSON is YAML), contracts switched off, events made beforehand."""

    def __init__(self) -> None:
        self.name = f"sismic {version('sismic')}"
        counter = _Counter()
        root = {"name": "root", "initial": TOP[0].name, "states": [_sismic(state) for state in TOP]}
        chart = import_from_yaml(json.dumps({"statechart": {"name": "service", "root state": root}}))
        context = {**CONTEXT, "act": counter.act}
        self._interpreter = Interpreter(chart, initial_context=context, ignore_contract=True)
        self._interpreter.execute_once()
        self._events = [SismicEvent(event.name, **event.data) for event in EVENTS]

    def trace(self) -> list[str]:
        """See Rival."""
        found = [self._leaf()]
        for event in self._events:
            self._interpreter.queue(event).execute_once()
            found.append(self._leaf())
        return found

    def _leaf(self) -> str:
        return str(self._interpreter.configuration[-1])

    def run(self, rounds: int) -> int:
        """See Rival."""
        queue, execute, events = self._interpreter.queue, self._interpreter.execute_once, self._events
        begun = perf_counter_ns()
        for _ in range(rounds):
            for event in events:
                queue(event)
                execute()
        return perf_counter_ns() - begun


def _sismic(state: State) -> dict[str, Any]:
    words: dict[str, Any] = {"name": state.name}
    if state.final:
        return {**words, "type": "final"}
    if state.entry:
        words["on entry"] = "act()"
    if state.states:
        words |= {"initial": state.initial, "states": [_sismic(child) for child in state.states]}
    transitions = [
        {
            "event": event,
            "target": way.to,
            # Two that are both possible are an error to sismic unless one has priority over the other.
            "priority": len(ways) - number,
            **({"guard": _source(way.when)} if way.when else {}),
            **({"action": "act()"} if way.action else {}),
        }
        for event, ways in state.on.items()
        for number, way in enumerate(ways)
    ]
    return {**words, "transitions": transitions} if transitions else words


def _source(guard: Guard) -> str:
    subject = f"event{guard.subject}" if guard.subject.startswith(".") else guard.subject
    return f"{subject} {guard.operator} {guard.constant!r}"
