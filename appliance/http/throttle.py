"""How often somebody may try a password: each failure makes the next try wait longer.

Two counters run side by side.  The one for an address stops a guesser; the one for a login stops many addresses that
guess together, but its waits stay short, so that a stranger cannot lock an agent out of his own account.
"""

from msgspec import Struct

from appliance.model import Millis


class Pace(Struct, frozen=True):
    """The first `free` failures cost nothing, then the wait doubles from one second up to `longest` ms.

    After `forget` ms without a failure everything is forgiven.
    """

    free: int
    longest: Millis
    forget: Millis = 3_600_000


BY_LOGIN = Pace(free=5, longest=30_000)
BY_ADDRESS = Pace(free=10, longest=900_000)
MOST_REMEMBERED = 20_000


class Throttle:
    """Counts failures by key.  At most MOST_REMEMBERED keys are kept; the one that failed longest ago goes first."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._failures: dict[str, tuple[int, Millis]] = {}

    def wait(self, key: str, now: Millis) -> Millis:
        """Return how many ms `key` has to wait before its next try, 0 when it may try at once."""
        count, last = self._failures.get(key, (0, 0))
        if count < self._pace.free or now - last >= self._pace.forget:
            return 0
        until = last + min(1_000 << min(count - self._pace.free, 30), self._pace.longest)
        return max(0, until - now)

    def failed(self, key: str, now: Millis) -> None:
        """Count a failure."""
        count, last = self._failures.pop(key, (0, now))
        if now - last >= self._pace.forget:
            count = 0
        # Taken out and put back, the key stands last: the first one is always the one that failed longest ago.
        self._failures[key] = (count + 1, now)
        if len(self._failures) > MOST_REMEMBERED:
            del self._failures[next(iter(self._failures))]

    def succeeded(self, key: str) -> None:
        """Forgive."""
        self._failures.pop(key, None)

    def forgive(self, key: str) -> None:
        """Take one counted failure back: it was none."""
        count, last = self._failures.get(key, (0, 0))
        if count > 1:
            self._failures[key] = (count - 1, last)
        else:
            self.succeeded(key)
