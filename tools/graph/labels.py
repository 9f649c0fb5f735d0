"""What stands in the boxes and on the arrows of a flow."""

from collections.abc import Sequence

from appliance.errors import Text
from tools.drawing.blocks import NAME, SMALL, TITLE, WORDS, Block, Row, block_of
from tools.drawing.measure import width, wrapped
from tools.drawing.palette import FAINT, INK
from tools.graph.palette import COLOURS
from tools.graph.picture import KINDS, Box, Label, Line, Picture

WIDEST = 215
"""Points after which a label is broken into lines."""

_WIDEST_NAME = 240


def state_block(box: Box) -> Block:
    """Return what stands in the box of a state: its name, then what it does without being left."""
    rows = [Row(text, NAME, INK, True) for text in wrapped(box.name, NAME, _WIDEST_NAME)]
    rows += [_inside(line, text) for line in box.lines for text in broken(line.label)]
    return block_of(rows, 20)


def history_block(box: Box) -> Block:
    """Return what stands in the circle of a history state."""
    return block_of([Row(box.history, NAME, INK, True), Row(box.name, SMALL, FAINT)], 12)


def arrow_block(labels: Sequence[Label], colour: str) -> Block:
    """Return the label of an arrow: the alternatives and events that share it, one below the other."""
    return block_of([Row(text, WORDS, colour) for label in labels for text in broken(label)], 8)


def heading(picture: Picture) -> Block:
    """Return the title, and below it which flow this is."""
    under = Text(f"流程 {picture.bundle}", f"flow {picture.bundle}").say(picture.language)
    if picture.on_error:
        name = next(box.name for box in picture.every() if box.id == picture.on_error)
        under += Text(f" · 流程出错时去 {name}", f" · should the flow fail: {name}").say(picture.language)
    return block_of([Row(picture.title, TITLE, INK, True), Row(under, SMALL, FAINT)], 6)


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
