"""The first page says only what was measured, and no p99."""

from tests.tools.loadtest.report.sample import empty, sample, totals
from tools.loadtest.report.capacity import capacity
from tools.loadtest.report.front import Front, front
from tools.loadtest.report.targets import judge
from tools.loadtest.report.verdict import verdict
from tools.loadtest.results import Results


def of(results: Results) -> Front:
    found = capacity(results)
    return front(results, verdict(results, judge(results), found), found)


def test_four_figures_without_jargon() -> None:
    page = of(sample())
    assert len(page.figures) == 4
    assert "p99" not in " ".join(fact.label.en + fact.hint.en + fact.hint.zh for fact in page.figures)


def test_what_was_not_measured_is_not_tested() -> None:
    page = of(empty())
    assert [fact.value.en for fact in page.figures] == ["not tested"] * 4
    assert page.chart is None


def test_a_gap_is_not_called_coinciding() -> None:
    page = of(sample(totals=totals(offered=100, sent=100, acked=60, refused=40)))
    assert "60 %" in page.caption.en
