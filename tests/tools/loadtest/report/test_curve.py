"""The percentile curve is read from the histogram itself."""

import random

from appliance.errors import Text
from tests.tools.loadtest.report.sample import latency
from tools.loadtest.report.curve import Curve, at_part, decoded, percentile_chart
from tools.loadtest.results import Latency

FOUND = latency(random.Random(1), 2.0, 0.5, number=2_000)
BROKEN = Latency(1, 0, 0, 0, 0, 0, 0, 0, 0, "no histogram", [])


def test_the_curve_agrees_with_the_percentiles() -> None:
    points = decoded(FOUND)
    assert points == sorted(points)
    value = at_part(Curve(Text("", ""), points), 0.5)
    assert value is not None
    # A curve is read off between its points.
    assert abs(value - FOUND.p50_ms) <= FOUND.p50_ms / 50


def test_a_damaged_histogram_is_no_curve() -> None:
    assert decoded(BROKEN) == []


def test_the_axis_shows_the_nines() -> None:
    svg = percentile_chart([Curve(Text("确认", "ack"), decoded(FOUND))]).drawing("en")
    for text in ("50%", "90%", "99%", "99.9%"):
        assert f">{text}<" in svg
