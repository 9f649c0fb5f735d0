"""One alarm for all: the newest word of a conversation counts, and a million re-armed timers leave no heap behind."""

import asyncio

import pytest

from appliance.runtime.timers import Timers
from tests.runtime.house import HandClock


async def test_conversations_are_woken_in_due_order_and_once() -> None:
    clock, woken = HandClock(0), list[str]()
    timers = Timers(asyncio.get_running_loop(), clock, woken.append)
    timers.start()
    timers.set("late", 30)
    timers.set("early", 10)
    clock.time = 40
    await asyncio.sleep(0.05)
    assert woken == ["early", "late"]
    await asyncio.sleep(0.05)
    assert woken == ["early", "late"]


async def test_a_moved_timer_fires_at_its_new_time_only_and_a_stopped_one_never() -> None:
    clock, woken = HandClock(0), list[str]()
    timers = Timers(asyncio.get_running_loop(), clock, woken.append)
    timers.start()
    timers.set("moved", 10)
    timers.set("moved", 50_000)
    timers.set("stopped", 10)
    timers.set("stopped", None)
    clock.time = 20
    await asyncio.sleep(0.05)
    assert woken == []
    assert len(timers) == 1
    timers.stop()


async def test_nothing_fires_before_the_start_and_what_is_overdue_fires_then() -> None:
    clock, woken = HandClock(100), list[str]()
    timers = Timers(asyncio.get_running_loop(), clock, woken.append)
    timers.set("b", 20)
    timers.set("a", 10)
    await asyncio.sleep(0.02)
    assert woken == []
    timers.start()
    await asyncio.sleep(0.02)
    assert woken == ["a", "b"]


async def test_a_million_re_armed_timers_leave_no_heap_behind() -> None:
    timers = Timers(asyncio.get_running_loop(), HandClock(0), lambda conversation: None)
    names = [f"c{number}" for number in range(10)]
    timers.start()
    for due in range(1_000_000, 2_000_000):
        timers.set(names[due % 10], due)
    assert len(timers) == 10
    assert len(timers._heap) < 200
    timers.stop()
    assert (len(timers), timers._heap, timers._alarm) == (0, [], None)


async def test_an_alarm_that_is_moved_forward_again_and_again_leaves_nothing_in_the_loop() -> None:
    loop = asyncio.get_running_loop()
    timers = Timers(loop, HandClock(0), lambda conversation: None)
    timers.start()
    for due in range(50_000, 0, -1):
        timers.set("c", 1_000_000 + due)
        if due % 1_000 == 0:
            await asyncio.sleep(0)
    # asyncio drops cancelled timers when it turns, once they are more than half of at least a hundred.
    assert len(loop._scheduled) < 1_100  # type: ignore[attr-defined]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(loop._scheduled) < 200  # type: ignore[attr-defined]
    timers.stop()


async def test_a_conversation_that_cannot_be_woken_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    clock, woken = HandClock(0), list[str]()

    def wake(conversation: str) -> None:
        if conversation == "broken":
            raise ValueError(conversation)
        woken.append(conversation)

    timers = Timers(asyncio.get_running_loop(), clock, wake)
    timers.start()
    timers.set("broken", 10)
    timers.set("next", 20)
    timers.set("later", 50_000)
    clock.time = 30
    await asyncio.sleep(0.05)
    assert woken == ["next"]
    assert "broken" in caplog.text
    clock.time = 50_000
    timers.set("soon", 40_000)
    await asyncio.sleep(0.05)
    assert woken == ["next", "soon", "later"]
    timers.stop()
