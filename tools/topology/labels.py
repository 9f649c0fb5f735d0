"""What stands in a box of the topology: a title, an address, facts in two columns, what the running appliance says."""

from collections.abc import Iterator

from msgspec import Struct

from tools.drawing.blocks import NAME, SMALL, TITLE, WORDS, Block, Row, block_of
from tools.drawing.measure import width, wrapped
from tools.drawing.palette import FAINT, INK
from tools.topology.palette import DRIFT, TONE_COLOURS, WAY_COLOURS
from tools.topology.picture import DRIFT as DRIFT_WORD
from tools.topology.picture import Edge, Fact, Node, Picture, Way, heading, subtitle, tone_word
from tools.topology.wording import SEPARATOR

WIDEST = 230
"""Points after which a value is broken into lines."""

_WIDEST_NAME = 190
_WIDEST_TITLE = 760
_GAP = 12
_STROKES: dict[Way, str] = {
    "tls": "━━",
    "plain": "╌╌",
    "exposed": "━━",
    "file": "┄┄",
    "inside": "──",
    "off": "╌╌",
}


class Pair(Struct, frozen=True):
    """A line of two columns; `right` None: the left one has the whole width."""

    left: Row
    right: Row | None = None
    fact: str = ""

    @property
    def height(self) -> int:
        """The height of the higher of the two."""
        return max(self.left.height, self.right.height if self.right else 0)


class Card(Struct, frozen=True):
    """All lines of a box; `split` is where the right column begins."""

    pairs: tuple[Pair, ...]
    split: int
    width: int

    @property
    def height(self) -> int:
        """The height of all lines."""
        return sum(pair.height for pair in self.pairs)


def card(node: Node, picture: Picture) -> Card:
    """Return what stands in the box of a node."""
    pairs = [*_head(node), *(pair for fact in node.facts for pair in _fact(fact)), *_running(node, picture)]
    split = max((round(pair.left.width) + _GAP for pair in pairs if pair.right), default=0)
    widths = [split + pair.right.width if pair.right else pair.left.width for pair in pairs]
    return Card(tuple(pairs), split, round(max(widths)) + 6)


def way_block(edge: Edge) -> Block | None:
    """Return what stands on an arrow, None for nothing."""
    if not edge.label:
        return None
    colour = WAY_COLOURS[edge.way]
    return block_of([Row(text, WORDS, colour) for text in wrapped(edge.label, WORDS, WIDEST)], 8)


def zone_row(name: str) -> Row:
    """Return the name of a zone as it stands in its corner."""
    return Row(name, WORDS + 1, FAINT, bold=True)


def title_block(picture: Picture) -> Block:
    """Return the heading of the picture."""
    rows = [Row(text, TITLE, INK, bold=True) for text in wrapped(heading(picture), TITLE, _WIDEST_TITLE)]
    rows.append(Row(subtitle(picture), SMALL, FAINT))
    rows += [Row(line, WORDS, INK) for line in picture.live]
    return block_of(rows, 6)


def legend(picture: Picture) -> list[Row]:
    """Return what strokes and colours mean, of those that occur."""
    found = [Row(f"{_STROKES[way]} {name}", SMALL, WAY_COLOURS[way]) for way, name in picture.ways()]
    found += [Row(name, SMALL, TONE_COLOURS[tone]) for tone, name in picture.tones()]
    if picture.live:
        found.append(Row(DRIFT_WORD.say(picture.language), SMALL, DRIFT))
    return found


def _head(node: Node) -> Iterator[Pair]:
    for text in wrapped(node.title, NAME, WIDEST):
        yield Pair(Row(text, NAME, FAINT if node.off else INK, bold=True))
    for text in wrapped(node.address, WORDS, WIDEST) if node.address else ():
        yield Pair(Row(text, WORDS, INK))


def _fact(fact: Fact) -> Iterator[Pair]:
    value = f"{fact.value} · {fact.now}" if fact.now else fact.value
    names = wrapped(fact.name, SMALL, _WIDEST_NAME) if fact.name else [""]
    values = _filled(value)
    if not fact.name:
        for text in values:
            yield Pair(Row(text, SMALL, INK), None, fact.id)
        return
    for number in range(max(len(names), len(values))):
        left = names[number] if number < len(names) else ""
        right = values[number] if number < len(values) else ""
        yield Pair(Row(left, SMALL, FAINT), Row(right, SMALL, INK), fact.id)


def _filled(value: str, bold: bool = False) -> list[str]:
    """Return a value in lines, broken between its parts where that is possible."""
    lines = [""]
    for part in value.split(SEPARATOR):
        longer = f"{lines[-1]}{SEPARATOR}{part}" if lines[-1] else part
        if lines[-1] and width(longer, SMALL, bold) > WIDEST:
            lines.append(part)
        else:
            lines[-1] = longer
    return [text for line in lines for text in wrapped(line, SMALL, WIDEST)]


def _running(node: Node, picture: Picture) -> Iterator[Pair]:
    if node.tone:
        yield Pair(Row(tone_word(node.tone, picture.language), WORDS, TONE_COLOURS[node.tone], bold=True))
    for line in node.said:
        for text in wrapped(line, SMALL, WIDEST):
            yield Pair(Row(text, SMALL, TONE_COLOURS[node.tone] if node.tone else INK))
    for line in node.drift:
        for text in _filled(f"≠ {line}", bold=True):
            yield Pair(Row(text, SMALL, DRIFT, bold=True))
