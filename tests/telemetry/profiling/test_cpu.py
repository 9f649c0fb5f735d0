"""The CPU profiler: a known split of CPU time reads as that split, for this thread and for others; one capture at a time."""

import asyncio
import signal
import threading
from collections import Counter

import pytest

from appliance.errors import Refused
from appliance.telemetry.profiling.cpu import CpuProfiler
from tests.telemetry.profiling.burning import ONE, THREE, one_part, share, three_parts


def test_a_split_of_three_to_one_reads_so() -> None:
    profiler = CpuProfiler()
    profiler.start()
    # Few changes between the two, each longer than many samples: no beat of theirs can meet that of the clock.
    for _ in range(3):
        one_part(0.2)
        three_parts(0.6)
    taken = profiler.stop()
    found = taken.by_function()
    assert share(found) == pytest.approx(0.75, abs=0.05)
    # CPU time, not samples: all 2.4 s are there, however rarely a busy machine lets the signal through.
    assert found[ONE][0] + found[THREE][0] == pytest.approx(2.4e9, rel=0.05)
    assert taken.types[-1] == ("cpu", "nanoseconds")
    assert {dict(sample.labels)["thread"] for sample in taken.samples} >= {"MainThread"}


async def test_the_time_of_another_thread_is_booked_on_it() -> None:
    loop, profiler = asyncio.get_running_loop(), CpuProfiler()
    # As in the appliance: with a handler of its own the loop wakes whichever thread the kernel gave the signal to.
    loop.add_signal_handler(signal.SIGUSR1, lambda: None)
    try:
        profiler.start()
        await loop.run_in_executor(None, one_part, 0.5)
        taken = profiler.stop()
    finally:
        loop.remove_signal_handler(signal.SIGUSR1)
    spent: Counter[str] = Counter()
    for sample in taken.samples:
        spent[dict(sample.labels)["thread"]] += sample.values[1]
    main = spent.pop("MainThread", 0)
    # The handler runs on the main thread: a profiler by samples alone would book all of it there.
    assert spent.total() > 0.3e9
    assert spent.total() > 3 * main


async def test_one_at_a_time_and_the_next_one_may_follow() -> None:
    profiler = CpuProfiler()
    first = asyncio.get_running_loop().create_task(profiler.run(0.2))
    await asyncio.sleep(0)
    with pytest.raises(Refused) as refused:
        await profiler.run(0.1)
    assert refused.value.code == "conflict"
    assert profiler.running
    await first
    await profiler.run(0.05)


async def test_a_cancelled_capture_stops_the_clock() -> None:
    profiler = CpuProfiler()
    task = asyncio.get_running_loop().create_task(profiler.run(30))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    # A signal that was under way still finds a handler, and nothing to do.
    signal.raise_signal(signal.SIGPROF)


def test_it_is_for_the_main_thread() -> None:
    refused: list[Refused] = []

    def elsewhere() -> None:
        try:
            CpuProfiler().start()
        except Refused as error:
            refused.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert refused[0].code == "unavailable"
