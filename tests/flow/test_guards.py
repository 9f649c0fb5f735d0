"""Guards: what they mean, what they refuse, and that they never raise where the other side decides."""

from typing import Any

import pytest

from appliance.config.vocabulary import VARIABLES
from appliance.flow.guards import compile_guard, compile_value
from appliance.model import Visitor

VARS = {"n": "number", "word": "string", "flag": "bool"}


class Scope:
    """What a guard reads, without a turn."""

    time = 11_000
    now = 100_000
    opened_at = 40_000
    menu = "退换货"
    served = False
    tags = ("急",)
    priority = 2
    transfers = 1
    visitor = Visitor("v", level=3, tags=("VIP",), signed=True, channel="wx", lang="en", page="/a")

    def __init__(self, **facts: Any) -> None:
        self.facts = {"hours.open": True, "load": 0.9, "queue.position": None, **facts}
        self.vars: dict[str, Any] = {"n": 3, "word": "abc", "flag": True}

    def fact(self, name: str) -> Any:
        return self.facts.get(name)

    def is_vip(self) -> bool:
        return True

    def queue_name(self) -> str:
        return "售前"

    def event(self, name: str, default: Any) -> Any:
        known = {
            "text": "我要人工 Please",
            "score": 4,
            "data": {"order": {"total": 30, "paid": True}, "list": ["a"]},
        }
        return known.get(name, default)


def value_of(text: str, scope: Scope | None = None) -> Any:
    guard, _, problems = compile_value(text, "flows", VARS)
    assert guard is not None, problems
    return guard.test(scope or Scope())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("-7 / 2", -3),
        ("7 / -2", -3),
        ("-7 % 3", -1),
        ("7 % -3", 1),
        ("7.0 / 2", 3.5),
        ("10 % 3", 1),
        ("0x10 + 1e1", 26),
        ("1h30m", 5_400_000),
        ("800ms", 800),
        ("1.5s", 1_500),
        ("10s * 3", 30_000),
        ("1m - 10s", 50_000),
        ("1m / 10s", 6),
        ("1m / 2", 30_000),
        ("85%", 0.85),
        ("8KiB", 8192),
        ("'a' + \"b\"", "ab"),
        (r"'\u4e2d\n\'' ", "中\n'"),
        (r"r'\d'", r"\d"),
        ("true ? 1 : 2", 1),
        ("false ? 1 : true ? 2 : 3", 2),
        ("size('客服')", 2),
        ("size([1, 2, 3])", 3),
        ("lower('ABC')", "abc"),
        ("'ABC'.lower().size()", 3),
        ("time", 11_000),
        ("session.time", 60_000),
        ("会话时长", 60_000),
        ("vars.n + n", 6),
    ],
)
def test_values(text: str, expected: object) -> None:
    assert value_of(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("time > 10s", True),
        ("time > 11s", False),
        ("时间 > 1s", None),
        ("!served && vip", True),
        ("营业中 && load > 85%", True),
        ("visitor.level >= 3 || 'VIP' in visitor.tags", True),
        ("访客等级 == 3.0", True),
        ("menu in ['买前咨询', '退换货']", True),
        ("menu in []", False),
        ("'急' in tags && priority == 2 && transfers < 2", True),
        ("queue.name == '售前'", True),
        ("event.text.contains('人工')", True),
        ("contains(event.text, '人工')", True),
        ("event.text.startsWith('我') && event.text.endsWith('Please')", True),
        ("matches(event.text, '人(工|士)')", True),
        ("event.text.matches('^please$')", False),
        ("event.score >= 4", True),
        ("ai.confidence < 60%", False),
        ("event.data.order.total > 20 && event.data.order.paid", True),
        ("event.data.list == ['a']", True),
        ("vars.word == null", False),
        ("event.data.order != null", True),
        ("[1, 2] == [1, 2]", True),
        ("vars.flag", True),
        ("flag && !(n > 3)", True),
        ("1 == 1.0", True),
        ("true != false", True),
        ("visitor.signed && visitor.channel == 'wx' && visitor.lang == 'en' && visitor.page == '/a'", True),
    ],
)
def test_truth(text: str, expected: bool | None) -> None:
    guard, problems = compile_guard(text, "flows", VARS)
    if expected is None:
        assert guard is None
        assert [problem.code for problem in problems] == ["K404"]
        return
    assert guard is not None, problems
    assert guard.test(Scope()) is expected


