"""YAML as operators meet it: what is refused, what a word means, and files that are no configuration at all."""

import pytest

from appliance.config.diagnostics import Diagnostics
from appliance.config.nodes import plain
from appliance.config.source import DEEPEST, LARGEST, decode, parse
from tests.config.reader import tree


def codes(text: str) -> list[tuple[str, int, int]]:
    found = Diagnostics("kefu.yaml", text)
    parse(text, found)
    return [(diagnostic.code, diagnostic.at.line, diagnostic.at.column) for diagnostic in found]


def test_words_are_those_of_yaml_1_2() -> None:
    text = "on: off\nyes: NO\ntime: 10:30\nempty:\nquoted: '1'\nday: 2026-10-01\n"
    assert plain(tree(text)) == {
        "on": "off", "yes": "NO", "time": "10:30", "empty": None, "quoted": "1", "day": "2026-10-01",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"kefu: 1\nsite: {name: \xff}\n", (2, 14)),
        (b"\xef\xbb\xbf\xe5\xba\x97\x80", (1, 2)),
        (b"\xff\xfek\x00", (1, 1)),
    ],
)
def test_bytes_that_are_not_utf8_are_shown_where_they_stand(data: bytes, place: tuple[int, int]) -> None:
    _, found = decode(data, "kefu.yaml")
    assert [(diagnostic.code, (diagnostic.at.line, diagnostic.at.column)) for diagnostic in found] == [
        ("K101", place)
    ]


def test_a_byte_order_mark_is_no_fault() -> None:
    text, found = decode(b"\xef\xbb\xbfkefu: 1\n", "kefu.yaml")
    assert not found.failed
    assert plain(tree(text)) == {"kefu": 1}


@pytest.mark.parametrize(
    "data", [b"a" * 10_000_000, b"\x00" * 10_000_000, b"[" * 10_000_000, b"\xe5\xba\x97" * 3_000_000]
)
def test_ten_megabytes_are_refused_at_once(data: bytes) -> None:
    text, found = decode(data, "kefu.yaml")
    assert not found.failed
    assert codes(text) == [("K102", 1, 1)]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_nesting_is_bounded_whatever_opens_it(opening: str) -> None:
    assert {code for code, _, _ in codes("x:\n  " + opening * 10_000)} <= {"K111", "K113"}
    assert codes("x: " + "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1)) == []


def test_every_duplicate_key_names_the_first() -> None:
    found = Diagnostics("kefu.yaml", text := "a: 1\nb: 2\na: 3\nb: 4\n")
    parse(text, found)
    assert [(diagnostic.at.line, "line 1" in diagnostic.message.en) for diagnostic in found] == [
        (3, True),
        (4, False),
    ]


def test_all_tabs_are_reported_but_a_tab_within_a_text_is_none() -> None:
    assert codes("a:\n\tb: 1\n\tc: 2\n") == [("K105", 2, 1), ("K105", 3, 1)]
    assert plain(tree("a: |\n  x\ty\n")) == {"a": "x\ty\n"}


def test_anchors_never_multiply() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(9))
    assert {code for code, _, _ in codes(bomb)} == {"K107"}


def test_the_largest_file_is_still_read() -> None:
    text = "# " + "x" * (LARGEST - 12) + "\nkefu: 1\n"
    assert plain(tree(text)) == {"kefu": 1}
