"""Open or closed: past midnight, special days, clock changes."""

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from appliance.config.hours import DAY, Hours

SHANGHAI = ZoneInfo("Asia/Shanghai")
LATE = Hours(weekly=(((18 * 60, 26 * 60),),) * 7, special={"2026-10-02": ()})


def at(text: str, zone: str = "Asia/Shanghai") -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def test_the_end_is_exclusive_and_midnight_is_crossed() -> None:
    assert [LATE.is_open(at(f"2026-09-30T{clock}")) for clock in ("17:59:59", "18:00", "23:59")] == [
        False,
        True,
        True,
    ]
    assert [LATE.is_open(at(f"2026-10-01T{clock}")) for clock in ("00:00", "01:59:59", "02:00")] == [
        True,
        True,
        False,
    ]


def test_a_closed_day_still_hears_the_end_of_the_night_before() -> None:
    assert LATE.is_open(at("2026-10-02T01:00"))
    assert not LATE.is_open(at("2026-10-02T20:00"))
    assert not LATE.is_open(at("2026-10-03T01:00"))
    assert LATE.next_open(at("2026-10-02T20:00")) == at("2026-10-03T18:00")


def test_next_open_is_now_while_open_and_never_when_there_is_none() -> None:
    now = at("2026-09-30T19:00")
    assert LATE.next_open(now) == now
    assert Hours(weekly=((),) * 7).next_open(now) is None
    assert Hours().next_open(now) == now


def test_a_day_with_a_clock_change_follows_the_clock_on_the_wall() -> None:
    hours = Hours(weekly=(((9 * 60, 17 * 60),),) * 7, timezone="Europe/London")
    # On 2026-03-29 London loses the hour from one to two.
    assert hours.next_open(at("2026-03-29T00:30", "Europe/London")) == at("2026-03-29T09:00", "Europe/London")
    assert hours.next_open(at("2026-03-28T18:00", "Europe/London")) == at("2026-03-29T09:00", "Europe/London")


@given(
    st.lists(st.tuples(st.integers(0, DAY - 1), st.integers(1, DAY)), max_size=2),
    st.integers(1_700_000_000_000, 1_900_000_000_000),
)
def test_next_open_is_open_and_nothing_before_it_is(spans: list[tuple[int, int]], now: int) -> None:
    week = (tuple((start, start + length) for start, length in spans), *(((),) * 6))
    hours = Hours(weekly=week)
    found = hours.next_open(now)
    if not spans:
        assert found is None
        return
    assert found is not None
    assert hours.is_open(found)
    assert found >= now
    for step in range(1, 20):
        between = now + (found - now) * step // 20
        assert between >= found or not hours.is_open(between) or found == now
