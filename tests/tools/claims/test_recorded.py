"""Our own figures: each belongs to a claim, says where it comes from, and that place exists."""

import re

from tests.tools.graph import ROOT
from tools.claims.recorded import recorded
from tools.claims.rows import TABLE
from tools.loadtest.reading import shipped

FIGURES = [figure for figures in recorded().values() for figure in figures]


def test_every_figure_belongs_to_a_claim() -> None:
    assert set(recorded()) <= {each.key for each in TABLE}


def test_every_figure_says_where_and_when() -> None:
    for figure in FIGURES:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", figure.date)
        assert figure.zh
        assert figure.en
        place = figure.source.partition(" (")[0]
        assert (ROOT / place).exists() or place.removeprefix("kefu loadtest ") in shipped(), place
