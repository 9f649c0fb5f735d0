"""A start collects first and acts afterwards."""

import asyncio

from appliance.effects import FreeAgent, HoldAgent, WantAgent, WithdrawWish
from appliance.model import Agent
from appliance.runtime.recovery import Collector, read_back
from appliance.runtime.timers import Timers
from tests.runtime.house import FailingStore, desktop


class Restored:
    def restore(self, agents: object, presences: object, held: object, waiting: object) -> None:
        self.held, self.waiting = held, waiting


def test_the_last_word_of_each_conversation_counts() -> None:
    collector, wish = Collector(), WantAgent("售前", 5, True, 1)
    collector.take("served", wish)
    collector.take("served", HoldAgent("a1", "售前"))
    collector.take("waits", HoldAgent("a1", "售前"))
    collector.take("waits", FreeAgent("a1"))
    collector.take("waits", wish)
    collector.take("gone", wish)
    collector.take("gone", WithdrawWish())
    restored = Restored()
    collector.restore(restored, [Agent("a1", "a1", "李")], {})  # type: ignore[arg-type]
    assert restored.held == [("served", "a1", "售前")]
    assert restored.waiting == [("waits", wish)]


async def test_conversations_come_back_and_those_that_only_wait_for_time_stay_in_the_store() -> None:
    store = FailingStore()
    async with desktop(store) as desk:
        desk.open("c1")
        await desk.settle()
    async with desktop(store) as desk:
        timers = Timers(asyncio.get_running_loop(), desk.clock, desk.conversations.wake)
        assert await read_back(store, desk.conversations, timers) == 1
        assert desk.snapshot("c1").waiting is not None


async def test_a_conversation_that_cannot_be_read_keeps_no_start_waiting() -> None:
    store = FailingStore()
    async with desktop(store) as desk:
        desk.open("c1")
        await desk.settle()
    async with desktop(store) as desk:
        desk.conversations._graphs.clear()
        bundles, store._bundles = store._bundles, {}
        timers = Timers(asyncio.get_running_loop(), desk.clock, desk.conversations.wake)
        async with asyncio.timeout(0.9):
            await read_back(store, desk.conversations, timers)
        mailbox = desk.conversations.resident("c1")
        assert mailbox is not None
        assert mailbox.failed_reads
        # It is tried again until it can be read.
        store._bundles = bundles
        await asyncio.sleep(1.1)
        await desk.settle()
        assert desk.snapshot("c1").waiting is not None
        assert desk.conversations.resident("c1") is mailbox
