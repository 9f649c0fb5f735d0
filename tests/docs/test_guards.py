"""The page about conditions says what conditions do: its lines are compiled, run and asked."""

import ast
import re
from collections import Counter

import pytest

from appliance.config.vocabulary import VARIABLES
from appliance.errors import Language
from appliance.flow.guard_domains import Where
from appliance.flow.guard_regions import MOST_TRIALS, outcomes, shape_of
from appliance.flow.guard_rules import FUNCTIONS
from appliance.flow.guards import compile_guard, compile_value
from tests.conformance.cel.differences import DIFFERENCES
from tests.conformance.test_cel import OUTSIDE, PASSED
from tests.docs.guards import VARS, Line, lines, page, variable_row

LANGUAGES: tuple[Language, ...] = ("en", "zh")
LINES = [(language, line) for language in LANGUAGES for line in lines(language)]


def of(*kinds: str) -> list[tuple[Language, Line]]:
    return [(language, line) for language, line in LINES if line.kind in kinds]


def test_both_languages_promise_the_same() -> None:
    english, chinese = ([(line.kind, line.written) for line in lines(language)] for language in LANGUAGES)
    assert english == chinese
    assert set(Counter(kind for kind, _ in english)) == {"guards", "values", "wrong", "never", "always"}


@pytest.mark.parametrize(("language", "line"), of("guards", "never", "always"))
def test_conditions_compile(language: Language, line: Line) -> None:
    guard, problems = compile_guard(line.written, "flows", VARS)
    assert guard is not None, problems


@pytest.mark.parametrize(("language", "line"), of("values"))
def test_values_are_what_the_page_says(language: Language, line: Line) -> None:
    guard, _, problems = compile_value(line.written)
    assert guard is not None, problems
    said = ast.literal_eval(line.says.replace("true", "True").replace("false", "False"))
    value = guard.test(None)
    assert (type(value), value) == (type(said), said)


@pytest.mark.parametrize(("language", "line"), of("wrong"))
def test_mistakes_are_answered_as_the_page_says(language: Language, line: Line) -> None:
    guard, (problem, *_) = compile_guard(line.written, "flows", VARS)
    assert guard is None
    assert line.says == f"{problem.code}: {problem.message.say(language)} = {problem.hint.say(language)}"


@pytest.mark.parametrize(("language", "line"), of("never", "always"))
def test_what_can_do_nothing_is_found(language: Language, line: Line) -> None:
    guard, _ = compile_guard(line.written, "flows", VARS)
    assert guard is not None
    assert outcomes([shape_of(guard.tree)], Where()) == frozenset([1 if line.kind == "never" else 0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_variables_is_the_vocabulary(language: Language) -> None:
    rows = [line for line in page(language).splitlines() if re.match(r"\| `[a-z.]+` \| `\w+` \|", line)]
    assert rows == [variable_row(word, language) for word in VARIABLES]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_function_is_told_of(language: Language) -> None:
    functions = page(language).split("## ")[3]
    assert set(re.findall(r"^\| `(\w+)\(|` `(\w+)\(", functions, re.MULTILINE)) == {
        ("", "endsWith"),
        *((name, "") for name in FUNCTIONS if name != "endsWith"),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_differences_from_cel_are_told_and_counted(language: Language) -> None:
    text = re.sub(r"\n\s*", " " if language == "en" else "", page(language))
    reasons = Counter(DIFFERENCES.values())
    for reason, count in reasons.items():
        assert re.search(rf"{re.escape(reason.say(language))}[.。]\s?[(（]{count} ", text), reason.en
    passed, differ = sum(PASSED.values()), len(DIFFERENCES)
    assert f"{passed + differ + sum(OUTSIDE.values()):,}" in text
    assert {str(passed), str(differ), str(passed + differ)} <= set(re.findall(r"\d+", text))
    assert f"{MOST_TRIALS:,}" in text or "两万" in text
