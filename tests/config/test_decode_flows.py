"""States, transitions and actions arrive in canonical words and in file order."""

import pytest

from appliance.config.diagnostics import Span
from appliance.config.spec import Action, Flow, State
from tests.config.reader import codes, spec_of


def flow(state: str, vars_: str = "{n: 0}") -> Flow:
    return spec_of(
        "queues: {售前: }\nmessages: {您好: 您好}\nwelcome: {say: 您好}",
        f"flows: {{main: {{initial: a, vars: {vars_}, states: {{a: {state}, b: {{final: true}}}}}}}}\n",
    ).main


def first(state: str) -> State:
    return flow(state).states[0]


def wrong(state: str) -> list[str]:
    return codes("", f"flows: {{main: {{initial: a, states: {{a: {state}, b: {{final: true}}}}}}}}\n")


def test_events_become_canonical_in_either_language() -> None:
    state = first(
        "{on: {用户发送消息: {to: b}, agent.accept: [{when: vip, to: b}, {action: dequeue}], custom.付款: {to: a}}}"
    )
    assert [handler.event for handler in state.on] == ["visitor.message", "agent.accept", "custom.付款"]
    guarded, plain = state.on[1].transitions
    assert (guarded.to, guarded.when and guarded.when.source) == ("b", "vip")
    assert (plain.to, plain.when, plain.actions[0].name) == (None, None, "dequeue")


def test_timers_in_milliseconds() -> None:
    state = first("{after: {1m: {to: b}, 1m30s: [{to: a, when: vip, reenter: true}, {to: b}]}}")
    assert [timer.delay for timer in state.after] == [60_000, 90_000]
    assert state.after[1].transitions[0].reenter


@pytest.mark.parametrize(
    ("written", "name", "args"),
    [
        ("enqueue", "enqueue", {}),
        ("进入排队", "enqueue", {}),
        ("{enqueue: }", "enqueue", {}),
        ("{enqueue: 售前}", "enqueue", {"queue": "售前"}),
        ("{say: 您好}", "say", {"message": "您好"}),
        ("{say: {message: 您好}}", "say", {"message": "您好"}),
        ("{发送: 您好}", "say", {"message": "您好"}),
        ("remind", "remind", {}),
        ("{remind: 客服}", "remind", {"who": "agent"}),
        ("{set: {n: n + 1}}", "set", {"n": "n + 1"}),
        ("{priority: 3}", "priority", {"level": 3}),
        ("{tag: 大单}", "tag", {"tag": "大单"}),
    ],
)
def test_actions(written: str, name: str, args: dict[str, object]) -> None:
    action = first(f"{{entry: {written}}}").entry[0]
    assert (action.name, action.args) == (name, args)


def test_several_actions_keep_their_order_and_places() -> None:
    state = first("{exit: [auto_assign, {say: 您好}, dequeue]}")
    assert [action.name for action in state.exit] == ["auto_assign", "say", "dequeue"]
    assert all(action.at.line == 5 for action in state.exit)
    assert isinstance(state.exit[0], Action)
    assert state.exit[0].at != Span()


def test_nested_states_and_variables() -> None:
    nested = flow(
        "{initial: x, states: {x: {}, y: {initial: z, states: {z: {}}}}, exit: dequeue}", "{次数: 0, 名: 张}"
    )
    assert nested.vars == {"次数": 0, "名": "张"}
    outer = nested.states[0]
    assert (outer.initial, [child.name for child in outer.states]) == ("x", ["x", "y"])
    assert outer.states[1].states[0].name == "z"
    assert nested.states[1].final


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("{on: {用户结束: {to: b}, visitor.close: {to: b}}}", ["K106"]),
        ("{after: {60s: {to: b}, 1m: {to: b}}}", ["K106"]),
        ("{after: {10: {to: b}}}", ["K207"]),
        ("{after: {5分钟: {to: b}}}", ["K207"]),
        ("{after: {soon: {to: b}}}", ["K206"]),
        ("{after: {9999d: {to: b}}}", ["K205"]),
        ("{always: [{to: b}, {to: a}]}", ["K310"]),
        ("{on: {用户结束: []}}", ["K205"]),
        ("{entry: say}", ["K318"]),
        ("{entry: set}", ["K318"]),
        ("{entry: {set: 3}}", ["K202"]),
        ("{entry: {sayy: x}}", ["K303"]),
        ("{entry: ''}", ["K205"]),
        ("{entry: {auto_assign: 3}}", ["K202"]),
        ("{entry: [dequeue, [dequeue]]}", ["K202"]),
        ("{entry: webhook}", ["K210", "K318"]),
        ("{invoke: x}", ["K201"]),
    ],
)
def test_what_is_wrong_is_said_once(state: str, expected: list[str]) -> None:
    assert wrong(state) == expected
