"""What the parts of the appliance count of themselves."""

import pytest

from appliance.figures import (
    PATIENCE,
    QUICK,
    ROWS,
    SCORES,
    SIZES,
    WAITS,
    CommitFigures,
    Histogram,
    PoolFigures,
)


def test_the_ratio_is_of_all_that_was_asked_for() -> None:
    figures = PoolFigures("db", 4)
    assert figures.hit_ratio is None
    figures.hits = 3
    figures.missed(0.02)
    assert figures.hit_ratio == 0.75


@pytest.mark.parametrize(("seconds", "place"), [(0.0, 0), (0.0005, 0), (0.0006, 1), (1.0, 10), (1.1, 11)])
def test_a_wait_falls_into_the_first_bucket_whose_edge_it_does_not_exceed(seconds: float, place: int) -> None:
    figures = PoolFigures("db", 4)
    figures.missed(seconds)
    assert figures.waits.index(1) == place
    assert len(figures.waits) == len(WAITS) + 1
    assert (figures.misses, figures.waited) == (1, seconds)


def test_pools_do_not_share_their_counts() -> None:
    first, second = PoolFigures("db", 1), PoolFigures("sessions", 1)
    first.missed(0)
    assert sum(second.waits) == 0


def test_a_histogram_counts_up_to_its_edges_and_beyond() -> None:
    found = Histogram((1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 2.0, 9.0):
        found.observe(value)
    assert found.counts == [2, 2, 1]
    assert (found.count, found.total) == (5, 14.0)
    assert Histogram((1.0, 2.0)).count == 0, "two histograms share their counts"


@pytest.mark.parametrize("edges", [WAITS, QUICK, PATIENCE, SIZES, ROWS, SCORES])
def test_edges_ascend(edges: tuple[float, ...]) -> None:
    assert list(edges) == sorted(set(edges))


def test_of_the_waits_of_batches_the_last_and_the_least_are_kept() -> None:
    figures = CommitFigures()
    for waited in (0.03, 0.01, 0.02):
        figures.turn(waited)
    assert (figures.last_wait, figures.least_wait) == (0.02, 0.01)


def test_what_a_unit_takes_follows_the_last_batches() -> None:
    figures = CommitFigures()
    figures.took(10, 0.1)
    assert figures.each == pytest.approx(0.01)
    for _ in range(30):
        figures.took(100, 0.1)
    assert figures.each == pytest.approx(0.001, rel=0.01)
