"""The sum of what waits is bounded, whoever has most goes first, and the count never drifts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.delivery import budget as budgets
from appliance.delivery.budget import STUCK_LOOKS, Budget
from appliance.delivery.outbox import Outbox


def test_the_largest_is_cut_and_the_others_keep_theirs() -> None:
    budget = Budget(limit=1_000)
    small, large = Outbox(budget=budget), Outbox(budget=budget)
    small.put(b"s" * 300)
    for _ in range(4):
        large.put(b"l" * 200)
    assert (large.slow, small.slow) == (True, False)
    assert budget.used == 300


def test_within_the_budget_nobody_is_cut() -> None:
    budget = Budget(limit=1_000)
    boxes = [Outbox(budget=budget) for _ in range(10)]
    for box in boxes:
        box.put(b"x" * 100)
    assert not any(box.slow for box in boxes)


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from(["put", "pass", "take", "all"]), st.integers(1, 400))
    )
)
def test_the_count_is_the_sum_of_what_waits(script: list[tuple[int, str, int]]) -> None:
    budget = Budget(limit=1_500)
    boxes = [Outbox(most_frames=5, most_bytes=900, budget=budget) for _ in range(4)]
    for which, what, size in script:
        box = boxes[which]
        if what == "put":
            box.put(b"x" * size)
        elif what == "pass" and not box.slow:
            box.pass_on(("typing", str(size % 3)), b"y" * size)
        elif what == "take":
            box.take(size * 4)
        elif what == "all":
            box.take_all()
        assert budget.used == sum(each.size for each in boxes)
        assert budget.used <= 1_500


def test_the_stuck_are_cut_when_more_waits_than_is_calm_the_largest_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budgets, "CALM_BYTES", 1_000)
    monkeypatch.setattr(budgets, "CALM_BYTES_A_PEER", 10)
    budget = Budget()
    small, large, larger = (Outbox(budget=budget) for _ in range(3))
    for box, size in ((small, 400), (large, 500), (larger, 600)):
        box.put(b"x" * size)
    for _ in range(STUCK_LOOKS - 1):
        assert budget.look(0)
    assert not any(box.slow for box in (small, large, larger))
    assert budget.look(100)
    assert not larger.slow, "1,500 bytes are calm where there are a hundred peers"
    assert budget.look(0)
    assert (small.slow, large.slow, larger.slow) == (False, False, True)
    assert budget.used == 900
    small.take(1_000)
    large.take(1_000)
    assert not budget.look(0)


def test_who_takes_something_is_not_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "CALM_BYTES", 1_000)
    budget = Budget()
    slowly, never = Outbox(budget=budget), Outbox(budget=budget)
    for _ in range(2 * STUCK_LOOKS):
        slowly.put(b"s" * 300)
        slowly.put(b"s" * 300)
        if not never.slow:
            never.put(b"n" * 100)
            # A newer signal takes the place of the older one: nobody has read anything.
            never.pass_on(("typing", "c1"), b"t" * 10)
            never.pass_on(("typing", "c1"), b"t" * 5)
        slowly.take(310)
        budget.look(0)
    assert (slowly.slow, never.slow) == (False, True)
    assert budget.used == slowly.size > 1_000
