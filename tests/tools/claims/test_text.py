"""The table on a terminal: golden in both languages, and folded so that it fits."""

import pytest

from appliance.config.diagnostics import cells
from appliance.errors import Language
from tests.tools.claims.goldens import FOLDER, texts
from tests.tools.claims.sample import report
from tools.claims.text import WIDTH, folded, text


@pytest.mark.parametrize("name", ["zh.txt", "en.txt"])
def test_golden(name: str) -> None:
    assert texts()[name] == (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_lines_fit(language: Language) -> None:
    assert max(sum(map(cells, line)) for line in text(report(), language).splitlines()) <= WIDTH


def test_folding_keeps_every_word_and_begins_no_line_with_a_comma() -> None:
    line = "  " + "一二三，四五六。" * 20
    pieces = folded(line)
    assert "".join(piece.strip() for piece in pieces) == line.strip()
    assert not any(piece.strip()[0] in "，。" for piece in pieces)
    assert folded("  short", " [end]") == ["  short [end]"]
    assert folded("word " * 30, " [end]")[-1].endswith("[end]")
