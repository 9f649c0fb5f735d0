"""Axes begin at zero and carry few round numbers."""

from hypothesis import given
from hypothesis import strategies as st

from tools.loadtest.report.axes import amount, clock, doubling, time, whole
from tools.loadtest.report.figures import NONE, millis, size, spoken


def test_amounts_begin_at_zero() -> None:
    axis = amount([4_000.0, 9.0], spoken, NONE)
    assert [tick.text.en for tick in axis.ticks] == ["0", "1,000", "2,000", "3,000", "4,000"]
    assert axis.at(0) == 0


def test_bytes_are_round_in_their_own_unit() -> None:
    assert [tick.text.en for tick in amount([90e6], size, NONE, of=1024).ticks] == [
        "0 B", "20 MB", "40 MB", "60 MB", "80 MB",
    ]  # fmt: skip


def test_clock() -> None:
    assert [clock(45), clock(125), clock(4_800, 9_000), clock(5, 300)] == ["45", "2:05", "1:20:00", "0:05"]


@given(st.floats(0, 1e300), st.floats(0, 1e300))
def test_ticks_stand_on_every_axis_and_are_few(first: float, second: float) -> None:
    for axis in (
        amount([first, second], millis, NONE),
        doubling([first, second], millis, NONE),
        time(0.0, second),
    ):
        assert 1 <= len(axis.ticks) <= 9
        assert all(-1e-9 <= tick.at <= 1 + 1e-9 for tick in axis.ticks)
        assert 0 <= axis.at(first) <= 1


def test_tiers_are_whole() -> None:
    assert [tick.text.en for tick in whole(3, NONE).ticks] == ["0", "1", "2", "3"]
