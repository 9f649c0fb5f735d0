"""Runs a scenario from beginning to end: phases in step over all generator processes, samples in between, an orderly end."""

import asyncio
import math
import secrets
import time
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from appliance.errors import Text
from tools.loadtest import results
from tools.loadtest.fleet import Fleet, GeneratorFailed
from tools.loadtest.load import FROM_ONE_ADDRESS
from tools.loadtest.lookout import Lookout
from tools.loadtest.loopback import Door
from tools.loadtest.machine import Watch, kernel_bytes, rss_bytes
from tools.loadtest.scenario import Phase, Scenario, offered
from tools.loadtest.wire import Final, Finish, Job, Rest, Start

AHEAD = 0.3
"""Seconds between the order to begin and the beginning, so that all processes begin together."""

LOOK = 0.1
SERVED_WITHIN = 90.0
LATE = 120.0
"""Seconds that a phase may take longer than planned before it is given up: the load is stuck."""

SETTLE = 60.0
"""Seconds at most until all that was written has come: after an overload that takes its time."""

SETTLE_STOPPED = 15.0
QUIET = 2.0
MOST_SAMPLES = 900
APPLIANCE = "kefu"


class Course(Struct):
    """What happened: times in s of the run; `unserved`: visitors without an agent when the patience was over."""

    started_at: int
    seconds: float
    ended: str
    phases: list[results.Phase]
    samples: list[results.Resource]
    finals: list[Final]
    faults: list[str]
    run: str
    ladder: list[results.Load] | None = None
    rungs: list[results.Rung] | None = None
    profiles: dict[str, str] = {}
    burst: results.Burst | None = None
    idle: results.Idle | None = None


class Outlook(Struct, frozen=True):
    """How it stands, for the progress display."""

    phase: str
    number: int
    of: int
    at_s: float
    live: int
    acked: int
    refused: int
    under_way: int


