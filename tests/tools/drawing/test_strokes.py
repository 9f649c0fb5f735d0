"""A layout of Graphviz becomes strokes on a page, the right way up."""

from typing import Any

from tools.drawing.blocks import SMALL, Row, block_of
from tools.drawing.palette import INK
from tools.drawing.render import layout
from tools.drawing.strokes import PAD, Sheet, escaped, headed, numbers, short, written

PLACED: dict[str, Any] = {
    "bb": "0,0,100,50",
    "objects": [{"id": "n", "pos": "10,40"}],
    "edges": [{"id": "e", "pos": "e,0,0 10,40 10,30 5,10 0,5"}],
}


def test_up_becomes_down() -> None:
    sheet = Sheet(PLACED)
    assert (sheet.y(50), sheet.y(0)) == (PAD, PAD + 50)
    assert 'cx="32" cy="32"' in sheet.circle("n", 3, INK, INK)
    assert 'x="22" y="22" width="5"' in sheet.rectangle(0, 50, 5, 5, INK, INK)


def test_an_arrow_has_a_head_at_each_end_that_asks_for_one() -> None:
    sheet = Sheet(PLACED)
    assert [each.split()[0] for each in sheet.line(PLACED["edges"][0], INK, 1)] == ["<path", "<polygon"]
    both = layout("digraph { a -> b [id=e dir=both] }")["edges"][0]
    assert sum("<polygon" in each for each in sheet.line(both, INK, 1)) == 2
    assert list(sheet.line({}, INK, 1)) == []


def test_words() -> None:
    row = Row("a<b\x07", SMALL, INK, bold=True)
    assert 'text-anchor="end"' in written(row, 0, 0, "end")
    assert escaped(row.text) == "a&lt;b"
    block = block_of([row, row], 0)
    assert len(list(Sheet(PLACED).block(block, 0, 0))) == 2
    assert len(list(headed(block, [row]))) == 3
    assert 'width="' in Sheet(PLACED).plate(block, 0, 0)
    assert (numbers("1.5,2"), short(2.04), short(2.06)) == ((1.5, 2.0), "2", "2.1")


def test_a_document_names_itself() -> None:
    lines = list(Sheet(PLACED).open("店 & 铺", "about", "", "#ffffff", "made by a test"))
    assert lines[1] == "<!-- made by a test -->"
    assert '<title id="picture-title">店 &amp; 铺</title>' in lines
