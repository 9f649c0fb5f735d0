"""The picture as a Mermaid state diagram, for readmes, wikis and issue trackers that draw such text themselves.

Mermaid's grammar has no quotes inside quotes and ends a label at a colon or semicolon, so whatever could mean something
to it is written as a character code.  It has neither history nor arrows into regions: a history state is a state with H
before its name, and all arrows are given after all states.
"""

from collections.abc import Iterator, Sequence

from appliance.errors import Text
from tools.drawing.charcodes import coded, commented
from tools.graph.dot import FEW, Direction
from tools.graph.picture import Arrow, Box, Picture


def mermaid_of(picture: Picture, direction: Direction = "") -> str:
    """Return the diagram as text."""
    return "\n".join([*_lines(picture, direction), ""])


def markdown_of(picture: Picture, direction: Direction = "") -> str:
    """Return the same as a piece of Markdown."""
    return f"```mermaid\n{mermaid_of(picture, direction)}```\n"


def _lines(picture: Picture, direction: Direction) -> Iterator[str]:
    count = sum(1 for _ in picture.every())
    yield f"%% {commented(picture.title)} · {Text('流程', 'flow').say(picture.language)} {picture.bundle}"
    yield "stateDiagram-v2"
    yield f"  direction {direction or ('LR' if count <= FEW else 'TB')}"
    yield f"  [*] --> {picture.initial}"
    yield from _states(picture.boxes, "  ")
    for arrow in picture.arrows:
        yield from _arrows(arrow)
    for box in picture.every():
        if box.final and box in picture.boxes:
            yield f"  {box.id} --> [*]"


def _states(boxes: Sequence[Box], indent: str) -> Iterator[str]:
    for box in boxes:
        name = f"{box.history} {box.name}" if box.history else box.name
        if not box.boxes:
            yield f'{indent}state "{coded(name)}" as {box.id}'
            for line in box.lines:
                yield f"{indent}{box.id} : {coded(line.label.text())}"
            continue
        # A state with children shows only its title: what it does itself goes there, too.
        said = "<br/>".join([coded(name), *(coded(line.label.text()) for line in box.lines)])
        yield f'{indent}state "{said}" as {box.id} {{'
        yield from _children(box, f"{indent}  ")
        yield f"{indent}}}"


def _children(box: Box, indent: str) -> Iterator[str]:
    if not box.parallel:
        if box.initial:
            yield f"{indent}[*] --> {box.initial}"
        yield from _states(box.boxes, indent)
        return
    for number, child in enumerate(box.boxes):
        # Every region stands between two rules.
        if number:
            yield f"{indent}--"
        yield from _states((child,), indent)


def _arrows(arrow: Arrow) -> Iterator[str]:
    """Yield an arrow of its own for each transition: so each can be found in the text and in a difference of two texts."""
    for label in arrow.labels:
        said = label.text()
        yield f"  {arrow.source} --> {arrow.target}" + (f" : {coded(said)}" if said else "")
    if not arrow.labels:
        yield f"  {arrow.source} --> {arrow.target}"
