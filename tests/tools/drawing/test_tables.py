"""Labels that Graphviz reads whatever stands in them."""

import pygraphviz

from tools.drawing.blocks import SMALL, Row, block_of
from tools.drawing.palette import INK
from tools.drawing.tables import cell, font, heading_table, quoted, table


def test_graphviz_reads_any_text() -> None:
    strange = block_of([Row('<b>&"\\ 客服\x00\n', SMALL, INK), Row("", SMALL, INK, bold=True)], 4)
    legend = [Row("── a", SMALL, INK)]
    dot = f"digraph {{ graph [label={heading_table(strange, legend)}] a [{font(9)} label={table(strange)}] }}"
    assert pygraphviz.AGraph(string=dot).nodes() == ["a"]


def test_a_cell_has_the_room_it_is_given() -> None:
    row = Row("a<b", SMALL, INK)
    assert f'WIDTH="77" HEIGHT="{row.height}" ALIGN="LEFT" PORT="p">' in cell(row, 77, "LEFT", ' PORT="p"')
    assert "a&lt;b" in cell(row, 77)
    assert ' BGCOLOR="#ffffff"' in table(block_of([row], 0), "#ffffff")
    assert quoted("a") == '"a"'
