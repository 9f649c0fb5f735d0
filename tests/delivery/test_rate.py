"""Rates: exact for sends, approximate and cheap for frames."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.delivery.rate import Ceiling, Rate


def test_the_eleventh_send_waits_for_the_first_to_age() -> None:
    rate = Rate(10, 10_000)
    assert [rate.take(at * 100) for at in range(10)] == [0] * 10
    assert rate.take(1_000) == 9_000
    assert rate.take(9_999) == 1
    assert rate.take(10_000) == 0
    assert rate.take(10_000) == 100


def test_a_rate_of_nothing_never_allows() -> None:
    assert Rate(0, 10_000).take(5) == 10_000


def test_a_rate_may_change_and_what_was_sent_before_counts_on() -> None:
    rate = Rate(4, 10_000)
    assert [rate.take(at) for at in (0, 1_000, 2_000, 3_000)] == [0] * 4
    rate.sends = 2
    assert rate.take(4_000) == 8_000
    rate.sends = 5
    assert rate.take(4_000) == 0


@given(st.lists(st.integers(0, 3_000), max_size=80))
def test_no_window_ever_holds_more_than_allowed_and_a_wait_is_kept(gaps: list[int]) -> None:
    rate = Rate(5, 10_000)
    now, taken = 0, []
    for gap in gaps:
        now += gap
        wait = rate.take(now)
        if wait == 0:
            taken.append(now)
            assert sum(1 for at in taken if at > now - 10_000) <= 5
        else:
            assert rate.take(now + wait - 1) > 0


def test_a_ceiling_counts_anew_in_each_window() -> None:
    ceiling = Ceiling(2, 1_000)
    assert [ceiling.passed(1_000), ceiling.passed(1_500), ceiling.passed(1_999)] == [False, False, True]
    assert not ceiling.passed(2_000)
