"""What the parts of the appliance count of themselves, in plain numbers.

Adapters and the runtime add to them; telemetry reads them when it is asked.
"""

from bisect import bisect_left

from msgspec import Struct, field

WAITS: tuple[float, ...] = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
"""Upper edges of the waits that are counted apart, in seconds; longer ones fall behind the last."""


QUICK: tuple[float, ...] = (
    *(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0),
)
"""Upper edges of what a machine does, in seconds: a commit, an acknowledgement, a delivery, a stall of the loop."""

PATIENCE: tuple[float, ...] = (
    *(1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0),
    *(120.0, 180.0, 300.0, 600.0, 1_200.0, 1_800.0, 3_600.0),
)
"""Upper edges of what people wait for, in seconds.  30 s and 3 min are targets of service levels and must stay edges."""

SIZES: tuple[float, ...] = (64.0, 128.0, 256.0, 512.0, 1_024.0, 2_048.0, 4_096.0, 8_192.0, 16_384.0, 65_536.0)
"""Upper edges of the sizes of messages, in bytes."""

ROWS: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0)
"""Upper edges of how many units one commit of the store takes with it."""

SCORES: tuple[float, ...] = (1.0, 2.0, 3.0, 4.0, 5.0)
"""Upper edges of a visitor's rating: its values."""


class Histogram(Struct):
    """Counts what is observed by `edges` (upper, inclusive, ascending); what is above the last one falls behind it.

    `counts` has one more place than there are edges; `total` is the sum of what was observed.
    """

    edges: tuple[float, ...]
    counts: list[int] = field(default_factory=list)
    total: float = 0.0

    def __post_init__(self) -> None:
        if not self.counts:
            self.counts = [0] * (len(self.edges) + 1)

    def observe(self, value: float, times: int = 1) -> None:
        """Count one, or so many that are alike."""
        self.counts[bisect_left(self.edges, value)] += times
        self.total += value * times

    def add(self, other: "Histogram") -> None:
        """Add what another one, of the same edges, has counted."""
        self.counts = [mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True)]
        self.total += other.total

    @property
    def count(self) -> int:
        """How many there were."""
        return sum(self.counts)


class PoolFigures(Struct):
    """One pool of kefu.yaml.

    `size` is how many there may be, `used` how many are at work and `idle` how many stand ready.  A `hit` found one ready; a
    `miss` had to wait for one, `waited` seconds in all, and `waits` counts the misses by `WAITS`.  `left` counts those that
    were given up because the pool was full or they were idle for long.
    """

    pool: str
    size: int
    used: int = 0
    idle: int = 0
    hits: int = 0
    misses: int = 0
    left: int = 0
    waited: float = 0.0
    waits: list[int] = field(default_factory=lambda: [0] * (len(WAITS) + 1))

    @property
    def hit_ratio(self) -> float | None:
        """Return the share of hits; None as long as nothing was asked for."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else None

    def missed(self, seconds: float) -> None:
        """Count a miss and what it had to wait."""
        self.misses += 1
        self.waited += seconds
        self.waits[bisect_left(WAITS, seconds)] += 1


class ChannelFigures(Struct):
    """What happened to the connections of one channel.

    `ended` counts by reason, `silent` those that did not answer the heartbeat by role, `refused` requests that were answered with
    a refusal, by its code.  `direct` is how long what was there for a connection waited for its write, in seconds; `delayed` the
    same of what might wait, under load.
    """

    ended: dict[str, int] = field(default_factory=dict)
    silent: dict[str, int] = field(default_factory=lambda: {"visitor": 0, "agent": 0})
    refused: dict[str, int] = field(default_factory=dict)
    direct: Histogram = field(default_factory=lambda: Histogram(QUICK))
    delayed: Histogram = field(default_factory=lambda: Histogram(QUICK))


class HandshakeFigures(Struct):
    """Handshakes by result, and how long it took in seconds to decide on those that were let in."""

    results: dict[str, int] = field(default_factory=dict)
    seconds: Histogram = field(default_factory=lambda: Histogram(QUICK))

    def count(self, result: str) -> None:
        """Count one."""
        self.results[result] = self.results.get(result, 0) + 1


class CommitFigures(Struct):
    """The store's queue.  Seconds; the writer's thread fills it in, and a reader on the loop may see it half a batch old.

    `last_wait` is how long the first unit of the last batch waited for its turn, `least_wait` the least such wait since it was
    last taken (None: there was none), `each` what a row takes: the last batches count most.  `seconds` and `rows` are of
    each batch.
    """

    last_wait: float = 0.0
    least_wait: float | None = None
    each: float = 0.0
    seconds: Histogram = field(default_factory=lambda: Histogram(QUICK))
    rows: Histogram = field(default_factory=lambda: Histogram(ROWS))

    def turn(self, waited: float) -> None:
        """A batch has its turn, and its first unit waited so long."""
        self.last_wait = waited
        least = self.least_wait
        self.least_wait = waited if least is None else min(least, waited)

    def committed(self, rows: int, seconds: float) -> None:
        """A batch of so many rows is on the disk."""
        self.seconds.observe(seconds)
        self.rows.observe(rows)

    def took(self, rows: int, seconds: float) -> None:
        """A batch of so many rows is done."""
        each = seconds / rows
        self.each = 0.7 * self.each + 0.3 * each if self.each else each
