"""How late the event loop is, on a clock of the test's own."""

import asyncio
from collections.abc import Callable

import pytest

from appliance.telemetry.loop import SAMPLES, STEP, LoopLag


class Dial:
    """A loop whose time the test sets; it holds one timer, and is that timer."""

    def __init__(self) -> None:
        self.now = 100.0
        self.set: list[tuple[float, Callable[[], object]]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Callable[[], object], /) -> "Dial":
        self.set.append((when, callback))
        return self

    def cancel(self) -> None:
        self.set.clear()

    def turn(self, late: float = 0.0) -> None:
        when, callback = self.set.pop()
        self.now = when + late
        callback()


@pytest.fixture
def dial() -> Dial:
    return Dial()


def test_an_idle_loop_is_never_late(dial: Dial) -> None:
    lag = LoopLag(dial)
    lag.start()
    for _ in range(10):
        dial.turn()
    assert lag.p99_ms() == pytest.approx(0.0, abs=1e-6)


def test_a_busy_loop_is_as_late_as_it_is_busy(dial: Dial) -> None:
    lag = LoopLag(dial)
    lag.start()
    for _ in range(SAMPLES):
        dial.turn(0.08)
    assert lag.p99_ms() == pytest.approx(80.0)
    assert lag.worst == pytest.approx(0.08)


def test_one_stumble_among_many_samples_is_no_lag(dial: Dial) -> None:
    lag = LoopLag(dial)
    lag.start()
    for turn in range(SAMPLES):
        dial.turn(0.5 if turn == 50 else 0.001)
    assert lag.p99_ms(60.0) == pytest.approx(1.0)


@pytest.mark.parametrize("stall", [0.1, 0.3, 0.6])
def test_one_long_stall_of_a_second_is_no_lag_and_two_are(dial: Dial, stall: float) -> None:
    lag = LoopLag(dial)
    lag.start()
    for _ in range(60):
        dial.turn(0.001)
    dial.turn(stall)
    assert lag.p99_ms() < 10
    dial.turn(0.001)
    dial.turn(min(stall, 0.3))
    assert lag.p99_ms() >= 99


def test_what_is_long_past_counts_no_more(dial: Dial) -> None:
    lag = LoopLag(dial)
    lag.start()
    for _ in range(10):
        dial.turn(0.09)
    for _ in range(60):
        dial.turn(0.0)
    assert lag.p99_ms(1.0) == pytest.approx(0.0, abs=1e-6)


def test_a_loop_that_stands_still_is_late_before_its_sample_comes(dial: Dial) -> None:
    lag = LoopLag(dial)
    lag.start()
    dial.turn()
    dial.now += STEP + 3.0
    assert lag.p99_ms() == pytest.approx(3_000.0)


def test_nothing_is_set_after_the_end(dial: Dial) -> None:
    lag = LoopLag(dial)
    lag.start()
    lag.stop()
    lag.stop()
    assert not dial.set
    assert lag.p99_ms() == 0.0


async def test_a_loop_that_is_held_up_is_late() -> None:
    loop = asyncio.get_running_loop()
    lag = LoopLag(loop)
    lag.start()
    end = loop.time() + 0.3
    while loop.time() < end:
        before = loop.time()
        while loop.time() < before + 0.06:
            pass
        await asyncio.sleep(0)
    lag.stop()
    assert lag.p99_ms() >= 30.0


def test_every_lag_is_counted_once(dial: Dial) -> None:
    lag = LoopLag(dial)
    lag.start()
    for late in (0.0, 0.0, 0.3):
        dial.turn(late)
    assert lag.lags.count == 3
    assert abs(lag.lags.total - 0.3) < 1e-9
