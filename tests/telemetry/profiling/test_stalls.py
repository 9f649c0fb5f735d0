"""Stalls of the loop: how long is known from the heartbeat, by what from the looks."""

import asyncio
import time

from appliance.telemetry.profiling import stalls
from appliance.telemetry.profiling.profile import Profile
from appliance.telemetry.profiling.stalls import LATE, MOST_STACKS, StallWatch


def block(seconds: float) -> None:
    time.sleep(seconds)


def rows(profile: Profile) -> dict[str, tuple[int, ...]]:
    return {sample.stack[0].name: sample.values for sample in profile.samples}


async def test_what_holds_the_loop_is_seen() -> None:
    watch = StallWatch()
    watch.start(asyncio.get_running_loop())
    try:
        await asyncio.sleep(0.05)
        taking = asyncio.get_running_loop().create_task(watch.run(0.01))
        await asyncio.sleep(0)
        block(0.4)
        await asyncio.sleep(0.1)
        found = (await taking).by_function()
    finally:
        watch.stop()
    contended, delayed = found.get(f"{__name__}.block", (0, 0))
    assert delayed > 0.2e9
    assert contended == delayed
    assert watch.stalls >= 1
    assert watch.worst > 0.3


def test_a_stall_is_shared_out_among_what_was_seen() -> None:
    watch = StallWatch(lambda: 0.0)
    watch._watched = __import__("threading").get_ident()
    watch.look()
    watch.beat(1.0)
    watch.beat(LATE / 2)
    watch.beat(0.5)
    found = rows(watch.profile())
    assert found[stalls.UNSEEN.name] == (1, 500_000_000)
    assert found["appliance.telemetry.profiling.stalls.StallWatch.look"] == (1, 1_000_000_000)
    assert watch.stalls == 2
    assert watch.worst == 1.0


def test_a_look_before_a_stall_says_nothing_of_it() -> None:
    watch = StallWatch(lambda: 0.0)
    watch._watched = __import__("threading").get_ident()
    watch.look()
    watch.beat(0.001)
    watch.beat(1.0)
    assert list(rows(watch.profile())) == [stalls.UNSEEN.name]


def test_stacks_are_bounded() -> None:
    watch = StallWatch(lambda: 0.0)
    for number in range(MOST_STACKS + 10):
        watch._seen[((test_stacks_are_bounded.__code__, number),)] += 1
        watch.beat(0.1)
    assert len(watch._tally) == MOST_STACKS
    assert rows(watch.profile())[stalls.OTHERS.name] == (10, 1_000_000_000)
    assert watch.profile().total() == (MOST_STACKS + 10) * 100_000_000


async def test_a_watch_can_be_stopped_and_started_again() -> None:
    watch = StallWatch()
    watch.stop()
    for _ in range(2):
        watch.start(asyncio.get_running_loop())
        await asyncio.sleep(0.06)
        watch.stop()
    assert watch._thread is None
