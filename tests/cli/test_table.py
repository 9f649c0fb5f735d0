"""Columns stand one under the other, in whatever script."""

from appliance.cli.table import aligned, padded, width


def test_a_chinese_character_takes_two_places() -> None:
    assert (width("会话"), width("chat"), width("e\u0301")) == (4, 4, 1)
    assert padded("会话", 6) == "会话  "
    assert padded("会话", 3) == "会话"


def test_columns_are_as_wide_as_their_widest_cell_and_the_last_is_free() -> None:
    rows = [("池", "上限", "说明"), ("sessions", "5", "很长的说明，不补空格"), ("db", "20", "")]
    assert aligned(rows) == ["池        上限  说明", "sessions  5     很长的说明，不补空格", "db        20"]
