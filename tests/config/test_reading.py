"""Single values: full-width operators are found outside of quotes, and nothing of the wrong kind passes as right."""

import pytest

from appliance.config.diagnostics import Diagnostics, Span
from appliance.config.nodes import Node, find
from appliance.config.reading import Reader, entries, span, value
from tests.config.reader import tree


def node(text: str) -> Node:
    return find(tree(f"x: {text}\n"), ["x"])[0]


def reader() -> Reader:
    return Reader(Diagnostics("kefu.yaml"))


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("time ＞ 10s", [9]), ("(a ＆＆ b)", [7]), ("menu == '＞'", []), ('"menu == ''＝''"', [13]),
        ("a ≥ 3 ？ b ： c", [6, 10, 14]), ("menu == '它\\'＞'", []), ("排队时长 > 3m", []),
    ],
)  # fmt: skip
def test_full_width_operators(text: str, places: list[int]) -> None:
    read = reader()
    assert read.guard(node(text), "$.x") is not None
    assert [found.at.column for found in read.found] == places
    assert all(found.code == "K311" for found in read.found)


def test_values_of_the_wrong_kind_become_the_default_without_a_word() -> None:
    read = reader()
    assert read.text(node("3"), "d") == "d"
    assert read.whole(node("true"), 7) == 7
    assert read.whole(node("4.0"), 7) == 4
    assert read.flag(node("yes")) is False
    assert read.duration(node("5"), "$.x", 9) == 9
    assert read.size(None, "$.x", 9) == 9
    assert read.guard(node("[1]"), "$.x") is None
    assert read.guard(node("3"), "$.x") is None
    assert read.texts(node("x")) == ()
    assert len(read.found) == 0


def test_a_text_that_is_no_measure_is_said() -> None:
    read = reader()
    assert read.duration(node("'10s '"), "$.x", 9) == 9
    assert read.size(node("8K"), "$.x", 9) == 9
    assert [found.code for found in read.found] == ["K207"]
    assert read.duration(node("5分钟"), "$.y", 9) == 9
    assert len(read.found) == 1, "the same place is not judged twice"


def test_secrets_are_read_as_references() -> None:
    read = reader()
    found = read.secret(node("${file:/a:b}"))
    assert found is not None
    assert (found.kind, found.where) == ("file", "/a:b")
    assert read.secret(node("plain")) is None
    assert read.secret(None) is None


def test_the_plain_forms() -> None:
    assert entries(node("[1]")) == ()
    assert span(None) == Span()
    assert value(node("{a: [1]}")) == {"a": [1]}
    assert value(None) is None
