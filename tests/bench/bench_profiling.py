"""What looking costs: the watch that is always on, a CPU profile while it is taken, 20,000 tasks dumped on a loop that serves.

The stall of a dump is the longest that a neighbour on the loop had to wait for its turn; its reference is the same wait
without a dump, on the same loop with the same tasks.
"""

import asyncio
import time
import tracemalloc
from collections.abc import Awaitable, Callable

from appliance.cli.memory import calm_collector
from appliance.cli.run import fast_loop
from appliance.telemetry.profiling import tasks, text
from appliance.telemetry.profiling.cpu import CpuProfiler
from appliance.telemetry.profiling.heap import DEEP
from appliance.telemetry.profiling.profiler import Profiler
from tests.bench.result import Result

TASKS = 20_000
DEPTH = 8
MOST_STALL_MS = 50.0
RUNS = 7


def run(quick: bool) -> list[Result]:
    """Measure; `quick` looks for a shorter while."""
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        return [
            *runner.run(_dumps()),
            runner.run(_always(2.0 if quick else 20.0)),
            _sampling(1.0 if quick else 5.0),
            _tracing(100_000 if quick else 200_000),
        ]


# ---- 20,000 tasks


async def _dumps() -> list[Result]:
    waiting = asyncio.get_running_loop().create_future()

    async def deep(depth: int) -> None:
        await (deep(depth - 1) if depth else waiting)

    async with asyncio.TaskGroup() as group:
        for _ in range(TASKS):
            group.create_task(deep(DEPTH - 1))
        await asyncio.sleep(0.1)
        calm_collector()
        alone, _ = min([await _longest_wait(lambda: asyncio.sleep(0.3)) for _ in range(RUNS)])
        results = [
            await _dumped("profile of 20,000 tasks", tasks.everybody, alone),
            await _dumped("stacks of 20,000 tasks as text", _as_text, alone),
        ]
        waiting.set_result(None)
    return results


async def _dumped(name: str, dump: Callable[[], Awaitable[object]], alone: float) -> Result:
    # The best of some: what a neighbour on the machine takes away is no stall of ours.
    runs = [await _longest_wait(dump) for _ in range(RUNS)]
    stall, took = min(runs)
    note = f"all of it took {took * 1000:.0f} ms; the stalls of {RUNS} runs: {', '.join(f'{run[0] * 1000:.1f}' for run in runs)}"
    return Result(
        name=f"longest stall, {name}",
        value=round(stall * 1000, 2),
        unit="ms",
        goal=MOST_STALL_MS,
        reference=round(alone * 1000, 2),
        note=note,
    )


async def _as_text() -> None:
    async for some in tasks.tasks():
        "".join(text.one(number, each) for number, each in enumerate(some)).encode()


async def _longest_wait(work: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Return the longest that a neighbour waited for its turn while `work` went on, and how long that took (s)."""
    longest, ended = 0.0, False

    async def neighbour() -> None:
        nonlocal longest
        last = time.perf_counter()
        while not ended:
            await asyncio.sleep(0)
            now = time.perf_counter()
            longest, last = max(longest, now - last), now

    async with asyncio.TaskGroup() as group:
        group.create_task(neighbour())
        await asyncio.sleep(0)
        began = time.perf_counter()
        await work()
        took = time.perf_counter() - began
        ended = True
    return longest, took


# ---- the watch that is always on


async def _always(seconds: float) -> Result:
    bare = await _idle(seconds)
    profiler = Profiler()
    profiler.start()
    try:
        watched = await _idle(seconds)
    finally:
        profiler.stop()
    return Result(
        name="CPU of an idle process for stall watch and charts",
        value=round((watched - bare) / seconds * 100, 3),
        unit="% of a core",
        note=f"{bare / seconds:.3%} without, {watched / seconds:.3%} with",
    )


async def _idle(seconds: float) -> float:
    before = time.process_time()
    await asyncio.sleep(seconds)
    return time.process_time() - before


# ---- a CPU profile while it is taken


def _sampling(seconds: float) -> Result:
    profiler = CpuProfiler()
    bare, sampled = 0, 0
    # By turns, so that both meet the same neighbours on the machine.
    for _ in range(3):
        bare += _worked(seconds / 3)
        profiler.start()
        sampled += _worked(seconds / 3)
        profiler.stop()
    return Result(
        name="work undone while a CPU profile is taken",
        value=round((1 - sampled / bare) * 100, 2),
        unit="%",
        note=f"stacks of {DEPTH * 3} frames at 100 Hz",
    )


def _worked(seconds: float, depth: int = DEPTH * 3) -> int:
    """Return how much was done in so much CPU time, at the end of a deep stack."""
    if depth:
        return _worked(seconds, depth - 1)
    end, done = time.thread_time() + seconds, 0
    while time.thread_time() < end:
        sum(range(500))
        done += 1
    return done


# ---- a heap window


def _tracing(count: int) -> Result:
    bare = min(_allocated(count) for _ in range(3))
    tracemalloc.start(DEEP)
    try:
        traced = min(_allocated(count) for _ in range(3))
    finally:
        tracemalloc.stop()
    return Result(
        name="code that only allocates, while a heap window is open",
        value=round(traced / bare, 1),
        unit="times as slow",
    )


def _allocated(count: int, depth: int = DEPTH * 3) -> float:
    """Return the CPU time (s) of so many small objects, made at the end of a deep stack."""
    if depth:
        return _allocated(count, depth - 1)
    began = time.process_time()
    for number in range(count):
        _ = {"a": [1, 2], "b": str(number)}
    return time.process_time() - began
