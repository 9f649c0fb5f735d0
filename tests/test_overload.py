"""The overload ladder, hour-long storms in a moment: every sample is a quarter of a second."""

import math
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.spec import THRESHOLDS, Threshold
from appliance.overload import (
    ALL_ON,
    FEATURES,
    MOST_CPU,
    Change,
    Controller,
    Forced,
    Gate,
    Ladder,
    Signals,
    load_of,
    switches_of,
)

EVERY = 250
MINUTE = 60_000


def at(ratio: float) -> Signals:
    return Signals(commit_wait=ratio * 20)


class Run:
    """A controller and its clock."""

    def __init__(self, rungs: tuple[Threshold, ...] = THRESHOLDS) -> None:
        self.now = 1_000
        self.controller = Controller(rungs, self.now)
        self.changes: list[Change] = []

    def hold(self, ratio: float | Callable[[int], float], seconds: float) -> "Run":
        for _ in range(round(seconds * 1000 / EVERY)):
            self.now += EVERY
            wanted = ratio(self.now) if callable(ratio) else ratio
            change = self.controller.sample(at(wanted), self.now)
            if change is not None:
                self.changes.append(change)
        return self

    @property
    def steps(self) -> list[int]:
        return [change.after for change in self.changes]


# ---- the load


def test_the_largest_component_is_the_load() -> None:
    load = load_of(Signals(loop_lag=50.0, commit_wait=18.0, cpu=0.3, outbound=0.1, memory=0.2, files=0.4))
    assert (load.ratio, load.cause) == (0.9, "commit")
    assert load.components["loop"] == 0.5
    assert load.components["files"] == 0.4


def test_a_busy_core_alone_is_no_overload() -> None:
    load = load_of(Signals(cpu=1.0))
    assert load.ratio == MOST_CPU < THRESHOLDS[1].enter


# ---- up and down


def test_steps_lead_up_and_down_tier_by_tier() -> None:
    run = Run()
    run.hold(0.75, 5).hold(0.9, 5).hold(2.0, 5).hold(0.1, 70)
    assert run.steps == [1, 2, 3, 2, 1, 0]
    assert [change.cause for change in run.changes] == ["commit"] * 3 + [""] * 3


def test_the_cause_of_a_tier_stays_until_it_is_over() -> None:
    run = Run().hold(2.0, 5).hold(0.1, 40)
    assert (run.controller.tier, run.controller.cause) == (2, "commit")
    assert run.hold(0.1, 40).controller.cause == ""


@pytest.mark.parametrize(("ratio", "seconds", "tier"), [(0.75, 2.0, 1), (0.9, 2.25, 2), (0.97, 1.5, 3)])
def test_a_tier_is_entered_after_its_time(ratio: float, seconds: float, tier: int) -> None:
    assert Run().hold(ratio, seconds).controller.tier < tier
    assert Run().hold(ratio, seconds + 0.25).controller.tier == tier


def test_a_sudden_storm_goes_up_within_two_seconds_and_skips_no_tier() -> None:
    run = Run().hold(5.0, 2.0)
    assert run.steps == [1, 2, 3]


def test_a_moment_of_calm_begins_the_time_anew() -> None:
    run = Run()
    for _ in range(20):
        run.hold(0.75, 1.75).hold(0.7, 0.25)
    assert run.steps == []


@pytest.mark.parametrize(("tier", "calm"), [(1, 10), (2, 20), (3, 30)])
def test_a_tier_is_left_after_its_time_of_calm(tier: int, calm: float) -> None:
    run = Run().hold({1: 0.75, 2: 0.9, 3: 0.97}[tier], 5)
    assert run.controller.tier == tier
    leave = THRESHOLDS[tier - 1].leave
    assert run.hold(leave - 0.01, calm).controller.tier == tier
    assert run.hold(leave - 0.01, 0.25).controller.tier == tier - 1


def test_the_way_from_the_top_takes_a_minute() -> None:
    run = Run().hold(5.0, 120)
    began = run.now
    run.hold(0.1, 90)
    assert run.controller.tier == 0
    assert run.changes[-1].at - began <= 61_000


