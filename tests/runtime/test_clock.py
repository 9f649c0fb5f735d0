"""The clock believes the wall once, and the log more than the wall."""

import time

from appliance.runtime.clock import SystemClock

MS = 1_000_000


class Machine:
    """A machine whose clocks a test sets."""

    def __init__(self, wall: int, boot: int) -> None:
        self.wall = wall * MS
        self.boot = boot * MS

    def clock(self, newest: int = 0) -> SystemClock:
        return SystemClock(newest, wall=lambda: self.wall, elapsed=lambda: self.boot)


def test_it_starts_at_wall_time_and_goes_on_with_elapsed_time() -> None:
    machine = Machine(wall=1_700_000_000_000, boot=5_000)
    clock = machine.clock()
    assert clock.now() == 1_700_000_000_000
    machine.boot += 1_234 * MS
    assert clock.now() == 1_700_000_001_234


def test_a_wall_clock_set_back_or_forward_while_running_changes_nothing() -> None:
    machine = Machine(wall=1_700_000_000_000, boot=0)
    clock = machine.clock()
    for days in (-40, 40):
        machine.wall += days * 86_400_000 * MS
        assert clock.now() == 1_700_000_000_000


def test_a_restart_under_a_clock_set_back_goes_on_where_the_log_stands() -> None:
    machine = Machine(wall=1_600_000_000_000, boot=77)
    clock = machine.clock(newest=1_700_000_000_500)
    assert clock.now() == 1_700_000_000_500
    machine.boot += 10 * MS
    assert clock.now() == 1_700_000_000_510


def test_the_real_one_agrees_with_the_machine_and_never_runs_backwards() -> None:
    before = time.time_ns() // MS
    clock = SystemClock()
    seen = [clock.now() for _ in range(1_000)]
    assert before <= seen[0] <= seen[-1] <= time.time_ns() // MS + 50
    assert seen == sorted(seen)
    assert all(type(moment) is int for moment in seen)
