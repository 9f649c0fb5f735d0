"""Timers that can never fire, because their state is always left before.

A timer runs from the entry of its state, and a state is never entered before those around it; so a timer around it that is
no longer and surely leaves comes first.  A state whose `always` surely apply is left in the step that enters it.
"""

from collections.abc import Sequence

from appliance.config.diagnostics import Diagnostic, quoted
from appliance.config.scalars import spoken
from appliance.config.spec import After, State, Transition
from appliance.errors import Text
from appliance.flow.futile_parts import Asker
from appliance.flow.guard_domains import Where

_DELETE = Text("删掉它，或调整时间", "delete it, or change the times")


def idle_timers(state: State, above: tuple[State, ...], path: str, asker: Asker) -> list[Diagnostic]:
    """Return a problem (K434) for every timer of `state` that can never fire."""
    found: list[Diagnostic] = []
    for item in state.after:
        why = (
            _passed_through(state, above, asker)
            or _overtaken(item, state, above, asker)
            or _begun_again(item, state, asker)
        )
        if why is not None:
            delay = spoken(item.delay)
            message = Text(
                f"{delay} 的计时器永远不会响：{why.zh}", f"the timer of {delay} can never fire: {why.en}"
            )
            found.append(Diagnostic("K434", "error", f"{path}.after", item.at, message, _DELETE))
    return found


def _passed_through(state: State, above: tuple[State, ...], asker: Asker) -> Text | None:
    for each in (state, *above):
        if each.always and _surely_taken(each.always, Where("always"), asker):
            name = quoted(each.name)
            return Text(f"{name.zh}的 always 当场就走", f"the always of {name.en} lead on at once")
    return None


def _overtaken(item: After, state: State, above: tuple[State, ...], asker: Asker) -> Text | None:
    for each in (state, *above):
        for other in each.after:
            first = other.delay < item.delay or (other.delay == item.delay and each is not state)
            if first and _surely_leaves(each, other, asker):
                name, delay = quoted(each.name), spoken(other.delay)
                return Text(
                    f"{delay} 的那一个先离开了{name.zh}", f"the one of {delay} leaves {name.en} before"
                )
    return None


def _begun_again(item: After, state: State, asker: Asker) -> Text | None:
    """A retry inside that goes back to `state` itself begins its clock again.

    Certain only where there is one place to be in it: from others the conversation might wait on.
    """
    inner = [each for each in _below(state) if not each.states]
    if len(inner) != 1 or inner[0].final or state.parallel:
        return None
    for other in inner[0].after:
        taken = _taken(other.transitions, Where("after", other.delay), asker)
        if taken is None or len(other.transitions) in taken or other.delay >= item.delay:
            continue
        if all(other.transitions[number].to == state.name for number in taken):
            inside, name, delay = quoted(inner[0].name), quoted(state.name), spoken(other.delay)
            return Text(
                f"{inside.zh}每 {delay} 就重新进入{name.zh}",
                f"{inside.en} enters {name.en} anew every {delay}",
            )
    return None


def _surely_leaves(state: State, item: After, asker: Asker) -> bool:
    inside = {each.name for each in _below(state)}
    taken = _taken(item.transitions, Where("after", item.delay), asker)
    if taken is None or len(item.transitions) in taken:
        return False
    return all(_leaves(item.transitions[number], state, inside) for number in taken)


def _leaves(transition: Transition, state: State, inside: set[str]) -> bool:
    if transition.to is None:
        return False
    return transition.to not in inside or transition.reenter or state.parallel


def _surely_taken(transitions: Sequence[Transition], where: Where, asker: Asker) -> bool:
    taken = _taken(transitions, where, asker)
    return taken is not None and len(transitions) not in taken


def _taken(transitions: Sequence[Transition], where: Where, asker: Asker) -> frozenset[int] | None:
    guards = [each.when for each in transitions]
    if not all(guard is None or asker.knows(guard) for guard in guards):
        return None
    return asker.outcomes(guards, where)


def _below(state: State) -> list[State]:
    return [each for child in state.states for each in (child, *_below(child))]
