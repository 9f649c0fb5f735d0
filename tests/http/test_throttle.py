"""Each failure makes the next try wait longer; nothing is kept for ever."""

import pytest

from appliance.http import throttle
from appliance.http.throttle import Pace, Throttle

PACE = Pace(free=3, longest=10_000, forget=60_000)


def failed(times: int, at: int = 0) -> Throttle:
    found = Throttle(PACE)
    for _ in range(times):
        found.failed("li", at)
    return found


@pytest.mark.parametrize(
    ("times", "wait"), [(0, 0), (2, 0), (3, 1_000), (4, 2_000), (5, 4_000), (7, 10_000), (500, 10_000)]
)
def test_the_wait_doubles_up_to_the_longest(times: int, wait: int) -> None:
    assert failed(times).wait("li", 0) == wait


def test_waiting_is_enough_and_does_not_reset_the_count() -> None:
    found = failed(4)
    assert found.wait("li", 1_500) == 500
    assert found.wait("li", 2_000) == 0
    found.failed("li", 2_000)
    assert found.wait("li", 2_000) == 4_000


def test_it_forgets_after_an_hour_without_failures_and_after_a_success() -> None:
    found = failed(9)
    assert found.wait("li", PACE.forget) == 0
    found.failed("li", PACE.forget)
    assert found.wait("li", PACE.forget) == 0
    again = failed(9)
    again.succeeded("li")
    assert again.wait("li", 0) == 0


def test_one_failure_can_be_taken_back() -> None:
    found = failed(4)
    found.forgive("li")
    assert found.wait("li", 0) == 1_000
    for _ in range(9):
        found.forgive("li")
    assert found.wait("li", 0) == 0


def test_others_do_not_wait() -> None:
    assert failed(50).wait("wang", 0) == 0


def test_it_remembers_a_bounded_number_the_oldest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_REMEMBERED", 10)
    found = failed(9)
    for number in range(9):
        found.failed(str(number), 0)
    assert found.wait("li", 0) > 0
    found.failed("one more", 0)
    assert found.wait("li", 0) == 0
