"""A section without blocks counts as not tested."""

from tools.loadtest.report.blocks import Section, cells
from tools.loadtest.report.figures import NONE


def test_tested() -> None:
    assert not Section(1, NONE, NONE, []).tested
    assert cells("a")[0].text == ("a", "a")
