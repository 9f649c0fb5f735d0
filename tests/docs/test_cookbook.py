"""Every recipe does what it says: it applies, it is short, check has nothing to say, and without it its tests fail."""

import re

import pytest

from appliance.flow.rehearsal import rehearse
from appliance.runtime.check import Checked, check_text
from tests.docs.recipes import LANGUAGES, ROOT, DoesNotApply, Language, Recipe, applied, recipes, with_tests

MOST_LINES = 6
MIND: dict[Language, str] = {"en": "Mind: ", "zh": "注意："}
SHIPPED = (ROOT / "kefu.yaml").read_text(encoding="utf-8")
EVERY = [
    pytest.param(recipe, id=f"{language}-{recipe.slug}")
    for language in LANGUAGES
    for recipe in recipes(language)
]
_COMMENT = re.compile(r"  # .*")
_MESSAGE = re.compile(r"  \w+: [^{\[]+")


def checked(text: str) -> Checked:
    return check_text(text, "kefu.yaml", environment=None)


@pytest.mark.parametrize("recipe", EVERY)
def test_a_recipe_is_short_and_check_finds_nothing(recipe: Recipe) -> None:
    assert len(recipe.removed) + len(recipe.added) <= MOST_LINES
    found = checked(with_tests(applied(recipe.diff, SHIPPED), recipe.tests))
    assert found.diagnostics.render("en") == ""
    assert found.spec is not None
    assert found.graph is not None
    # `kefu test` plays them with the same answer as the check.
    assert all(played.passed for played in rehearse(found.spec, found.graph))


@pytest.mark.parametrize("recipe", EVERY)
def test_without_the_change_each_of_its_tests_fails(recipe: Recipe) -> None:
    assert 1 <= len(recipe.tests) <= 2
    for line in recipe.tests:
        found = checked(with_tests(SHIPPED, (line,)))
        assert {problem.code for problem in found.diagnostics} <= {"K501", "K301"}
        assert not found.passed


def test_both_languages_have_the_same_recipes() -> None:
    english, chinese = (recipes(language) for language in LANGUAGES)
    assert len(english) >= 12
    assert [recipe.slug for recipe in english] == [recipe.slug for recipe in chinese]
    assert len({recipe.slug for recipe in english}) == len(english)
    for one, other in zip(english, chinese, strict=True):
        assert one.removed == other.removed
        assert bare(one.added) == bare(other.added)
        assert [steps(line) for line in one.tests] == [steps(line) for line in other.tests]


def bare(lines: list[str]) -> list[str]:
    """Leave out what is said in a language: comments and the texts of messages."""
    return [_MESSAGE.sub(lambda text: text[0].split(":")[0], _COMMENT.sub("", line)) for line in lines]


def steps(test: str) -> str:
    """Leave out the name of a test."""
    return re.sub(r"name: [^,]+", "", test)


def test_a_recipe_says_what_to_mind() -> None:
    for language in LANGUAGES:
        for recipe in recipes(language):
            assert recipe.mind.startswith(MIND[language]), recipe.slug
            assert len(recipe.wish) > 10, recipe.slug


DIFF = "--- a/kefu.yaml\n+++ b/kefu.yaml\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"


def test_a_diff_applies_wherever_its_lines_stand() -> None:
    assert applied(DIFF, "x\na\nb\nd\n") == "x\na\nc\nd\n"


@pytest.mark.parametrize(
    ("diff", "text"),
    [
        (DIFF, "a\nB\n"),
        (DIFF, "a\nb\na\nb\n"),
        (DIFF.replace("-1,2", "-1,3"), "a\nb\n"),
        (DIFF.replace("kefu", "other"), "a\nb\n"),
    ],
)
def test_a_diff_that_does_not_fit_is_refused(diff: str, text: str) -> None:
    with pytest.raises(DoesNotApply):
        applied(diff, text)
