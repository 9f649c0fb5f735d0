"""What `kefu claims` measures, in which order, how large and for how long.

The order is that of importance where the time is short: what comes last is what runs out of it.
"""

import asyncio
import os
from collections.abc import Coroutine

from msgspec import Struct

from appliance.errors import Text
from tools.claims import changing, fanout, handed, heartbeat, ladder, mailboxes, pooling, traffic
from tools.claims.burst import Size
from tools.claims.course import Measurement, reason
from tools.claims.findings import Findings
from tools.claims.house import House
from tools.claims.traffic import Crowd
from tools.loadtest.report.claims import RECORD_DAY

QUICK_SECONDS = 55.0
FULL_SECONDS = 900.0
NEEDS_FULL = Text("要几分钟：去掉 --quick 再运行", "takes minutes: run it without --quick")


CHANGE, BEATS = ("change", "killed"), ("beats",)


class Sizes(Struct, frozen=True):
    """How large and how long (s) everything is; `day` messages, 0: none."""

    crowd: Crowd
    day: int
    kill_after: float
    beats: float
    tier: float
    rounds: int
    processes: int


def sizes(quick: bool, scale: float = 1.0) -> Sizes:
    """Return the sizes of the quick form or the whole one; `scale` makes people, and the time for them, fewer."""
    if quick:
        burst = Size(_part(10, scale, 1), max(0.5, 3.0 * scale), max(0.5, 4.0 * scale))
        people, ramp = _part(5_000, scale, 10), max(0.5, 3.0 * scale)
        crowd = Crowd(_part(250, scale, 4), max(0.5, 1.5 * scale), 800.0 * scale, people, ramp, 1, burst)
        return Sizes(crowd, 0, 1.0, 10.0, 0.7, 5_000, 1)
    burst = Size(_part(30, scale, 1), max(0.5, 45.0 * scale), max(0.5, 15.0 * scale))
    processes = max(1, min(2, os.cpu_count() or 1))
    people, ramp = _part(18_750, scale, 10), max(0.5, 12.0 * scale)
    crowd = Crowd(_part(250, scale, 4), 10.0 * scale, 1_000.0 * scale, people, ramp, processes, burst)
    # The agents speak, too, and what they say counts; a little more than the day makes sure of it.
    return Sizes(crowd, _part(RECORD_DAY, scale, 100), 5.0, 20.0, 5.0, 50_000, processes)


async def _kept(work: Coroutine[None, None, None], parts: tuple[str, ...], found: Findings) -> None:
    """Do one of several things at a time: where it fails, the others go on."""
    try:
        await work
    except Exception as failed:
        found.missing.update(dict.fromkeys(parts, reason(failed)))


def _part(whole: int, scale: float, least: int) -> int:
    return max(least, round(whole * scale))


def plan(house: House, size: Sizes) -> list[Measurement]:
    """Return the measurements in their order."""

    async def inside(found: Findings) -> None:
        found.pooling = pooling.pooling(size.rounds)
        found.codec = pooling.codec(size.rounds)
        await asyncio.sleep(0)
        found.fanout = fanout.fanout(max(50, size.rounds // 25))
        await asyncio.sleep(0)
        found.runtime = await mailboxes.runtime(size.rounds * 2)

    async def people(found: Findings) -> None:
        await traffic.crowd(house, size.crowd, found)

    async def given(found: Findings) -> None:
        await handed.handed(house, found)

    async def change(found: Findings) -> None:
        # Both wait most of the time, so they do it together.
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_kept(changing.change(house, size.kill_after, found), CHANGE, found))
            tasks.create_task(_kept(heartbeat.heartbeat(house, size.beats, found), BEATS, found))

    async def tiers(found: Findings) -> None:
        await ladder.ladder(house, size.tier, size.processes, found)

    async def day(found: Findings) -> None:
        await traffic.day(house, size.day, size.processes, found)

    crowd = size.crowd
    waits = crowd.talk + crowd.ramp + (crowd.burst.seconds if crowd.burst else 1.0)
    many = traffic.most_connections(crowd.people, crowd.processes) + crowd.desk
    measurements = [
        Measurement(Text("池、邮箱、分发", "pools, mailboxes, fan-out"), ("pooling", "codec", "fanout", "runtime"), 1.0, 30.0, inside),
        Measurement(Text(f"{many:,} 人同时在线，一位忙碌的客服，不读的人", f"{many:,} people at once, a busy agent, slow readers"), ("connect", "desk", "left", "pools", "burst"), waits + 3, 2.5 * waits + 60 if size.day else 1.5 * waits + 15, people),
        Measurement(Text("从零启动、报告、拓扑、剖析", "a start from nothing, report, topology, profile"), ("begin", "report_bytes", "topology_bytes", "profile_bytes"), 1.0, 20.0, given),
        Measurement(Text("运行中改规则，kill -9，队列塞满时的心跳", "a change of the rules while it runs, kill -9, heartbeats behind full queues"), (*CHANGE, *BEATS), size.beats, size.beats + 20, change),
        Measurement(Text("三级降级", "three tiers of degradation"), ("ladder",), size.tier * 4 + 4, size.tier * 4 + 40, tiers),
    ]  # fmt: skip
    if size.day:
        title = Text(f"最忙的一天：{size.day:,} 条消息", f"the record day: {size.day:,} messages")
        measurements.append(Measurement(title, ("day",), 5.0, 700.0, day))
    return measurements
