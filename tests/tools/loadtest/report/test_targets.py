"""Targets: met, missed, and never met by a figure of nothing."""

import pytest

from tests.tools.loadtest.report.sample import empty, sample
from tools.loadtest.report.targets import judge
from tools.loadtest.results import Target
from tools.loadtest.verdict import value_at


@pytest.mark.parametrize(
    ("target", "outcome"),
    [
        (Target("a", "totals.connections", at_least=6_120), "met"),
        (Target("a", "totals.connections", at_least=6_121), "missed"),
        (Target("a", "totals.lost", at_most=0), "met"),
        (Target("a", "totals.connections"), "not tested"),
        (Target("a", "no.such.place", at_most=1), "not tested"),
        (Target("a", "scenario", at_most=1), "not tested"),
        (Target("a", "generator.saturated", at_most=1), "not tested"),
    ],
)
def test_outcomes(target: Target, outcome: str) -> None:
    assert judge(sample(targets=[target]))[0].outcome == outcome


def test_a_zero_that_nobody_worked_for_does_not_pass() -> None:
    assert value_at(empty(), "totals.lost") is None
    assert value_at(empty(), "latencies.ack.p99_ms") is None
    assert value_at(sample(), "totals.lost") == 0
