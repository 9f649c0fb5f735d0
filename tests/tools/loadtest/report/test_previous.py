"""Two runs beside each other."""

from tests.tools.loadtest.report.sample import empty, sample, totals
from tools.loadtest.report.previous import changes, differences


def test_better_worse_and_the_same() -> None:
    now, before = empty(totals=totals(sent=9, acked=100, lost=2)), empty(totals=totals(sent=9, acked=50))
    trends = {change.name.en: change.trend for change in changes(now, before)}
    assert trends["messages confirmed"] == "better"
    assert trends["lost"] == "worse"
    assert trends["refused"] == "the same"


def test_what_only_one_run_has_is_not_compared() -> None:
    trends = {change.name.en: change for change in changes(sample(), empty())}
    assert trends["confirmation p99"].trend == "only one"
    assert trends["confirmation p99"].share is None


def test_a_difference_in_the_set_up_is_named() -> None:
    assert differences(sample(), sample()) == []
    assert [text.en for text in differences(sample(), sample(seed=6))] == ["seed: 6 → 7"]
