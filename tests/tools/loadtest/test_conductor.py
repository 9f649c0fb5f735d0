"""A whole run over several processes: phases in step, samples in between, and an end in order when it is interrupted."""

import asyncio

from appliance.errors import Text
from tests.tools.loadtest.waiting import until
from tools.loadtest.conductor import APPLIANCE, Conductor, Outlook
from tools.loadtest.loopback import Door
from tools.loadtest.outcome import readers_of, streams_of
from tools.loadtest.scenario import Phase, Scenario
from tools.loadtest.serving import Serving
from tools.loadtest.tally import judged

SEEN: list[Outlook] = []


def conductor(shop: Serving, login: str, *phases: Phase) -> Conductor:
    SEEN.clear()
    cookies = [shop.hire(f"{login}{number}", 400) for number in range(2)]
    scenario = Scenario("s", Text("", ""), phases, 2)
    door = Door(shop.host, shop.port, here=True)
    return Conductor(scenario, door, cookies, 2, 7, False, shop.pid, SEEN.append)


async def test_phases_are_played_in_step_and_everything_arrives(shop: Serving) -> None:
    run = conductor(
        shop,
        "conductor",
        Phase("in", 0.5, visitors=8, greet=True),
        Phase("talk", 2.0, rate=20, agent_rate=2, burst=True, deaf=0.25),
    )
    course = await asyncio.wait_for(run.run(), 120)
    assert course.ended == "complete"
    assert [(phase.name, phase.visitors, phase.agents) for phase in course.phases] == [
        ("in", 8, 2),
        ("talk", 8, 2),
    ]
    assert course.phases[1].at_s >= course.phases[0].seconds
    found = judged(streams_of(course.finals), readers_of(course.finals))
    assert found.findings == []
    assert sum(stream.said for stream in streams_of(course.finals).values()) > 20
    assert {sample.process for sample in course.samples} == {APPLIANCE, "generator 1", "generator 2"}
    assert course.burst is not None
    assert course.burst.highest_rss_bytes > 0
    assert SEEN[-1].live == 10
    assert SEEN[-1].acked == sum(stream.said for stream in streams_of(course.finals).values())


async def test_who_says_nothing_is_weighed(shop: Serving) -> None:
    course = await asyncio.wait_for(conductor(shop, "weigh", Phase("in", 1, visitors=20)).run(), 120)
    assert course.idle is not None
    assert course.idle.connections == 20
    assert course.idle.empty_rss_bytes > 0


async def test_an_interrupted_run_ends_in_order(shop: Serving) -> None:
    run = conductor(shop, "stop", Phase("in", 0.2, visitors=4, greet=True), Phase("talk", 3_600, rate=10))
    async with asyncio.TaskGroup() as tasks:
        playing = tasks.create_task(run.run())
        await until(lambda: SEEN and SEEN[-1].phase == "talk" and SEEN[-1].acked > 8, "it does not talk")
        run.stop()
        course = await asyncio.wait_for(playing, 120)
    assert course.ended == "interrupted"
    assert judged(streams_of(course.finals), readers_of(course.finals)).findings == []
    assert len(course.phases) == 2
