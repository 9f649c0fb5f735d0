"""Tokens: units become integers, and what only looks like a token says what to write."""

import pytest

from appliance.flow.guard_tokens import GuardSyntaxError, tokens


def kinds(text: str) -> list[tuple[str, object]]:
    return [(token.kind, token.value) for token in tokens(text)[:-1]]


def test_units() -> None:
    assert kinds("1h30m 800ms 85% 8KiB 1.5") == [
        ("duration", 5_400_000),
        ("duration", 800),
        ("percent", 0.85),
        ("number", 8192),
        ("number", 1.5),
    ]


def test_a_spaced_percent_sign_is_modulo() -> None:
    assert kinds("10 % 3") == [("number", 10), ("op", "%"), ("number", 3)]


def test_names_in_any_script_hold_dots() -> None:
    assert kinds("会话.时长 а.b ñ") == [("name", "会话.时长"), ("name", "а.b"), ("name", "ñ")]


def test_spans_are_offsets_into_the_text() -> None:
    assert [(token.start, token.end) for token in tokens("  a>=10s")] == [(2, 3), (3, 5), (5, 8), (8, 8)]


@pytest.mark.parametrize(
    ("text", "code", "span"),
    [
        ("5 ＆ 6", "K401", (2, 3)),
        ("a > 3小时", "K402", (4, 7)),
        ("'x", "K401", (0, 2)),
        ("'\\q'", "K401", (1, 3)),
    ],
)
def test_unreadable(text: str, code: str, span: tuple[int, int]) -> None:
    with pytest.raises(GuardSyntaxError) as caught:
        tokens(text)
    problem = caught.value.problem
    assert (problem.code, (problem.start, problem.end)) == (code, span)
    assert problem.hint.zh
    assert problem.hint.en


@pytest.mark.parametrize(
    "text", ["9" * 9_000, "9223372036854775809", "1e999", "99999999999GB", "4000d", "9" * 400 + "%"]
)
def test_what_is_too_large_is_refused(text: str) -> None:
    with pytest.raises(GuardSyntaxError) as caught:
        tokens(text)
    assert caught.value.problem.code == "K409"


def test_the_largest_numbers_stand() -> None:
    assert kinds("9223372036854775808 0x7fffffffffffffff 3660d")[0] == ("number", 1 << 63)


@pytest.mark.parametrize(
    ("text", "written", "meant"),
    [
        ("a ＞＝ 3", "＞＝", ">="),
        ("a ！＝ 3", "！＝", "!="),
        ("a ＝＝ 3", "＝＝", "=="),
        ("a >＝ 3", ">＝", ">="),
        ("a ＆＆ b", "＆＆", "&&"),
        ("a ｜｜ b", "｜｜", "||"),
        ("a => 3", "=>", ">="),
        ("a =< 3", "=<", "<="),
        ("a <> 3", "<>", "!="),
        ("a === 3", "===", "=="),
        ("a ≥ 3", "≥", ">="),
        ("a > ３", "３", "3"),
        ("a ； b", "；", ";"),
    ],
)
def test_signs_of_other_keyboards_and_languages(text: str, written: str, meant: str) -> None:
    with pytest.raises(GuardSyntaxError) as caught:
        tokens(text)
    problem = caught.value.problem
    assert text[problem.start : problem.end] == written
    assert problem.hint.en == f"write {meant}"


def test_names_hold_the_marks_of_every_script_and_emoji() -> None:
    assert [text for _, text in kinds("नाम ชื่อ 次数🙂 👩‍👧 أسم")] == ["नाम", "ชื่อ", "次数🙂", "👩‍👧", "أسم"]


def test_half_a_character_is_no_character() -> None:
    with pytest.raises(GuardSyntaxError):
        tokens(r"'\ud83d'")
    assert kinds(r"'\U0001f600\101'") == [("string", "😀A")]