@pytest.mark.parametrize(
    "text", ["event.data.none > 1", "1 / 0 == 1", "queue.position > 1", "event.data.order > 1"]
)
def test_failure_raises_out_of_the_guard(text: str) -> None:
    guard, _ = compile_guard(text)
    assert guard is not None
    with pytest.raises((TypeError, KeyError, ZeroDivisionError)):
        guard.test(Scope())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("queue.position > 1 || vip", True),
        ("vip || queue.position > 1", True),
        ("queue.position > 1 && served", False),
        ("served && queue.position > 1", False),
    ],
)
def test_a_failing_side_is_forgiven_when_the_other_decides(text: str, expected: bool) -> None:
    guard, _ = compile_guard(text)
    assert guard is not None
    assert guard.test(Scope()) is expected


def test_true_is_not_one_where_types_are_open() -> None:
    guard, _ = compile_guard("event.data.order.paid == 1")
    assert guard is not None
    assert guard.test(Scope()) is False


def test_a_guard_knows_what_it_reads() -> None:
    guard, _ = compile_guard("营业中 && 负载 > 10% && menu == 'a'")
    assert guard is not None
    assert guard.facts == {"hours.open", "load"}
    assert guard.names == {"hours.open", "load", "menu"}


@pytest.mark.parametrize("word", VARIABLES, ids=lambda word: word.name)
def test_every_variable_of_the_vocabulary_can_be_read_in_both_languages(word: Any) -> None:
    for name in (word.name, word.zh):
        guard, kind, problems = compile_value(name)
        assert guard is not None, problems
        assert kind == {"list": "list:string"}.get(word.type, word.type)
        guard.test(Scope())


def test_what_may_be_read_depends_on_the_section() -> None:
    assert compile_guard("visitor.level > 1", "vip")[0] is not None
    for text, section in (
        ("time > 1s", "vip"),
        ("vip", "vip"),
        ("menu == ''", "alerts"),
        ("event.text == ''", "queues"),
    ):
        guard, problems = compile_guard(text, section)
        assert guard is None
        assert problems[0].code == "K405"


def test_a_deep_or_long_guard_is_refused_not_crashed_on() -> None:
    for text in (
        "(" * 500 + "true" + ")" * 500,
        "!" * 500 + "true",
        "true" + " || true" * 1000,
        "[" * 200,
        "n" + "+n" * 900,
    ):
        guard, problems = compile_guard(text)
        assert guard is None
        assert problems[0].code == "K401"


def test_the_longest_guard_runs() -> None:
    for sign, start in (("&&", "event.data.list == ['a']"), ("||", "event.data.none == 1")):
        guard, problems = compile_guard(start + f" {sign} vip" * 98, "flows", VARS)
        assert guard is not None, problems
        assert guard.test(Scope()) is True


def test_no_text_of_a_guard_reaches_python() -> None:
    for text in (
        "__import__('os')",
        "visitor.__class__ == 1",
        "().__class__",
        "s.visitor == 1",
        "lambda == 1",
    ):
        guard, problems = compile_guard(text)
        assert guard is None, text
        assert problems


def test_a_score_that_is_not_there_is_forgiven_when_the_other_side_decides() -> None:
    class Unrated(Scope):
        def event(self, name: str, default: Any) -> Any:
            return default

    guard, _ = compile_guard("event.score > 3 || vip")
    assert guard is not None
    assert guard.test(Unrated()) is True
