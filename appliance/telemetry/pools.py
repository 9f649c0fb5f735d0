"""The pools of kefu.yaml as Prometheus metrics, read from their own figures at the moment of the scrape.

Nothing is counted twice and nothing is spent on an event: an adapter adds to a plain integer, and whoever scrapes pays.
"""

from collections.abc import Callable, Iterable, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from appliance.figures import WAITS, PoolFigures


class PoolMetrics(Collector):
    """Collects `pools()` when it is asked."""

    def __init__(self, pools: Callable[[], Sequence[PoolFigures]]) -> None:
        self._pools = pools

    def collect(self) -> Iterable[Metric]:
        """Return the four families of all pools."""
        objects = GaugeMetricFamily(
            "kefu_pool_objects",
            "Objects of a pool: at work, ready, and how many there may be",
            labels=["pool", "state"],
        )
        acquires = CounterMetricFamily(
            "kefu_pool_acquires",
            "Requests to a pool: a hit found an object ready, a miss had to wait for one",
            labels=["pool", "result"],
        )
        waits = HistogramMetricFamily(
            "kefu_pool_wait_seconds", "How long the misses of a pool waited", labels=["pool"], unit="seconds"
        )
        left = CounterMetricFamily(
            "kefu_pool_evictions",
            "Objects given up because a pool was full or they were idle",
            labels=["pool"],
        )
        for each in self._pools():
            for state, count in (("used", each.used), ("idle", each.idle), ("size", each.size)):
                objects.add_metric([each.pool, state], count)
            acquires.add_metric([each.pool, "hit"], each.hits)
            acquires.add_metric([each.pool, "miss"], each.misses)
            waits.add_metric([each.pool], _buckets(each), each.waited)
            left.add_metric([each.pool], each.left)
        return objects, acquires, waits, left


def _buckets(figures: PoolFigures) -> list[tuple[str, float]]:
    """Return the cumulative counts that Prometheus wants, by upper edge."""
    total, buckets = 0, []
    for edge, count in zip((*map(str, WAITS), "+Inf"), figures.waits, strict=True):
        total += count
        buckets.append((edge, float(total)))
    return buckets
