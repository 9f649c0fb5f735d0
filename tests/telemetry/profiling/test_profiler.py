"""What can be asked for, and what is refused."""

import math

import pytest

from appliance.errors import Refused
from appliance.telemetry.profiling.profiler import KINDS, LONGEST, NO_LOCKS, Profiler


async def test_every_kind_is_taken_and_counted() -> None:
    profiler = Profiler()
    profiler.start()
    try:
        for kind in KINDS:
            profile = await profiler.take(kind, 0.1)
            assert profile.types
        assert profiler.taken == dict.fromkeys(KINDS, 1)
        assert profiler.counts()["tasks"] >= 1
    finally:
        profiler.stop()


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [
        ("cpu", 0),
        ("cpu", -1),
        ("cpu", LONGEST + 1),
        ("cpu", math.nan),
        ("heap", 0),
        ("block", -1),
        ("gpu", 1),
    ],
)
async def test_nonsense_is_refused_and_not_counted(kind: str, seconds: float) -> None:
    profiler = Profiler()
    with pytest.raises(Refused) as refused:
        await profiler.take(kind, seconds)
    assert refused.value.code == "invalid"
    assert profiler.taken == dict.fromkeys(KINDS, 0)


def test_there_are_threads_and_no_locks() -> None:
    profiler = Profiler()
    assert profiler.threads().total() >= 1
    assert profiler.locks().samples == []
    assert profiler.locks().comments == (NO_LOCKS,)
