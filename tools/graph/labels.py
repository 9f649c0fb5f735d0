"""The blocks of text in a picture: rows of one size and colour, and the room they take.

DOT and SVG both set these, so that what Graphviz lays out is exactly what the SVG then fills.
"""

from collections.abc import Sequence

from msgspec import Struct

from appliance.errors import Text
from tools.graph.measure import width, wrapped
from tools.graph.palette import COLOURS, FAINT, INK
from tools.graph.picture import KINDS, Box, Label, Line, Picture

NAME, WORDS, SMALL, TITLE = 13, 10, 9, 18
"""Sizes of type in points: names of states, labels of arrows, what is said beside, the title."""

WIDEST = 215
"""Points after which a label is broken into lines."""

_WIDEST_NAME = 240
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


def state_block(box: Box) -> Block:
    """Return what stands in the box of a state: its name, then what it does without being left."""
    rows = [Row(text, NAME, INK, True) for text in wrapped(box.name, NAME, _WIDEST_NAME)]
    rows += [_inside(line, text) for line in box.lines for text in broken(line.label)]
    return _block(rows, 20)


def history_block(box: Box) -> Block:
    """Return what stands in the circle of a history state."""
    return _block([Row(box.history, NAME, INK, True), Row(box.name, SMALL, FAINT)], 12)


def arrow_block(labels: Sequence[Label], colour: str) -> Block:
    """Return the label of an arrow: the alternatives and events that share it, one below the other."""
    return _block([Row(text, WORDS, colour) for label in labels for text in broken(label)], 8)


def heading(picture: Picture) -> Block:
    """Return the title, and below it which flow this is."""
    under = Text(f"流程 {picture.bundle}", f"flow {picture.bundle}").say(picture.language)
    if picture.on_error:
        name = next(box.name for box in picture.every() if box.id == picture.on_error)
        under += Text(f" · 流程出错时去 {name}", f" · should the flow fail: {name}").say(picture.language)
    return _block([Row(picture.title, TITLE, INK, True), Row(under, SMALL, FAINT)], 6)


def legend(picture: Picture) -> list[Row]:
    """Return what the colours mean, of those that occur."""
    found = [
        Row(f"{'╌╌' if kind == 'always' else '──'} {word.say(picture.language)}", SMALL, COLOURS[kind])
        for kind, word in KINDS
        if any(arrow.kind == kind and arrow.labels for arrow in picture.arrows)
    ]
    if any(arrow.vip for arrow in picture.arrows):
        found.append(Row(Text("━━ 只有 VIP", "━━ VIPs only").say(picture.language), SMALL, INK))
    if any(box.boxes for box in picture.every()):
        found.append(Row(Text("● 从这里进入", "● begins here").say(picture.language), SMALL, INK))
    left = {arrow.source for arrow in picture.arrows}
    if any(box.boxes and box.id in left for box in picture.every()):
        found.append(
            Row(Text("○ 从里面任何状态离开", "○ from anywhere inside").say(picture.language), SMALL, INK)
        )
    return found


def broken(label: Label) -> list[str]:
    """Return a label in lines: in one where it fits, else the actions on lines of their own."""
    whole = label.text()
    first = Label(label.trigger, label.guard).text()
    if width(whole, WORDS) <= WIDEST:
        return [whole]
    if width(first, WORDS) < WIDEST / 3 or not label.actions:
        return wrapped(whole, WORDS, WIDEST)
    return wrapped(first, WORDS, WIDEST) + wrapped(f"/ {label.actions}", WORDS, WIDEST)


def _inside(line: Line, text: str) -> Row:
    return Row(text, SMALL, FAINT if line.kind == "other" else COLOURS[line.kind])


def _block(rows: Sequence[Row], air: int) -> Block:
    if len(rows) > _MOST_ROWS:
        # A box of a hundred lines would hide the rest of the picture; `kefu explain` has them all.
        rows = [*rows[: _MOST_ROWS - 1], Row(f"… +{len(rows) - _MOST_ROWS + 1}", SMALL, FAINT)]
    return Block(tuple(rows), round(max(row.width for row in rows)) + air)