@given(
    centre=st.sampled_from([each for rung in THRESHOLDS for each in (rung.enter, rung.leave)]),
    period=st.integers(min_value=300, max_value=120_000),
    phase=st.floats(min_value=0, max_value=1),
)
def test_a_load_that_swings_round_a_threshold_changes_tier_at_most_once_a_minute(
    centre: float, period: int, phase: float
) -> None:
    run = Run().hold(centre + 0.05, 5)
    run.changes.clear()
    run.hold(lambda now: centre + 0.05 * math.sin(2 * math.pi * (now / period + phase)), 600)
    minutes = [change.at // MINUTE for change in run.changes]
    assert len(run.changes) <= 2
    assert len(minutes) == len(set(minutes)) or len(run.changes) <= 1


@given(st.lists(st.floats(min_value=0, max_value=3), max_size=400))
def test_whatever_comes_the_tier_moves_by_one_and_the_switches_agree(ratios: list[float]) -> None:
    run = Run()
    for ratio in ratios:
        before = run.controller.tier
        run.hold(ratio, 0.25)
        assert abs(run.controller.tier - before) <= 1
        assert run.controller.switches == switches_of(run.controller.tier, THRESHOLDS)
    assert all(a.after == b.before for a, b in zip(run.changes, run.changes[1:], strict=False))


# ---- thresholds of the operator's own


def test_a_ladder_without_rungs_never_leaves_the_ground() -> None:
    run = Run(()).hold(9.0, 60)
    assert run.steps == []
    assert run.controller.switches is ALL_ON


def test_a_missing_rung_is_stepped_over() -> None:
    ladder = Ladder((THRESHOLDS[0], THRESHOLDS[2]))
    tiers = [ladder.sample(2.0, now) for now in range(0, 3_000, EVERY)]
    assert set(tiers) == {0, 1, 3}


def test_other_thresholds_count_from_the_next_sample() -> None:
    run = Run().hold(0.75, 5)
    assert run.controller.tier == 1
    run.controller.replace((Threshold(0.9, 0.8, "read_receipts_off"),))
    assert run.hold(0.75, 11).controller.tier == 0
    run.controller.replace((Threshold(0.5, 0.4, "read_receipts_off"),))
    assert run.hold(0.75, 3).controller.tier == 1


def test_a_tier_whose_rung_is_gone_is_left() -> None:
    run = Run().hold(2.0, 5)
    run.controller.replace(THRESHOLDS[:1])
    run.hold(2.0, 2)
    assert run.controller.tier == 1


# ---- what a tier does


def test_what_each_tier_switches_off() -> None:
    off = [switches_of(tier, THRESHOLDS).off for tier in range(4)]
    assert off == [
        (),
        ("read_receipts", "typing"),
        ("read_receipts", "typing", "push_delay"),
        FEATURES,
    ]
    assert switches_of(0, THRESHOLDS) is ALL_ON
    assert switches_of(2, THRESHOLDS).push_delay == 2_000
    assert switches_of(3, THRESHOLDS).batch == 250


def test_only_declared_rungs_act() -> None:
    only = (Threshold(0.9, 0.8, "delay_push", 500),)
    assert switches_of(3, only).off == ("push_delay",)
    assert switches_of(1, only) is ALL_ON


# ---- forced and rehearsed


def test_a_forced_tier_is_reached_step_by_step_and_left_when_its_time_is_over() -> None:
    run = Run()
    run.controller.force(Forced(3, run.now + 5_000, "li"))
    run.hold(0.0, 1)
    assert run.steps == [1, 2, 3]
    assert run.controller.cause == "operator"
    run.hold(0.0, 5)
    assert run.steps == [1, 2, 3, 2, 1, 0]
    assert run.controller.cause == ""


def test_tier_0_can_be_forced_and_the_ladder_is_where_it_would_be_afterwards() -> None:
    run = Run()
    run.controller.force(Forced(0, run.now + 10_000, "bench"))
    run.hold(2.0, 9)
    assert run.steps == []
    assert run.controller.automatic == 3
    run.controller.force(None)
    run.hold(2.0, 1)
    assert run.steps == [1, 2, 3]


def test_a_rehearsal_goes_up_and_down_and_is_over() -> None:
    run = Run()
    over = run.controller.rehearse(2_000, run.now)
    run.hold(0.1, 12)
    assert run.steps == [1, 2, 3, 2, 1, 0]
    assert {change.cause for change in run.changes[:-1]} == {"rehearsal"}
    assert run.changes[-1].at >= over


def test_a_real_storm_outdoes_a_rehearsal() -> None:
    run = Run()
    run.controller.rehearse(10_000, run.now)
    run.hold(2.0, 4)
    assert run.controller.tier == 3
    assert run.controller.cause == "commit"


# ---- the gate


def refused(waiting: int, each: float, waited: float, vip: bool = False) -> bool:
    return Gate.refuses(waiting, each, waited, vip, 0.5) > 0


def test_a_burst_is_admitted_and_a_queue_is_not() -> None:
    assert not refused(waiting=400, each=1.0, waited=3.0)
    assert refused(waiting=400, each=1.0, waited=60.0)
    assert not refused(waiting=90, each=1.0, waited=190.0)


def test_a_vip_may_join_a_longer_queue() -> None:
    assert not refused(waiting=400, each=1.0, waited=60.0, vip=True)
    assert refused(waiting=4_000, each=1.0, waited=60.0, vip=True)


def test_those_who_are_refused_together_come_back_apart() -> None:
    def waits(spreads: Iterable[float]) -> list[int]:
        return [Gate.refuses(1_000, 1.0, 500.0, False, spread) for spread in spreads]

    assert waits((0.0, 0.5, 1.0)) == [2_250, 3_000, 3_750]
    assert Gate.refuses(10**9, 1.0, 500.0, False, 1.0) <= 10_000
