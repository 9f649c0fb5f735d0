"""The sentences name what was written and what to write."""

import pytest

from appliance.config.shape_messages import (
    later_key,
    missing,
    unknown_key,
    wrong_kind,
    wrong_type,
    wrong_value,
)


@pytest.mark.parametrize(
    ("expected", "instance", "kind", "code", "words"),
    [
        (["string"], 5, "", "K202", "expected text, found a whole number"),
        (["string"], None, "", "K202", "there is no value; expected text"),
        (["object", "null"], [], "", "K202", "expected keys with values, found a list"),
        (["boolean"], 1.5, "", "K202", "expected true or false, found a number"),
        (["string"], 10, "duration", "K207", "10 has no unit"),
        (["string"], True, "duration", "K202", "expected text, found true or false"),
    ],
)
def test_wrong_types(expected: list[str], instance: object, kind: str, code: str, words: str) -> None:
    found, message, _ = wrong_type(expected, instance, kind)
    assert (found, message.en) == (code, words)


@pytest.mark.parametrize(
    ("validator", "limit", "instance", "words"),
    [
        ("minimum", 1, 0, "'0' is too small"),
        ("maximum", 9, 10, "'10' is too large"),
        ("minLength", 1, "", "this must not be empty"),
        ("maxLength", 2, "abc", "this is too long"),
        ("maxItems", 3, [1, 2, 3, 4], "these are too many"),
        ("uniqueItems", True, [1, 1], "an item occurs twice"),
        ("multipleOf", 2, 3, "'3' does not fit"),
    ],
)
def test_bounds(validator: str, limit: object, instance: object, words: str) -> None:
    code, message, _ = wrong_value(validator, limit, instance, {})
    assert (code, message.en) == ("K205", words)


def test_choices() -> None:
    assert wrong_value("enum", ["auto", "manual"], "manul", {})[2].en == "did you mean 'manual'?"
    assert wrong_value("const", "off", {"level": 1}, {"x-later": True})[0] == "K210"


def test_a_unit_gets_its_right_spelling() -> None:
    code, _, hint = wrong_kind("duration", "24小时")
    assert (code, hint.zh) == ("K207", "写成 24h")
    assert wrong_kind("duration", "9999d")[0] == "K205"
    assert wrong_kind("duration", "soon")[0] == "K206"


def test_a_secret_is_not_repeated() -> None:
    assert "hunter2" not in str(wrong_kind("secret", "hunter2"))


def test_keys() -> None:
    assert unknown_key("x", "events")[0] == "K302"
    assert unknown_key("x", "action")[0] == "K303"
    assert unknown_key("x", "")[1].en == "there is no setting 'x' here"
    assert later_key("second", "flows")[1].en == "this version runs the flow main only, not 'second'"
    assert missing("flows")[1].zh == "加上 flows:"
