"""Sections of method: full with the whole run, and sound without anything."""

from collections.abc import Callable

import pytest

from tests.tools.loadtest.report.sample import empty, sample
from tools.loadtest.report.blocks import Section
from tools.loadtest.report.sections.method import method_section
from tools.loadtest.results import Results


@pytest.mark.parametrize("section", [method_section])
def test_the_whole_run_fills_it(section: Callable[[Results], Section]) -> None:
    assert section(sample()).tested


@pytest.mark.parametrize("section", [method_section])
def test_an_empty_run_leaves_no_gap(section: Callable[[Results], Section]) -> None:
    found = section(empty())
    assert found.tested or found.why.en
