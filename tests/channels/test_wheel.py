"""The wheel calls late rather than early, once, and rests when nothing is armed."""

import asyncio
from collections.abc import Callable

import pytest

from appliance.channels.wheel import GRAIN, SLOTS, Wheel


class Calls:
    """Calls a function when the wheel calls it."""

    def __init__(self, call: Callable[[], object]) -> None:
        self._call = call

    def tick(self) -> None:
        self._call()


class SteppedLoop:
    """A loop whose timers the test fires."""

    def __init__(self) -> None:
        self.waiting: list[object] = []

    def call_later(self, delay: float, call: object) -> object:
        assert delay == GRAIN / 1000
        self.waiting.append(call)
        loop = self

        class Handle:
            def cancel(self) -> None:
                loop.waiting.clear()

        return Handle()

    def turn(self) -> None:
        """Let GRAIN ms pass."""
        due, self.waiting = self.waiting, []
        for call in due:
            assert callable(call)
            call()


def stepped() -> tuple[Wheel, SteppedLoop]:
    loop = SteppedLoop()
    return Wheel(loop), loop  # type: ignore[arg-type]


@pytest.mark.parametrize("delay", [0, 1, GRAIN, GRAIN + 1, 5_000, 25_000])
def test_a_call_comes_once_and_not_early(delay: int) -> None:
    wheel, loop = stepped()
    called: list[int] = []
    turns = 0
    wheel.after(delay, Calls(lambda: called.append(turns)))
    for _ in range(3 * SLOTS):
        turns += 1
        loop.turn()
    assert len(called) == 1
    # The first turn may come right after arming, so it counts as nothing.
    assert (called[0] - 1) * GRAIN >= delay
    assert called[0] * GRAIN <= delay + 2 * GRAIN


def test_what_is_too_far_ahead_comes_at_the_end_of_the_wheel() -> None:
    wheel, loop = stepped()
    called: list[str] = []
    wheel.after(10**9, Calls(lambda: called.append("x")))
    for _ in range(SLOTS):
        loop.turn()
    assert called == ["x"]


def test_it_rests_when_nothing_is_armed() -> None:
    wheel, loop = stepped()
    assert not loop.waiting
    wheel.after(0, Calls(lambda: None))
    wheel.after(500, Calls(lambda: None))
    assert len(loop.waiting) == 1
    for _ in range(5):
        loop.turn()
    assert not loop.waiting


def test_a_call_may_arm_again() -> None:
    wheel, loop = stepped()
    called: list[str] = []

    def again() -> None:
        called.append("again")
        wheel.after(0, Calls(again))

    wheel.after(0, Calls(again))
    for _ in range(3):
        loop.turn()
    assert called == ["again"] * 3


def test_a_failing_call_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    wheel, loop = stepped()
    called: list[str] = []

    def fails() -> None:
        raise ZeroDivisionError

    wheel.after(0, Calls(fails))
    wheel.after(0, Calls(lambda: called.append("same slot")))
    wheel.after(GRAIN, Calls(lambda: called.append("next slot")))
    loop.turn()
    loop.turn()
    assert called == ["same slot", "next slot"]
    assert "a timed call failed" in caplog.text


def test_a_million_re_armed_calls_leave_no_heap_behind() -> None:
    wheel, loop = stepped()
    called = 0

    class Peer:
        def tick(self) -> None:
            nonlocal called
            called += 1
            wheel.after(0, self)

    for _ in range(1_000):
        wheel.after(0, Peer())
    while called < 1_000_000:
        loop.turn()
        assert len(loop.waiting) == 1
    assert sum(map(len, wheel._slots)) == wheel._armed == 1_000


async def test_on_a_real_loop_and_stopped() -> None:
    wheel = Wheel(asyncio.get_running_loop())
    called = asyncio.Event()
    wheel.after(0, Calls(called.set))
    async with asyncio.timeout(5):
        await called.wait()
    forgotten: list[int] = []
    wheel.after(0, Calls(lambda: forgotten.append(1)))
    wheel.stop()
    await asyncio.sleep(3 * GRAIN / 1000)
    assert not forgotten
