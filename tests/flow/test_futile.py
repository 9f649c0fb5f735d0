"""What can never matter is found at its place; what may matter is left alone."""

import pytest

from appliance.config.diagnostics import Diagnostic
from tests.flow.desks import CHAT, problems

FLOW = """
    initial: 等
    vars: {n: 1}
    states:
      等:
        on: %s
        after: %s
        always: %s
      行: {on: {用户结束: {to: 完}}, after: {1m: {to: 完}}}
      完: {final: true}
"""


def found(
    on: str = "{}", after: str = "{5m: {to: 完}}", always: str = "[]", extra: str = ""
) -> list[Diagnostic]:
    flow = FLOW % (on, after, always)
    lines = [line for line in flow.splitlines() if not line.endswith((": {}", ": []"))]
    return [each for each in problems("\n".join(lines), extra) if each.code not in ("K424", "K425")]


def codes(*args: str, **kwargs: str) -> list[tuple[str, str]]:
    return [(each.code, each.severity) for each in found(*args, **kwargs)]


MESSAGE = "{用户发送消息: [%s]}"


@pytest.mark.parametrize(
    ("alternatives", "expected"),
    [
        ("{to: 行, when: time > 10s && time < 5s}", [("K430", "error")]),
        ("{to: 行, when: vip || (served && !served)}", [("K430", "error")]),
        ("{to: 行, when: load >= 0% || vip}", []),
        ("{to: 行, when: visitor.level >= 0}", [("K431", "warning")]),
        ("{to: 行, when: visitor.level >= 0}, {to: 完}", [("K431", "error")]),
        ("{to: 行, when: vip}, {to: 完, when: vip && served}", [("K432", "error")]),
        ("{to: 行, when: vip}, {to: 行, when: '!vip'}, {to: 完}", [("K432", "error")]),
        ("{to: 行, when: vip}, {to: 行, when: '!vip'}", []),
        ("{to: 行, when: vip}, {to: 完, when: served}, {action: dequeue}", []),
        ("{to: 行, when: queue.wait > 1m}, {to: 完, when: queue.wait <= 1m}, {action: dequeue}", []),
        ("{to: 行, when: event.score > 3}", [("K408", "error")]),
        ("{to: 行, when: tme > 3s}, {to: 行, when: vip && !vip}", [("K404", "error")]),
        ("{to: 行, when: vars.n > 1 && vars.n < 2}", []),
    ],
)
def test_alternatives_of_an_event(alternatives: str, expected: list[tuple[str, str]]) -> None:
    assert codes(MESSAGE % alternatives) == expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("{10s: {to: 行, when: time > 10s}}", [("K433", "error")]),
        ("{10s: {to: 行, when: vip && time >= 11s}}", [("K433", "error")]),
        ("{10s: {to: 行, when: time < 10s}}", [("K430", "error")]),
        ("{10s: {to: 行, when: time >= 10s}}", [("K431", "warning")]),
        ("{10s: {to: 行, when: session.time > 10s}}", []),
        ("{10s: {to: 行, when: vip}}", []),
        ("{10s: {to: 行, when: event.text == 'x'}}", [("K408", "error")]),
    ],
)
def test_alternatives_of_a_timer(after: str, expected: list[tuple[str, str]]) -> None:
    assert codes(after=after) == expected


def test_what_is_always_looked_at_may_follow_any_event() -> None:
    assert codes(always="[{to: 行, when: event.score > 3}]") == []
    assert codes(always="[{to: 行, when: event.score > 5}]") == [("K430", "error")]


def test_a_contradiction_stands_under_the_two_that_exclude_each_other() -> None:
    (problem,) = found(MESSAGE % "{to: 行, when: served && time > 10s && vip && time < 5s}")
    assert problem.message.en == "'time > 10s' and 'time < 5s' can never both hold"
    assert problem.at.end_column - problem.at.column == len("time > 10s && vip && time < 5s")
    assert problem.path == "$.flows.main.states.等.on.visitor.message.when"


