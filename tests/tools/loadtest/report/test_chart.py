"""Charts: peaks survive thinning, every chart has words and a table, hostile names stay text."""

from appliance.errors import Text
from tools.loadtest.report.axes import amount, time
from tools.loadtest.report.chart import Line, Plot, draw, thinned
from tools.loadtest.report.figures import NONE, count


def plot(label: str, points: list[tuple[float, float]]) -> Plot:
    line = Line(Text(label, label), points, "s1", area=True)
    return Plot("k", Text("题", "title"), time(0.0, 100.0), amount([9.0], count, NONE), [line], count)


def test_a_peak_survives_thinning() -> None:
    points = [(float(at), 1.0) for at in range(10_000)]
    points[4_321] = (4_321.0, 99.0)
    assert (4_321.0, 99.0) in thinned(points)
    assert len(thinned(points)) < 500


def test_a_chart_is_named_described_and_has_a_table() -> None:
    chart = draw(plot("a<b", [(0.0, 1.0), (50.0, 9.0)]))
    for language in ("zh", "en"):
        svg = chart.drawing(language)
        assert 'role="img"' in svg
        assert f'<title id="{language}-k-t">' in svg.replace("'", '"')
        assert "a<b" not in svg
    assert chart.summary.en == "a<b: highest 9 (at 50), mean 5."
    assert len(chart.table.rows) == 2


def test_no_point_at_all_is_no_error() -> None:
    assert draw(plot("a", [(float("nan"), 1.0)])).summary.en == "No data."
