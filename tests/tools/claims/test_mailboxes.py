"""Three ways to handle an event: each handles every letter of a conversation once and in order."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tools.claims.mailboxes import Boxed, Tasked, Threaded, runtime


async def test_figures_are_there() -> None:
    found = await runtime(rounds=2_000, conversations=50)
    assert min(found.mailbox_ns, found.task_ns, found.pool_ns) > 0
    assert found.task_bytes > found.mailbox_bytes > 100
    assert found.threads >= 1


@pytest.mark.parametrize("way", ["box", "task", "threads"])
async def test_each_way_handles_every_letter(way: str) -> None:
    handled: list[int] = []

    def call() -> None:
        handled.append(1)

    with ThreadPoolExecutor(4) as pool:
        made = _made(way, call, pool)
        for _ in range(200):
            made.post("letter")
        await asyncio.sleep(0.05)
    if isinstance(made, Tasked):
        made.end()
        await asyncio.sleep(0)
    assert len(handled) == 200


def _made(way: str, call: Callable[[], None], pool: ThreadPoolExecutor) -> Boxed | Tasked | Threaded:
    if way == "box":
        return Boxed(call)
    return Tasked(call) if way == "task" else Threaded(pool, call)
