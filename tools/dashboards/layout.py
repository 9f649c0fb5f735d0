"""Where the panels of a dashboard stand: 24 columns, no overlap, no hole at the end of a line."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from appliance.telemetry.rows import Panel, PanelKind

COLUMNS = 24
FIGURE_HEIGHT = 5
CHART_HEIGHT = 8
MOST_FIGURES = 4
"""How many single figures stand in one line at most."""

ORDER: tuple[tuple[PanelKind, ...], ...] = (
    ("stat", "gauge"),
    ("state-timeline",),
    ("timeseries", "heatmap", "table"),
)
"""From top to bottom: what is read at a glance, then what needs a look."""


class Place(NamedTuple):
    """The upper left corner and the size of a panel, in Grafana's units."""

    x: int
    y: int
    w: int
    h: int


def laid_out(panels: Iterable[Panel], top: int = 0) -> Iterator[tuple[Panel, Place]]:
    """Yield every panel with its place, from `top` down; within a kind the order is kept."""
    rest = list(panels)
    y = top
    for kinds in ORDER:
        chosen = [panel for panel in rest if panel.kind in kinds]
        height = CHART_HEIGHT if "timeseries" in kinds else FIGURE_HEIGHT
        for line in _lines(chosen, _most(kinds)):
            for number, panel in enumerate(line):
                left, right = (COLUMNS * end // len(line) for end in (number, number + 1))
                yield panel, Place(left, y, right - left, height)
            y += height


def _most(kinds: tuple[PanelKind, ...]) -> int:
    if "stat" in kinds:
        return MOST_FIGURES
    return 1 if "state-timeline" in kinds else 2


def _lines(panels: list[Panel], most: int) -> Iterator[list[Panel]]:
    """Yield lines of about the same length, so that five figures are three and two rather than four and one."""
    lines = -(-len(panels) // most)
    for number in range(lines):
        begin, end = (-(-len(panels) * each // lines) for each in (number, number + 1))
        yield panels[begin:end]
