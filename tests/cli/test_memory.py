"""The collector is calmed, and memory that is free again is given back."""

import gc
from pathlib import Path

from appliance.cli.memory import COLLECT, calm_collector, give_back


def test_the_collector_is_calmed_once_everything_is_built() -> None:
    before = gc.get_threshold()
    try:
        calm_collector()
        assert gc.get_threshold() == COLLECT
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def test_memory_that_is_free_again_goes_back_to_the_system() -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4_096

    # What is kept lies between what is freed, as it does in a server: malloc by itself returns only the end.
    made = [bytes(1_300) for _ in range(60_000)]
    kept = made[::50]
    del made
    before = resident()
    give_back()
    assert resident() < before - 30_000_000
    assert len(kept) == 1_200
