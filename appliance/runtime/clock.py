"""The time of this appliance: wall time that never runs backwards, whatever happens to the machine's clock.

Waiting times, timers and the order of logs would all suffer from a clock that an operator or NTP sets back.  So the wall
clock is asked once, at the start, and is not believed when the log has already seen a later time; from then on only
elapsed time counts.  CLOCK_BOOTTIME goes on while the machine sleeps, so a timer is not late by the length of a nap.
"""

import time
from collections.abc import Callable
from functools import partial

from appliance.model import Millis


def _wall() -> int:
    return time.time_ns()


# Without a frame of its own: it is asked several times for every message.
_elapsed = partial(time.clock_gettime_ns, time.CLOCK_BOOTTIME)


class SystemClock:
    """Implements ports.Clock.  `newest` is the time of the newest log entry, 0 when there is none.

    `wall` and `elapsed` return nanoseconds and are arguments for tests only.
    """

    __slots__ = ("_elapsed", "_offset")

    def __init__(
        self, newest: Millis = 0, *, wall: Callable[[], int] = _wall, elapsed: Callable[[], int] = _elapsed
    ) -> None:
        self._elapsed = elapsed
        self._offset = max(wall(), newest * 1_000_000) - elapsed()

    def now(self) -> Millis:
        """Return the time in ms."""
        return (self._offset + self._elapsed()) // 1_000_000
