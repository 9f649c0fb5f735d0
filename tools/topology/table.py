"""The topology as text: what stands where, then who speaks with whom; for terminals, mail and screen readers."""

from collections.abc import Iterator

from appliance.cli.table import aligned
from appliance.errors import Text
from tools.topology.picture import WAYS, Node, Picture, heading, subtitle, tone_word


def table_of(picture: Picture) -> str:
    """Return the text."""
    return "\n".join([*_lines(picture), ""])


def _lines(picture: Picture) -> Iterator[str]:
    yield heading(picture)
    yield subtitle(picture)
    yield from picture.live
    for zone, name in picture.zones():
        yield ""
        yield f"[{name}]"
        for node in picture.inside(zone):
            yield from _node(node, picture)
    yield ""
    yield f"[{Text('连线', 'Connections').say(picture.language)}]"
    yield from (f"  {line}" for line in aligned(list(_ways(picture))))


def _node(node: Node, picture: Picture) -> Iterator[str]:
    marks = [
        word.say(picture.language)
        for word, given in (
            (Text("不属于 kefu", "not part of kefu"), node.outside),
            (Text("已关", "off"), node.off),
        )
        if given
    ]
    shown = " · ".join(filter(None, [node.title, node.address, *marks]))
    yield f"  {shown}"
    for fact in node.facts:
        if not fact.name:
            yield f"    {' · '.join(filter(None, [fact.value, fact.now]))}"
    named = [
        (fact.name, " · ".join(filter(None, [fact.value, fact.now]))) for fact in node.facts if fact.name
    ]
    yield from (f"    {line}" for line in aligned(named))
    if node.tone:
        yield f"    {tone_word(node.tone, picture.language)}"
    yield from (f"    {line}" for line in node.said)
    yield from (f"    ≠ {line}" for line in node.drift)


def _ways(picture: Picture) -> Iterator[tuple[str, ...]]:
    head = (Text("从", "from"), Text("到", "to"), Text("协议", "protocol"), Text("保护", "protection"))
    yield tuple(word.say(picture.language) for word in head)
    for edge in picture.edges:
        source, target = (edge.target, edge.source) if edge.back else (edge.source, edge.target)
        yield (
            picture.node(source).title,
            picture.node(target).title,
            edge.label or "-",
            dict(WAYS)[edge.way].say(picture.language),
        )
