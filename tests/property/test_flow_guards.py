"""Whatever an operator types as a condition, compiling it answers; and what compiles is total in its own way."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.flow.guards import compile_guard, compile_value
from tests.flow.test_guards import Scope

_PIECES = st.sampled_from(
    [
        "time", "vip", "menu", "load", "visitor.tags", "event.data.x", "vars.n", "n", "10s", "85%", "3", "1.5", "'a'",
        "true", "null", "&&", "||", "!", "==", "<", ">=", "in", "+", "-", "*", "/", " % ", "?", ":", "(", ")", "[", "]",
        ",", "size(", "contains(", "matches(", ".lower()", "客服", "＞", "0", "营业中", '"', "\\",
    ]
)  # fmt: skip
_EXPECTED = (TypeError, KeyError, ZeroDivisionError, OverflowError)


@given(st.one_of(st.lists(_PIECES, max_size=12).map(" ".join), st.text(max_size=30)))
@settings(max_examples=200)
def test_any_text_is_answered(text: str) -> None:
    guard, problems = compile_guard(text, "flows", {"n": "number"})
    assert (guard is None) == bool(problems)
    for problem in problems:
        assert 0 <= problem.start < problem.end <= max(len(text), problem.start + 1)
        assert problem.message.zh
        assert problem.message.en
    if guard is not None:
        with suppress(*_EXPECTED):
            assert isinstance(guard.test(Scope()), bool)


def _expression(leaf: st.SearchStrategy[str], signs: str) -> st.SearchStrategy[str]:
    return st.recursive(
        leaf,
        lambda inner: st.tuples(inner, st.sampled_from(signs.split()), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        max_leaves=8,
    )


_numbers = _expression(st.integers(0, 99).map(str), "+ - *")
_truths = _expression(st.sampled_from(["true", "false", "(1 < 2)", "!true", "(3 == 4)"]), "&& ||")


@given(_numbers)
def test_arithmetic_is_pythons(text: str) -> None:
    guard, kind, _ = compile_value(text)
    assert guard is not None
    assert kind == "number"
    assert guard.test(None) == eval(text)  # noqa: S307  # digits and signs that this test made


@given(_truths)
def test_logic_is_pythons(text: str) -> None:
    guard, _ = compile_guard(text)
    assert guard is not None
    python = text.replace("&&", "and").replace("||", "or").replace("!", "not ")
    python = python.replace("true", "True").replace("false", "False")
    assert guard.test(None) is eval(python)  # noqa: S307  # words that this test made
