"""The heap window: what is allocated in it and stays is seen where it was; garbage is not, unless asked for."""

import asyncio
import gc
import tracemalloc

import pytest

from appliance.errors import Refused
from appliance.telemetry.profiling import heap
from appliance.telemetry.profiling.heap import HeapWindow

SIZE = 300_000


class Keeper:
    def __init__(self) -> None:
        self.kept: list[object] = []

    def keep(self) -> None:
        self.kept.append(bytearray(SIZE))

    def drop(self) -> None:
        ring: list[object] = [bytearray(SIZE)]
        ring.append(ring)


async def window(collect: bool) -> dict[str, tuple[int, int]]:
    keeper = Keeper()
    task = asyncio.get_running_loop().create_task(HeapWindow().run(0.2, collect))
    await asyncio.sleep(0)
    gc.disable()
    try:
        for _ in range(3):
            keeper.keep()
            keeper.drop()
        profile = await task
    finally:
        gc.enable()
    assert not tracemalloc.is_tracing()
    assert profile.types == (("inuse_objects", "count"), ("inuse_space", "bytes"))
    return profile.by_function()


async def test_what_stays_is_seen_where_it_was_made() -> None:
    found = await window(collect=True)
    assert found[f"{__name__}.Keeper.keep"][0] >= 3 * SIZE
    assert found.get(f"{__name__}.Keeper.drop", (0, 0))[0] < SIZE


async def test_garbage_is_seen_when_it_is_not_collected() -> None:
    assert (await window(collect=False))[f"{__name__}.Keeper.drop"][0] >= 3 * SIZE


async def test_one_window_at_a_time() -> None:
    task = asyncio.get_running_loop().create_task(HeapWindow().run(0.1, True))
    await asyncio.sleep(0)
    with pytest.raises(Refused) as refused:
        await HeapWindow().run(0.1, True)
    assert refused.value.code == "conflict"
    await task


async def test_a_full_window_closes_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap, "MOST_BYTES", SIZE)
    keeper = Keeper()
    task = asyncio.get_running_loop().create_task(HeapWindow().run(30, True))
    await asyncio.sleep(0)
    keeper.keep()
    keeper.keep()
    profile = await task
    assert any("closed early" in comment for comment in profile.comments)
    assert profile.seconds < 30
