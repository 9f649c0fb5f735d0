"""The ladder of a real appliance goes up and down under load and loses nothing; one without a ladder is told as such."""

from typing import Any

import pytest

from tools.claims.findings import Findings
from tools.claims.house import House, shop
from tools.claims.ladder import NoLadder, Stairs, ladder, overload, scenario_of
from tools.loadtest.scenario import unfit
from tools.loadtest.serving import Serving


async def test_each_tier_is_reached_and_let_go(house: House) -> None:
    found = Findings()
    await ladder(house, 0.2, 1, found)
    assert found.ladder is not None
    assert [tier for tier in found.ladder.seen if tier > 0] == [1, 2, 3]
    assert found.ladder.seen[-1] == 0
    assert "read_receipts" in found.ladder.off
    assert found.ladder.acked > 100
    assert (found.ladder.lost, found.ladder.duplicated, found.ladder.unanswered) == (0, 0, 0)


async def test_an_appliance_without_a_ladder(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with house.appliance(shop()) as serving:
        monkeypatch.setattr(Serving, "admin", _without)
        with pytest.raises(NoLadder):
            overload(serving, "GET")
        with pytest.raises(NoLadder):
            await Stairs(serving, 0.1)._force(1)


def _without(*_: Any) -> tuple[int, str, None]:
    return 404, "404: Not Found", None


def test_the_load_keeps_to_the_limits() -> None:
    assert unfit(scenario_of(1.0)) == []
