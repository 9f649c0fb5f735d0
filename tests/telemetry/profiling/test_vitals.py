"""The points of the charts."""

import asyncio
import gc

from appliance.figures import PoolFigures
from appliance.telemetry.profiling.stalls import StallWatch
from appliance.telemetry.profiling.vitals import Vitals


async def test_a_point_tells_of_its_second() -> None:
    stalls, pools = StallWatch(), [PoolFigures("db", 4, hits=3, misses=1), PoolFigures("none", 1)]
    vitals = Vitals(stalls, lambda: pools, lambda: (0.7512, 2))
    before = list(gc.callbacks)
    vitals.start(asyncio.get_running_loop())
    try:
        stalls.worst = 0.0421
        gc.collect()
        vitals.note()
        pools[0].hits += 8
        vitals.note()
    finally:
        vitals.stop()
    assert gc.callbacks == before
    first, second = vitals.points
    assert (first.lag, second.lag) == (42.1, 0.0)
    assert (first.load, first.tier) == (0.751, 2)
    assert first.gc[2] > 0
    assert second.gc == (0.0, 0.0, 0.0)
    assert first.rss > 10_000_000
    assert first.tasks >= 1
    assert first.threads >= 1
    # Over all time at first, then over the last seconds; None where nothing was ever asked for.
    assert first.pools == {"db": 0.75, "none": None}
    assert second.pools == {"db": 1.0, "none": None}
    assert vitals.since(0) == [first, second]
    assert vitals.since(max(first.at, second.at)) == []
    assert vitals.garbage()["generations"][2]["collections"] >= 1
