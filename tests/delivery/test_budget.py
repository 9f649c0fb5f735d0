"""The sum of what waits is bounded, whoever has most goes first, and the count never drifts."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.delivery.budget import Budget
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
