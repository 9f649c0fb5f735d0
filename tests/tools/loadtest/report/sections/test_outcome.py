"""Sections 1 and 2."""

from tests.tools.loadtest.report.sample import sample
from tools.loadtest.report.blocks import Remark, Table
from tools.loadtest.report.sections.outcome import comparison_section


def test_without_an_earlier_run_the_claims_still_stand() -> None:
    blocks = comparison_section(sample(), None).blocks
    assert isinstance(blocks[0], Remark)
    assert isinstance(blocks[-1], Table)
    assert len(blocks[-1].rows) == 4


def test_unlike_runs_are_warned_of_first() -> None:
    first = comparison_section(sample(), sample(seed=1)).blocks[0]
    assert isinstance(first, Remark)
    assert first.tone == "warn"
