"""Whoever follows a link in packaging/docs arrives, and both languages have the same pages."""

from pathlib import Path

import pytest

from tests.docs.links import anchors, broken, links
from tests.docs.recipes import DOCS, LANGUAGES

PAGES = sorted(DOCS.glob("*/*.md"))
INDEX = "README.md"


@pytest.mark.parametrize("page", [pytest.param(page, id=str(page.relative_to(DOCS))) for page in PAGES])
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_both_languages_have_the_same_pages() -> None:
    english, chinese = ({page.name for page in (DOCS / language).glob("*.md")} for language in LANGUAGES)
    assert english == chinese
    assert len(english) >= 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_index_names_every_page(language: str) -> None:
    pages = {page.name for page in (DOCS / language).glob("*.md")}
    linked = {link for link in links(DOCS / language / INDEX) if "/" not in link}
    assert linked == pages - {INDEX}


def test_what_leads_nowhere_is_found(tmp_path: Path) -> None:
    other = tmp_path / "other.md"
    other.write_text("# 别的 `kefu` 页 (一)\n```\n# no heading\n```\n", encoding="utf-8")
    assert anchors(other) == {"别的-kefu-页-一"}
    page = tmp_path / "page.md"
    page.write_text(
        "[a](other.md) [b](other.md#别的-kefu-页-一) [c](https://example.com/x) [d](#here)\n## Here\n"
        "[e](none.md) ![f](none.png) [g](other.md#no-heading) [h](#there) `[i](code.md)`\n"
        "```\n[j](fenced.md)\n```\n",
        encoding="utf-8",
    )
    assert broken(page) == ["none.md", "none.png", "other.md#no-heading", "#there"]
