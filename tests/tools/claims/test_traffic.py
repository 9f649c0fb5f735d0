"""What is played is what kefu lets people do, and as many as the limit of open files allows."""

import os
import resource

import pytest
from msgspec.structs import replace

from appliance.runtime.check import check_text
from tools.claims.plan import sizes
from tools.claims.traffic import ALL, crowd_scenario, most_connections, text_for, threads_of
from tools.loadtest.scenario import unfit


@pytest.mark.parametrize("quick", [True, False])
@pytest.mark.parametrize("scale", [1.0, 0.02])
def test_the_crowd_keeps_to_the_limits(quick: bool, scale: float) -> None:
    size = sizes(quick, scale).crowd
    scenario = crowd_scenario(size, size.people)
    # Only the first of them want an agent; `unfit` would have one for everybody.
    assert unfit(replace(scenario, phases=scenario.phases[:2])) == []
    assert scenario.visitors == size.people + size.desk
    assert size.burst is not None
    assert scenario.phases[-1].name == ALL
    assert scenario.phases[-1].seconds >= size.burst.warm + size.burst.slow


def test_the_shop_has_room_for_them_and_passes_its_check() -> None:
    checked = check_text(text_for(1_234), "shop.yaml", environment=None)
    assert checked.passed
    assert checked.spec is not None
    assert checked.spec.limits.connections > 1_234


def test_no_more_than_files_may_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_024, 4_096))
    assert most_connections(19_000, 1) == 4_096 - 700
    assert most_connections(100, 1) == 100
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_024, 600))
    assert most_connections(19_000, 1) == 1
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1_024, resource.RLIM_INFINITY))
    assert most_connections(19_000, 1) == 19_000


def test_threads_are_counted() -> None:
    assert threads_of(os.getpid()) >= 1
