"""The reasoning about guards is judged by Z3 and by the guards themselves.

What it calls impossible must be impossible (else `check` refuses a good file); within its fragment it must find all that is.
"""

from typing import Any

import pytest
import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.flow import guard_domains
from appliance.flow.guard_domains import Where
from appliance.flow.guard_regions import outcomes, shape_of
from appliance.flow.guards import Guard, compile_guard
from appliance.model import Visitor
from tests.property.guards_in_z3 import BEYOND, EXAMPLES, FRAGMENT, VARS, Said, conditions, possible

ANYWHERE = Where()
_SLOW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def compiled(text: str) -> Guard:
    guard, problems = compile_guard(text, "flows", VARS)
    assert guard is not None, (text, problems)
    return guard


def found(said: list[Said], where: Where = ANYWHERE) -> frozenset[int]:
    answer = outcomes([shape_of(compiled(each.text).tree) for each in said], where)
    assert answer is not None
    return answer


@given(st.lists(conditions(BEYOND), min_size=1, max_size=3))
@_SLOW
def test_what_is_called_impossible_is_impossible(said: list[Said]) -> None:
    answer = found(said)
    for outcome in range(len(said) + 1):
        assert outcome in answer or not possible(said, outcome), [each.text for each in said]


@given(st.lists(conditions(FRAGMENT), min_size=1, max_size=3))
@_SLOW
def test_nothing_impossible_is_missed_within_the_fragment(said: list[Said]) -> None:
    for outcome in found(said):
        assert possible(said, outcome), ([each.text for each in said], outcome)


@given(st.lists(conditions(FRAGMENT), min_size=1, max_size=2), st.integers(0, 4), st.booleans())
@_SLOW
def test_a_timer_tells_the_same_as_a_bound_on_time(said: list[Said], since: int, punctual: bool) -> None:
    time = z3.Int("time")
    answer = found(said, Where("after", since, since if punctual else None))
    known = time == since if punctual else time >= since
    for outcome in range(len(said) + 1):
        assert (outcome in answer) == possible(said, outcome, known), [each.text for each in said]


@pytest.mark.parametrize(
    ("place", "fault", "example"),
    [
        ("_whole", lambda constants, low, high: [low or 0], "visitor.level > 2"),
        ("_broken", lambda constants, low, high: [0.0], "load > 40%"),
        ("_may_be_null", lambda term, where: False, "vars.n == null"),
        ("_SAMPLES", {**guard_domains._SAMPLES, "string": lambda term, where: ["a"]}, "menu == 'b'"),
    ],
)
def test_a_sample_too_few_is_noticed(
    place: str, fault: object, example: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = EXAMPLES[example]
    assert found([said]) == {outcome for outcome in (0, 1) if possible([said], outcome)}
    monkeypatch.setattr(guard_domains, place, fault)
    assert found([said]) < {outcome for outcome in (0, 1) if possible([said], outcome)}


class Situation:
    """A moment in the life of a conversation, made up of values for everything that the guards here read."""

    def __init__(self, draw: Any) -> None:
        self.time = draw(st.integers(0, 5))
        self.priority = draw(_small)
        self.served = draw(st.booleans())
        self.menu = draw(st.sampled_from(["a", "b", "c", "d"]))
        tags = draw(st.sampled_from([(), ("VIP",)]))
        self.visitor = Visitor("v", level=draw(st.integers(0, 4)), tags=tags)
        self._vip = draw(st.booleans())
        self._facts = {
            "queue.position": draw(_or_absent(st.integers(0, 4))),
            "queue.wait": draw(_or_absent(st.integers(0, 5))),
            "load": draw(_or_absent(st.floats(0, 1))),
            "hours.open": draw(st.booleans()),
        }
        self._event = {
            "score": draw(_or_absent(st.integers(1, 5))),
            "text": draw(st.sampled_from(["", "aa", "b"])),
            "confidence": draw(st.floats(0, 1)),
        }
        vars_ = {
            "n": draw(_or_absent(st.one_of(_small, st.floats(-3, 5)))),
            "word": draw(_or_absent(st.sampled_from(["a", "b", "d"]))),
            "flag": draw(_or_absent(st.booleans())),
        }
        self.vars = {name: value for name, value in vars_.items() if draw(st.integers(0, 9))}

    def is_vip(self) -> bool:
        return bool(self._vip)

    def fact(self, name: str) -> Any:
        return self._facts[name]

    def event(self, name: str, default: Any) -> Any:
        return self._event[name]


_small = st.integers(-3, 5)


def _or_absent(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(values, st.none())


def _first(guards: list[Guard], situation: Situation) -> int:
    for number, guard in enumerate(guards):
        try:
            if guard.test(situation):
                return number
        except Exception:  # noqa: S112  # a guard that fails does not hold
            continue
    return len(guards)


@given(st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_happens_was_thought_possible(data: st.DataObject) -> None:
    said = data.draw(st.lists(conditions(BEYOND), min_size=1, max_size=3))
    guards = [compiled(each.text) for each in said]
    answer = found(said)
    for _ in range(5):
        assert _first(guards, Situation(data.draw)) in answer, [each.text for each in said]
