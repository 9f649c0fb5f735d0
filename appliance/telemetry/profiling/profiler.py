"""All that can be captured of this process, by kind, and how often it was."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence

from appliance.errors import Refused, Text
from appliance.figures import PoolFigures
from appliance.telemetry.profiling import tasks
from appliance.telemetry.profiling.cpu import CpuProfiler
from appliance.telemetry.profiling.heap import HeapWindow
from appliance.telemetry.profiling.profile import Profile, Sample, frame_of
from appliance.telemetry.profiling.stalls import StallWatch
from appliance.telemetry.profiling.vitals import Vitals

KINDS = ("cpu", "heap", "tasks", "block")
LONGEST = 60.0
"""Seconds that a capture may take."""

NO_LOCKS = (
    "there is nothing to wait for: the loop has one thread, and what it shares with the store's threads are deques, "
    "which need no lock. Who waits in an asyncio.Lock stands in the tasks profile"
)


class Profiler:
    """Watches the loop from `start` to `stop`, and takes what is asked for.

    `taken` counts the captures by kind.  `describe` tells more of a task by its frames.
    """

    def __init__(
        self,
        pools: Callable[[], Sequence[PoolFigures]] = tuple,
        ladder: Callable[[], tuple[float, int]] = lambda: (0.0, 0),
        describe: tasks.Describe = tasks.nothing_more,
    ) -> None:
        self._cpu = CpuProfiler()
        self._heap = HeapWindow()
        self.describe = describe
        self.stalls = StallWatch()
        self.vitals = Vitals(self.stalls, pools, ladder)
        self.taken: dict[str, int] = Counter(dict.fromkeys(KINDS, 0))

    def start(self) -> None:
        """Begin to watch the running loop."""
        loop = asyncio.get_running_loop()
        self.stalls.start(loop)
        self.vitals.start(loop)

    def stop(self) -> None:
        """Watch no more."""
        self.vitals.stop()
        self.stalls.stop()

    async def take(self, kind: str, seconds: float, collect: bool = True) -> Profile:
        """Return a profile over the next `seconds` (cpu, heap), of this moment (tasks), since the start or over `seconds` (block).

        Raises Refused for another kind, for more than LONGEST or less than no seconds, and while one of the same kind is taken.
        """
        if kind not in KINDS:
            raise Refused(
                "invalid",
                Text(f"没有“{kind}”这种采样。", f"There is no profile {kind!r}."),
                Text(f"有：{'、'.join(KINDS)}。", f"There are: {', '.join(KINDS)}."),
            )
        _check(seconds, 0.0 if kind in ("tasks", "block") else 0.1)
        taking = {
            "cpu": lambda: self._cpu.run(seconds),
            "heap": lambda: self._heap.run(seconds, collect),
            "tasks": lambda: tasks.everybody(self.describe),
            "block": lambda: self.stalls.run(seconds),
        }
        profile: Profile = await taking[kind]()
        self.taken[kind] += 1
        return profile

    def threads(self) -> Profile:
        """Return the threads and where each stands; Python does not remember who started one."""
        samples = [
            Sample(tuple(frame_of(*place) for place in each.stack), (1,), each.labels)
            for each in tasks.threads()
        ]
        said = ("where each thread stands now; Python does not remember what started it",)
        return Profile((("threads", "count"),), samples, time.time(), comments=said)

    def locks(self) -> Profile:
        """Return the waiting for locks: none, and why."""
        types = (("contentions", "count"), ("delay", "nanoseconds"))
        return Profile(types, [], time.time(), comments=(NO_LOCKS,))

    def counts(self) -> dict[str, int]:
        """Return how much there is of what can be seen at once."""
        return {"tasks": tasks.count(), "threads": threading.active_count(), "stalls": self.stalls.stalls}


def _check(seconds: float, least: float) -> None:
    # Written so that NaN fails, too.
    if least <= seconds <= LONGEST:
        return
    raise Refused(
        "invalid",
        Text(
            f"采样时长须在 {least:g} 到 {LONGEST:.0f} 秒之间，给的是 {seconds:g}。",
            f"A capture takes {least:g} to {LONGEST:.0f} seconds, not {seconds:g}.",
        ),
    )
