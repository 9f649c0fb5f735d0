"""Reads the recipes of a cookbook page, and applies a unified diff the way `patch` does, but exactly: no fuzz."""

import re
from pathlib import Path
from typing import Literal

from msgspec import Struct

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "packaging" / "docs"
Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

_RECIPE = re.compile(
    r"^## (?P<title>[^\n]+)\n<!-- recipe: (?P<slug>[a-z-]+) -->\n\n(?P<wish>.+?)\n\n"
    r"```diff\n(?P<diff>.+?)```\n\n```yaml\n(?P<tests>.+?)```\n\n(?P<mind>.+?)(?=\n## |\Z)",
    re.MULTILINE | re.DOTALL,
)
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


class Recipe(Struct, frozen=True):
    """One wish: the change to kefu.yaml as a unified diff, and lines of `tests:` that prove it."""

    slug: str
    title: str
    wish: str
    diff: str
    tests: tuple[str, ...]
    mind: str

    @property
    def removed(self) -> list[str]:
        """The lines that go."""
        return [line[1:] for line in self._changes() if line[0] == "-"]

    @property
    def added(self) -> list[str]:
        """The lines that come."""
        return [line[1:] for line in self._changes() if line[0] == "+"]

    def _changes(self) -> list[str]:
        return [line for line in self.diff.splitlines()[2:] if line[0] in "+-"]


class DoesNotApply(Exception):
    """A diff speaks of lines that are not there, or not once."""


def recipes(language: Language) -> list[Recipe]:
    """Return the recipes of one language in the order of the page."""
    page = (DOCS / language / "cookbook.md").read_text(encoding="utf-8")
    found = [
        Recipe(
            match["slug"],
            match["title"],
            match["wish"],
            match["diff"],
            tuple(match["tests"].splitlines()),
            match["mind"].strip(),
        )
        for match in _RECIPE.finditer(page)
    ]
    # A recipe that the pattern misses would go untested.
    assert len(found) == page.count("\n## ") == page.count("```diff")
    return found


def applied(diff: str, text: str) -> str:
    """Return `text` with the diff applied; raises DoesNotApply unless every hunk fits one place, in order.

    As with `patch`, line numbers may be off by the lines that were added or taken away above.
    """
    lines, done = text.splitlines(), 0
    head, *hunks = re.split(r"^(?=@@ )", diff, flags=re.MULTILINE)
    if head.splitlines() != ["--- a/kefu.yaml", "+++ b/kefu.yaml"]:
        raise DoesNotApply(f"not a diff of kefu.yaml: {head}")
    for hunk in hunks:
        title, *body = hunk.splitlines()
        before = [line[1:] for line in body if line[0] in " -"]
        after = [line[1:] for line in body if line[0] in " +"]
        _counted(title, len(before), len(after))
        places = [place for place in range(done, len(lines)) if lines[place : place + len(before)] == before]
        if len(places) != 1:
            raise DoesNotApply(f"{len(places)} places for\n{hunk}")
        lines[places[0] : places[0] + len(before)] = after
        done = places[0] + len(after)
    return "\n".join(lines) + "\n"


def _counted(title: str, before: int, after: int) -> None:
    match = _HUNK.fullmatch(title)
    if match is None or (int(match[2] or 1), int(match[4] or 1)) != (before, after):
        raise DoesNotApply(f"{title} announces other numbers of lines than {before} and {after}")


def with_tests(text: str, tests: tuple[str, ...]) -> str:
    """Return a kefu.yaml, which ends with `tests:`, with more of them."""
    return text + "".join(f"  {line}\n" for line in tests)
