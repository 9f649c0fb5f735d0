"""Random charts, legal by construction, with everything Appendix D has to say something about."""

from collections.abc import Callable
from itertools import count

from tests.conformance.textbook import Arrow, Chart, State, descends

Draw = Callable[[int, int], int]
"""A number between two, both included: hypothesis's, so that counterexamples shrink, or a plain generator's."""

EVENTS = ("a", "b", "c")
MOST_STATES = 16
_DEPTH = 3


def random_chart(draw: Draw) -> Chart:
    """Return a chart of up to sixteen states."""
    states: dict[str, State] = {}
    numbers = count()
    tops = _children(draw, states, None, 0)
    for state in states.values():
        _leads(draw, states, state, numbers)
    begin = Arrow("begin", None, _below(draw, tops))
    return Chart(states, begin)


def _children(draw: Draw, states: dict[str, State], parent: State | None, depth: int) -> list[State]:
    made: list[State] = []
    if parent is not None and draw(0, 2) == 0:
        _state(states, parent, "deep" if draw(0, 1) else "shallow")
    for _ in range(draw(2, 3)):
        if len(states) >= MOST_STATES and made:
            break
        kind = _kind(draw, depth, bool(made), parent)
        state = _state(states, parent, kind)
        made.append(state)
        if kind in ("compound", "parallel"):
            state.kind = "state" if kind == "compound" else "parallel"
            _children(draw, states, state, depth + 1)
    return made


def _kind(draw: Draw, depth: int, later: bool, parent: State | None) -> str:
    """A region of a parallel state is no final state, and has one inside more often than others: it must be done at times."""
    wish = draw(0, 9)
    region = parent is not None and parent.kind == "parallel"
    in_region = parent is not None and parent.parent is not None and parent.parent.kind == "parallel"
    if in_region and later and wish > 3:
        return "final"
    if depth < _DEPTH and wish < 5:
        return "compound" if wish < 3 or region else "parallel"
    return "final" if wish == 9 and later and not region else "state"


def _state(states: dict[str, State], parent: State | None, kind: str) -> State:
    state = State(f"s{len(states)}", kind, parent, len(states))
    states[state.name] = state
    if parent is not None:
        parent.children.append(state)
    return state


def _leads(draw: Draw, states: dict[str, State], state: State, numbers: "count[int]") -> None:
    """Give a state its transitions, its initial one, or where its history leads the first time."""
    if state.history:
        assert state.parent is not None
        deep = state.kind == "deep"
        targets = _below(draw, state.parent.real) if deep else _one(draw, state.parent.real)
        state.initial = Arrow(f"default {state.name}", state, targets)
        return
    if state.compound:
        state.initial = Arrow(f"initial {state.name}", state, _below(draw, state.real))
    if state.kind == "final":
        return
    for _ in range(draw(0, 3)):
        events = _events(draw, states)
        targets = () if draw(0, 6) == 0 else _anywhere(draw, states, state)
        state.arrows.append(Arrow(f"t{next(numbers)}", state, targets, events, internal=draw(0, 1) == 1))


def _events(draw: Draw, states: dict[str, State]) -> tuple[str, ...]:
    wish = draw(0, 9)
    if wish < 2:
        return ()
    if wish < 4:
        inner = [state.name for state in states.values() if state.real]
        return (f"done.{inner[draw(0, len(inner) - 1)]}",) if inner else ("a",)
    return (EVENTS[draw(0, 2)],)


def _one(draw: Draw, states: list[State]) -> tuple[State, ...]:
    return (states[draw(0, len(states) - 1)],)


def _below(draw: Draw, states: list[State]) -> tuple[State, ...]:
    """Choose one of these states or some way down inside one; in several regions at once now and then."""
    state = states[draw(0, len(states) - 1)]
    while state.real and draw(0, 2) == 0:
        if state.kind == "parallel" and draw(0, 1):
            return tuple(target for region in state.real for target in _below(draw, [region]))
        state = state.real[draw(0, len(state.real) - 1)]
    return (state,)


def _anywhere(draw: Draw, states: dict[str, State], source: State) -> tuple[State, ...]:
    """Choose the targets of a transition: near its source more often than not, a history state at times."""
    every = list(states.values())
    wish = draw(0, 5)
    if wish == 0:
        inside = [state for state in every if descends(state, source)]
        every = inside or every
    elif wish == 1 and source.parent is not None:
        every = source.parent.children
    elif wish == 2:
        every = [state for state in every if state.history] or every
    target = every[draw(0, len(every) - 1)]
    return (target,) if target.history else _below(draw, [target])
