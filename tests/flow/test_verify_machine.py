"""The machine: one step for everything the facts may be, and what is owed after it."""

import pytest

from appliance.config.spec import Guarantee
from appliance.flow.bundle import bundle_of, source_of
from appliance.flow.verify_machine import Machine, Outcome, owed_after
from appliance.inputs import VisitorSaid
from appliance.model import Snapshot, Visitor
from tests.flow.desks import spec_of

FLOW = """
    initial: 入
    guarantee: [{name: 甲, from: 入, reach: [夜, 忙], within: 1s}]
    states:
      入: {always: [{to: 夜, when: "!hours.open"}, {to: 忙, when: load > 85%}, {to: 闲}]}
      夜: {on: {用户结束: {to: 完}}}
      忙: {on: {用户结束: {to: 完}}}
      闲: {on: {用户结束: {to: 完}, 用户发送消息: {to: 坏}}}
      坏: {always: {to: 坏, when: time >= 0s}}
      完: {final: true}
"""


def machine() -> Machine:
    spec = spec_of(FLOW)
    return Machine(spec, source_of(bundle_of(spec)))


def opened(found: Machine) -> list[Outcome]:
    return list(found.outcomes(None, found.events.openings[0].make(None), 1_000))  # type: ignore[arg-type]


def test_a_step_for_everything_that_the_facts_it_reads_may_be() -> None:
    found = machine()
    outcomes = opened(found)
    assert {(each.snapshot.active, tuple(each.facts.items())) for each in outcomes} == {
        (("夜",), (("hours.open", False),)),
        (("忙",), (("hours.open", True), ("load", 0.851))),
        (("闲",), (("hours.open", True), ("load", 0.0))),
    }
    assert found.steps == 3


def test_states_that_are_only_passed_are_seen() -> None:
    passed = {each.snapshot.active: each.passed for each in opened(machine())}
    assert passed["夜",] == (("入", ("入",)), ("夜", ("夜",)))
    assert passed["闲",] == (("入", ("入",)),)


def test_a_step_that_fails_is_left_out() -> None:
    found = machine()
    idle = next(each.snapshot for each in opened(found) if each.snapshot.active == ("闲",))
    assert list(found.outcomes(idle, VisitorSaid("c", "x"), 1_000)) == []


def outcome(active: tuple[str, ...], *passed: tuple[str, tuple[str, ...]]) -> Outcome:
    return Outcome(Snapshot("k", Visitor("v"), "b", 0, active), {}, passed)


ENTERED = Guarantee("p", "a", ("b",), 1)
HAPPENED = Guarantee("p", "a", ("b",), 1, "visitor.close")


@pytest.mark.parametrize(
    ("owed", "reached", "expected"),
    [
        (False, outcome(("a",), ("a", ("a",))), (True, True)),
        (True, outcome(("a",), ("a", ("a",))), (True, False)),
        (False, outcome(("c",), ("a", ("a",))), (True, True)),
        (False, outcome(("c",), ("a", ("a",)), ("b", ("b",))), (False, False)),
        (True, outcome(("a",), ("b", ("b",)), ("a", ("a",))), (True, True)),
        (True, outcome(("c",)), (True, False)),
        (True, outcome(("b",)), (False, False)),
        (False, outcome(("a",)), (False, False)),
        (False, outcome(("b", "a"), ("a", ("b", "a"))), (False, False)),
    ],
)
def test_a_promise_counted_from_entering(owed: bool, reached: Outcome, expected: tuple[bool, bool]) -> None:
    assert owed_after(ENTERED, owed, ("x",), False, reached) == expected


@pytest.mark.parametrize(
    ("owed", "before", "happened", "reached", "expected"),
    [
        (False, ("a",), True, outcome(("c",)), (True, True)),
        (False, ("c",), True, outcome(("c",)), (False, False)),
        (False, ("a",), False, outcome(("c",)), (False, False)),
        (True, ("a",), True, outcome(("c",)), (True, False)),
        (False, ("a",), True, outcome(("b",)), (False, False)),
        (False, ("a", "b"), True, outcome(("c",)), (False, False)),
        (False, ("a",), True, outcome(("c",), ("b", ("b",))), (False, False)),
        (False, ("x",), False, outcome(("a",), ("a", ("a",))), (False, False)),
    ],
)
def test_a_promise_counted_from_an_event(
    owed: bool, before: tuple[str, ...], happened: bool, reached: Outcome, expected: tuple[bool, bool]
) -> None:
    assert owed_after(HAPPENED, owed, before, happened, reached) == expected


def test_an_item_of_the_menu_is_a_message_to_a_flow_without_menu() -> None:
    found = machine()
    idle = next(each.snapshot for each in opened(found) if each.snapshot.active == ("闲",))
    said = Guarantee("p", "闲", ("完",), 1, "visitor.message")
    assert found.happens(said, "visitor.menu", idle)
    assert not found.happens(ENTERED, "", idle)
