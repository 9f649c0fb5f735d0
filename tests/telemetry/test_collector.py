"""Pauses of the garbage collector, on a clock of the test's own and with the real collector."""

import gc

from appliance.telemetry.collector import GcPauses


def test_each_generation_is_timed_for_itself() -> None:
    times = iter([0.0, 0.002, 10.0, 10.2])
    pauses = GcPauses(lambda: next(times))
    pauses.start()
    try:
        gc.disable()
        gc.collect(0)
        gc.collect(2)
    finally:
        gc.enable()
        pauses.stop()
    assert (pauses.pauses["0"].count, pauses.pauses["1"].count, pauses.pauses["2"].count) == (1, 0, 1)
    assert abs(pauses.pauses["2"].total - 0.2) < 1e-9
    worst = pauses.worst()
    assert [round(seconds, 9) for seconds in worst.values()] == [0.002, 0.0, 0.2]
    assert not any(pauses.worst().values())


def test_after_the_stop_nothing_is_timed() -> None:
    before = list(gc.callbacks)
    pauses = GcPauses()
    pauses.start()
    pauses.stop()
    pauses.stop()
    assert gc.callbacks == before
    gc.collect()
    assert pauses.pauses["2"].count == 0
