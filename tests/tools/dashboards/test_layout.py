"""Panels stand beside and below each other, never on each other."""

from hypothesis import given
from hypothesis import strategies as some

from appliance.errors import Text
from appliance.telemetry.rows import Panel, PanelKind
from tools.dashboards.layout import COLUMNS, laid_out
from tools.dashboards.panels import KINDS


def panel(kind: PanelKind, title: str) -> Panel:
    return Panel("service", Text(title, title), kind, (), "short", Text("", ""))


@given(some.lists(some.sampled_from(KINDS), max_size=40))
def test_every_cell_belongs_to_one_panel_and_lines_are_full(kinds: list[PanelKind]) -> None:
    given_panels = [panel(kind, str(number)) for number, kind in enumerate(kinds)]
    placed = list(laid_out(given_panels))
    assert sorted(each.title.en for each, _ in placed) == sorted(each.title.en for each in given_panels)
    cells = [
        (x, y)
        for _, place in placed
        for x in range(place.x, place.x + place.w)
        for y in range(place.y, place.y + place.h)
    ]
    assert len(cells) == len(set(cells))
    height = max((y for _, y in cells), default=-1) + 1
    assert len(cells) == COLUMNS * height


def test_figures_stand_on_top_and_five_of_them_are_three_and_two() -> None:
    kinds: list[PanelKind] = ["timeseries", "stat", "stat", "stat", "stat", "stat", "state-timeline"]
    placed = [(each.kind, place.y, place.w) for each, place in laid_out(panel(kind, "") for kind in kinds)]
    assert placed == [
        ("stat", 0, 8),
        ("stat", 0, 8),
        ("stat", 0, 8),
        ("stat", 5, 12),
        ("stat", 5, 12),
        ("state-timeline", 10, 24),
        ("timeseries", 15, 24),
    ]
