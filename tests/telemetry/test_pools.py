"""Pools as Prometheus metrics, judged by Prometheus' own parser of its text."""

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from appliance.figures import PoolFigures
from appliance.telemetry.pools import PoolMetrics


def samples(*pools: PoolFigures) -> dict[tuple[str, ...], float]:
    """Return what a scrape finds: by name, pool, and whatever else tells the series apart."""
    registry = CollectorRegistry()
    registry.register(PoolMetrics(lambda: pools))
    text = generate_latest(registry).decode()
    return {
        (sample.name, sample.labels.pop("pool"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_sizes_hits_misses_and_waits() -> None:
    figures = PoolFigures("sessions", 20_000, used=3, idle=400, hits=90, left=7)
    figures.missed(0.003)
    figures.missed(0.04)
    figures.missed(3.0)
    found = samples(figures, PoolFigures("db", 4))
    assert found["kefu_pool_objects", "sessions", "used"] == 3
    assert found["kefu_pool_objects", "sessions", "idle"] == 400
    assert found["kefu_pool_objects", "sessions", "size"] == 20_000
    assert found["kefu_pool_acquires_total", "sessions", "hit"] == 90
    assert found["kefu_pool_acquires_total", "sessions", "miss"] == 3
    assert found["kefu_pool_evictions_total", "sessions"] == 7
    assert found["kefu_pool_wait_seconds_bucket", "sessions", "0.0025"] == 0
    assert found["kefu_pool_wait_seconds_bucket", "sessions", "0.005"] == 1
    assert found["kefu_pool_wait_seconds_bucket", "sessions", "0.05"] == 2
    assert found["kefu_pool_wait_seconds_bucket", "sessions", "+Inf"] == 3
    assert found["kefu_pool_wait_seconds_count", "sessions"] == 3
    assert abs(found["kefu_pool_wait_seconds_sum", "sessions"] - 3.043) < 1e-9
    # A pool that nobody has used yet has all its series, at zero: a ratio over nothing would have none.
    assert found["kefu_pool_acquires_total", "db", "miss"] == 0


def test_every_scrape_asks_anew() -> None:
    figures = PoolFigures("db", 4)
    assert samples(figures)["kefu_pool_acquires_total", "db", "hit"] == 0
    figures.hits += 2
    assert samples(figures)["kefu_pool_acquires_total", "db", "hit"] == 2
