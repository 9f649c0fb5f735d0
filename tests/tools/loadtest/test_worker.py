"""The generator process obeys on its standard input, and ends when that does."""

import asyncio
import sys
import time

from tests.tools.loadtest.test_load import job
from tools.loadtest.scenario import Phase
from tools.loadtest.serving import REPOSITORY, Serving, clean_environment
from tools.loadtest.wire import Came, Final, Finish, Rest, Start, Tick, heard, news, packed


async def start() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tools.loadtest.worker", stdin=-1, stdout=-1, cwd=REPOSITORY, env=clean_environment()
    )  # fmt: skip


async def test_it_plays_what_it_is_told_and_says_what_it_found(shop: Serving) -> None:
    process = await start()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(packed(job(shop, 1, keep=True, login="worker")))
    assert isinstance(await asyncio.wait_for(heard(process.stdout, news), 60), Came)
    # Its clock is this process's clock: that is what lets several of them begin together.
    process.stdin.write(packed(Start(0, Phase("in", 0.2, visitors=2, greet=True), time.perf_counter(), 0, 2)))
    async with asyncio.timeout(60):
        while True:
            tick = await heard(process.stdout, news)
            assert isinstance(tick, Tick)
            if tick.phase == 0 and not tick.greeting and tick.sums["delivered"] == 2:
                break
    process.stdin.write(packed(Rest()) + packed(Finish()))
    async with asyncio.timeout(60):
        while isinstance(final := await heard(process.stdout, news), Tick):
            pass
        assert await process.wait() == 0
    assert isinstance(final, Final)
    assert set(final.streams) == {"v0", "v1"}
    assert len(final.journals) == 3


async def test_an_orphan_goes(shop: Serving) -> None:
    process = await start()
    assert process.stdin is not None
    process.stdin.write(packed(job(shop)))
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 60) == 0
