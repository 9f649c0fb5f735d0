"""What the panel's charts show: a point a second of what this process is doing, the last five minutes of them."""

import asyncio
import gc
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from appliance.figures import PoolFigures
from appliance.telemetry import process
from appliance.telemetry.collector import GcPauses
from appliance.telemetry.profiling import tasks
from appliance.telemetry.profiling.stalls import StallWatch

EVERY = 1.0
KEPT = 300
POOL_SECONDS = 10
"""A hit ratio is told over so many seconds; over all time where nothing was asked for in them."""


class Point(Struct, frozen=True):
    """One second.  Times in ms, `at` in Unix ms, memory in bytes, `cpu` in cores, `pools` the hit ratio by pool, None without asking."""

    at: int
    lag: float
    gc: tuple[float, ...]
    rss: int
    tasks: int
    threads: int
    cpu: float
    pools: dict[str, float | None]
    load: float
    tier: int


class Vitals:
    """Takes the points from `start` to `stop`.  `ladder` returns load and tier at the moment."""

    def __init__(
        self,
        stalls: StallWatch,
        pools: Callable[[], Sequence[PoolFigures]],
        ladder: Callable[[], tuple[float, int]],
    ) -> None:
        self._stalls = stalls
        self._pools = pools
        self._ladder = ladder
        self._handle: asyncio.TimerHandle | None = None
        self._asked: deque[dict[str, tuple[int, int]]] = deque(maxlen=POOL_SECONDS)
        self._cpu = (time.monotonic(), time.process_time())
        self.pauses = GcPauses()
        self.points: deque[Point] = deque(maxlen=KEPT)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin."""
        self.pauses.start()
        self._handle = loop.call_later(EVERY, self._tick, loop)

    def stop(self) -> None:
        """End."""
        self.pauses.stop()
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self._handle = loop.call_later(EVERY, self._tick, loop)
        self.note()

    def note(self) -> None:
        """Take a point."""
        lag, self._stalls.worst = self._stalls.worst, 0.0
        load, tier = self._ladder()
        self.points.append(
            Point(
                time.time_ns() // 1_000_000,
                round(lag * 1000, 2),
                tuple(round(pause * 1000, 2) for pause in self.pauses.worst().values()),
                process.resident_bytes(),
                tasks.count(),
                threading.active_count(),
                self._cores(),
                self._ratios(),
                round(load, 3),
                tier,
            )
        )

    def _cores(self) -> float:
        (then, before), self._cpu = self._cpu, (time.monotonic(), time.process_time())
        now, after = self._cpu
        return round((after - before) / (now - then), 3) if now > then else 0.0

    def _ratios(self) -> dict[str, float | None]:
        pools = self._pools()
        first = self._asked[0] if self._asked else {}
        self._asked.append({each.pool: (each.hits, each.misses) for each in pools})
        found: dict[str, float | None] = {}
        for each in pools:
            hits, misses = first.get(each.pool, (0, 0))
            asked = each.hits - hits + each.misses - misses
            found[each.pool] = round((each.hits - hits) / asked, 4) if asked else each.hit_ratio
        return found

    def since(self, at: int) -> list[Point]:
        """Return the points after `at` (Unix ms)."""
        return [point for point in self.points if point.at > at]

    def garbage(self) -> dict[str, Any]:
        """Return what the collector did, by generation, and how it is set.  It counts what is frozen: milliseconds, so not for every second."""
        return {
            "generations": [
                {"generation": int(name), "collections": pauses.count, "seconds": round(pauses.total, 4)}
                for name, pauses in self.pauses.pauses.items()
            ],
            "thresholds": gc.get_threshold(),
            "frozen_objects": gc.get_freeze_count(),
        }