class Conductor:
    """One run.  `pid` is the appliance's process, None where it cannot be seen; `show` gets the outlook."""

    def __init__(
        self,
        scenario: Scenario,
        door: Door,
        cookies: list[str],
        processes: int,
        seed: int,
        keep: bool,
        pid: int | None,
        show: Callable[[Outlook], None],
        lookout: Lookout | None = None,
        vips: list[tuple[int, str]] | None = None,
    ) -> None:
        self._lookout = lookout or Lookout(None)
        self._scenario = scenario
        self._pid = pid
        self._show = show
        self._stop = asyncio.Event()
        self._run = secrets.token_hex(2)
        many = scenario.visitors > FROM_ONE_ADDRESS
        self._jobs = [
            Job(
                host=door.host,
                port=door.port,
                number=number,
                of=processes,
                seed=seed,
                run=self._run,
                agents=[(n, cookie) for n, cookie in enumerate(cookies) if n % processes == number],
                desks=len(cookies),
                sources=many and door.here and ":" not in door.host,
                keep=keep,
                stammer=scenario.stammer,
                vips=[vip for vip in vips or () if vip[0] % processes == number],
                gives_up=scenario.gives_up,
            )
            for number in range(processes)
        ]
        self._phases: list[results.Phase] = []
        self._samples: list[results.Resource] = []
        self._faults: list[str] = []
        self._name = ""
        self._zero = 0.0
        self._before: tuple[int, int] | None = None

    @property
    def stopping(self) -> bool:
        """Whether the run is to end before its time."""
        return self._stop.is_set()

    def stop(self) -> None:
        """End the run in order, and soon."""
        self._stop.set()

    async def run(self) -> Course:
        """Do all of it; raises GeneratorFailed when a generator process dies."""
        async with Fleet(self._jobs) as fleet:
            await self._all_come(fleet)
            await self._lookout.profile("idle")
            empty = self._rss()
            pids = {f"generator {m.number + 1}": m.process.pid for m in fleet.members}
            watch = Watch({**({APPLIANCE: self._pid} if self._pid else {}), **pids})
            started_at, self._zero = time.time_ns() // 1_000_000, time.perf_counter() + AHEAD
            async with asyncio.TaskGroup() as tasks:
                sampling = tasks.create_task(self._sample(watch, fleet))
                await self._play(fleet, tasks)
                full = self._rss()
                live = fleet.live - len([a for job in self._jobs for a in job.agents])
                await self._settle(fleet)
                seconds = time.perf_counter() - self._zero
                sampling.cancel()
            fleet.order(Finish())
            finals = await fleet.finals()
        ended = "interrupted" if self._stop.is_set() else "complete"
        course = Course(
            started_at, seconds, ended, self._phases, self._samples, finals, self._faults, self._run
        )
        course.ladder, course.rungs = (
            self._lookout.ladder(started_at + int(AHEAD * 1000)),
            self._lookout.rungs(),
        )
        course.profiles = self._lookout.profiles
        course.burst = self._burst()
        if not self._scenario.messages and empty and full:
            course.idle = results.Idle(live, empty, full)
        return course

    def _rss(self) -> int:
        try:
            return rss_bytes(self._pid) if self._pid else 0
        except OSError:
            return 0

    # ---- phases

    async def _all_come(self, fleet: Fleet) -> None:
        patience = time.perf_counter() + LATE
        while not fleet.came and not self._stop.is_set():
            await self._wait(LOOK)
            if time.perf_counter() > patience:
                raise GeneratorFailed(
                    Text(
                        f"客服在 {LATE:g} 秒内没有全部上线。",
                        f"Not all agents were at their desks within {LATE:g} s.",
                    ),
                    Text(
                        "看看 kefu 是否在运行、日志里有什么。",
                        "See whether kefu runs, and what its log says.",
                    ),
                )

    async def _play(self, fleet: Fleet, tasks: asyncio.TaskGroup) -> None:
        here, heaviest = 0, self._heaviest()
        for number, phase in enumerate(self._scenario.phases):
            if self._stop.is_set():
                return
            self._name = phase.name
            if phase.burst and self._before is None:
                self._before = (self._rss(), kernel_bytes() or 0)
            visitors = max(here, phase.visitors or 0)
            at = max(self._zero, time.perf_counter() + AHEAD)
            fleet.order(Start(number, phase, at, here, visitors))
            if phase is heaviest:
                tasks.create_task(self._lookout.profile("peak"))
            ended = await self._ends(fleet, number, phase, at)
            self._note(phase, at, visitors, ended - at)
            here = visitors

    def _heaviest(self) -> Phase | None:
        """Return the phase whose profile is worth taking: in which most is said."""
        speaking = [phase for phase in self._scenario.phases if phase.rate or phase.messages or phase.think]
        return max(speaking, key=lambda phase: phase.rate or math.inf, default=None)

    async def _ends(self, fleet: Fleet, number: int, phase: Phase, at: float) -> float:
        """Wait until the phase is over everywhere; return when that was."""
        progress, since = -1, time.perf_counter()
        while fleet.phase < number and not self._stop.is_set():
            await self._wait(LOOK)
            if fleet.sum("acked") != progress:
                progress, since = fleet.sum("acked"), time.perf_counter()
            if time.perf_counter() > max(at + phase.seconds, since) + LATE:
                self._faults.append(f"phase {phase.name!r} did not end and was given up")
                self._stop.set()
        patience = time.perf_counter() + SERVED_WITHIN
        while phase.greet and fleet.greeting and not self._stop.is_set():
            await self._wait(LOOK)
            if time.perf_counter() > patience:
                self._faults.append(
                    f"{fleet.greeting} visitors had no agent {SERVED_WITHIN:g} s after they came"
                )
                break
        return time.perf_counter()

    def _note(self, phase: Phase, at: float, visitors: int, seconds: float) -> None:
        rate = offered(phase, visitors) + phase.agent_rate
        self._phases.append(
            results.Phase(
                name=phase.name,
                at_s=at - self._zero,
                seconds=max(0.0, seconds),
                visitors=visitors,
                agents=self._jobs[0].desks,
                rate_per_s=rate if rate and phase.messages is None else None,
                message_bytes=phase.bytes if rate or phase.messages or phase.greet else 0,
                overload=phase.overload,
            )
        )

    async def _settle(self, fleet: Fleet) -> None:
        """Let nobody write any more, and wait until what was written has come everywhere or nothing comes any more."""
        fleet.order(Rest())
        self._name = ""
        patience = time.perf_counter() + (SETTLE_STOPPED if self.stopping else SETTLE)
        seen, since = (-1, -1), time.perf_counter()
        while (now := time.perf_counter()) < patience:
            await asyncio.sleep(LOOK)
            stands = (fleet.under_way, fleet.sum("delivered"))
            if stands != seen:
                seen, since = stands, now
            all_back = not fleet.under_way and now - since > QUIET / 2
            if all_back or now - since > QUIET * 2:
                return

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        except TimeoutError:
            return

    # ---- samples

    async def _sample(self, watch: Watch, fleet: Fleet) -> None:
        every = max(1.0, self._scenario.seconds / MOST_SAMPLES)
        due = time.perf_counter()
        while True:
            due += 0.5
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            at = time.perf_counter() - self._zero
            await self._lookout.look(at)
            if not self._samples or at - self._samples[-1].at_s >= every - 0.25:
                self._samples += [self._told(each) for each in watch.sample(round(at, 2))]
            self._show(self._outlook(fleet, at))

    def _told(self, sample: results.Resource) -> results.Resource:
        """Add what only the appliance can tell of itself."""
        told = self._lookout.latest
        if sample.process != APPLIANCE or not told:
            return sample
        return replace(sample, loop_lag_ms=told["loop_lag_ms"], collections=told["collections"])

    def _outlook(self, fleet: Fleet, at: float) -> Outlook:
        number = len(self._phases) + 1
        of = len(self._scenario.phases)
        return Outlook(
            phase=self._name,
            number=min(number, of),
            of=of,
            at_s=max(0.0, at),
            live=fleet.live,
            acked=fleet.sum("acked"),
            refused=fleet.sum("refused"),
            under_way=fleet.under_way,
        )

    def _burst(self) -> results.Burst | None:
        if self._before is None:
            return None
        first = next(
            (p for p, plan in zip(self._phases, self._scenario.phases, strict=False) if plan.burst), None
        )
        mine = [
            s for s in self._samples if s.process == APPLIANCE and first is not None and s.at_s >= first.at_s
        ]
        if not mine:
            return None
        deaf = max(
            round(plan.deaf * done.visitors)
            for done, plan in zip(self._phases, self._scenario.phases, strict=False)
        )
        return results.Burst(
            slow_readers=deaf,
            before_rss_bytes=self._before[0],
            highest_rss_bytes=max(s.rss_bytes for s in mine),
            before_kernel_bytes=self._before[1],
            highest_kernel_bytes=max(s.kernel_bytes or 0 for s in mine),
        )
