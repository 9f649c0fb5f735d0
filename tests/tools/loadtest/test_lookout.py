"""What the appliance tells of itself during a run, and what is made of it."""

import asyncio
from itertools import pairwise
from pathlib import Path

from tests.tools.loadtest.waiting import until
from tools.loadtest.hiring import Office
from tools.loadtest.lookout import Lookout
from tools.loadtest.report.stacks import weights
from tools.loadtest.results import Rung
from tools.loadtest.serving import Serving


async def test_it_sees_every_step_of_the_ladder_however_short(shop: Serving) -> None:
    lookout = Lookout(shop)
    await lookout.look(0.0)
    state = lookout.latest
    assert state["tier"] == 0
    assert state["loop_lag_ms"] >= 0
    assert state["collections"] >= 0
    began = state["since"]
    shop.admin("POST", "/admin/overload", {"tier": 2, "seconds": 60})

    def tier() -> int:
        found: int = shop.admin("GET", "/admin/overload")[1]["tier"]
        return found

    await until(lambda: tier() == 2, "tier 2 is not reached")
    await lookout.look(1e6)
    shop.admin("POST", "/admin/overload", {"tier": None})
    await until(lambda: tier() == 0, "tier 0 is not reached")
    await lookout.look(2e6)
    ladder = lookout.ladder(began)
    assert ladder is not None
    steps = [load.tier for load in ladder if load.at_s < 1e6]
    assert steps[0] == 0
    assert [tier for before, tier in pairwise(steps) if before != tier] == [1, 2, 1, 0]
    assert [load.at_s for load in ladder] == sorted(load.at_s for load in ladder)
    assert lookout.rungs() == []


async def test_who_cannot_be_asked_tells_nothing(tmp_path: Path) -> None:
    for lookout in (Lookout(None), Lookout(Office("127.0.0.1", 1, tmp_path))):
        await lookout.look(1.0)
        await lookout.profile("idle")
        assert (lookout.ladder(0), lookout.rungs(), lookout.latest, lookout.profiles) == (None, None, {}, {})


async def test_asking_holds_nobody_up(shop: Serving) -> None:
    async with asyncio.TaskGroup() as tasks:
        lookout = Lookout(shop)
        for at in range(5):
            tasks.create_task(lookout.look(float(at)))
    assert lookout.latest["tier"] == 0


async def test_profiles_are_stacks_that_the_report_reads_and_wait_for_one_another(shop: Serving) -> None:
    lookout = Lookout(shop)
    # Twice at once: the appliance refuses one of them, and it is asked again.
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        for moment in ("idle", "peak"):
            tasks.create_task(lookout.profile(moment))
        # On a quiet machine an idle kefu uses too little of the processor to be seen.
        while len(lookout.profiles) < 2:
            await asyncio.to_thread(shop.ask, "GET", "/readyz")
    assert set(lookout.profiles) == {"idle", "peak"}
    for stacks in lookout.profiles.values():
        found = weights(stacks)
        assert any(name.startswith("appliance.") for name in found)
        assert abs(sum(weight.own for weight in found.values()) - 1) < 1e-9


def test_thresholds_are_told_as_they_are() -> None:
    lookout = Lookout(None)
    rungs = [{"tier": 1, "enter": 0.7, "leave": 0.6, "action": "read_receipts_off"}]
    lookout._seen.append((0.0, {"thresholds": rungs}))
    assert lookout.rungs() == [Rung(1, 0.7, 0.6)]
