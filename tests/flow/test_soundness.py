"""Flaws of shape: what nobody comes to, what nobody gets out of."""

from tests.flow.desks import CHAT, problems


def codes(flow: str) -> list[tuple[str, str]]:
    return [(found.code, found.path.rsplit(".", 1)[1]) for found in problems(flow)]


def test_a_sound_flow_has_no_findings() -> None:
    assert codes(CHAT) == []


def test_an_unreachable_state() -> None:
    flow = """
        initial: 等
        states:
          等: {on: {用户结束: {to: 完}}}
          岛: {initial: 滩, on: {用户结束: {to: 完}}, states: {滩: {}}}
          完: {final: true}
    """
    assert codes(flow) == [("K420", "岛"), ("K420", "滩")]


def test_a_sibling_of_the_initial_state_is_not_reached_by_entering_the_parent() -> None:
    flow = """
        initial: 外
        states:
          外: {initial: 一, on: {用户结束: {to: 完}}, states: {一: {}, 二: {}}}
          完: {final: true}
    """
    assert codes(flow) == [("K420", "二")]


def test_a_trap_is_found_though_it_moves() -> None:
    flow = """
        initial: 等
        states:
          等: {on: {用户发送消息: {to: 甲}, 用户结束: {to: 完}}}
          甲: {on: {用户发送消息: {to: 乙}}}
          乙: {on: {用户发送消息: {to: 甲}}}
          完: {final: true}
    """
    assert codes(flow) == [("K421", "甲"), ("K421", "乙")]


def test_a_way_out_of_a_parent_is_a_way_out_of_its_children() -> None:
    flow = """
        initial: 外
        states:
          外: {initial: 内, after: {1h: {to: 完}}, states: {内: {}}}
          完: {final: true}
    """
    assert codes(flow) == []


def test_close_is_a_way_out_and_reaches_the_final_state() -> None:
    flow = """
        initial: 等
        states:
          等: {on: {用户发送消息: {action: close}}}
          完: {final: true}
    """
    assert codes(flow) == []


def test_on_error_is_a_way_in() -> None:
    flow = """
        initial: 等
        on_error: 救
        states:
          等: {on: {用户发送消息: {to: 完}}}
          救: {on: {用户发送消息: {to: 完}}}
          完: {final: true}
    """
    assert codes(flow) == []


def test_always_that_run_in_a_circle_are_found_and_those_with_two_guards_are_not() -> None:
    circle = """
    initial: 甲
    states:
      甲: {always: {to: 乙}}
      乙: {always: {to: 甲}, on: {用户结束: {to: 完}}}
      完: {final: true}
    """
    assert [found.code for found in problems(circle)] == ["K422", "K422"]
    served = circle.replace("乙: {always: {to: 甲}", "乙: {always: {to: 甲, when: served}")
    assert [found.code for found in problems(served)] == ["K422", "K422"]
    assert problems(served.replace("甲: {always: {to: 乙}", "甲: {always: {to: 乙, when: vip}")) == []


REGIONS = """
    initial: 并
    states:
      并:
        parallel: true
        on: {用户结束: {to: 完}}
        states:
          左: {initial: 甲, states: {甲: {always: {to: 乙}}, 乙: {always: {to: 甲}}}}
          右: {initial: 丙, states: {丙: {on: {用户发送消息: {action: auto_assign}}}}}
      完: {final: true}
"""


def test_a_circle_with_one_guard_all_round_is_found_unless_something_may_end_it() -> None:
    circle = """
    initial: 甲
    vars: {次数: 0}
    states:
      甲: {always: {to: 乙, when: GUARD}, on: {用户结束: {to: 完}}}
      乙: {always: {to: 甲, when: GUARDMORE}, on: {用户结束: {to: 完}}, ENTRY}
      完: {final: true}
    """

    def found(guard: str, more: str = "", entry: str = "exit: ask_rating") -> list[str]:
        text = circle.replace("GUARDMORE", guard + more).replace("GUARD", guard).replace("ENTRY", entry)
        return [each.code for each in problems(text) if each.code == "K422"]

    assert found("vip") == ["K422", "K422"]
    assert found("vip", " && served") == []
    assert found("time > 10s") == []
    assert found("次数 < 9", entry="entry: {set: {次数: =次数 + 1}}") == []


def test_a_circle_within_one_region_is_found() -> None:
    assert [found.code for found in problems(REGIONS)] == ["K422", "K422"]


def test_a_circle_that_another_region_may_end_is_not() -> None:
    ends = REGIONS.replace("丙: {on", "丙: {always: {to: 完, when: served}, on")
    assert [found.code for found in problems(ends) if found.code == "K422"] == []


def test_an_after_of_no_time_is_found() -> None:
    flow = """
    initial: 甲
    states:
      甲: {after: {0s: {to: 完}}}
      完: {final: true}
    """
    assert [found.code for found in problems(flow)] == ["K423"]
