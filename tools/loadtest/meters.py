"""What one process measures: histograms of latency, a heat map by second, counters by second.  Cheap enough for each message."""

from collections import defaultdict

from hdrh.histogram import HdrHistogram
from msgspec import Struct

LONGEST_US = 3_600_000_000
"""Longer latencies than an hour are counted as an hour."""

DIGITS = 3
EDGES_MS = tuple(0.25 * 2**step for step in range(20))
"""The upper edges of the heat map: 0.25 ms to 131 s."""

SERIES = ("offered", "sent", "acked", "delivered", "refused", "opened", "failed")


def histogram() -> HdrHistogram:
    """Return an empty histogram of microseconds."""
    return HdrHistogram(1, LONGEST_US, DIGITS)


class Kept(Struct):
    """A latency as it travels between processes: the encoded histogram, the heat map by second of the run."""

    histogram: bytes
    total_us: float
    heat: dict[int, list[int]]


class Meter:
    """One latency."""

    def __init__(self) -> None:
        self.histogram = histogram()
        self.total_us = 0.0
        self.heat: dict[int, list[int]] = defaultdict(lambda: [0] * len(EDGES_MS))

    def record(self, second: int, seconds: float) -> None:
        """Count a latency of `seconds`, seen in the given second of the run."""
        micros = seconds * 1e6
        whole = int(micros) if micros >= 1 else 1
        self.histogram.record_value(min(whole, LONGEST_US))
        self.total_us += micros
        # The edges double: the place is the number of bits of the latency in units of the first edge.
        self.heat[second][min((whole // 250).bit_length(), len(EDGES_MS) - 1)] += 1

    def kept(self) -> Kept:
        """Return the form that travels."""
        return Kept(self.histogram.encode(), self.total_us, dict(self.heat))


class Seconds:
    """Counters by second of the run, and their sums."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(SERIES, 0))
        self.sums = dict.fromkeys(SERIES, 0)

    def count(self, name: str, second: int, more: int = 1) -> None:
        """Count."""
        self.rows[second][name] += more
        self.sums[name] += more


class Fault(Struct):
    """One kind of error: how often, when first (s of the run), an example."""

    kind: str
    count: int
    first_at_s: float
    example: str


class Faults:
    """Errors by kind."""

    def __init__(self) -> None:
        self._found: dict[str, Fault] = {}

    def add(self, kind: str, at: float, example: str = "") -> None:
        """Count one."""
        fault = self._found.get(kind)
        if fault is None:
            self._found[kind] = Fault(kind, 1, at, example[:300])
        else:
            fault.count += 1

    def all(self) -> list[Fault]:
        """Return them."""
        return list(self._found.values())
