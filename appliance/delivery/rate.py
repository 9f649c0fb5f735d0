"""How much a peer may do in a while."""

from msgspec import Struct

from appliance.model import Millis


class Rate(Struct, gc=False):
    """At most `sends` in any `per` ms, exactly.  One serves all sessions of a visitor: reconnecting gains nothing.

    `sends` may change; what was sent before counts on.  `times` are those of the last sends: a list, made when it is needed,
    because whoever is here keeps one.
    """

    sends: int
    per: Millis
    times: list[Millis] | None = None

    def take(self, now: Millis) -> Millis:
        """Count one send and return 0, or return the ms until the next one is allowed and count nothing."""
        times = self.times = self.times or []
        horizon = now - self.per
        past = 0
        while past < len(times) and times[past] <= horizon:
            past += 1
        del times[:past]
        if len(times) >= self.sends:
            return times[-self.sends] - horizon if self.sends else self.per
        times.append(now)
        return 0


class Ceiling(Struct, gc=False):
    """About `most` in `per` ms: two integers, cheap enough for every frame of every idle peer."""

    most: int
    per: Millis
    since: Millis = 0
    count: int = 0

    def passed(self, now: Millis) -> bool:
        """Count one and return whether that is too many."""
        if now - self.since >= self.per:
            self.since = now
            self.count = 0
        self.count += 1
        return self.count > self.most
