"""A block is as large as what it holds."""

from tools.drawing.blocks import NAME, SMALL, Row, block_of
from tools.drawing.palette import INK


def test_room() -> None:
    rows = [Row("客服工作台", NAME, INK, bold=True), Row("x", SMALL, INK)]
    block = block_of(rows, 10)
    assert block.height == sum(row.height for row in rows)
    assert block.width >= rows[0].width + 9
    assert rows[0].height > rows[1].height


def test_of_very_many_rows_the_last_are_counted() -> None:
    block = block_of([Row(str(number), SMALL, INK) for number in range(100)], 0)
    assert len(block.rows) == 40
    assert block.rows[-1].text == "… +61"
