"""Timers that can never fire, and those that only look like it."""

import pytest

from tests.flow.desks import problems

FLOW = """
    initial: 外
    states:
      外:
        initial: 内
        on: {用户结束: {to: 完}}
        %s
        states:
          内: {on: {用户发送消息: {to: 旁}}, %s}
          旁: {on: {用户发送消息: {to: 内}}}
      完: {final: true}
"""


def found(outer: str, inner: str) -> list[tuple[str, str]]:
    return [(each.code, each.message.en) for each in problems(FLOW % (outer, inner)) if each.code == "K434"]


@pytest.mark.parametrize(
    ("outer", "inner", "why"),
    [
        ("", "after: {10s: {to: 旁}, 20s: {to: 完}}", "the one of 10s leaves '内' before"),
        ("", "after: {20s: {to: 完}, 10s: {to: 内}}", "the one of 10s leaves '内' before"),
        ("after: {1m: {to: 完}}", "after: {1m: {to: 旁}}", "the one of 1m leaves '外' before"),
        ("after: {1m: {to: 外}}", "after: {2m: {to: 旁}}", "the one of 1m leaves '外' before"),
        ("after: {1m: {to: 旁, reenter: true}}", "after: {2m: {to: 旁}}", "the one of 1m leaves '外' before"),
        (
            "",
            "after: {10s: [{to: 旁, when: vip}, {to: 完}], 20s: {to: 完}}",
            "the one of 10s leaves '内' before",
        ),
        (
            "",
            "after: {10s: [{to: 旁, when: vip}, {to: 完, when: '!vip'}], 20s: {to: 完}}",
            "the one of 10s leaves '内' before",
        ),
        ("", "always: {to: 旁}, after: {20s: {to: 完}}", "the always of '内' lead on at once"),
        (
            "always: [{to: 完, when: vip}, {to: 完}]",
            "after: {20s: {to: 完}}",
            "the always of '外' lead on at once",
        ),
    ],
)
def test_a_timer_that_cannot_fire(outer: str, inner: str, why: str) -> None:
    (problem,) = found(outer, inner)
    assert problem[1].startswith("the timer of ")
    assert problem[1].endswith(f"can never fire: {why}")


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        # It only acts, or only for some.
        ("", "after: {10s: {action: dequeue}, 20s: {to: 完}}"),
        ("", "after: {10s: {to: 旁, when: vip}, 20s: {to: 完}}"),
        ("", "after: {10s: [{action: dequeue, when: vip}, {to: 旁}], 20s: {to: 完}}"),
        # The state around it was entered before, but how much before nobody knows.
        ("after: {2m: {to: 完}}", "after: {1m: {to: 旁}}"),
        # An inner transition does not leave the state around it: its timer fires once, the inner one again and again.
        ("after: {1m: {to: 旁}}", "after: {2m: {to: 旁}}"),
        ("", "always: {to: 旁, when: vip}, after: {20s: {to: 完}}"),
        # What may be absent may leave both unsaid.
        ("", "after: {10s: [{to: 旁, when: load > 1%}, {to: 旁, when: load <= 1%}], 20s: {to: 完}}"),
        # A guard that does not compile has a problem of its own.
        ("", "after: {10s: {to: 旁, when: tme > 1s}, 20s: {to: 完}}"),
    ],
)
def test_a_timer_that_may_fire(outer: str, inner: str) -> None:
    assert found(outer, inner) == []
