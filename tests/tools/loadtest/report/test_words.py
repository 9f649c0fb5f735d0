"""The page's own words are complete in both languages."""

from tools.loadtest.report.words import WORDS


def test_both_languages() -> None:
    assert all(text.zh and text.en and text.zh != text.en for text in WORDS.values())
