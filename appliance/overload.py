"""The overload ladder: signals in, switches out.  Pure, so that a storm of an hour is a test of a millisecond.

Under pressure lesser features go off tier by tier and come back tier by tier; what was promised (a committed message, an ack,
a resume) is never among them.  The thresholds are those of kefu.yaml; how long a threshold must be passed is fixed here.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from appliance.config.spec import Threshold
from appliance.model import Millis

LOOP_LAG_MS = 100.0
COMMIT_WAIT_MS = 20.0
MOST_CPU = 0.84
"""A busy core alone is not overload: it never counts for more than this."""

BATCH: Millis = 250
TIERS: Final[Mapping[str, int]] = {"read_receipts_off": 1, "delay_push": 2, "simple_protocol": 3}
ENTER: Final[Mapping[int, Millis]] = {1: 2_000, 2: 2_000, 3: 1_000}
LEAVE: Final[Mapping[int, Millis]] = {1: 10_000, 2: 20_000, 3: 30_000}
"""For so long a threshold must be passed, without a break, before its tier is entered or left."""


class Signals(Struct, frozen=True):
    """What was measured of the process since the last sample.

    `loop_lag` is the p99 lateness of the event loop (ms), `commit_wait` the least wait of a unit before its commit (ms), `cpu` the
    share of one core that the loop's thread used; `outbound`, `memory` and `files` are shares of their limits.
    """

    loop_lag: float = 0.0
    commit_wait: float = 0.0
    cpu: float = 0.0
    outbound: float = 0.0
    memory: float = 0.0
    files: float = 0.0


class Load(Struct, frozen=True):
    """How loaded the appliance is: the largest of the components (1.0 is all there is), and which one that is."""

    ratio: float
    cause: str
    components: dict[str, float]


def load_of(signals: Signals) -> Load:
    """Return the load that these signals mean."""
    components = {
        "loop": signals.loop_lag / LOOP_LAG_MS,
        "commit": signals.commit_wait / COMMIT_WAIT_MS,
        "cpu": min(signals.cpu, MOST_CPU),
        "outbound": signals.outbound,
        "memory": signals.memory,
        "files": signals.files,
    }
    cause = max(components, key=components.__getitem__)
    return Load(components[cause], cause, components)


IDLE = load_of(Signals())


class Switches(Struct, frozen=True):
    """What is on.  Durations in ms: `push_delay` is how long a push to an ordinary visitor may wait, `batch` how long anybody's
    may, so that several go in one write; acks wait for neither.  `presence`: the desk is shown at each change."""

    receipts: bool = True
    typing: bool = True
    push_delay: Millis = 0
    batch: Millis = 0
    presence: bool = True
    newcomers: bool = True

    @property
    def off(self) -> tuple[str, ...]:
        """Return what is off or slowed down, by the names that the wire and the metrics use."""
        found = (
            ("read_receipts", not self.receipts),
            ("typing", not self.typing),
            ("push_delay", self.push_delay > 0),
            ("batching", self.batch > 0),
            ("presence", not self.presence),
            ("new_visitors", not self.newcomers),
        )
        return tuple(name for name, off in found if off)


FEATURES: Final = ("read_receipts", "typing", "push_delay", "batching", "presence", "new_visitors")
ALL_ON: Final = Switches()


def switches_of(tier: int, rungs: Sequence[Threshold]) -> Switches:
    """Return the switches of a tier: those of its rung and of all rungs below it."""
    receipts, push_delay, simple = True, 0, False
    for rung in rungs:
        number = TIERS[rung.action]
        if number > tier:
            continue
        if number == 1:
            receipts = False
        elif number == 2:
            push_delay = rung.delay
        else:
            simple = True
    if receipts and not push_delay and not simple:
        return ALL_ON
    return Switches(receipts, receipts, push_delay, BATCH if simple else 0, not simple, not simple)


class Change(Struct, frozen=True):
    """A step from one tier to the next.  `cause` is a component of the load, or who asked for it: operator, rehearsal; "" when the
    load has fallen."""

    at: Millis
    before: int
    after: int
    load: float
    cause: str


class Ladder:
    """The automatic tier: up when a threshold is passed for long enough, down, one tier at a time, when it is long past.

    The gap between a rung's `enter` and `leave`, and the two durations, are what keeps it from swinging.
    """

    def __init__(self, rungs: Sequence[Threshold]) -> None:
        self.tier = 0
        self._above: dict[int, Millis] = {}
        """Since when the load has been above the threshold of each tier."""
        self._below: Millis | None = None
        """Since when it has been below what leaves the present tier."""
        self.replace(rungs)

    def replace(self, rungs: Sequence[Threshold]) -> None:
        """Go by other thresholds from now on.  A tier that no longer exists is left at the next sample."""
        self._rungs = {TIERS[rung.action]: rung for rung in rungs}
        self._above.clear()
        self._below = None

    def sample(self, ratio: float, now: Millis) -> int:
        """Take the load of this moment and return the tier, which differs from the last one by at most one rung."""
        for tier, rung in self._rungs.items():
            if ratio > rung.enter:
                self._above.setdefault(tier, now)
            else:
                self._above.pop(tier, None)
        wanted = max((tier for tier, since in self._above.items() if now - since >= ENTER[tier]), default=0)
        if wanted > self.tier:
            self.tier = min(tier for tier in self._rungs if tier > self.tier)
            self._below = None
        elif self.tier:
            self._fall(ratio, now)
        return self.tier

    def _fall(self, ratio: float, now: Millis) -> None:
        rung = self._rungs.get(self.tier)
        if rung is not None and ratio >= rung.leave:
            self._below = None
            return
        if self._below is None:
            self._below = now
        if rung is None or now - self._below >= LEAVE[self.tier]:
            self.tier = max((tier for tier in self._rungs if tier < self.tier), default=0)
            self._below = None


class Forced(Struct, frozen=True):
    """A tier that somebody asked for, until then.  `least`: the automatic one counts when it is higher (a rehearsal is no
    reason not to defend oneself)."""

    tier: int
    until: Millis
    by: str
    least: bool = False


class Controller:
    """The tier that counts: what somebody forces, else the ladder's.  It moves by one tier a sample."""

    def __init__(self, rungs: Sequence[Threshold], now: Millis) -> None:
        self._ladder = Ladder(rungs)
        self._rungs = tuple(rungs)
        self._plan: list[Forced] = []
        self.tier = 0
        self.since = now
        self.cause = ""
        """Why the tier is what it is: a component of the load, "operator" or "rehearsal"; "" at tier 0."""
        self.load = IDLE
        self.switches = ALL_ON

    @property
    def rungs(self) -> tuple[Threshold, ...]:
        """Return the thresholds that count."""
        return self._rungs

    @property
    def automatic(self) -> int:
        """Return the tier that the load alone asks for."""
        return self._ladder.tier

    def replace(self, rungs: Sequence[Threshold]) -> None:
        """Go by other thresholds from now on."""
        if tuple(rungs) != self._rungs:
            self._rungs = tuple(rungs)
            self._ladder.replace(rungs)
            self.switches = switches_of(self.tier, rungs)

    def forced(self, now: Millis) -> Forced | None:
        """Return what is forced at this moment."""
        return next((each for each in self._plan if now < each.until), None)

    def force(self, forced: Forced | None) -> None:
        """Hold a tier, or (None) leave it to the load again."""
        self._plan = [] if forced is None else [forced]

    def rehearse(self, hold: Millis, now: Millis) -> Millis:
        """Go up all tiers and down again, holding each so long; return when it is over (ms)."""
        self._plan = [
            Forced(tier, now + hold * place, "rehearsal", least=True)
            for place, tier in enumerate((1, 2, 3, 2, 1), start=1)
        ]
        return now + hold * len(self._plan)

    def sample(self, signals: Signals, now: Millis) -> Change | None:
        """Take the signals of this moment; return the step that they lead to, if any."""
        load = self.load = load_of(signals)
        automatic = self._ladder.sample(load.ratio, now)
        forced = self.forced(now)
        # A tier that is left by itself has no cause but that nothing keeps it up.
        wanted, cause = automatic, load.cause if automatic > self.tier else ""
        if forced is not None and not (forced.least and automatic > forced.tier):
            wanted, cause = forced.tier, "rehearsal" if forced.least else "operator"
        if wanted == self.tier:
            return None
        before = self.tier
        self.tier += 1 if wanted > before else -1
        self.since = now
        self.cause = (cause or self.cause) if self.tier else ""
        self.switches = switches_of(self.tier, self._rungs)
        return Change(now, before, self.tier, load.ratio, cause)


class Gate:
    """Decides, before anything is stored, whether one more message may be: a queue that grows serves nobody.

    The store's queue is measured by how long its last entry will wait.  A burst is no overload: nobody is refused before units
    have really waited.  Whom a person speaks for decides how long a queue he may still join.
    """

    REALLY = 50.0
    ORDINARY = 100.0
    FAVOURED = 2_000.0
    """Milliseconds: what an ordinary visitor's message may find waiting, and what a VIP's may."""

    @classmethod
    def refuses(cls, waiting: int, each: float, waited: float, vip: bool, spread: float) -> Millis:
        """Return 0 to admit, else after how many ms to try again.

        `waiting` units take `each` ms, the last one that was committed `waited` ms for its turn; `spread` (0..1) sets apart
        those who are refused together.
        """
        expected = waiting * each
        bound = cls.FAVOURED if vip else cls.ORDINARY
        if waited < cls.REALLY or expected <= bound:
            return 0
        return int(min(2_000 + expected, 8_000) * (0.75 + 0.5 * spread))
