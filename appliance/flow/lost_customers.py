"""States in which a customer is lost: he writes and nothing hears it, and nothing else will ever move him on.

A message that some state around hears, a timer, and an answer of an agent, the desk or the AI that leads out each count as a
way on, whatever their guards.  A choice from a menu, a failure and what an outside system may or may not tell do not: nobody
can count on them.  It is a warning, for a state may be deaf on purpose.
"""

from collections.abc import Iterator

from appliance.config.diagnostics import Diagnostic
from appliance.config.spec import Action, Flow, State, Transition
from appliance.config.vocabulary import DONE_EVENT
from appliance.errors import Text

_HEARD = "visitor.message"
_OTHERS = ("agent.", "assign.", "ai.", DONE_EVENT)


def lost_customers(flow: Flow) -> list[Diagnostic]:
    """Return the innermost states of `flow` that ignore what the visitor writes and that nothing leads out of."""
    return [
        Diagnostic(
            "K450",
            "warning",
            f"$.flows.{flow.name}.states.{state.name}",
            state.at,
            Text(
                f"客人到了“{state.name}”就没人管了：不听用户发送消息，也没有计时或客服事件带他出去",
                f"a customer in '{state.name}' is lost: it ignores visitor.message, and no timer or agent event leads out",
            ),
            Text(
                "加上 after: {5m: {to: 状态}}，或处理 用户发送消息",
                "add after: {5m: {to: state}}, or handle visitor.message",
            ),
        )
        for state, around in _innermost(flow.states, ())
        if not any(_leads_on(each) for each in around)
    ]


def _innermost(
    states: tuple[State, ...], above: tuple[State, ...]
) -> Iterator[tuple[State, tuple[State, ...]]]:
    """Yield the innermost states with all states that are, or may be, active beside them."""
    for state in states:
        if state.history or state.final:
            continue
        # In a parallel state the other regions may move the conversation on.
        around = (*above, *_below(state)) if state.parallel else (*above, state)
        if state.states:
            yield from _innermost(state.states, around)
        else:
            yield state, around


def _below(state: State) -> Iterator[State]:
    yield state
    for child in state.states:
        yield from _below(child)


def _leads_on(state: State) -> bool:
    if state.always or any(_closes(action) for action in state.entry):
        return True
    if any(_leads_out(each) for timer in state.after for each in timer.transitions):
        return True
    return any(
        handler.event == _HEARD
        or (handler.event.startswith(_OTHERS) and any(_leads_out(each) for each in handler.transitions))
        for handler in state.on
    )


def _leads_out(transition: Transition) -> bool:
    return transition.to is not None or any(_closes(action) for action in transition.actions)


def _closes(action: Action) -> bool:
    return action.name == "close"
