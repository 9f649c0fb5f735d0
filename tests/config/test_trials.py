"""Tests of the operator: times, events in both languages, given values in the units of guards."""

import pytest

from appliance.config.spec import TrialStep
from tests.config.reader import codes, spec_of

FLOWS = "flows: {main: {initial: 等 待, vars: {次数: 0}, states: {等 待: {}, b: {final: true}}}}\n"


def steps(*lines: str) -> tuple[TrialStep, ...]:
    return spec_of(f"tests: [{{name: t, steps: {list(lines)}}}]", FLOWS).tests[0].steps


def test_steps() -> None:
    message, silent, menu, custom = steps(
        "0s 用户发送消息 你好 世界 -> 等 待", "20s -> b", "1m visitor.menu '退换货' → b", "1h custom.付款->b"
    )
    assert (message.time, message.event, message.text, message.state) == (
        0,
        "visitor.message",
        "你好 世界",
        "等 待",
    )
    assert (silent.time, silent.event, silent.state) == (20_000, "", "b")
    assert (menu.event, menu.text) == ("visitor.menu", "退换货")
    assert (custom.time, custom.event, custom.state) == (3_600_000, "custom.付款", "b")
    assert silent.state_at.end_column - silent.state_at.column == 1


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("0s 用户发消息 -> b", "K302"), ("0s done.b -> b", "K302"), ("0s 条件出错 -> b", "K302"), ("0s 用户发送消息 -> c", "K301"), ("十秒 -> b", "K206"), ("10 -> b", "K206"),
        ("5分钟 -> b", "K207"), ("用户发送消息 -> b", "K206"), ("0s 用户发送消息", "K320"), ("-> b", "K320"), ("0s ->", "K320"),
    ],
)  # fmt: skip
def test_steps_that_cannot_be_read(line: str, code: str) -> None:
    assert codes(f"tests: [{{name: t, steps: ['{line}']}}]", FLOWS) == [code]


def test_time_never_goes_back() -> None:
    assert codes("tests: [{name: t, steps: [10s -> b, 10s -> b, 9s -> b]}]", FLOWS) == ["K320"]


def test_given_values_in_the_units_of_guards() -> None:
    given = "{营业中: true, vip: false, queue.wait: 2m, load: 85%, 就绪客服: 3, menu: 退货, visitor.tags: [VIP], 次数: 2}"
    trial = spec_of(f"tests: [{{name: t, given: {given}, steps: [0s -> b]}}]", FLOWS).tests[0]
    assert trial.given == {
        "hours.open": True, "vip": False, "queue.wait": 120_000, "load": 0.85, "agents.ready": 3, "menu": "退货",
        "visitor.tags": ["VIP"], "次数": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("营业: true", "K322"), ("vip: 1", "K202"), ("tier: true", "K202"), ("menu: 3", "K202"), ("load: 3", "K206"),
        ("load: 300%", "K206"), ("queue.wait: 3", "K207"), ("queue.wait: 3分", "K207"), ("queue.wait: x", "K206"),
        ("visitor.tags: VIP", "K202"), ("vip: ", "K202"),
    ],
)  # fmt: skip
def test_given_values_of_the_wrong_kind(given: str, code: str) -> None:
    assert codes(f"tests: [{{name: t, given: {{{given}}}, steps: [0s -> b]}}]", FLOWS) == [code]


def test_a_test_may_begin_at_a_moment_of_the_sites_wall_clock() -> None:
    text = "site: {timezone: Europe/London}\ntests: [{name: t, at: 2026-07-01 09:30, steps: [0s -> b]}, {name: u, steps: [0s -> b]}]"
    london, unsaid = spec_of(text, FLOWS).tests
    assert london.begins == 1_782_894_600_000  # 08:30 UTC: summer time
    assert unsaid.begins is None


@pytest.mark.parametrize(
    "moment", ["2026-02-30 10:00", "2026-10-01 24:10", "2026-10-01", "10-01 09:30", "soon"]
)
def test_a_moment_that_there_is_not(moment: str) -> None:
    assert codes(f"tests: [{{name: t, at: {moment}, steps: [0s -> b]}}]", FLOWS) == ["K206"]
