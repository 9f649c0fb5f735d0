"""Several generator processes are one load; one that dies ends it with what it said."""

import asyncio
import time

import pytest
from msgspec.structs import replace

from appliance.cli import told_of
from tests.tools.loadtest.test_load import job
from tests.tools.loadtest.waiting import until
from tools.loadtest.fleet import Fleet, GeneratorFailed
from tools.loadtest.scenario import Phase
from tools.loadtest.serving import Serving
from tools.loadtest.wire import Finish, Start


async def test_two_processes_share_the_visitors(shop: Serving) -> None:
    jobs = [replace(job(shop), number=number, of=2) for number in range(2)]
    async with Fleet(jobs) as fleet:
        await until(lambda: fleet.came, "the processes did not begin")
        fleet.order(Start(0, Phase("in", 0.2, visitors=5), time.perf_counter() + 0.1, 0, 5))
        await until(lambda: fleet.phase == 0 and fleet.live == 5, "not everybody came")
        assert sorted(member.tick.live for member in fleet.members) == [2, 3]
        fleet.order(Finish())
        finals = await asyncio.wait_for(fleet.finals(), 60)
    assert sum(row["opened"] for final in finals for row in final.seconds.values()) == 5
    assert all(member.process.returncode == 0 for member in fleet.members)


async def test_one_that_dies_ends_the_run_and_is_told(shop: Serving) -> None:
    fleet = Fleet([replace(job(shop), number=number, of=2) for number in range(2)])

    async def run() -> None:
        async with fleet:
            await until(lambda: fleet.came, "the processes did not begin")
            fleet.members[1].process.kill()
            await asyncio.sleep(60)

    with pytest.raises(BaseExceptionGroup) as failed:
        await run()
    error = next(told_of(failed.value))
    assert isinstance(error, GeneratorFailed)
    assert "Load generator 2 ended (-9)" in error.say("en")
    assert await fleet.members[0].process.wait() is not None
