"""The people of one process, against the real appliance: everything is counted where it belongs."""

import asyncio
import secrets
import time

from tests.tools.loadtest.waiting import until
from tools.loadtest.load import Load, filler_of
from tools.loadtest.scenario import Phase
from tools.loadtest.serving import Serving
from tools.loadtest.tally import judged
from tools.loadtest.wire import Job


def job(shop: Serving, cookies: int = 0, keep: bool = False, login: str = "load") -> Job:
    agents = [(number, shop.hire(f"{login}{number}", 400)) for number in range(cookies)]
    return Job(
        shop.host, shop.port, 0, 1, 7, secrets.token_hex(2), agents, len(agents), sources=True, keep=keep
    )


def test_a_filler_has_about_the_wanted_size() -> None:
    for size in (48, 96, 200, 6_000):
        assert abs(len(filler_of(size).encode()) + 30 - size) < 40
    assert filler_of(0)


async def test_everything_that_is_said_is_counted_at_both_ends(shop: Serving) -> None:
    async with asyncio.TaskGroup() as tasks:
        load = Load(job(shop, 1), tasks)
        for number, cookie in load.job.agents:
            await load.come(load.agent(number, cookie), time.perf_counter(), None)
        load.forget_start()
        load.spawn(load.tend())
        seats = [load.visitor(number) for number in range(5)]
        for seat in seats:
            load.spawn(load.come(seat, time.perf_counter(), Phase("in", greet=True)))
        await until(lambda: all(seat.served for seat in seats), "nobody was served")
        for number in range(20):
            seat = seats[number % 5]
            load.say(seat, "hello", time.perf_counter(), seat.person.conversation)
        await until(lambda: load.seconds.sums["delivered"] == 25, "not everything was delivered")
        await until(lambda: not load.tick().under_way, "not everything was stored")
        tick, final = load.tick(), load.final()
        load.part()
    assert (tick.live, tick.greeting, tick.under_way) == (6, 0, 0)
    assert (tick.sums["offered"], tick.sums["sent"], tick.sums["acked"]) == (25, 25, 25)
    assert judged(final.streams, final.readers).findings == []
    assert {name: stream.said for name, stream in final.streams.items()} == {f"v{n}": 5 for n in range(5)}
    # The first word waits for an agent, which is no latency of kefu.
    assert sum(sum(row) for row in final.latencies["show"].heat.values()) == 20
    assert sum(sum(row) for row in final.latencies["ack"].heat.values()) == 25
    assert final.faults == []


async def test_who_is_cut_off_comes_back_and_is_timed(shop: Serving) -> None:
    async with asyncio.TaskGroup() as tasks:
        load = Load(job(shop), tasks)
        for number in range(4):
            await load.come(load.visitor(number), time.perf_counter(), None)
        assert load.here == 4
        load.cut_all()
        await until(lambda: len(load.backs) == 4, "not everybody came back")
        assert load.here == 4
        final = load.final()
        load.part()
    assert final.cut == 4
    assert all(back >= 0.4 for back in final.backs)


async def test_who_cannot_come_is_counted_and_tries_again_until_the_end(shop: Serving) -> None:
    async with asyncio.TaskGroup() as tasks:
        refused = Job("127.0.0.1", 1, 0, 1, 7, "r", [], 0, sources=False, keep=False)
        load = Load(refused, tasks)
        load.spawn(load.come(load.visitor(0), time.perf_counter(), None))
        await until(lambda: load.seconds.sums["failed"] >= 2, "he did not try again")
        load.part()
    (fault,) = load.faults.all()
    assert fault.kind.startswith("connect ")
    assert fault.count >= 2


async def test_an_agent_who_was_away_too_long_is_told_of_a_gap_and_nothing_is_lost(shop: Serving) -> None:
    """A resume brings 2,000 events at most; the rest is history, which is not the same as lost."""
    async with asyncio.TaskGroup() as tasks:
        load = Load(job(shop, 1, login="away"), tasks)
        for number, cookie in load.job.agents:
            await load.come(load.agent(number, cookie), time.perf_counter(), None)
        load.forget_start()
        load.spawn(load.tend())
        seats = [load.visitor(number) for number in range(24)]
        for seat in seats:
            load.spawn(load.come(seat, time.perf_counter(), Phase("in", greet=True)))
        await until(lambda: all(seat.served for seat in seats), "nobody was served")
        agent = load.agents[0]
        # As long as he is on his way, nobody sends him back.
        agent.coming = True
        agent.person.cut()
        for _ in range(100):
            for seat in seats:
                load.say(seat, "hello", time.perf_counter(), seat.person.conversation)
            await asyncio.sleep(0.02)
        await until(lambda: not load.tick().under_way, "not everything was stored")
        load.spawn(load.come(agent, time.perf_counter(), None))
        await until(lambda: agent.person.journal.gaps, "he was told of no gap")
        await until(agent.person.welcomed.is_set, "he did not come back")
        await asyncio.sleep(1.0)
        final = load.final()
        load.part()
    assert judged(final.streams, final.readers).findings == []
    assert any(fault.kind == "gap" for fault in final.faults)
