"""Samples: few values that stand for all, the ways of being absent included."""

import math
from fractions import Fraction

from appliance.config.vocabulary import VARIABLES
from appliance.flow.guard_domains import FAILS, WHOLE, Term, Where, samples

ANYWHERE = Where("visitor.message")


def of(key: str, kind: str, *constants: object, fails: bool = False, where: Where = ANYWHERE) -> list[object]:
    return samples(Term(key, kind, fails, list(constants)), where)  # type: ignore[arg-type]


def test_whole_numbers_are_tried_around_each_constant_and_within_their_bounds() -> None:
    assert of("visitor.level", "number", 3) == [0, 2, 3, 4]
    assert of("visitor.level", "number", -5) == [0]
    assert of("priority", "number", -5) == [-6, -5, -4, 0]
    assert of("visitor.level", "number", Fraction(7, 2)) == [0, 3, 4]


def test_time_begins_where_the_timer_fires() -> None:
    assert of("time", "duration", 12_000, where=Where("after", 10_000)) == [10_000, 11_999, 12_000, 12_001]
    assert of("time", "duration", 12_000, where=Where("after", 10_000, 10_000)) == [10_000]
    assert of("session.time", "duration", 1, where=Where("after", 10_000, 10_000)) == [10_000]


def test_shares_lie_between_nothing_and_all() -> None:
    found = of("ai.confidence", "percent", 0.6, 1.5)
    assert min(found) == 0.0  # type: ignore[type-var]
    assert max(found) == 1.0  # type: ignore[type-var]
    assert any(0 < each < 0.6 for each in found)  # type: ignore[operator]
    assert any(0.6 < each < 1 for each in found)  # type: ignore[operator]


def test_numbers_of_a_flow_may_be_anything_and_absent() -> None:
    found = of("vars.n", "number", 3, 4, fails=True)
    assert found[:5] == [-math.inf, 3, 3.5, 4, math.inf]
    assert found[5:] == [None, FAILS]
    assert math.isnan(of("(a+b)", "number", 1)[-1])  # type: ignore[arg-type]


def test_a_text_may_be_none_of_those_it_is_compared_with() -> None:
    *known, other = of("menu", "string", "b", "a", "b")
    assert known == ["a", "b"]
    assert other not in known


def test_truth_has_two_values_and_a_fact_may_be_absent() -> None:
    assert of("vip", "bool") == [True, False]
    assert of("queue.wait", "duration", fails=True) == [0, None, FAILS]


def test_a_rating_has_a_score_and_nothing_else_has() -> None:
    assert of("event.score", "number", 6, where=Where("visitor.rated")) == [1, 5]
    assert None not in of("event.score", "number", where=Where("visitor.rated"))
    assert None in of("event.score", "number", where=Where("always"))


def test_every_number_of_the_vocabulary_has_bounds() -> None:
    assert {word.name for word in VARIABLES if word.type in ("number", "duration")} == set(WHOLE)
