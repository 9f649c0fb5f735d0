"""The appliance that is measured is a real one, and none is left behind however a measurement ends."""

import asyncio
import contextlib
import os
from pathlib import Path

import pytest

from appliance.errors import StartError
from tools.claims.house import House, hire, shop, until


def alive(pid: int) -> bool:
    """Return whether a process is there."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


async def test_it_runs_as_long_as_the_block_and_agents_serve_their_queue(house: House) -> None:
    async with house.appliance(shop()) as serving:
        pid = serving.pid
        assert await asyncio.to_thread(hire, serving, "lin", 3, "slow")
        agents = (await asyncio.to_thread(serving.admin, "GET", "/admin/agents"))[1]["agents"]
        lin = next(agent for agent in agents if agent["login"] == "lin")
        assert (lin["skills"], lin["capacity"]) == (["slow"], 3)
        assert alive(pid)
    assert not alive(pid)


async def test_a_start_that_is_given_up_leaves_no_process(house: House) -> None:
    seen: list[int] = []

    async def begin() -> None:
        async with house.appliance(shop()):
            pytest.fail("it cannot be ready so soon")

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(begin())
        await asyncio.sleep(0.1)
        seen += children()
        task.cancel()
    assert seen
    assert not any(alive(pid) for pid in seen)


def children() -> list[int]:
    """Return the processes that this one has started and that are there."""
    lists = [path.read_text() for path in Path("/proc/self/task").glob("*/children")]
    return [int(pid) for text in lists for pid in text.split()]


async def test_one_that_cannot_start_says_why(house: House) -> None:
    with pytest.raises(StartError):
        async with house.appliance("kefu: 1\nsite: {}\n"):
            pytest.fail("it must not start")


async def test_waiting_ends_when_it_is_so_or_when_the_time_is_over() -> None:
    assert await until(lambda: True, 1.0)
    assert not await until(lambda: False, 0.05)
