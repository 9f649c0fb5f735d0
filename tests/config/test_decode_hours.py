"""Lines of opening hours become ranges; later lines win."""

import pytest

from appliance.config.hours import DAY
from tests.config.reader import codes, spec_of


def test_later_lines_win_and_days_not_named_are_closed() -> None:
    hours = spec_of(
        "hours: {mon-fri: '09:00-12:00, 13:00-18:00', 周三: closed, 'sat, sun': 10:00-24:00}"
    ).hours
    day = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
    assert hours.weekly == (day, day, (), day, day, ((600, DAY),), ((600, DAY),))
    assert spec_of("hours: {mon: 09:00-10:00}").hours.weekly[1:] == ((),) * 6


def test_a_week_may_run_over_its_end_and_a_night_over_midnight() -> None:
    hours = spec_of("hours: {fri-mon: 18:00-02:00}").hours
    night = ((18 * 60, 26 * 60),)
    assert hours.weekly == (night, (), (), (), night, night, night)


def test_dates_and_the_time_zone_of_the_site() -> None:
    hours = spec_of(
        "site: {timezone: Europe/London}\nhours: {mon-sun: 09:00-17:00, 2026-12-25..2026-12-27: closed}"
    ).hours
    assert hours.timezone == "Europe/London"
    assert hours.special == {"2026-12-25": (), "2026-12-26": (), "2026-12-27": ()}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("mon: 9-18", "K313"), ("mon: 09:00-09:00", "K313"), ("mon: 25:00-26:00", "K313"), ("moon: closed", "K313"),
        ("2026-02-30: closed", "K313"), ("2026-01-02..2026-01-01: closed", "K313"), ("0001-01-01: closed", "K313"),
        ("2026-01-01..2029-01-01: closed", "K313"), ("mon: '09:00-12:00, 11:00-13:00'", "K314"),
        ("mon-sun: '18:00-10:00, 09:00-11:00'", "K314"), ("mon: 18:00-24:00, mon-sun: closed", "K326"),
    ],
)  # fmt: skip
def test_wrong_hours(line: str, code: str) -> None:
    assert code in codes(f"hours: {{{line}}}")
