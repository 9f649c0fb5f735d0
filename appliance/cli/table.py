"""Columns for a terminal, where a Chinese character takes two places."""

from collections.abc import Sequence

from appliance.config.diagnostics import cells


def width(text: str) -> int:
    """Return the places that a text takes."""
    return sum(map(cells, text))


def padded(text: str, places: int) -> str:
    """Return the text, filled up with blanks."""
    return text + " " * max(0, places - width(text))


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return one line a row, columns one under the other; the last one is as long as it is."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)][:-1]
    return ["  ".join([*map(padded, row, widths), row[-1]]).rstrip() for row in rows]
