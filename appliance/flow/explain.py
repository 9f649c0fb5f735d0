"""What a state does: with every event, by itself and by the states around it, and how one comes and goes.

Read off the intermediate form, like the picture; `kefu explain` lays it out.
"""

from collections.abc import Iterator

from msgspec import Struct

from appliance.config.scalars import spoken
from appliance.config.spec import Action, Flow, State, Transition
from appliance.config.vocabulary import EVENTS, is_internal


BUILT_IN = ("agent.transfer", "agent.lost")
"""Events that are never ignored: without a handler the conversation asks for an agent again, where it asked before."""


class Way(Struct, frozen=True):
    """One alternative: whose it is, what sets it off, and the transition.  `number` counts it among its alternatives."""

    state: str
    trigger: str
    transition: Transition
    number: int
    alternatives: tuple[Transition, ...]


class Explained(Struct, frozen=True):
    """A state.  `around` are the states it stands in, inner first; `regions` run beside it.

    `heard` are the alternatives for each event in the order in which they are asked, `ignored` the events that no state
    hears, `built_in` those of them that kefu answers by itself; `after` and `always` likewise with those of the states around; `ways_in` is who leads here.
    """

    name: str
    around: tuple[str, ...]
    children: tuple[str, ...]
    regions: tuple[str, ...]
    initial: str
    kind: str
    entry: tuple[Action, ...]
    exit: tuple[Action, ...]
    heard: dict[str, tuple[Way, ...]]
    ignored: tuple[str, ...]
    built_in: tuple[str, ...]
    after: tuple[Way, ...]
    always: tuple[Way, ...]
    ways_in: tuple[Way, ...]


def explain(flow: Flow, name: str) -> Explained | None:
    """Return what there is to say of the state `name`, None when the flow has none of this name."""
    line = _line(flow.states, name)
    if line is None:
        return None
    state, *around = reversed(line)
    near = [state, *around]
    heard: dict[str, list[Way]] = {}
    for each in near:
        for handler in each.on:
            heard.setdefault(handler.event, []).extend(_ways(each, handler.event, handler.transitions))
    known = [word.name for word in EVENTS if not is_internal(word.name) and word.name not in BUILT_IN]
    if "visitor.message" in heard:
        known.remove("visitor.menu")  # A chosen item that nobody listens for is a message like any other.
    return Explained(
        name,
        tuple(each.name for each in around),
        tuple(child.name for child in state.states),
        _beside(near),
        state.initial,
        "final" if state.final else "parallel" if state.parallel else state.history,
        state.entry,
        state.exit,
        {event: tuple(ways) for event, ways in heard.items()},
        tuple(event for event in known if event not in heard),
        tuple(event for event in BUILT_IN if event not in heard),
        tuple(
            way
            for each in near
            for timer in each.after
            for way in _ways(each, spoken(timer.delay), timer.transitions)
        ),
        tuple(way for each in near for way in _ways(each, "always", each.always)),
        tuple(way for each in _all(flow.states) for way in _every(each) if way.transition.to == name),
    )


def _line(states: tuple[State, ...], name: str) -> list[State] | None:
    """Return the states from the outermost down to `name`."""
    for state in states:
        if state.name == name:
            return [state]
        below = _line(state.states, name)
        if below is not None:
            return [state, *below]
    return None


def _beside(near: list[State]) -> tuple[str, ...]:
    names = {each.name for each in near}
    return tuple(
        child.name
        for each in near[1:]
        if each.parallel
        for child in each.states
        if child.name not in names and not child.history
    )


def _all(states: tuple[State, ...]) -> Iterator[State]:
    for state in states:
        yield state
        yield from _all(state.states)


def _every(state: State) -> Iterator[Way]:
    for handler in state.on:
        yield from _ways(state, handler.event, handler.transitions)
    for timer in state.after:
        yield from _ways(state, spoken(timer.delay), timer.transitions)
    yield from _ways(state, "always", state.always)


def _ways(state: State, trigger: str, transitions: tuple[Transition, ...]) -> Iterator[Way]:
    for number, transition in enumerate(transitions):
        yield Way(state.name, trigger, transition, number, transitions)
