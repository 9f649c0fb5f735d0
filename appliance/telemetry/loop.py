"""How late the event loop is: what every visitor waits before anybody even looks at his message.

A timer that should come every 20 ms comes late by what the loop was busy with.  A hundred of these are two seconds, of which the
p99 is the second-worst: one stumble (a collection of garbage, a neighbour on the machine) is no overload.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

STEP = 0.02
SAMPLES = 100


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
        self._due = now + STEP
        self._timer = self._loop.call_at(self._due, self._tick)

    def p99_ms(self, seconds: float = SAMPLES * STEP) -> float:
        """Return the p99 lateness of the last `seconds` in ms.

        A loop that stands still takes no samples, and then its lateness is that of the sample it has not taken yet.
        """
        now = self._loop.time()
        since = now - seconds
        lags = sorted(lag for at, lag in self._lags if at >= since)
        pending = max(now - self._due, 0.0) if self._timer is not None else 0.0
        if not lags:
            return pending * 1000
        # Of few samples the worst but one would be a matter of luck: then it is the worst.
        place = -2 if len(lags) >= SAMPLES // 2 else -1
        return max(lags[place], pending if pending > lags[-1] else 0.0) * 1000
