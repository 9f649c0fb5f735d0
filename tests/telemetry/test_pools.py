"""Pools as metrics."""

from typing import Any

from appliance.figures import Histogram, PoolFigures
from appliance.telemetry.metrics import BY_NAME
from appliance.telemetry.pools import pool_values


def test_sizes_hits_misses_and_waits() -> None:
    figures = PoolFigures("sessions", 20_000, used=3, idle=400, hits=90, left=7)
    figures.missed(0.003)
    figures.missed(3.0)
    found: dict[str, Any] = pool_values([figures, PoolFigures("db", 4)])
    assert found["kefu_pool_objects"]["sessions", "used"] == 3
    assert found["kefu_pool_objects"]["sessions", "idle"] == 400
    assert found["kefu_pool_objects"]["sessions", "size"] == 20_000
    assert found["kefu_pool_acquires_total"]["sessions", "hit"] == 90
    assert found["kefu_pool_acquires_total"]["sessions", "miss"] == 2
    assert found["kefu_pool_evictions_total"]["sessions"] == 7
    waits = found["kefu_pool_wait_seconds"]["sessions"]
    assert isinstance(waits, Histogram)
    assert (waits.count, waits.counts[3], waits.counts[-1]) == (2, 1, 1)
    assert waits.edges == BY_NAME["kefu_pool_wait_seconds"].buckets
    # A pool that nobody has used yet has all its series, at zero: a ratio over nothing would have none.
    assert found["kefu_pool_acquires_total"]["db", "miss"] == 0
