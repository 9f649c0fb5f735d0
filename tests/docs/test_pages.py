"""Pages with commands happen as they are told: what a command prints is what stands there."""

from pathlib import Path

import pytest

from tests.docs.recipes import LANGUAGES, Language
from tests.docs.walkthrough import PAGES, Walkthrough, blocks, normalised, page


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_prints_what_its_commands_print(language: Language, name: str, tmp_path: Path) -> None:
    text = page(language, name)
    with Walkthrough(tmp_path, language) as walk:
        assert normalised(walk.walked(text)) == normalised(text)
        assert sum(1 for code in walk.codes if code) == PAGES[name]


@pytest.mark.parametrize("name", PAGES)
def test_both_languages_do_the_same(name: str) -> None:
    told = {
        language: [
            [line for line in block.body.splitlines() if line.startswith("$ ")]
            for block in blocks(page(language, name))
            if block.kind == "console"
        ]
        for language in LANGUAGES
    }
    assert told["en"] == told["zh"]
    assert sum(len(commands) for commands in told["en"]) >= 2
