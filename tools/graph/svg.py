"""The picture as SVG: Graphviz says where everything stands (dot.py), the strokes and words are ours.

Graphviz's own SVG puts words where the fonts of this machine want them; this one is the same on every machine.  States and
arrows are groups with stable ids, a class and a title, so that a page can light them up and a screen reader can read them.
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from appliance.errors import Text
from tools.graph.dot import Direction, beginnings, dot_of
from tools.graph.labels import Block, Row, arrow_block, heading, history_block, legend, state_block
from tools.graph.palette import COLOURS, FONTS, INK, LINE, PAPER, STATE, ground
from tools.graph.picture import Arrow, Box, Picture
from tools.graph.render import PATIENCE, layout

_PAD = 22.0
_ROUND = 9
_STYLE = (
    "text{font-family:" + ",".join(f"'{font}'" if " " in font else font for font in FONTS) + "}"
    f".arrow path{{fill:none;stroke-width:1.3}}.arrow.vip path{{stroke-width:2.8}}.arrow.always path{{stroke-dasharray:5 3.5}}"
    f".region>rect,.state.region>rect{{stroke-dasharray:6 4}}.plate{{fill:{PAPER};fill-opacity:.88}}"
)


def svg_of(picture: Picture, direction: Direction = "", patience: float = PATIENCE, note: str = "") -> str:
    """Return the SVG text; `note` becomes a comment at its beginning."""
    return "\n".join([*_Svg(picture, layout(dot_of(picture, direction), patience)).lines(note), ""])


class _Svg:
    def __init__(self, picture: Picture, placed: dict[str, Any]) -> None:
        self._picture = picture
        _, _, self._width, self._height = _numbers(placed["bb"])
        self._placed = {each["id"]: each for each in placed.get("objects", ()) if "id" in each}
        self._lines = {each["id"]: each for each in placed.get("edges", ()) if "id" in each}
        self._names = {box.id: box.name for box in picture.every()}

    def lines(self, note: str) -> Iterator[str]:
        """Yield the lines of the document: what lies below comes first."""
        wide, high = _short(self._width + 2 * _PAD), _short(self._height + 2 * _PAD)
        yield '<?xml version="1.0" encoding="UTF-8"?>'
        if note:
            yield f"<!-- {note} -->"
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
            'role="img" aria-labelledby="picture-title picture-about">'
        )
        yield f'<title id="picture-title">{_escaped(self._picture.title)}</title>'
        yield f'<desc id="picture-about">{_escaped(self._about())}</desc>'
        yield f"<style>{_STYLE}</style>"
        yield f'<rect width="{wide}" height="{high}" fill="{PAPER}"/>'
        yield from self._heading()
        for box in self._picture.boxes:
            yield from self._clusters(box, 0, False)
        yield from self._begin("begin", (self._picture.initial,))
        for box in self._picture.every():
            yield from self._begin(f"{box.id}_in", beginnings(box))
        for number, arrow in enumerate(self._picture.arrows, 1):
            yield from self._arrow(arrow, number)
        for box in self._picture.boxes:
            yield from self._states(box, False)
        yield "</svg>"

    def _about(self) -> str:
        states, ways = len(self._names), sum(len(arrow.labels) for arrow in self._picture.arrows)
        begin = self._names[self._picture.initial]
        return Text(
            f"客服流程 {self._picture.bundle}：{states} 个状态，{ways} 条转移，从“{begin}”开始。",
            f"Flow {self._picture.bundle} of the desk: {states} states, {ways} transitions, beginning in '{begin}'.",
        ).say(self._picture.language)

    def _heading(self) -> Iterator[str]:
        y = _PAD
        for row in heading(self._picture).rows:
            yield _text(row, _PAD, y, "start")
            y += row.height
        x = _PAD
        for row in legend(self._picture):
            yield _text(row, x, y, "start")
            x += round(row.width) + 12

    def _clusters(self, box: Box, depth: int, region: bool) -> Iterator[str]:
        if not box.boxes:
            return
        placed = self._placed[box.id]
        left, bottom, right, top = _numbers(placed["bb"])
        yield f'<g id="{box.id}" class="{"state region" if region else "state"}" data-state="{_escaped(box.name)}">'
        yield f"<title>{_escaped(box.name)}</title>"
        yield self._rectangle(left, top, right - left, top - bottom, ground(depth), LINE)
        x, y = _numbers(placed["lp"])
        yield from self._block(state_block(box), x, y)
        yield "</g>"
        for child in box.boxes:
            yield from self._clusters(child, depth + 1, box.parallel)

    def _states(self, box: Box, region: bool) -> Iterator[str]:
        for child in box.boxes:
            yield from self._states(child, box.parallel and not child.history)
        if box.boxes:
            return
        placed = self._placed[box.id]
        x, y = _numbers(placed["pos"])
        wide, high = float(placed["width"]) * 72, float(placed["height"]) * 72
        kind = "final" if box.final else "history" if box.history else "region" if region else ""
        yield f'<g id="{box.id}" class="{f"state {kind}".strip()}" data-state="{_escaped(box.name)}">'
        yield f"<title>{_escaped(box.name)}</title>"
        if box.history:
            yield self._circle(box.id, wide / 2, STATE, LINE)
        else:
            left, top = x - wide / 2, y + high / 2
            yield self._rectangle(left, top, wide, high, STATE, INK if box.final else LINE)
            if box.final:
                yield self._rectangle(left + 4, top - 4, wide - 8, high - 8, STATE, INK, _ROUND - 3)
        yield from self._block(history_block(box) if box.history else state_block(box), x, y)
        yield "</g>"

    def _begin(self, dot: str, targets: Sequence[str]) -> Iterator[str]:
        if dot not in self._placed:
            return
        yield '<g class="arrow begin">'
        for target in targets:
            yield from self._line(self._lines[f"{dot}_to_{target}"], INK, 1.3)
        yield f"{self._circle(dot, 4.7, INK, INK)}</g>"

    def _arrow(self, arrow: Arrow, number: int) -> Iterator[str]:
        placed, colour = self._lines[f"t{number}"], COLOURS[arrow.kind]
        said = "; ".join(label.text() for label in arrow.labels)
        title = f"{self._names[arrow.source]} → {self._names[arrow.target]}" + (f": {said}" if said else "")
        yield f'<g id="t{number}" class="arrow {arrow.kind}{" vip" if arrow.vip else ""}">'
        yield f"<title>{_escaped(title)}</title>"
        yield from self._line(placed, colour, 2.8 if arrow.vip else 1.3)
        if f"{arrow.source}_out" in self._placed:
            yield self._circle(f"{arrow.source}_out", 5, STATE, INK)
        if arrow.labels and "lp" in placed:
            block = arrow_block(arrow.labels, colour)
            x, y = _numbers(placed["lp"])
            yield (
                f'<rect class="plate" x="{_short(x + _PAD - block.width / 2)}" y="{_short(self._y(y) - block.height / 2)}" '
                f'width="{block.width}" height="{block.height}" rx="4"/>'
            )
            yield from self._block(block, x, y)
        yield "</g>"

    def _line(self, placed: dict[str, Any], colour: str, stroke: float) -> Iterator[str]:
        """Yield the path of an arrow and its head.  Graphviz writes "e,x,y" for the tip, then points of Bézier curves."""
        words = placed.get("pos", "").split()
        tips = [_numbers(word[2:]) for word in words if word.startswith("e,")]
        points = [_numbers(word) for word in words if word[0] not in "es"]
        if not points or not tips:
            return
        path = [f"{_short(x + _PAD)},{_short(self._y(y))}" for x, y in points]
        yield f'<path d="M{path[0]}C{" ".join(path[1:])}" stroke="{colour}"/>'
        (tip_x, tip_y), (end_x, end_y) = tips[0], points[-1]
        length = max(0.1, ((tip_x - end_x) ** 2 + (tip_y - end_y) ** 2) ** 0.5)
        aside = (2.6 + stroke / 2) / length
        across_x, across_y = (end_y - tip_y) * aside, (tip_x - end_x) * aside
        head = [(tip_x, tip_y), (end_x + across_x, end_y + across_y), (end_x - across_x, end_y - across_y)]
        corners = " ".join(f"{_short(x + _PAD)},{_short(self._y(y))}" for x, y in head)
        yield f'<polygon points="{corners}" fill="{colour}"/>'

    def _block(self, block: Block, x: float, y: float) -> Iterator[str]:
        """Yield the rows of a block whose middle is x, y."""
        top = self._y(y) - block.height / 2
        for row in block.rows:
            yield _text(row, x + _PAD, top, "middle")
            top += row.height

    def _rectangle(
        self, left: float, top: float, wide: float, high: float, fill: str, stroke: str, corner: int = _ROUND
    ) -> str:
        return (
            f'<rect x="{_short(left + _PAD)}" y="{_short(self._y(top))}" width="{_short(wide)}" height="{_short(high)}" '
            f'rx="{corner}" fill="{fill}" stroke="{stroke}"/>'
        )

    def _circle(self, node: str, radius: float, fill: str, stroke: str) -> str:
        x, y = _numbers(self._placed[node]["pos"])
        return f'<circle cx="{_short(x + _PAD)}" cy="{_short(self._y(y))}" r="{_short(radius)}" fill="{fill}" stroke="{stroke}"/>'

    def _y(self, y: float) -> float:
        """Return how far down a height of Graphviz, which counts from below, is on the page."""
        return self._height - y + _PAD


def _text(row: Row, x: float, top: float, anchor: str) -> str:
    weight = ' font-weight="700"' if row.bold else ""
    # The middle of Chinese characters and capitals lies a good third of their size above the baseline.
    baseline = top + row.height / 2 + row.size * 0.36
    return (
        f'<text x="{_short(x)}" y="{_short(baseline)}" text-anchor="{anchor}" font-size="{row.size}"{weight} '
        f'fill="{row.colour}">{_escaped(row.text)}</text>'
    )


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(","))


def _short(number: float) -> str:
    """Return a coordinate; a tenth of a point is finer than anybody sees, and the file stays readable."""
    return f"{number:.1f}".removesuffix(".0")


def _escaped(text: str) -> str:
    return escape("".join(char for char in text if char.isprintable()))
