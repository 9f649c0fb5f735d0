"""The dump of tasks: to the innermost frame, a handful at a time, and nobody's name in it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Generator
from types import FrameType
from typing import Any

from appliance.telemetry.profiling import tasks
from appliance.telemetry.profiling.profile import Labels, frame_of


async def outer() -> None:
    await middle()


async def middle() -> None:
    await Awaits()


class Awaits:
    """Awaited through a generator, as libraries do."""

    def __await__(self) -> Generator[Any, None, None]:
        return (yield from innermost().__await__())


async def innermost() -> None:
    async for _ in forever():
        pass


async def forever() -> AsyncIterator[int]:
    await asyncio.get_running_loop().create_future()
    yield 1


async def test_the_chain_is_walked_to_the_innermost_frame() -> None:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(outer(), name="status of li.wang@example.com")
        await asyncio.sleep(0)
        found = tasks.waiting(task)
        names = [frame_of(*place).name.removeprefix(f"{__name__}.") for place in found.stack]
        assert names == ["forever", "innermost", "Awaits.__await__", "middle", "outer"]
        assert found.labels == (("type", "task"), ("kind", "status"))
        task.cancel()


async def test_kinds_name_nobody() -> None:
    async def nothing() -> None:
        await asyncio.sleep(10)

    async with asyncio.TaskGroup() as group:
        for name, kind in [
            ("conversation-load", "conversation-load"),
            ("going back from configuration 17", "going back"),
            ("card", "card"),
            ("li@example.com", "task"),
            ("secret 0123456789abcdef", "task"),
            (None, "test_kinds_name_nobody.<locals>.nothing"),
        ]:
            task = group.create_task(nothing(), name=name)
            assert tasks.kind(task) == kind
            task.cancel()


async def test_the_loop_gets_a_turn_after_each_handful() -> None:
    turns = 0
    ended = False

    async def count_turns() -> None:
        nonlocal turns
        while not ended:
            turns += 1
            await asyncio.sleep(0)

    async def wait() -> None:
        await asyncio.sleep(60)

    async with asyncio.TaskGroup() as group:
        waiters = [group.create_task(wait()) for _ in range(1_000)]
        group.create_task(count_turns())
        await asyncio.sleep(0)
        before = turns
        sizes = [len(some) async for some in tasks.tasks(handful=50)]
        # The thousand, the counter and this test.
        assert sum(sizes) == 1_002
        assert max(sizes) == 50
        assert len(sizes) >= 1_002 / 50
        assert turns - before >= len(sizes) - 1
        profile = await tasks.everybody()
        waiting = [sample for sample in profile.samples if sample.stack[0].name == "asyncio.tasks.sleep"]
        assert [sample.values for sample in waiting] == [(1_000,)]
        ended = True
        for task in waiters:
            task.cancel()


async def test_frames_may_tell_more() -> None:
    def describe(frame: FrameType) -> Labels:
        return (("route", "GET /x"),) if frame.f_code is middle.__code__ else ()

    async with asyncio.TaskGroup() as group:
        task = group.create_task(outer(), name="page")
        await asyncio.sleep(0)
        assert ("route", "GET /x") in tasks.waiting(task, describe).labels
        task.cancel()


async def test_threads_and_how_many_tasks() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait, name="kefu-idle")
    thread.start()
    try:
        found = {dict(each.labels)["kind"]: each for each in tasks.threads()}
        assert {"MainThread", "kefu-idle"} <= set(found)
        assert dict(tasks.threads()[0].labels)["kind"] == "MainThread"
        assert any(frame_of(*place).name == "threading.Event.wait" for place in found["kefu-idle"].stack)
    finally:
        done.set()
        thread.join()
    assert tasks.count() >= len(asyncio.all_tasks()) == 1
