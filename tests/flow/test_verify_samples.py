"""Samples: one value for each set of answers, and honesty where none can be found."""

import pytest

from appliance.flow.bundle import bundle_of, source_of
from appliance.flow.verify_machine import Machine
from appliance.flow.verify_samples import Samples
from tests.flow.desks import spec_of

VIP = "vip: visitor.level >= 3 || 'VIP' in visitor.tags"


def samples(guard: str, extra: str = "") -> Samples:
    flow = f"""
        initial: 甲
        states:
          甲: {{on: {{用户发送消息: {{to: 完, when: "{guard}"}}}}}}
          完: {{final: true}}
    """
    spec = spec_of(flow, extra)
    return Machine(spec, source_of(bundle_of(spec))).samples


@pytest.mark.parametrize(
    ("guard", "name", "values"),
    [
        ("hours.open", "hours.open", {True, False}),
        ("load > 85%", "load", {0.0, 0.851}),
        ("load >= 85%", "load", {0.0, 0.85}),
        ("load > 85% && load < 90%", "load", {0.0, 0.851, 0.9}),
        ("queue.length == 2", "queue.length", {0, 2}),
        ("tier > 3", "tier", {0}),
        ("event.score < 3", "event.score", {5, 2}),
        ("ai.confidence < 60%", "ai.confidence", {1.0, 0.599}),
        ("menu == 'x'", "menu", {"", "x"}),
        ("'a' in tags && 'b' in tags", "tags", {(), ("a",), ("b",), ("a", "b")}),
        ("served", "load", {0.0}),
    ],
)
def test_one_value_for_each_set_of_answers(guard: str, name: str, values: set[object]) -> None:
    assert set(samples(guard).of(name)) == values


def test_texts_that_contain_and_do_not() -> None:
    found = samples("event.text.contains('退') || event.text.startsWith('换')")
    assert found.intricate == []
    assert {("退" in text, text.startswith("换")) for text in found.of("event.text")} == {
        (False, False), (True, False), (False, True), (True, True),
    }  # fmt: skip


def test_a_pattern_that_no_sample_fits_is_owned_up_to() -> None:
    assert samples("matches(event.text, '^1[0-9]{10}$')").intricate == []
    guard = "matches(event.text, '^订单[0-9]+号$')"
    assert samples(guard).intricate == [guard]


def test_answers_that_never_come_together_are_owned_up_to() -> None:
    guard = "event.text.contains('ab') && event.text.contains('a')"
    assert samples(guard).intricate == [guard]


def test_the_same_question_twice_counts_once() -> None:
    assert samples("event.text.contains('a') || (vip && event.text.contains('a'))").intricate == []


def test_visitors_differ_as_far_as_the_flow_can_tell() -> None:
    assert len(samples("vip", VIP).visitors) == 2
    assert len(samples("vip && visitor.level > 3", VIP).visitors) == 3
    assert len(samples("served", VIP).visitors) == 1


def test_data_of_custom_events() -> None:
    assert {str(each) for each in samples("event.data.a.b == 'x'").data()} >= {
        "{'a': {}}",
        "{'a': {'b': 'x'}}",
    }
