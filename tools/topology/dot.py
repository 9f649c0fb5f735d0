"""The topology as DOT, for Graphviz: zones are clusters, nodes boxes as large as labels.py says."""

from collections.abc import Iterator

from tools.drawing.blocks import NAME, WORDS
from tools.drawing.palette import PAPER
from tools.drawing.tables import PLAIN, cell, font, heading_table, quoted, table
from tools.topology.labels import Card, card, legend, title_block, way_block, zone_row
from tools.topology.palette import WAY_COLOURS, ZONE_GROUNDS, ZONE_LINES, border, ground, heavy
from tools.topology.picture import Edge, Node, Picture, ZoneId

_BOTH = ' COLSPAN="2"'
_STYLES = {"plain": "dashed", "file": "dotted", "off": "dashed"}


def dot_of(picture: Picture) -> str:
    """Return the DOT text."""
    return "\n".join([*_lines(picture), ""])


def way_id(edge: Edge) -> str:
    """Return the id of an edge among all ids of a picture."""
    return f"way_{edge.id}"


def _lines(picture: Picture) -> Iterator[str]:
    title = heading_table(title_block(picture), legend(picture))
    yield "digraph topology {"
    yield (
        f"  graph [rankdir=TB splines=spline nodesep=0.3 ranksep=0.5 pad=0.3 bgcolor={quoted(PAPER)} "
        f"labelloc=t labeljust=l newrank=true {font(WORDS)} label={title}]"
    )
    yield f'  node [{font(NAME)} shape=box style="rounded,filled" margin="0.12,0.08" penwidth=1.1]'
    yield f"  edge [{font(WORDS)} arrowsize=0.7 penwidth=1.3]"
    for zone, name in picture.zones():
        yield from _zone(picture, zone, name)
    for edge in picture.edges:
        yield f"  {_edge(edge)}"
    if data := picture.inside("data"):
        beside = " ".join(f"{node.id};" for node in data)
        yield f"  {{ rank=same; {beside} }}"
        yield from _below(picture, data[0])
    yield "}"


def _below(picture: Picture, data: Node) -> Iterator[str]:
    """Yield what keeps the data directory under everything of the process that uses it."""
    left = {edge.source for edge in picture.edges}
    for node in picture.inside("host"):
        if node.id not in left:
            yield f"  {node.id} -> {data.id} [style=invis]"


def _zone(picture: Picture, zone: ZoneId, name: str) -> Iterator[str]:
    row = zone_row(name)
    label = f"<{PLAIN}><TR>{cell(row, round(row.width) + 10, 'LEFT')}</TR></TABLE>>"
    yield f"  subgraph cluster_{zone} {{"
    yield (
        f'    graph [id=zone_{zone} style="rounded,filled" color={quoted(ZONE_LINES[zone])} '
        f"fillcolor={quoted(ZONE_GROUNDS[zone])} margin=14 labeljust=l labelloc=b label={label}]"
    )
    for node in picture.inside(zone):
        yield f"    {node.id} [{_box(node, picture)}]"
    yield "  }"


def _box(node: Node, picture: Picture) -> str:
    style = "rounded,filled,dashed" if node.outside or node.off else "rounded,filled"
    width = 2.2 if heavy(node) else 1.1
    return (
        f"id={node.id} style={quoted(style)} color={quoted(border(node))} penwidth={width} "
        f"fillcolor={quoted(ground(node))} label={_table(card(node, picture))}"
    )


def _table(block: Card) -> str:
    rows = ""
    for pair in block.pairs:
        if pair.right is None:
            cells = cell(pair.left, block.width, "LEFT", _BOTH)
        else:
            cells = cell(pair.left, block.split, "LEFT") + cell(pair.right, block.width - block.split, "LEFT")
        rows += f"<TR>{cells}</TR>"
    return f"<{PLAIN}>{rows}</TABLE>>"


def _edge(edge: Edge) -> str:
    colour = WAY_COLOURS[edge.way]
    look = [f"id={quoted(way_id(edge))}", f"color={quoted(colour)}"]
    if edge.way in _STYLES:
        look.append(f"style={_STYLES[edge.way]}")
    if edge.way in ("tls", "exposed"):
        look.append("penwidth=2")
    if edge.back:
        look.append("dir=back")
    block = way_block(edge)
    if block is not None:
        look.append(f"label={table(block, PAPER)}")
    return f"{edge.source} -> {edge.target} [{' '.join(look)}]"
