"""Moments depend on the seed alone, have the rate they should have, and come in order."""

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.loadtest.scenario import Pace
from tools.loadtest.schedule import arrivals, merged, moments


@pytest.mark.parametrize("pace", ["poisson", "even"])
def test_the_rate_is_kept_and_the_seed_decides(pace: Pace) -> None:
    found = list(moments(100, 200, pace, Random(1)))
    # Five standard deviations of a Poisson count of 20,000.
    assert abs(len(found) - 20_000) < 710
    assert found == list(moments(100, 200, pace, Random(1)))
    assert found != list(moments(100, 200, pace, Random(2)))
    assert all(0 <= at < 200 for at in found)


def test_even_moments_are_even_and_random_ones_are_not() -> None:
    even, chance = (list(moments(10, 100, pace, Random(3))) for pace in ("even", "poisson"))
    gaps = [b - a for a, b in itertools.pairwise(even)]
    assert max(gaps) - min(gaps) < 1e-6
    gaps = [b - a for a, b in itertools.pairwise(chance)]
    assert max(gaps) > 3 * min(gaps)


def test_nothing_is_offered_at_no_rate() -> None:
    assert list(moments(0, 10, "poisson", Random(1))) == []


@given(st.integers(0, 50), st.floats(0, 100), st.integers())
def test_everybody_arrives_in_time_one_after_the_other(count: int, seconds: float, seed: int) -> None:
    found = list(arrivals(count, seconds, Random(seed)))
    assert len(found) == count
    assert found == sorted(found)
    assert all(0 <= at <= seconds for at in found)


@given(st.lists(st.lists(st.floats(0, 10)), max_size=4))
def test_sources_are_merged_in_the_order_of_time(sources: list[list[float]]) -> None:
    ordered = [sorted(source) for source in sources]
    found = list(merged(*(iter(source) for source in ordered)))
    assert [at for at, _ in found] == sorted(itertools.chain(*ordered))
    for number, source in enumerate(ordered):
        assert [at for at, whose in found if whose == number] == source
