"""What a load tells: connections at once, the record day, an agent with hundreds of conversations, a burst to slow readers.

The load is that of `kefu loadtest`, its clients are the judges, and the database is compared afterwards.
"""

import asyncio
import resource
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from appliance.errors import Text
from tools.claims.burst import Size, burst
from tools.claims.course import reason
from tools.claims.findings import Desk, Findings, Left, Pool
from tools.claims.house import House, hire, judge, play, shop, until
from tools.loadtest.loopback import SPARE_FILES
from tools.loadtest.machine import files_of
from tools.loadtest.report.figures import count
from tools.loadtest.results import Results
from tools.loadtest.scenario import AGENT_RATE, MOST_HELD, VISITOR_RATE, Phase, Scenario
from tools.loadtest.serving import Serving

ROOM = 200
"""Connections of the appliance beside those that are counted: agents, and whoever comes back while he still counts."""

GONE_WITHIN = 4.0
TALK, ALL = "talk", "all are there"


class Crowd(Struct, frozen=True):
    """So many conversations at one agent who talk for `talk` s at `rate` messages a second, then so many who only come within `ramp` s;
    with `burst`, some of an agent's readers stop reading while all are there."""

    desk: int
    talk: float
    rate: float
    people: int
    ramp: float
    processes: int
    burst: Size | None = None


def most_connections(wanted: int, processes: int) -> int:
    """Return how many connections the limit of open files allows one appliance, at most `wanted`."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY:
        return wanted
    return max(1, min(wanted, most - SPARE_FILES - ROOM, processes * (most - SPARE_FILES)))


def text_for(people: int) -> str:
    """Return the shop with room for so many."""
    return shop().replace("connections: 300", f"connections: {people + ROOM}")


async def crowd(house: House, size: Crowd, found: Findings) -> None:
    """Fill an agent's desk, let them talk, let thousands come, and see what is left when all have gone."""
    people = most_connections(size.people, size.processes)
    scenario = crowd_scenario(size, people)
    async with house.appliance(text_for(people + size.desk)) as serving:
        cookies = [await asyncio.to_thread(hire, serving, "agent", MOST_HELD, "service")]
        files, threads = files_of(serving.pid), threads_of(serving.pid)
        async with asyncio.TaskGroup() as tasks:
            began = {TALK: asyncio.Event(), ALL: asyncio.Event()}
            if size.burst is not None:
                tasks.create_task(_burst(serving, size.burst, began, found))
            course = await play(scenario, serving, cookies, size.processes, began)
        threads_after = threads_of(serving.pid)
        found.left = await left(serving, files, size.desk + people)
        found.pools = pools_of(serving)
        results = await judge(scenario, serving, course)
    found.connect = results
    check = results.generator
    if check.saturated and max((second.live for second in results.ramp), default=0) < people:
        # It says nothing of kefu that the generator was too slow.
        found.connect = None
        found.missing["connect"] = Text(
            f"压测程序自己成了瓶颈：{check.why_zh}", f"the generator was the limit: {check.why}"
        )
    held = size.desk - sum(final.unserved for final in course.finals)
    harm = results.totals.lost + results.totals.duplicated + results.totals.out_of_order
    found.desk = Desk(size.desk, held, results.totals.acked, harm, threads, threads_after)


async def _burst(serving: Serving, size: Size, began: Mapping[str, asyncio.Event], found: Findings) -> None:
    # Before the crowd: while thousands come, an appliance under load may turn others away.
    await began[TALK].wait()
    try:
        found.burst = await burst(serving, size, began[ALL])
    except Exception as failed:
        # The crowd round it is worth its rows all the same.
        found.missing["burst"] = reason(failed)


def crowd_scenario(size: Crowd, people: int) -> Scenario:
    """Return what is played: greetings, talk, the crowd, a moment in which all are there."""
    rate = min(size.rate, size.desk * VISITOR_RATE)
    phases = (
        Phase("desk", 1.5, visitors=size.desk, greet=True),
        Phase(TALK, size.talk, rate=rate, agent_rate=AGENT_RATE, pace="even"),
        Phase("crowd", size.ramp, visitors=size.desk + people),
        Phase(ALL, 1.0 if size.burst is None else size.burst.seconds),
    )
    return Scenario("claims", Text("实测", "claims"), phases, agents=1)


async def left(serving: Serving, files: int, people: int) -> Left:
    """Wait until nobody is counted any more, and return what is still open."""

    def nobody() -> bool:
        return int(serving.status()["sockets"]) == 0

    await until(nobody, GONE_WITHIN, 0.2)
    return Left(people, files, files_of(serving.pid), int(serving.status()["sockets"]))


def pools_of(serving: Serving) -> list[Pool]:
    """Return what the pools counted."""
    return [Pool(each["pool"], each["hits"], each["misses"]) for each in serving.status()["pools"]]


def threads_of(pid: int) -> int:
    """Return how many threads a process has; raises OSError when it is gone."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Threads:"))


async def day(house: House, messages: int, processes: int, found: Findings) -> None:
    """Send a day's messages as fast as it goes."""
    visitors = 1_500
    scenario = Scenario(
        "record-day",
        Text("最忙的一天", "The record day"),
        (
            Phase("arrive", 4.0, visitors=visitors, greet=True),
            Phase("record day", messages=messages, outstanding=1_500, agent_rate=40.0),
        ),
        agents=20,
    )
    results = await _whole(house, scenario, visitors, processes)
    if results.totals.offered >= messages:
        found.day = results
    else:
        sent = count(results.totals.offered)
        found.missing["day"] = Text(
            f"没有跑完：只发出 {sent.zh} 条", f"it did not come to its end: {sent.en} were sent"
        )


async def _whole(house: House, scenario: Scenario, people: int, processes: int) -> Results:
    async with house.appliance(text_for(people)) as serving:
        cookies = [
            await asyncio.to_thread(hire, serving, f"agent{n}", MOST_HELD, "service")
            for n in range(scenario.agents)
        ]
        course = await play(scenario, serving, cookies, processes)
        return await judge(scenario, serving, course)
