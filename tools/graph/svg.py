"""The picture as SVG: Graphviz says where everything stands (dot.py), the strokes and words are ours.

Graphviz's own SVG puts words where the fonts of this machine want them; this one is the same on every machine.  States and
arrows are groups with stable ids, a class and a title, so that a page can light them up and a screen reader can read them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from appliance.errors import Text
from tools.drawing.palette import INK, LINE, PAPER
from tools.drawing.render import PATIENCE, layout
from tools.drawing.strokes import FAMILY, ROUND, Sheet, escaped, headed, numbers
from tools.graph.dot import Direction, beginnings, dot_of
from tools.graph.labels import arrow_block, heading, history_block, legend, state_block
from tools.graph.palette import COLOURS, STATE, ground
from tools.graph.picture import Arrow, Box, Picture

_STYLE = (
    f"text{{font-family:{FAMILY}}}"
    f".arrow path{{fill:none;stroke-width:1.3}}.arrow.vip path{{stroke-width:2.8}}.arrow.always path{{stroke-dasharray:5 3.5}}"
    f".region>rect,.state.region>rect{{stroke-dasharray:6 4}}.plate{{fill:{PAPER};fill-opacity:.88}}"
)


def svg_of(picture: Picture, direction: Direction = "", patience: float = PATIENCE, note: str = "") -> str:
    """Return the SVG text; `note` becomes a comment at its beginning."""
    return "\n".join([*_Svg(picture, layout(dot_of(picture, direction), patience)).lines(note), ""])


class _Svg:
    def __init__(self, picture: Picture, placed: dict[str, Any]) -> None:
        self._picture = picture
        self._sheet = Sheet(placed)
        self._placed, self._lines = self._sheet.objects, self._sheet.edges
        self._names = {box.id: box.name for box in picture.every()}

    def lines(self, note: str) -> Iterator[str]:
        """Yield the lines of the document: what lies below comes first."""
        yield from self._sheet.open(self._picture.title, self._about(), _STYLE, PAPER, note)
        yield from headed(heading(self._picture), legend(self._picture))
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

    def _clusters(self, box: Box, depth: int, region: bool) -> Iterator[str]:
        if not box.boxes:
            return
        placed = self._placed[box.id]
        left, bottom, right, top = numbers(placed["bb"])
        yield f'<g id="{box.id}" class="{"state region" if region else "state"}" data-state="{escaped(box.name)}">'
        yield f"<title>{escaped(box.name)}</title>"
        yield self._sheet.rectangle(left, top, right - left, top - bottom, ground(depth), LINE)
        x, y = numbers(placed["lp"])
        yield from self._sheet.block(state_block(box), x, y)
        yield "</g>"
        for child in box.boxes:
            yield from self._clusters(child, depth + 1, box.parallel)

    def _states(self, box: Box, region: bool) -> Iterator[str]:
        for child in box.boxes:
            yield from self._states(child, box.parallel and not child.history)
        if box.boxes:
            return
        placed = self._placed[box.id]
        x, y = numbers(placed["pos"])
        wide, high = float(placed["width"]) * 72, float(placed["height"]) * 72
        kind = "final" if box.final else "history" if box.history else "region" if region else ""
        yield f'<g id="{box.id}" class="{f"state {kind}".strip()}" data-state="{escaped(box.name)}">'
        yield f"<title>{escaped(box.name)}</title>"
        if box.history:
            yield self._sheet.circle(box.id, wide / 2, STATE, LINE)
        else:
            left, top = x - wide / 2, y + high / 2
            yield self._sheet.rectangle(left, top, wide, high, STATE, INK if box.final else LINE)
            if box.final:
                yield self._sheet.rectangle(left + 4, top - 4, wide - 8, high - 8, STATE, INK, ROUND - 3)
        yield from self._sheet.block(history_block(box) if box.history else state_block(box), x, y)
        yield "</g>"

    def _begin(self, dot: str, targets: Sequence[str]) -> Iterator[str]:
        if dot not in self._placed:
            return
        yield '<g class="arrow begin">'
        for target in targets:
            yield from self._sheet.line(self._lines[f"{dot}_to_{target}"], INK, 1.3)
        yield f"{self._sheet.circle(dot, 4.7, INK, INK)}</g>"

    def _arrow(self, arrow: Arrow, number: int) -> Iterator[str]:
        placed, colour = self._lines[f"t{number}"], COLOURS[arrow.kind]
        said = "; ".join(label.text() for label in arrow.labels)
        title = f"{self._names[arrow.source]} → {self._names[arrow.target]}" + (f": {said}" if said else "")
        yield f'<g id="t{number}" class="arrow {arrow.kind}{" vip" if arrow.vip else ""}">'
        yield f"<title>{escaped(title)}</title>"
        yield from self._sheet.line(placed, colour, 2.8 if arrow.vip else 1.3)
        if f"{arrow.source}_out" in self._placed:
            yield self._sheet.circle(f"{arrow.source}_out", 5, STATE, INK)
        if arrow.labels and "lp" in placed:
            block = arrow_block(arrow.labels, colour)
            x, y = numbers(placed["lp"])
            yield self._sheet.plate(block, x, y)
            yield from self._sheet.block(block, x, y)
        yield "</g>"
