"""The picture as DOT, for Graphviz.  All sizes are worked out here (labels.py): the layout is the same on every machine.

Graphviz has no arrows between clusters, and one that is cut at a border loses its label where two clusters stand close.  So
an arrow into a state with children ends at the dot in which that state begins, and one that leaves it from wherever it is
begins at a ring of its own.  Both are what they look like: the dot leads on to the first child, the ring means "any".
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from tools.drawing.blocks import NAME, WORDS
from tools.drawing.palette import INK, LINE, PAPER
from tools.drawing.tables import font, heading_table, quoted, table
from tools.graph.labels import arrow_block, heading, history_block, legend, state_block
from tools.graph.palette import COLOURS, STATE, ground
from tools.graph.picture import Arrow, Box, Picture

FEW, MANY = 6, 250
"""Up to so many states a picture runs across the page; above so many it is laid out with less care, or it takes minutes."""

Direction = Literal["", "LR", "TB"]


def dot_of(picture: Picture, direction: Direction = "") -> str:
    """Return the DOT text; without `direction` a small flow runs from left to right, a larger one downwards."""
    return "\n".join([*_Dot(picture).lines(direction), ""])


class _Dot:
    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._boxes = {box.id: box for box in picture.every()}
        self._left = {arrow.source for arrow in picture.arrows}
        self._parents = {child.id: box.id for box in self._boxes.values() for child in box.boxes}

    def lines(self, direction: Direction) -> Iterator[str]:
        """Yield the lines of the whole graph."""
        count = len(self._boxes)
        care = "splines=line nslimit=1 nslimit1=1 mclimit=0.05" if count > MANY else "splines=spline"
        yield "digraph flow {"
        yield (
            f"  graph [rankdir={direction or ('LR' if count <= FEW else 'TB')} {care} nodesep=0.35 ranksep=0.45 "
            f"pad=0.3 bgcolor={quoted(PAPER)} labelloc=t labeljust=l {font(WORDS)} label={heading_table(heading(self._picture), legend(self._picture))}]"
        )
        yield f'  node [{font(NAME)} shape=box style=filled color={quoted(LINE)} fillcolor={quoted(STATE)} margin="0.04,0.05"]'
        yield f"  edge [{font(WORDS)} arrowsize=0.7 penwidth=1.2]"
        yield from self._begin("begin", (self._picture.initial,), "  ")
        for box in self._picture.boxes:
            yield from self._box(box, 0)
        for number, arrow in enumerate(self._picture.arrows, 1):
            yield self._arrow(arrow, number)
        yield "}"

    def _begin(self, dot: str, targets: Sequence[str], indent: str) -> Iterator[str]:
        """Yield the dot in which a state (or the flow) begins, and its arrows: several where regions begin together."""
        look = f'label="" shape=circle width=0.13 fixedsize=true color={quoted(INK)} fillcolor={quoted(INK)}'
        yield f"{indent}{dot} [id={dot} {look}]"
        for target in targets:
            yield f"{indent}{dot} -> {self._into(target)} [id={dot}_to_{target} color={quoted(INK)}]"

    def _into(self, box: str) -> str:
        return f"{box}_in" if self._boxes[box].boxes else box

    def _out_of(self, box: str) -> str:
        return f"{box}_out" if self._boxes[box].boxes else box

    def _box(self, box: Box, depth: int) -> Iterator[str]:
        indent = "  " * (depth + 1)
        if not box.boxes:
            yield f"{indent}{box.id} [id={box.id} {self._shape(box)}]"
            return
        yield f"{indent}subgraph cluster_{box.id} {{"
        yield (
            f"{indent}  graph [id={box.id} style={quoted(self._style(box))} color={quoted(LINE)} fillcolor={quoted(ground(depth))} "
            f"margin=14 labeljust=r label={table(state_block(box))}]"
        )
        yield from self._begin(f"{box.id}_in", beginnings(box), f"{indent}  ")
        if box.id in self._left:
            look = f'label="" shape=circle width=0.14 fixedsize=true color={quoted(INK)} fillcolor={quoted(STATE)}'
            yield f"{indent}  {box.id}_out [id={box.id}_out {look}]"
        for child in box.boxes:
            yield from self._box(child, depth + 1)
        yield f"{indent}}}"

    def _shape(self, box: Box) -> str:
        if box.history:
            block = history_block(box)
            across = (max(block.width, block.height) + 6) / 72
            return f"shape=circle fixedsize=true width={across:.2f} margin=0 label={table(block)}"
        border = f" peripheries=2 color={quoted(INK)}" if box.final else ""
        return f"style={quoted(self._style(box))}{border} label={table(state_block(box))}"

    def _style(self, box: Box) -> str:
        parent = self._boxes.get(self._parents.get(box.id, ""))
        return "rounded,filled,dashed" if parent is not None and parent.parallel else "rounded,filled"

    def _arrow(self, arrow: Arrow, number: int) -> str:
        colour = COLOURS[arrow.kind]
        look = [f"id=t{number}", f"color={quoted(colour)}"]
        if arrow.kind == "always":
            look.append("style=dashed")
        if arrow.vip:
            look.append("penwidth=2.6")
        if arrow.labels:
            look.append(f"label={table(arrow_block(arrow.labels, colour), PAPER)}")
        return f"  {self._out_of(arrow.source)} -> {self._into(arrow.target)} [{' '.join(look)}]"


def beginnings(box: Box) -> tuple[str, ...]:
    """Return the boxes that are entered with this one by default: the first child, or all regions."""
    if box.initial:
        return (box.initial,)
    return tuple(child.id for child in box.boxes if not child.history) if box.parallel else ()
