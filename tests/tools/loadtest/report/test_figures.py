"""Numbers as people read them."""

import pytest

from tools.loadtest.report import figures
from tools.loadtest.report.figures import Form


@pytest.mark.parametrize(
    ("form", "value", "zh", "en"),
    [
        (figures.count, 870_000, "870,000", "870,000"),
        (figures.spoken, 5_000, "5,000", "5,000"),
        (figures.spoken, 870_000, "87 万", "870,000"),
        (figures.spoken, 1_234_000, "123 万", "1.23 million"),
        (figures.spoken, 250_000_000, "2.5 亿", "250 million"),
        (figures.millis, 12.34, "12.3 毫秒", "12.3 ms"),
        (figures.millis, 0.42, "0.42 毫秒", "0.42 ms"),
        (figures.millis, 1_230, "1.23 秒", "1.23 s"),
        (figures.seconds, 605, "10 分 5 秒", "10 min 5 s"),
        (figures.seconds, 4_800, "1 小时 20 分", "1 h 20 min"),
        (figures.size, 1_288_490_189, "1.2 GB", "1.2 GB"),
        (figures.share, 0.123, "12.3%", "12.3 %"),
        (figures.change, -0.04, "−4%", "−4 %"),
        (figures.millis, None, "—", "—"),
        (figures.count, float("nan"), "—", "—"),
        (figures.size, float("inf"), "—", "—"),
    ],
)
def test_forms(form: Form, value: float | None, zh: str, en: str) -> None:
    assert form(value) == (zh, en)


def test_what_is_counted_stands_close_to_a_chinese_unit() -> None:
    assert figures.counted(348_000, "条", "messages") == ("34.8 万条", "348,000 messages")


def test_a_moment_out_of_the_calendar_is_no_date() -> None:
    assert figures.moment(2**60) == figures.NONE
    assert figures.moment(0).en == "1970-01-01 00:00 UTC"
