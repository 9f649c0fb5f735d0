"""The pools of kefu.yaml as metrics, read from their own figures."""

from collections.abc import Sequence

from appliance.figures import WAITS, Histogram, PoolFigures
from appliance.telemetry.scrape import Labels, Values


def pool_values(pools: Sequence[PoolFigures]) -> dict[str, Values]:
    """Return the values of the four metrics of all pools."""
    objects: dict[Labels, float] = {}
    acquires: dict[Labels, float] = {}
    for each in pools:
        objects |= {
            (each.pool, "used"): each.used,
            (each.pool, "idle"): each.idle,
            (each.pool, "size"): each.size,
        }
        acquires |= {(each.pool, "hit"): each.hits, (each.pool, "miss"): each.misses}
    waits: dict[Labels, Histogram] = {each.pool: Histogram(WAITS, each.waits, each.waited) for each in pools}
    left: dict[Labels, float] = {each.pool: each.left for each in pools}
    return {
        "kefu_pool_objects": objects,
        "kefu_pool_acquires_total": acquires,
        "kefu_pool_wait_seconds": waits,
        "kefu_pool_evictions_total": left,
    }
