"""Blocks of text in a picture: rows of one size and colour, and the room they take.

DOT and SVG both set these, so that what Graphviz lays out is exactly what the SVG then fills.
"""

from collections.abc import Sequence

from msgspec import Struct

from tools.drawing.measure import width
from tools.drawing.palette import FAINT

NAME, WORDS, SMALL, TITLE = 13, 10, 9, 18
"""Sizes of type in points: names of boxes, labels of arrows, what is said beside, the title."""

_MOST_ROWS = 40


class Row(Struct, frozen=True):
    """One line of text."""

    text: str
    size: int
    colour: str
    bold: bool = False

    @property
    def height(self) -> int:
        """The room for it in points: Chinese fonts are set wide, and a name wants air."""
        return round(self.size * (1.8 if self.bold else 1.6))

    @property
    def width(self) -> float:
        """How long it is in points."""
        return width(self.text, self.size, self.bold)


class Block(Struct, frozen=True):
    """Rows under one another, `width` points wide."""

    rows: tuple[Row, ...]
    width: int

    @property
    def height(self) -> int:
        """The height of all rows."""
        return sum(row.height for row in self.rows)


def block_of(rows: Sequence[Row], air: int) -> Block:
    """Return rows as a block with `air` points beside the longest; of very many the last are only counted."""
    if len(rows) > _MOST_ROWS:
        # A box of a hundred lines would hide the rest of the picture.
        rows = [*rows[: _MOST_ROWS - 1], Row(f"… +{len(rows) - _MOST_ROWS + 1}", SMALL, FAINT)]
    return Block(tuple(rows), round(max(row.width for row in rows)) + air)
