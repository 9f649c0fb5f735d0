"""Promises as they are read; what is wrong with them is in tests/golden/config/guarantees.*."""

from appliance.config.load import load
from appliance.config.spec import Guarantee
from tests.config.reader import codes, spec_of

FLOWS = """
flows:
  main:
    initial: a
    guarantee:
      - {{{promise}}}
    states:
      a: {{on: {{用户结束: {{to: b}}}}}}
      b: {{final: true}}
"""


def only(promise: str) -> Guarantee:
    (found,) = spec_of("", FLOWS.format(promise=promise)).main.guarantees
    return found


def test_times_are_milliseconds_and_events_are_canonical() -> None:
    found = only("name: x, from: a, on: 请求人工, reach: [b, a], within: 1m30s")
    assert (found.name, found.source, found.on, found.reach, found.within) == (
        "x", "a", "visitor.ask_human", ("b", "a"), 90_000,
    )  # fmt: skip
    assert only("name: x, from: a, on: visitor.ask_human, reach: b, within: 1s").on == "visitor.ask_human"
    assert only("name: x, from: a, on: custom.paid, reach: b, within: 1s").on == "custom.paid"


def test_one_state_need_not_be_a_list_and_on_may_be_absent() -> None:
    found = only("name: x, from: a, reach: b, within: 0s")
    assert (found.reach, found.on, found.within) == (("b",), "", 0)


def test_name_and_time_keep_their_places() -> None:
    found = only("name: x, from: a, reach: b, within: 5m")
    assert (found.at.line, found.within_at.line) == (8, 8)
    assert found.within_at.end_column - found.within_at.column == 2


def test_a_promise_that_is_always_true_is_named_and_on_makes_it_one_that_is_not() -> None:
    assert codes("", FLOWS.format(promise="name: x, from: a, reach: [a, b], within: 1s")) == ["K343"]
    assert (
        codes("", FLOWS.format(promise="name: x, from: a, on: 用户发送消息, reach: [a, b], within: 1s")) == []
    )


def test_a_wrong_event_does_not_make_a_promise_look_trivial() -> None:
    wrong = FLOWS.format(promise="name: x, from: a, on: 用户发消息, reach: [a], within: 1s")
    assert codes("", wrong) == ["K302"]


def test_names_of_nothing_at_all_are_said_once() -> None:
    _, found = load("kefu: 1" + FLOWS.format(promise="name: x, from: [], reach: {}, within: x"), "kefu.yaml")
    assert [each.code for each in found] == ["K202", "K202", "K206"]
