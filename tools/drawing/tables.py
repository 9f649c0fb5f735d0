"""Text for Graphviz: its HTML-like tables with every cell as large as blocks.py says, so no font of the machine is asked."""

from collections.abc import Iterable
from html import escape

from tools.drawing.blocks import Block, Row
from tools.drawing.palette import FONTS, INK

PLAIN = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"'
"""The beginning of a table without lines; what is still to be said, and ">", follow."""


def table(block: Block, paper: str = "") -> str:
    """Return a block as a label, on a ground of its own if need be."""
    rows = "".join(f"<TR>{cell(row, block.width)}</TR>" for row in block.rows)
    paper = f' BGCOLOR="{paper}"' if paper else ""
    return f"<{PLAIN}{paper}>{rows}</TABLE>>"


def heading_table(block: Block, legend: Iterable[Row]) -> str:
    """Return the heading of a picture with the entries of its legend in one line below."""
    rows = "".join(f"<TR>{cell(row, round(row.width) + 6, 'LEFT')}</TR>" for row in block.rows)
    entries = "".join(cell(row, round(row.width) + 12, "LEFT") for row in legend)
    if entries:
        rows += f'<TR><TD ALIGN="LEFT">{PLAIN}><TR>{entries}</TR></TABLE></TD></TR>'
    return f"<{PLAIN}>{rows}</TABLE>>"


def cell(row: Row, width: int, align: str = "CENTER", more: str = "") -> str:
    """Return one cell `width` points wide; `more` are further attributes."""
    # Graphviz reads control characters of any text as the end of its patience; what cannot be seen is left out.
    text = escape("".join(char for char in row.text if char.isprintable()), quote=False) or " "
    text = f"<B>{text}</B>" if row.bold else text
    text = f'<FONT COLOR="{row.colour}" POINT-SIZE="{row.size}">{text}</FONT>'
    return f'<TD FIXEDSIZE="TRUE" WIDTH="{width}" HEIGHT="{row.height}" ALIGN="{align}"{more}>{text}</TD>'


def font(size: int) -> str:
    """Return the attributes that set the type of a graph, its nodes or its edges."""
    return f"fontname={quoted(FONTS[0])} fontsize={size} fontcolor={quoted(INK)}"


def quoted(text: str) -> str:
    """Return a value of an attribute; it must hold no quotes itself."""
    return f'"{text}"'
