"""YAML 1.2 words, and the units of kefu.yaml."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.scalars import LONGEST, core_value, duration, meant_duration, percent, size, too_long


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"), ("off", "off"), ("yes", "yes"), ("NO", "NO"), ("10:30", "10:30"), ("2026-10-01", "2026-10-01"),
        ("true", True), ("FALSE", False), ("tRue", "tRue"), ("null", None), ("~", None), ("", None),
        ("12", 12), ("-7", -7), ("010", 10), ("0o17", 15), ("0x1F", 31), ("1_000", "1_000"), ("+3", 3),
        ("1.5", 1.5), (".5", 0.5), ("1e3", 1000.0), ("1e999", "1e999"), (".inf", ".inf"), (".nan", ".nan"),
        ("9" * 30, 1e30), ("9" * 41, "9" * 41), ("٣", "٣"),
    ],
)  # fmt: skip
def test_a_word_means_what_an_operator_reads(text: str, value: object) -> None:
    assert core_value(text) == value
    assert type(core_value(text)) is type(value)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("10s", 10_000), ("1h30m", 5_400_000), ("800ms", 800), ("1.5h", 5_400_000), ("180d", 15_552_000_000),
        ("0s", 0), ("10", None), ("10 s", None), ("s", None), ("10s\n", None), ("-1s", None), ("5分钟", None),
        ("99999d", None), ("", None),
    ],
)  # fmt: skip
def test_durations(text: str, milliseconds: int | None) -> None:
    assert duration(text) == milliseconds


@given(st.integers(0, LONGEST))
def test_every_duration_can_be_written(milliseconds: int) -> None:
    seconds, rest = divmod(milliseconds, 1000)
    assert duration(f"{seconds}s{rest}ms") == milliseconds


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8KiB", 8192),
        ("1.5MB", 1_500_000),
        ("512B", 512),
        ("64 KiB", 65_536),
        ("8", None),
        ("8KB ", None),
        ("KiB", None),
    ],
)
def test_sizes(text: str, value: int | None) -> None:
    assert size(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("70%", 0.7), ("0.5%", 0.005), ("100%", 1.0), ("101%", None), ("70", None)]
)
def test_percentages(text: str, value: float | None) -> None:
    assert percent(text) == value


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("24小时", "24h"), ("1小时30分", "1h30m"), ("5 min", "5m"), ("30 Seconds", "30s"), ("10 s", "10s"),
        ("10s", None), ("3 apples", None), ("soon", None), ("", None), ("10s after", None),
    ],
)  # fmt: skip
def test_what_was_meant_by_a_foreign_unit(text: str, meant: str | None) -> None:
    assert meant_duration(text) == meant


def test_ten_years_are_the_longest() -> None:
    assert not too_long("3660d")
    assert too_long("3661d")
    assert not too_long("soon")