def test_a_part_out_of_range_stands_alone_with_the_range() -> None:
    (problem,) = found(MESSAGE % "{to: 行, when: vip && load > 130%}")
    assert problem.message.en == "'load > 130%' can never hold"
    assert problem.hint.en == "load lies between 0% and 100%"
    assert problem.at.end_column - problem.at.column == len("load > 130%")


def test_a_condition_on_time_needs_a_timer_beside_it() -> None:
    only = "{用户发送消息: {to: 行, when: time > 10s}}"
    assert codes(only, after="{}") == [("K435", "warning")]
    assert codes(only) == []
    # It does not wait for time to pass: whoever is silent waits as long with it as without.
    assert codes("{用户发送消息: {to: 行, when: time < 10s}}", after="{}") == []
    assert codes("{用户发送消息: {to: 行, when: time > 10s || vip}}", after="{}") == []


def test_a_timer_that_leads_nowhere_does_not_end_the_waiting() -> None:
    only = "{用户发送消息: {to: 行, when: time > 10s}}"
    assert codes(only, after="{30s: {action: ask_rating}}") == [("K435", "warning")]
    assert codes(only, after="{30s: {action: close}}") == []


def test_a_timer_around_it_or_inside_it_is_a_timer() -> None:
    inside = """
        initial: 外
        states:
          外:
            initial: 内
            {outer}
            states:
              内: {{on: {{用户发送消息: {{to: 完, when: time > 10s}}}}{inner}}}
          完: {{final: true}}
    """
    assert [each.code for each in problems(inside.format(outer="", inner=""))] == ["K435"]
    assert problems(inside.format(outer="after: {1m: {to: 完}}", inner="")) == []
    assert problems(inside.format(outer="", inner=", after: {1m: {to: 完}}")) == []


def test_a_timer_in_a_region_beside_it_is_a_timer() -> None:
    flow = """
        initial: 外
        states:
          外:
            parallel: true
            states:
              甲: {initial: 一, states: {一: {on: {用户发送消息: {to: 完, when: time > 10s}}}}}
              乙: {initial: 二, states: {二: {after: {1m: {to: 完}}}}}
          完: {final: true}
    """
    assert problems(flow) == []


def test_rules_outside_the_flow_are_asked_too() -> None:
    extra = """
        vip: visitor.level > 3 && visitor.level < 3
        queues: {甲: {when: menu == 'a' && menu == 'b'}, 乙: {when: visitor.level >= 0}, 丙: {}}
        alerts: {when: [load > 100%, queue.oldest > 1m]}
    """
    found = [(each.code, each.severity, each.path) for each in problems(CHAT, extra)]
    assert found == [
        ("K430", "error", "$.vip"),
        ("K430", "error", "$.queues.甲.when"),
        ("K431", "warning", "$.queues.乙.when"),
        ("K430", "error", "$.alerts.when[0]"),
    ]


def test_nothing_is_supposed_about_vips_and_first_values() -> None:
    extra = "vip: visitor.level >= 3"
    assert (
        codes(MESSAGE % "{to: 行, when: vip && visitor.level < 3}, {to: 行, when: vars.n == 2}", extra=extra)
        == []
    )


RETRY = """
    initial: 外
    states:
      外:
        initial: 内
        after: {5m: {to: 完}}
        on: {用户发送消息: {action: auto_assign}}
        states:
          内: {after: {10s: {to: 外}}}
      完: {final: true}
"""


def test_a_retry_inside_that_begins_the_clock_around_it_anew_is_found() -> None:
    (problem,) = (each for each in problems(RETRY) if each.code == "K434")
    assert problem.message.en == "the timer of 5m can never fire: '内' enters '外' anew every 10s"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("10s: {to: 外}", "10s: {to: 外, when: vip}"),
        (
            "内: {after: {10s: {to: 外}}}",
            "内: {after: {10s: {to: 外}}, on: {客服接入: {to: 旁}}}\n          旁: {}",
        ),
    ],
)
def test_a_retry_that_may_not_come_in_time_is_none(old: str, new: str) -> None:
    assert [each.code for each in problems(RETRY.replace(old, new)) if each.code == "K434"] == []
