"""The schema check judges the form that was meant, and points at the word that is wrong."""

import pytest

from appliance.config.diagnostics import Diagnostics
from appliance.config.shape import check
from appliance.errors import Text
from tests.config.reader import tree

HEAD = "kefu: 1\nflows: {main: {initial: a, states: {a: {}}}}\n"


def found(text: str) -> list[tuple[str, int, int]]:
    diagnostics = Diagnostics("kefu.yaml", HEAD + text)
    check(tree(HEAD + text), diagnostics)
    return [(one.code, one.at.line - 2, one.at.column) for one in diagnostics]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sight: 1\n", [("K201", 1, 1)]),
        ("site: {nam: x, colour: y}\n", [("K201", 1, 8), ("K201", 1, 16)]),
        ("site: 3\n", [("K202", 1, 7)]),
        ("site:\n", [("K202", 1, 1)]),
        ("site:\n  - a\n", [("K202", 1, 1)]),
        ("tests: [{name: x}]\n", [("K203", 1, 9)]),
        ("queues: {a: {accept: by hand}}\n", [("K204", 1, 22)]),
        ("listen: {port: 0}\n", [("K205", 1, 16)]),
        ("site: {color: blue}\n", [("K210", 1, 8)]),
        ("limits: {ping_every: 25}\n", [("K207", 1, 22)]),
        ("site:\n  identity_secret: abc\n", [("K208", 2, 20)]),
        ("site:\n  name: ${env:X}\n", [("K208", 2, 9)]),
        ("ai: on\n", [("K210", 1, 5)]),
        ("thresholds: [{when: load > 70%, action: {delay_push: 5}}]\n", [("K207", 1, 54)]),
        ("queues: {'': }\n", [("K205", 1, 10)]),
    ],
)
def test_places(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize("key", ["secret", "api_key", "password", "access_token", "identity_secret", "密码"])
@pytest.mark.parametrize("value", ["hunter2", "12345678"])
def test_no_message_ever_repeats_what_may_be_a_secret(key: str, value: str) -> None:
    text = f"{HEAD}site: {{{key}: {value}, nam: 3}}\n"
    diagnostics = Diagnostics("kefu.yaml", text)
    check(tree(text), diagnostics)
    assert diagnostics.failed
    assert value not in diagnostics.render("zh") + diagnostics.render("en") + diagnostics.as_json()


def test_yaml_faults_are_not_reported_a_second_time() -> None:
    diagnostics = Diagnostics("kefu.yaml")
    root = tree(f"{HEAD}site: 3\n")
    diagnostics.error("K109", "$", root.entries[2].value.at, Text("错", "wrong"))
    check(root, diagnostics)
    assert [one.code for one in diagnostics] == ["K109"]
