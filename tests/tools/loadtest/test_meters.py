"""Each latency lands in the histogram and in the column of its second, below the right edge."""

import pytest
from hdrh.histogram import HdrHistogram

from tools.loadtest.meters import EDGES_MS, LONGEST_US, Faults, Meter, Seconds


@pytest.mark.parametrize(
    ("ms", "column"), [(0.0, 0), (0.24, 0), (0.25, 1), (0.49, 1), (0.5, 2), (1.0, 3), (7.9, 5), (1e9, 19)]
)
def test_the_heat_map_counts_below_its_edges(ms: float, column: int) -> None:
    meter = Meter()
    meter.record(3, ms / 1000)
    counts = meter.heat[3]
    assert counts.index(1) == column
    assert sum(counts) == 1
    assert ms < EDGES_MS[column] or column == len(EDGES_MS) - 1


def test_a_meter_travels() -> None:
    meter = Meter()
    for ms in (1, 2, 3):
        meter.record(0, ms / 1000)
    meter.record(0, 10 * LONGEST_US / 1e6)
    kept = meter.kept()
    again = HdrHistogram.decode(kept.histogram)
    assert again.get_total_count() == 4
    assert again.get_value_at_percentile(50) == pytest.approx(2_000, rel=0.001)
    assert again.get_max_value() <= LONGEST_US * 1.001


def test_seconds_and_faults_add_up() -> None:
    seconds = Seconds()
    seconds.count("sent", 1)
    seconds.count("sent", 2, 3)
    assert (seconds.rows[1]["sent"], seconds.rows[2]["sent"], seconds.sums["sent"]) == (1, 3, 4)
    faults = Faults()
    faults.add("close 1006", 2.0, "first")
    faults.add("close 1006", 9.0, "second")
    (fault,) = faults.all()
    assert (fault.count, fault.first_at_s, fault.example) == (2, 2.0, "first")
