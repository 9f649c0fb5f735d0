"""The topology as a Mermaid flowchart, for wikis and issue trackers that draw such text themselves."""

from collections.abc import Iterator

from tools.drawing.charcodes import coded, commented
from tools.topology.palette import WAY_COLOURS, ZONE_GROUNDS, ZONE_LINES, border, ground
from tools.topology.picture import Edge, Fact, Node, Picture, heading, subtitle, tone_word

_ARROWS = {"tls": "==>", "plain": "-.->", "exposed": "==>", "file": "-.->", "inside": "-->", "off": "-.->"}


def mermaid_of(picture: Picture) -> str:
    """Return the diagram as text."""
    return "\n".join([*_lines(picture), ""])


def _lines(picture: Picture) -> Iterator[str]:
    yield f"%% {commented(heading(picture))}"
    yield f"%% {commented(subtitle(picture))}"
    yield from (f"%% {commented(line)}" for line in picture.live)
    yield "flowchart TB"
    for zone, name in picture.zones():
        yield f'  subgraph zone_{zone}["{coded(name)}"]'
        for node in picture.inside(zone):
            yield f'    {node.id}["{_words(node, picture)}"]'
        yield "  end"
    for edge in picture.edges:
        yield f"  {_arrow(edge)}"
    yield from _looks(picture)


def _words(node: Node, picture: Picture) -> str:
    lines = [f"<b>{coded(node.title)}</b>"]
    if node.address:
        lines.append(coded(node.address))
    lines += [coded(_fact(fact)) for fact in node.facts]
    if node.tone:
        lines.append(coded(tone_word(node.tone, picture.language)))
    lines += [coded(line) for line in node.said]
    lines += [coded(f"≠ {line}") for line in node.drift]
    return "<br/>".join(lines)


def _fact(fact: Fact) -> str:
    value = f"{fact.value} · {fact.now}" if fact.now else fact.value
    return f"{fact.name}  {value}" if fact.name else value


def _arrow(edge: Edge) -> str:
    source, target = (edge.target, edge.source) if edge.back else (edge.source, edge.target)
    said = f'|"{coded(edge.label)}"|' if edge.label else ""
    return f"{source} {_ARROWS[edge.way]}{said} {target}"


def _looks(picture: Picture) -> Iterator[str]:
    for zone, _ in picture.zones():
        yield f"  style zone_{zone} fill:{ZONE_GROUNDS[zone]},stroke:{ZONE_LINES[zone]}"
    for node in picture.nodes:
        dashed = ",stroke-dasharray:6 4" if node.outside or node.off else ""
        yield f"  style {node.id} fill:{ground(node)},stroke:{border(node)},text-align:left{dashed}"
    for number, edge in enumerate(picture.edges):
        yield f"  linkStyle {number} stroke:{WAY_COLOURS[edge.way]}"
