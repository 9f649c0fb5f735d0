"""A customer is lost where nothing hears him and nothing moves him on; every single way on is enough."""

import pytest

from tests.flow.desks import problems

FLOW = """
    initial: 外
    states:
      外:
        initial: 站
        on: {用户结束: {to: 完}OUTER}
        states:
          站: {INNER}
      完: {final: true}
"""


def lost(inner: str = "", outer: str = "") -> list[tuple[str, str]]:
    found = problems(FLOW.replace("INNER", inner).replace("OUTER", outer))
    return [(each.code, each.severity) for each in found]


def test_a_state_that_hears_nothing_and_waits_for_nothing() -> None:
    assert lost() == [("K450", "warning")]
    (found,) = problems(FLOW.replace("INNER", "").replace("OUTER", ""))
    assert (found.at.line, found.path) == (11, "$.flows.main.states.站")


@pytest.mark.parametrize(
    "inner",
    [
        "on: {用户发送消息: {action: auto_assign}}",
        "on: {客服接入: {to: 完}}",
        "on: {AI失败: {action: close}}",
        "after: {5m: {to: 完}}",
        "after: {5m: {action: close}}",
        "entry: close",
        "always: {to: 完, when: vip}",
    ],
)
def test_each_way_on_is_enough(inner: str) -> None:
    assert lost(inner) == []


@pytest.mark.parametrize(
    "inner",
    [
        "on: {客服接入: {action: ask_rating}}",
        "after: {5m: {action: ask_rating}}",
        "on: {用户离开: {to: 完}}",
        "on: {visitor.menu: {to: 完}}",
        "on: {custom.paid: {to: 完}}",
        "on: {error.guard: {to: 完}}",
    ],
)
def test_what_leads_nowhere_is_no_way_on(inner: str) -> None:
    assert lost(inner) == [("K450", "warning")]


def test_what_the_states_above_do_counts() -> None:
    assert lost(outer=", 用户发送消息: {action: auto_assign}") == []


def test_another_region_may_move_the_conversation_on() -> None:
    flow = """
        initial: 双
        states:
          双:
            parallel: true
            on: {用户结束: {to: 完}}
            states: {左: {}, 右: {RIGHT}}
          完: {final: true}
    """
    assert [each.code for each in problems(flow.replace("RIGHT", "after: {1h: {to: 完}}"))] == []
    assert [each.code for each in problems(flow.replace("RIGHT", ""))] == ["K450", "K450"]


def test_a_way_back_is_no_place_to_stay() -> None:
    assert lost("on: {用户发送消息: {to: 完}}}\n          回: {history: deep") == [("K420", "error")]
