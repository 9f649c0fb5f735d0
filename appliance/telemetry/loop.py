"""How late the event loop is: what every visitor waits before anybody even looks at his message.

A timer that should come every 20 ms comes late by what the loop was busy with.  Of the samples of a second the p99 is the
second-worst: one stumble (a collection of garbage, a neighbour on the machine) is no overload, however long.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from appliance.figures import QUICK, Histogram

STEP = 0.02
SAMPLES = 100
SECOND = 1.0
FEW = 10
"""Of fewer samples the worst counts: the loop was late nearly all the time.  Of more, one is a stumble."""


class Timer(Protocol):
    """What a loop gives for a call that is to come."""

    def cancel(self) -> None:
        """Let it not come."""
        ...


class Timing(Protocol):
    """What is needed of an event loop."""

    def time(self) -> float:
        """Return the loop's time in seconds."""
        ...

    def call_at(self, when: float, callback: Callable[[], object], /) -> Timer:
        """Call back at that time."""
        ...


class LoopLag:
    """Watches the running loop from `start` to `stop`.  A busy loop is sampled less often, and every sample tells of it."""

    def __init__(self, loop: Timing) -> None:
        self._loop = loop
        self._lags: deque[tuple[float, float]] = deque(maxlen=SAMPLES)
        self._due = 0.0
        self._timer: Timer | None = None
        self.lags = Histogram(QUICK)
        """All lags since the start, in seconds."""
        self.worst = 0.0
        """The worst lag (s) since `stop` or since it was last set to 0 by who reads it."""

    def start(self) -> None:
        """Begin to watch."""
        self._due = self._loop.time() + STEP
        self._timer = self._loop.call_at(self._due, self._tick)

    def stop(self) -> None:
        """Watch no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        now = self._loop.time()
        lag = max(now - self._due, 0.0)
        self._lags.append((now, lag))
        self.worst = max(self.worst, lag)
        self.lags.observe(lag)
        self._due = now + STEP
        self._timer = self._loop.call_at(self._due, self._tick)

    def p99_ms(self, seconds: float = SECOND) -> float:
        """Return the p99 lateness of the last `seconds` in ms.

        A loop that stands still takes no samples, and then its lateness is that of the sample it has not taken yet.
        """
        now = self._loop.time()
        since = now - seconds
        lags = sorted(lag for at, lag in self._lags if at >= since)
        pending = max(now - self._due, 0.0) if self._timer is not None else 0.0
        if not lags:
            return pending * 1000
        place = -2 if len(lags) >= FEW else -1
        return max(lags[place], pending if pending > lags[-1] else 0.0) * 1000
