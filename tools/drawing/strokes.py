"""Strokes and words of an SVG, at the places where Graphviz's layout puts them.

Graphviz counts from the lower left corner, a page from the upper left one: a `Sheet` turns one into the other.
"""

from collections.abc import Iterator
from html import escape
from typing import Any

from tools.drawing.blocks import Block, Row
from tools.drawing.palette import FONTS

PAD = 22.0
"""Points of paper around everything."""

ROUND = 9
"""The radius of the corners of a box."""

FAMILY = ",".join(f"'{font}'" if " " in font else font for font in FONTS)
"""The fonts as CSS wants them."""


class Sheet:
    """A page with a layout on it, `placed` as Graphviz's json0 tells it; objects and edges are found by their `id`."""

    def __init__(self, placed: dict[str, Any]) -> None:
        _, _, self.width, self.height = numbers(placed["bb"])
        self.objects = {each["id"]: each for each in placed.get("objects", ()) if "id" in each}
        self.edges = {each["id"]: each for each in placed.get("edges", ()) if "id" in each}

    def y(self, y: float) -> float:
        """Return how far down a height of Graphviz, which counts from below, is on the page."""
        return self.height - y + PAD

    def open(self, title: str, about: str, style: str, paper: str, note: str) -> Iterator[str]:
        """Yield the lines with which the document begins; `note` becomes a comment before everything."""
        wide, high = short(self.width + 2 * PAD), short(self.height + 2 * PAD)
        yield '<?xml version="1.0" encoding="UTF-8"?>'
        if note:
            yield f"<!-- {note} -->"
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
            'role="img" aria-labelledby="picture-title picture-about">'
        )
        yield f'<title id="picture-title">{escaped(title)}</title>'
        yield f'<desc id="picture-about">{escaped(about)}</desc>'
        yield f"<style>{style}</style>"
        yield f'<rect width="{wide}" height="{high}" fill="{paper}"/>'

    def line(self, placed: dict[str, Any], colour: str, stroke: float) -> Iterator[str]:
        """Yield the path of an arrow and its heads.

        Graphviz writes "e,x,y" for the tip, "s,x,y" for one at the beginning, then points of Bézier curves.
        """
        words = placed.get("pos", "").split()
        points = [numbers(word) for word in words if word[0] not in "es"]
        tips = [
            (numbers(word[2:]), points[-1 if word[0] == "e" else 0])
            for word in words
            if word[0] in "es" and points
        ]
        if not points or not tips:
            return
        path = [f"{short(x + PAD)},{short(self.y(y))}" for x, y in points]
        yield f'<path d="M{path[0]}C{" ".join(path[1:])}" stroke="{colour}"/>'
        for (tip_x, tip_y), (end_x, end_y) in tips:
            length = max(0.1, ((tip_x - end_x) ** 2 + (tip_y - end_y) ** 2) ** 0.5)
            aside = (2.6 + stroke / 2) / length
            across_x, across_y = (end_y - tip_y) * aside, (tip_x - end_x) * aside
            head = [
                (tip_x, tip_y),
                (end_x + across_x, end_y + across_y),
                (end_x - across_x, end_y - across_y),
            ]
            corners = " ".join(f"{short(x + PAD)},{short(self.y(y))}" for x, y in head)
            yield f'<polygon points="{corners}" fill="{colour}"/>'

    def block(self, block: Block, x: float, y: float) -> Iterator[str]:
        """Yield the rows of a block whose middle is x, y."""
        top = self.y(y) - block.height / 2
        for row in block.rows:
            yield written(row, x + PAD, top, "middle")
            top += row.height

    def plate(self, block: Block, x: float, y: float) -> str:
        """Return what lies under a block on an arrow, so that the line does not run through its words."""
        return (
            f'<rect class="plate" x="{short(x + PAD - block.width / 2)}" y="{short(self.y(y) - block.height / 2)}" '
            f'width="{block.width}" height="{block.height}" rx="4"/>'
        )

    def rectangle(
        self, left: float, top: float, wide: float, high: float, fill: str, stroke: str, corner: int = ROUND
    ) -> str:
        """Return a box by its upper left corner."""
        return (
            f'<rect x="{short(left + PAD)}" y="{short(self.y(top))}" width="{short(wide)}" height="{short(high)}" '
            f'rx="{corner}" fill="{fill}" stroke="{stroke}"/>'
        )

    def circle(self, node: str, radius: float, fill: str, stroke: str) -> str:
        """Return a circle where the object `node` is."""
        x, y = numbers(self.objects[node]["pos"])
        return f'<circle cx="{short(x + PAD)}" cy="{short(self.y(y))}" r="{short(radius)}" fill="{fill}" stroke="{stroke}"/>'


def headed(block: Block, legend: list[Row]) -> Iterator[str]:
    """Yield the heading of a picture with the entries of its legend in one line below."""
    y = PAD
    for row in block.rows:
        yield written(row, PAD, y, "start")
        y += row.height
    x = PAD
    for row in legend:
        yield written(row, x, y, "start")
        x += round(row.width) + 12


def written(row: Row, x: float, top: float, anchor: str) -> str:
    """Return one line of text; `anchor` (start, middle, end) says which part of it is at x."""
    weight = ' font-weight="700"' if row.bold else ""
    # The middle of Chinese characters and capitals lies a good third of their size above the baseline.
    baseline = top + row.height / 2 + row.size * 0.36
    return (
        f'<text x="{short(x)}" y="{short(baseline)}" text-anchor="{anchor}" font-size="{row.size}"{weight} '
        f'fill="{row.colour}">{escaped(row.text)}</text>'
    )


def numbers(text: str) -> tuple[float, ...]:
    """Return the numbers of "1.5,2"."""
    return tuple(float(part) for part in text.split(","))


def short(number: float) -> str:
    """Return a coordinate; a tenth of a point is finer than anybody sees, and the file stays readable."""
    return f"{number:.1f}".removesuffix(".0")


def escaped(text: str) -> str:
    """Return text as XML holds it, without what cannot be seen."""
    return escape("".join(char for char in text if char.isprintable()))
