"""How long the garbage collector stops everything, by generation."""

import gc
import time
from collections.abc import Callable
from typing import Any

from appliance.figures import QUICK, Histogram

GENERATIONS = ("0", "1", "2")


class GcPauses:
    """Times every collection from `start` to `stop`.  Seconds."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._began = 0.0
        self.pauses = {generation: Histogram(QUICK) for generation in GENERATIONS}
        self._worst = dict.fromkeys(GENERATIONS, 0.0)

    def start(self) -> None:
        """Begin to time."""
        gc.callbacks.append(self._collected)

    def stop(self) -> None:
        """Time no more.  Idempotent."""
        if self._collected in gc.callbacks:
            gc.callbacks.remove(self._collected)

    def _collected(self, phase: str, info: dict[str, Any]) -> None:
        # The collector runs in one thread at a time, and what it interrupts waits until it is done.
        if phase == "start":
            self._began = self._clock()
            return
        took = self._clock() - self._began
        generation = str(info["generation"])
        self.pauses[generation].observe(took)
        self._worst[generation] = max(self._worst[generation], took)

    def worst(self) -> dict[str, float]:
        """Return the longest pause of each generation since this was last asked, which one reader may do."""
        worst, self._worst = self._worst, dict.fromkeys(GENERATIONS, 0.0)
        return worst
