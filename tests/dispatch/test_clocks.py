"""One clock for each subject, rung in order of time, never after it was stopped or moved."""

from appliance.dispatch.clocks import Clocks
from appliance.model import Millis


class Subject:
    def __init__(self) -> None:
        self.due: Millis | None = None


def test_clocks_ring_in_order_of_time() -> None:
    clocks: Clocks[Subject] = Clocks()
    late, early = Subject(), Subject()
    clocks.ring(late, 20)
    clocks.ring(early, 10)
    assert clocks.next_due() == 10
    assert clocks.take(9) is None
    assert clocks.take(30) is early
    assert early.due is None
    assert clocks.take(30) is late
    assert (clocks.take(30), clocks.next_due()) == (None, None)


def test_a_clock_that_was_moved_or_stopped_does_not_ring() -> None:
    clocks: Clocks[Subject] = Clocks()
    moved, stopped = Subject(), Subject()
    clocks.ring(moved, 10)
    clocks.ring(moved, 20)
    clocks.ring(stopped, 10)
    clocks.ring(stopped, None)
    assert clocks.take(19) is None
    assert clocks.next_due() == 20
    clocks.ring(moved, 5)
    assert clocks.take(5) is moved
    assert clocks.take(99) is None


def test_the_same_time_twice_rings_once() -> None:
    clocks: Clocks[Subject] = Clocks()
    subject = Subject()
    for due in (10, None, 10, 10):
        clocks.ring(subject, due)
    assert clocks.take(10) is subject
    assert clocks.take(10) is None
