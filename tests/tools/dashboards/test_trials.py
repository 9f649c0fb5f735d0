"""The notation of promtool."""

from tools.dashboards.alerts import ALERTS
from tools.dashboards.trials import acks, latency, one, pair, refusals, series


def test_a_series_is_that_of_one_instance() -> None:
    assert series("up") == 'up{job="kefu",instance="a"}'
    assert series("a", 'b="c"') == 'a{job="kefu",instance="a",b="c"}'


def test_trials_hold_their_series() -> None:
    assert one("a", "1x5", 3).series == ((series("a"), "1x5"),)
    assert [values for _, values in pair(("a", "", "1"), ("b", "", "2"), 9).series] == ["1", "2"]
    assert [values for _, values in refusals("1", "2", 9).series] == ["1", "2"]
    assert [values for _, values in acks("1", "2", 9).series] == ["1", "2"]
    assert [values for _, values in latency("a", "1", "2").series] == ["1", "2", "2"]


def test_both_trials_of_an_alert_are_about_the_same_series() -> None:
    for alert in ALERTS:
        assert alert.fires != alert.silent
        assert [name for name, _ in alert.fires.series] == [name for name, _ in alert.silent.series]
