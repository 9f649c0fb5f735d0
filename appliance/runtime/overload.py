"""The overload ladder at work: it measures the process four times a second, and whoever shapes traffic asks it what is on.

The decisions are those of appliance/overload.py; here are the clock, the measuring, and the count of what was held back.
"""

import asyncio
import gc
import logging
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Any

from appliance.delivery.cards import ModeView
from appliance.figures import CommitFigures
from appliance.model import Millis
from appliance.overload import TIERS, Change, Controller, Forced, Gate, Signals, Switches
from appliance.ports import Clock
from appliance.runtime.entropy import Entropy
from appliance.runtime.live import Live
from appliance.telemetry import process
from appliance.telemetry.loop import LoopLag

EVERY = 0.25
CPU_SAMPLES = 5
"""The use of the core is told over the last second."""

LONGEST_HISTORY = 100
RETRY_LEAST: Millis = 5_000
RETRY_SPREAD: Millis = 10_000
"""A visitor who is turned away comes back after 5 to 15 s: never all of them at once."""

_log = logging.getLogger("kefu.overload")


class Overload:
    """Loop only, from `start` to `stop`.  `commits` and `least_wait` tell of the store's queue, `links` how many are connected."""

    def __init__(
        self,
        live: Live,
        clock: Clock,
        entropy: Entropy,
        loop: asyncio.AbstractEventLoop,
        commits: CommitFigures,
        least_wait: Callable[[], float],
        links: Callable[[], int],
    ) -> None:
        self._live = live
        self._clock = clock
        self._entropy = entropy
        self._loop = loop
        self._commits = commits
        self._least_wait = least_wait
        self._links = links
        self._rungs = live.now.spec.thresholds
        self.controller = Controller(self._rungs, clock.now())
        self.lag = LoopLag(loop)
        self.suppressed: Counter[str] = Counter()
        """What was held back, by feature: receipts, typing signals, pushes ..., and messages and visitors that were refused."""
        self.in_hand = 0
        """Messages and acts that were taken in and have no answer yet, wherever they wait."""
        self.history: deque[Change] = deque(maxlen=LONGEST_HISTORY)
        self.changes: Counter[tuple[int, int]] = Counter()
        self._listeners: list[Callable[[Change], None]] = []
        self._used: deque[tuple[float, float]] = deque(maxlen=CPU_SAMPLES)
        self._timer: asyncio.TimerHandle | None = None
        self._memory = process.memory_limit()
        self._files = process.file_limit()
        self._files_at_rest = process.open_files()

    @property
    def switches(self) -> Switches:
        """Return what is on at this moment."""
        return self.controller.switches

    @property
    def tier(self) -> int:
        """Return the tier, 0 when all is well."""
        return self.controller.tier

    @property
    def ratio(self) -> float:
        """Return the load, as a share of what can be borne."""
        return self.controller.load.ratio

    def listen(self, listener: Callable[[Change], None]) -> None:
        """Call `listener` at each change of tier."""
        self._listeners.append(listener)

    # ---- the sampling

    def start(self) -> None:
        """Begin to measure."""
        self.lag.start()
        self._timer = self._loop.call_later(EVERY, self._tick)

    def stop(self) -> None:
        """Measure no more."""
        self.lag.stop()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self) -> None:
        self._timer = self._loop.call_later(EVERY, self._tick)
        rungs = self._live.now.spec.thresholds
        if rungs is not self._rungs:
            self._rungs = rungs
            self.controller.replace(rungs)
        change = self.controller.sample(self.measured(), self._clock.now())
        if change is not None:
            self._changed(change)

    def measured(self) -> Signals:
        """Return the signals of this moment."""
        budget = self._live.now.grants.budget
        return Signals(
            loop_lag=self.lag.p99_ms(),
            commit_wait=self._least_wait(),
            cpu=self._core(),
            outbound=budget.share if budget is not None else 0.0,
            memory=process.resident_bytes() / self._memory,
            files=(self._files_at_rest + self._links()) / self._files,
        )

    def _core(self) -> float:
        used = self._used
        used.append((time.monotonic(), time.thread_time()))
        (then, before), (now, after) = used[0], used[-1]
        return (after - before) / (now - then) if now > then else 0.0

    def _changed(self, change: Change) -> None:
        self.history.append(change)
        self.changes[change.before, change.after] += 1
        level = logging.WARNING if change.after > change.before else logging.INFO
        _log.log(
            level,
            "the tier changed",
            extra={
                "before": change.before,
                "after": change.after,
                "load": round(change.load, 3),
                "cause": change.cause,
                "off": ",".join(self.switches.off),
            },
        )
        for listener in self._listeners:
            try:
                listener(change)
            except Exception:
                # The ladder protects everybody; one listener's defect must not stop it.
                _log.exception("a listener of the overload ladder failed")

    # ---- what operators do

    def force(self, tier: int, hold: Millis, by: str) -> None:
        """Hold `tier` for so long, whatever the load."""
        self.controller.force(Forced(tier, self._clock.now() + hold, by))
        _log.warning("a tier is forced", extra={"tier": tier, "seconds": hold // 1000, "by": by})

    def automatic(self, by: str) -> None:
        """Leave the tier to the load again."""
        self.controller.force(None)
        _log.info("the tier is automatic again", extra={"by": by})

    def rehearse(self, hold: Millis, by: str) -> Millis:
        """Go up all tiers and down again; return when that is over (ms)."""
        _log.warning("the overload ladder is rehearsed", extra={"seconds": hold // 1000, "by": by})
        return self.controller.rehearse(hold, self._clock.now())

    # ---- whom it turns away

    def refuses(self, vip: bool) -> Millis:
        """Return 0 to admit one more visitor's message, else after how many ms to send it again."""
        commits = self._commits
        if commits.last_wait * 1000 < Gate.REALLY:
            return 0
        wait = Gate.refuses(self.in_hand, commits.each * 1000, commits.last_wait * 1000, vip, self._spread())
        if wait:
            self.suppressed["messages"] += 1
        return wait

    def turns_away(self) -> Millis:
        """Return 0 to let a new visitor in, else after how many ms he may come back."""
        if self.switches.newcomers:
            return 0
        self.suppressed["new_visitors"] += 1
        return RETRY_LEAST + int(RETRY_SPREAD * self._spread())

    def _spread(self) -> float:
        return int.from_bytes(self._entropy.take(2), "big") / 65_536

    # ---- what it tells

    def view(self, staff: bool) -> ModeView:
        """Return what a page is told; only staff is told why."""
        controller = self.controller
        if not staff:
            return ModeView(controller.tier, controller.switches.off, controller.since)
        forced = controller.forced(self._clock.now())
        return ModeView(
            controller.tier,
            controller.switches.off,
            controller.since,
            round(controller.load.ratio, 2),
            controller.cause,
            None if forced is None else forced.until,
        )

    def news(self, staff: bool) -> ModeView | None:
        """Return the same for who has just come; None when all is well."""
        return self.view(staff) if self.tier else None

    def state(self) -> dict[str, Any]:
        """Return all that a page, a command or a report shows of it."""
        controller, now = self.controller, self._clock.now()
        forced = controller.forced(now)
        return {
            "tier": controller.tier,
            "automatic": controller.automatic,
            "load": round(controller.load.ratio, 4),
            "components": {name: round(value, 4) for name, value in controller.load.components.items()},
            "busiest": controller.load.cause,
            "cause": controller.cause,
            "since": controller.since,
            "off": list(controller.switches.off),
            "forced": None
            if forced is None
            else {"tier": forced.tier, "until": forced.until, "by": forced.by},
            "thresholds": [
                {"tier": TIERS[rung.action], "enter": rung.enter, "leave": rung.leave, "action": rung.action}
                for rung in controller.rungs
            ],
            "history": [
                {"at": each.at, "from": each.before, "to": each.after, "load": each.load, "cause": each.cause}
                for each in self.history
            ],
            "suppressed": dict(self.suppressed),
            "loop_lag_ms": round(self.lag.p99_ms(), 3),
            "collections": sum(each["collections"] for each in gc.get_stats()),
        }
