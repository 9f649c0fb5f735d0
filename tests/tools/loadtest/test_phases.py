"""A phase brings whom it should bring, says what the schedule wants, and ends."""

import asyncio
import time

import pytest

from tests.tools.loadtest.test_load import job
from tests.tools.loadtest.waiting import until
from tools.loadtest.load import Load
from tools.loadtest.phases import Player
from tools.loadtest.scenario import Phase
from tools.loadtest.serving import Serving
from tools.loadtest.wire import Start


async def play(load: Load, *phases: Phase) -> None:
    """Play them one after the other, all visitors in the first."""
    player, here = Player(load), len(load.visitors)
    for number, phase in enumerate(phases):
        there = max(here, phase.visitors or 0)
        await player.play(Start(number, phase, time.perf_counter() + 0.05, here, there))
        assert load.phase_done == number
        here = there


async def test_a_rate_is_offered_whatever_comes_back(shop: Serving) -> None:
    async with asyncio.TaskGroup() as tasks:
        load = Load(job(shop, 1, login="rate"), tasks)
        for number, cookie in load.job.agents:
            await load.come(load.agent(number, cookie), time.perf_counter(), None)
        load.forget_start()
        load.spawn(load.tend())
        await play(load, Phase("in", 0.3, visitors=6, greet=True))
        await until(lambda: all(seat.served for seat in load.visitors), "nobody was served")
        await play(load, Phase("talk", 2.0, rate=40, agent_rate=3, pace="even"))
        await until(lambda: not load.tick().under_way, "not everything was stored")
        load.part()
    visitors = sum(seat.streams["v" + seat.name[1:]].said for seat in load.visitors)
    agents = sum(stream.said for stream in load.agents[0].streams.values())
    assert visitors == pytest.approx(6 + 80, abs=1)
    assert agents == pytest.approx(6, abs=1)


async def test_a_count_is_sent_as_fast_as_it_goes(shop: Serving) -> None:
    async with asyncio.TaskGroup() as tasks:
        load = Load(job(shop), tasks)
        await play(load, Phase("in", 0.1, visitors=4))
        await until(lambda: load.here == 4, "not everybody came")
        await play(load, Phase("count", messages=60, outstanding=10))
        load.part()
    assert load.seconds.sums["offered"] == load.seconds.sums["acked"] == 60


async def test_the_deaf_say_nothing_and_hear_again_afterwards(shop: Serving) -> None:
    async with asyncio.TaskGroup() as tasks:
        load = Load(job(shop), tasks)
        await play(load, Phase("in", 0.1, visitors=3))
        await until(lambda: load.here == 3, "not everybody came")
        before = load.seconds.sums["offered"]
        await play(load, Phase("deaf", 0.5, rate=20, deaf=1.0))
        load.part()
    assert load.seconds.sums["offered"] == before
    assert not any(seat.person.deaf for seat in load.visitors)


async def test_a_cut_and_a_think_time(shop: Serving) -> None:
    async with asyncio.TaskGroup() as tasks:
        load = Load(job(shop), tasks)
        await play(load, Phase("in", 0.1, visitors=4))
        await until(lambda: load.here == 4, "not everybody came")
        await play(load, Phase("cut", 0.5, think=0.2, cut=True))
        await until(lambda: len(load.backs) == 4, "not everybody came back")
        await until(lambda: not load.tick().under_way, "what was said in between was not stored")
        load.part()
    assert load.cut == 4
    assert load.seconds.sums["offered"] == load.seconds.sums["acked"] > 0


async def test_a_load_that_rests_ends_its_phase(shop: Serving) -> None:
    async with asyncio.TaskGroup() as tasks:
        load = Load(job(shop), tasks)
        playing = tasks.create_task(play(load, Phase("long", 3_600, visitors=1, rate=1, greet=True)))
        await asyncio.sleep(0.3)
        load.resting = True
        await asyncio.wait_for(playing, 30)
        load.part()
