"""The length of the fault tests is one of two words."""

import pytest

from tests.faults.length import chosen


def test_short_unless_asked() -> None:
    assert [chosen(None), chosen(""), chosen("short"), chosen("long")] == ["short", "short", "short", "long"]


def test_another_word_is_refused() -> None:
    with pytest.raises(ValueError, match="FAULTS=100: it is one of short, long"):
        chosen("100")
