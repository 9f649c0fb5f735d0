"""The topology as SVG: Graphviz says where everything stands (dot.py), the strokes and words are ours.

It is the same on every machine.  Zones, nodes, facts and ways are groups with stable ids and a title, for pages and readers.
"""

from collections.abc import Iterator
from typing import Any

from tools.drawing.palette import PAPER
from tools.drawing.render import PATIENCE, layout
from tools.drawing.strokes import FAMILY, PAD, Sheet, escaped, headed, numbers, written
from tools.topology.dot import dot_of, way_id
from tools.topology.labels import Card, card, legend, title_block, way_block, zone_row
from tools.topology.palette import DASHES, WAY_COLOURS, ZONE_GROUNDS, ZONE_LINES, border, ground, heavy
from tools.topology.picture import WAYS, Edge, Node, Picture, ZoneId, about, heading

_STYLE = (
    f"text{{font-family:{FAMILY}}}.way path{{fill:none}}.plate{{fill:{PAPER};fill-opacity:.9}}"
    + "".join(f".way.{way} path{{stroke-dasharray:{dash}}}" for way, dash in DASHES.items())
    + ".outside>rect,.off>rect{stroke-dasharray:6 4}.heavy>rect{stroke-width:2.2}"
)


def svg_of(picture: Picture, patience: float = PATIENCE, note: str = "") -> str:
    """Return the SVG text; `note` becomes a comment at its beginning."""
    return "\n".join([*_Svg(picture, layout(dot_of(picture), patience)).lines(note), ""])


class _Svg:
    def __init__(self, picture: Picture, placed: dict[str, Any]) -> None:
        self._picture = picture
        self._sheet = Sheet(placed)

    def lines(self, note: str) -> Iterator[str]:
        """Yield the lines of the document: what lies below comes first."""
        yield from self._sheet.open(heading(self._picture), about(self._picture), _STYLE, PAPER, note)
        yield from headed(title_block(self._picture), legend(self._picture))
        for zone, name in self._picture.zones():
            yield from self._zone(zone, name)
        for edge in self._picture.edges:
            yield from self._way(edge)
        for node in self._picture.nodes:
            yield from self._node(node)
        yield "</svg>"

    def _zone(self, zone: ZoneId, name: str) -> Iterator[str]:
        left, bottom, right, top = numbers(self._sheet.objects[f"zone_{zone}"]["bb"])
        yield f'<g id="zone_{zone}" class="zone">'
        yield f"<title>{escaped(name)}</title>"
        yield self._sheet.rectangle(
            left, top, right - left, top - bottom, ZONE_GROUNDS[zone], ZONE_LINES[zone], 12
        )
        row = zone_row(name)
        yield written(row, left + PAD + 12, self._sheet.y(bottom) - row.height - 6, "start")
        yield "</g>"

    def _node(self, node: Node) -> Iterator[str]:
        placed = self._sheet.objects[node.id]
        x, y = numbers(placed["pos"])
        wide, high = float(placed["width"]) * 72, float(placed["height"]) * 72
        kinds = [
            word
            for word, given in (("outside", node.outside), ("off", node.off), ("heavy", heavy(node)))
            if given
        ]
        classes = " ".join(filter(None, ["node", *kinds, node.tone]))
        yield f'<g id="{node.id}" class="{classes}">'
        name = f"{node.title} {node.address}".rstrip()
        yield f"<title>{escaped(name)}</title>"
        yield self._sheet.rectangle(x - wide / 2, y + high / 2, wide, high, ground(node), border(node))
        yield from self._card(card(node, self._picture), x, y)
        yield "</g>"

    def _card(self, block: Card, x: float, y: float) -> Iterator[str]:
        left, top = x + PAD - block.width / 2 + 2, self._sheet.y(y) - block.height / 2
        for pair in block.pairs:
            if pair.left.text:
                yield written(pair.left, left, top, "start")
            if pair.right is not None and pair.right.text:
                yield written(pair.right, left + block.split, top, "start")
            top += pair.height

    def _way(self, edge: Edge) -> Iterator[str]:
        placed, colour = self._sheet.edges[way_id(edge)], WAY_COLOURS[edge.way]
        stroke = 2.0 if edge.way in ("tls", "exposed") else 1.3
        yield f'<g id="{way_id(edge)}" class="way {edge.way}" stroke-width="{stroke:g}">'
        yield f"<title>{escaped(said(edge, self._picture))}</title>"
        yield from self._sheet.line(placed, colour, stroke)
        block = way_block(edge)
        if block is not None and "lp" in placed:
            x, y = numbers(placed["lp"])
            yield self._sheet.plate(block, x, y)
            yield from self._sheet.block(block, x, y)
        yield "</g>"


def said(edge: Edge, picture: Picture) -> str:
    """Return an edge in a sentence: from where, to where, what is spoken, what protects it."""
    ends = (picture.node(edge.source).title, picture.node(edge.target).title)
    source, target = reversed(ends) if edge.back else ends
    words = [edge.label, dict(WAYS)[edge.way].say(picture.language)]
    return f"{source} → {target}: {', '.join(filter(None, words))}"
