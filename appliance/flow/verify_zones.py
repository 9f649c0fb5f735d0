"""Sets of moments: which readings several clocks can show together.

Time has infinitely many moments but a flow tells only a few apart, so whole sets of them are explored at once.  A zone holds
for every two clocks how far one may be ahead of the other (a difference-bound matrix); readings are whole milliseconds, so
every bound is inclusive and nothing is rounded.
"""

from collections.abc import Hashable, Mapping

Clock = Hashable
FREE = 1 << 60
"""The bound of a difference that may grow for ever."""


class Zone:
    """Readings of `clocks`.  `bounds` is a square in one list: entry (i, j) is the most that clock i is ahead of clock j.

    Row and column 0 stand for a clock that always shows zero.  The bounds are always as tight as they can be, which
    makes inclusion a comparison and the far corner a reading that is possible.
    """

    __slots__ = ("bounds", "clocks")

    def __init__(self, clocks: tuple[Clock, ...] = (), bounds: list[int] | None = None) -> None:
        self.clocks = clocks
        self.bounds = [0] * (len(clocks) + 1) ** 2 if bounds is None else bounds

    def copy(self) -> "Zone":
        """Return an equal zone that may be changed."""
        return Zone(self.clocks, self.bounds.copy())

    def elapse(self) -> None:
        """Let any time pass."""
        side = len(self.clocks) + 1
        for row in range(1, side):
            self.bounds[row * side] = FREE

    def limit(self, clock: Clock, low: int, high: int = FREE) -> bool:
        """Keep the readings with low <= clock <= high; return whether any is left.  Use no zone that is empty."""
        place = self.clocks.index(clock) + 1
        return (high >= FREE or self._tighten(place, 0, high)) and (low <= 0 or self._tighten(0, place, -low))

    def _tighten(self, row: int, column: int, bound: int) -> bool:
        bounds, side = self.bounds, len(self.clocks) + 1
        if bounds[row * side + column] <= bound:
            return True
        if bounds[column * side + row] + bound < 0:
            return False
        for one in range(side):
            before = bounds[one * side + row]
            if before >= FREE:
                continue
            before += bound
            for other in range(side):
                after = bounds[column * side + other]
                if after < FREE and before + after < bounds[one * side + other]:
                    bounds[one * side + other] = before + after
        return True

    def onto(self, clocks: tuple[Clock, ...], fresh: frozenset[Clock]) -> "Zone":
        """Return the readings of `clocks` after those in `fresh` were set to zero; a clock that is new must be fresh."""
        side = len(self.clocks) + 1
        where = {clock: place for place, clock in enumerate(self.clocks, 1)}
        places = [0, *(0 if clock in fresh else where[clock] for clock in clocks)]
        return Zone(clocks, [self.bounds[one * side + other] for one in places for other in places])

    def widen(self, limits: Mapping[Clock, int]) -> None:
        """Forget what no guard can tell apart: a clock beyond its limit is only "late".

        Without it a clock that is never reset would make every round of a loop a new state.
        """
        bounds, side = self.bounds, len(self.clocks) + 1
        most = [0, *(limits[clock] for clock in self.clocks)]
        changed = False
        for row in range(side):
            for column in range(side):
                bound = bounds[row * side + column]
                if row and row != column and most[row] < bound < FREE:
                    bounds[row * side + column] = FREE
                    changed = True
                elif bound < -most[column]:
                    bounds[row * side + column] = -most[column]
                    changed = True
        if changed:
            self._close()

    def _close(self) -> None:
        bounds, side = self.bounds, len(self.clocks) + 1
        for between in range(side):
            for one in range(side):
                first = bounds[one * side + between]
                if first >= FREE:
                    continue
                for other in range(side):
                    second = bounds[between * side + other]
                    if second < FREE and first + second < bounds[one * side + other]:
                        bounds[one * side + other] = first + second

    def within(self, other: "Zone") -> bool:
        """Whether every reading of this zone is one of `other`, which has the same clocks."""
        return all(map(int.__le__, self.bounds, other.bounds))

    def late(self, beyond: int) -> dict[Clock, int]:
        """Return one possible reading, each clock as late as it can be; one without a bound a little after `beyond`."""
        side = len(self.clocks) + 1
        zone = self
        if any(self.bounds[row * side] >= FREE for row in range(1, side)):
            zone = self.copy()
            for row in range(1, side):
                if zone.bounds[row * side] >= FREE:
                    zone.limit(self.clocks[row - 1], 0, max(beyond, -zone.bounds[row]) + 1)
        return {clock: zone.bounds[row * side] for row, clock in enumerate(self.clocks, 1)}
