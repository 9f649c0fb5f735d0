"""Syntax errors point at the slip, not at the token the parser stumbled over."""

import pytest

from appliance.config.diagnostics import Diagnostics
from appliance.config.source import parse


@pytest.mark.parametrize(
    ("text", "code", "place", "words"),
    [
        ("when: !vip && x\n", "K109", (1, 7), "!"),
        ("a: {when: !vip || x}\n", "K109", (1, 11), "!"),
        ("a: [!vip && x]\n", "K109", (1, 5), "!"),
        ("site\uff1a\n  name: x\n", "K115", (1, 5), "write :"),
        ("a: {b: 1\uff0c c: 2\nd: 3\n", "K115", (1, 9), "write ,"),
        ("a: x: y\n", "K104", (1, 5), "colon"),
        ("a\nb: 1\n", "K104", (1, 1), "colon is missing"),
        ("a: 'x\nb: 1\n", "K104", (1, 4), "quotes are not closed"),
        ("a:\n  b: 1\n c: 2\n", "K104", (3, 2), "indentation"),
        ("a: %x\n", "K104", (1, 4), "cannot begin"),
        ("a:\t1\n", "K105", (1, 3), "tab"),
    ],
)
def test_the_slip_is_named(text: str, code: str, place: tuple[int, int], words: str) -> None:
    found = Diagnostics("kefu.yaml", text)
    assert parse(text, found) is None
    first = next(iter(found))
    assert (first.code, (first.at.line, first.at.column)) == (code, place)
    assert words in first.message.en + first.hint.en


def test_open_brackets_name_the_line_they_open_on() -> None:
    found = Diagnostics("kefu.yaml", text := "a: {b: 1,\n  c: 2\nd: 3\n")
    parse(text, found)
    assert "line 1" in next(iter(found)).hint.en
