"""How much a peer may do in a while."""

from appliance.model import Millis


class Rate:
    """At most `sends` in any `per` ms, exactly.  One serves all sessions of a visitor: reconnecting gains nothing.

    `sends` may change; what was sent before counts on.
    """

    __slots__ = ("_per", "_times", "sends")

    def __init__(self, sends: int, per: Millis) -> None:
        self.sends = sends
        self._per = per
        # A list, not a deque: an idle visitor keeps one, and an empty deque weighs 760 bytes.
        self._times: list[Millis] = []

    def take(self, now: Millis) -> Millis:
        """Count one send and return 0, or return the ms until the next one is allowed and count nothing."""
        times = self._times
        horizon = now - self._per
        past = 0
        while past < len(times) and times[past] <= horizon:
            past += 1
        del times[:past]
        if len(times) >= self.sends:
            return times[-self.sends] - horizon if self.sends else self._per
        times.append(now)
        return 0


class Ceiling:
    """About `most` in `per` ms: two integers, cheap enough for every frame of every idle peer."""

    __slots__ = ("_count", "_most", "_per", "_since")

    def __init__(self, most: int, per: Millis) -> None:
        self._most = most
        self._per = per
        self._since = 0
        self._count = 0

    def passed(self, now: Millis) -> bool:
        """Count one and return whether that is too many."""
        if now - self._since >= self._per:
            self._since = now
            self._count = 0
        self._count += 1
        return self._count > self._most
