"""A small burst against a real appliance: slow readers miss nothing, and memory is told as it was before and at its worst."""

import asyncio

from tools.claims.burst import Scene, Size, burst
from tools.claims.house import House
from tools.claims.traffic import text_for


async def test_slow_readers_come_back_to_everything(house: House) -> None:
    async with house.appliance(text_for(100)) as serving:
        everybody = asyncio.Event()
        everybody.set()
        found = await burst(serving, Size(2, 0.5, 1.0), everybody)
    assert found.slow_readers == 2
    assert found.highest_rss_bytes >= found.before_rss_bytes > 10_000_000


async def test_what_was_not_shown_is_missed_until_it_is_or_lies_in_a_gap(house: House) -> None:
    async with house.appliance(text_for(100)) as serving:
        scene = Scene(serving, ["kefu=x"])
    scene._unseen = {"k1": ("c", 4), "k2": ("c", 9)}
    assert scene.missing() == 2
    scene.readers[0].journal.gaps.append(("c", 3, 8))
    assert scene.missing() == 1
    scene.readers[0].journal.gaps.append(("other", 9, 9))
    assert scene.missing() == 1
