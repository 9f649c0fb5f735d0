"""Places, widths, near names, and that nothing printed can steer a terminal or give away a secret."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config.diagnostics import (
    Diagnostic,
    Diagnostics,
    Span,
    cells,
    did_you_mean,
    nearest,
    printable,
    quoted,
    underline,
)
from appliance.errors import Text

WRONG = Text("错了", "wrong")


def width(text: str) -> int:
    return sum(cells(char) for char in text)


@pytest.mark.parametrize(
    ("line", "at", "caret"),
    [
        ("to: abc", Span(1, 5, 1, 8), "    ^^^"),
        ("目标: 分配客服", Span(1, 5, 1, 9), "      ^^^^^^^^"),
        ("cafe\u0301: x", Span(1, 8, 1, 9), "      ^"),
        ("\tx", Span(1, 2, 1, 3), "\t^"),
        ("key: [a,", Span(1, 6, 3, 2), "     ^^^"),
        ("x", Span(1, 9, 1, 12), " ^"),
    ],
)
def test_the_caret_stands_under_the_word(line: str, at: Span, caret: str) -> None:
    assert underline(line, at) == (line, caret)


@given(
    st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S"]), min_size=1, max_size=400),
    st.data(),
)
def test_the_caret_is_as_wide_as_the_word_at_any_width(line: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(line) - 1))
    end = data.draw(st.integers(start + 1, min(len(line), start + 20)))
    shown, caret = underline(line, Span(1, start + 1, 1, end + 1))
    spaces = len(caret) - len(caret.lstrip(" "))
    assert caret.count("^") == max(1, width(line[start:end]))
    head = line[:start] if len(line) <= 160 else shown[: shown.index(line[start:end])]
    assert spaces <= width(shown)
    if len(line) <= 160:
        assert spaces == width(head)


def test_they_are_printed_in_the_order_of_the_file_and_only_once() -> None:
    found = Diagnostics("kefu.yaml", "a\nb\n")
    found.error("K201", "$.b", Span(2, 1, 2, 2), WRONG)
    found.warning("K329", "$.a", Span(1, 1, 1, 2), WRONG)
    found.error("K201", "$.b", Span(2, 1, 2, 2), WRONG)
    assert [diagnostic.at.line for diagnostic in found] == [1, 2]
    assert found.render("en").splitlines()[0] == "kefu.yaml:1:1: warning[K329]: wrong"
    assert len(found) == 2


def test_only_errors_keep_the_appliance_from_starting() -> None:
    found = Diagnostics("kefu.yaml")
    found.warning("K329", "$", Span(1, 1, 1, 2), WRONG)
    before = found.failed
    found.extend([Diagnostic("K201", "error", "$", Span(), WRONG)])
    assert (before, found.failed) == (False, True)
    assert "kefu.yaml: error[K201]: 错了\n" in found.render("zh")


def test_covers_knows_the_place_and_the_kind() -> None:
    found = Diagnostics("kefu.yaml")
    found.error("K201", "$", Span(3, 4, 3, 9), WRONG)
    assert found.covers(Span(3, 4, 3, 5))
    assert not found.covers(Span(3, 4, 3, 5), "K1")
    assert not found.covers(Span(3, 5, 3, 9))


def test_a_concealed_value_is_never_printed() -> None:
    found = Diagnostics("kefu.yaml", "secret: hunter2\n")
    found.conceal(Span(1, 9, 1, 16))
    found.error("K208", "$.secret", Span(1, 9, 1, 16), WRONG)
    assert "hunter2" not in found.render("zh") + found.as_json()
    assert "secret: *******" in found.render("zh")


def test_a_flood_is_cut_and_counted() -> None:
    found = Diagnostics("kefu.yaml")
    for line in range(1, 206):
        found.error("K201", "$", Span(line, 1, line, 2), WRONG)
    assert found.render("en").endswith("... and 5 more\n")
    assert len(json.loads(found.as_json())) == 205


def test_nothing_printed_can_steer_a_terminal() -> None:
    assert printable("a\x1b[2J\u202e\ud800b") == "a�[2J��b"
    assert quoted("x" * 50).en == "'" + "x" * 39 + "…'"


@pytest.mark.parametrize(
    ("word", "names", "near"),
    [
        ("分配客户", ["分配客服", "等客服"], "分配客服"),
        ("留盐", ["留言", "评价"], "留言"),
        ("Visitor.Mesage", ["visitor.message"], "visitor.message"),
        ("完全不同", ["留言"], None),
        ("x" * 100, ["x" * 99], None),
    ],
)
def test_the_near_name(word: str, names: list[str], near: str | None) -> None:
    assert nearest(word, names) == near


def test_without_a_near_name_the_choice_is_listed() -> None:
    assert did_you_mean("x", ["甲", "乙"]) == Text("可以写：甲、乙", "choose from: 甲, 乙")
    assert did_you_mean("等:{to", ["等"]).en != did_you_mean("等：{to", ["等"]).en
    assert did_you_mean("等：{to", ["等"]).en == "the colon is full-width; write '等: ' with a space"
    assert did_you_mean("x", []).en == "nothing is defined here yet"
    assert did_you_mean("?", [f"n{number}" for number in range(30)]).en.endswith("n11 ...")
