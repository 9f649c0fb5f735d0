"""The heat map counts every message once, in its column and row."""

from appliance.errors import Text
from tools.loadtest.report.heat import edge_ms, heat_map
from tools.loadtest.results import Slot

TITLE = Text("图", "map")


def test_rows_double_from_a_quarter_millisecond() -> None:
    assert [edge_ms(row) for row in range(4)] == [0.25, 0.5, 1.0, 2.0]


def test_all_are_counted_and_the_slowest_is_named() -> None:
    chart = heat_map("k", TITLE, [Slot(0.0, [0, 3]), Slot(60.0, [1, 0, 0, 7])], [], 120.0)
    assert chart.summary.en.startswith("In all 11, half of them below")
    assert "below 2 ms" in chart.summary.en
    assert sum(int(row[1].text.en) for row in chart.table.rows) == 11


def test_an_empty_map_says_so() -> None:
    assert heat_map("k", TITLE, [], [], 1.0).summary.en == "No data."
