"""Turns results into the table that a person reads and the JSON that is compared with last month's."""

import platform
from collections.abc import Sequence
from unicodedata import east_asian_width

import msgspec

from tests.bench.result import Result

_HEAD = ("measurement", "value", "unit", "goal", "met", "reference", "ratio")


def table(results: Sequence[Result]) -> str:
    """Return an aligned table, one line a result; numbers stand to the right, names to the left.  Notes follow it."""
    rows = [_HEAD, *(_cells(result) for result in results)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(_HEAD))]
    notes = [f"{result.name}: {result.note}" for result in results if result.note]
    return "\n".join([*(_line(row, widths) for row in rows), *notes])


def document(results: Sequence[Result], *, quick: bool, cores: int | None) -> bytes:
    """Return build/bench.json: the machine, whether it was a quick run, and every result with its ratio."""
    rows = [{**msgspec.to_builtins(result), "ratio": result.ratio, "met": result.met} for result in results]
    machine = {"python": platform.python_version(), "machine": platform.machine(), "cores": cores}
    return msgspec.json.format(msgspec.json.encode({"quick": quick, **machine, "results": rows})) + b"\n"


def _cells(result: Result) -> tuple[str, ...]:
    met = {True: "yes", False: "NO", None: ""}[result.met]
    ratio = "" if result.ratio is None else f"{result.ratio:.2f}"
    numbers = _number(result.value), result.unit, _number(result.goal), met, _number(result.reference)
    return (result.name, *numbers, ratio)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [row[0] + " " * (widths[0] - _width(row[0]))]
    cells += [" " * (width - _width(cell)) + cell for cell, width in zip(row[1:], widths[1:], strict=True)]
    return "  ".join(cells).rstrip()


def _width(text: str) -> int:
    """Return the columns that a terminal gives to `text`: a Chinese character takes two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
