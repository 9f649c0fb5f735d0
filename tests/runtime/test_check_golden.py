"""Every diagnostic that check can give stands in a golden file, exactly as an operator reads it."""

import json
import re
from pathlib import Path

import pytest

from tests.runtime.goldens import FOLDER, cases, rendered

ROOT = Path(__file__).parents[2]
ELSEWHERE = {
    "K101": "about bytes, which are better made in a test: tests/config/test_source.py",
    "K102": "about sizes, which are better made in a test: tests/config/test_source.py",
    "K411": "only a bundle stored by another version can name such an action: tests/flow/test_compile.py",
    "K610": "about conversations that are open, which only a running appliance knows: tests/runtime/test_pinned.py",
    "K412": "only a bundle stored by another version can hold it: the file is refused with K210",
}


@pytest.mark.parametrize("name", cases())
def test_golden(name: str) -> None:
    text, data = rendered(name)
    assert text == (FOLDER / f"{name}.txt").read_text(encoding="utf-8"), (
        "run python -m tests.runtime.goldens, read the diff"
    )
    assert data == (FOLDER / f"{name}.json").read_text(encoding="utf-8")


def test_every_code_has_a_golden_file() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "appliance").rglob("*.py"))
    goldens = "".join(path.read_text(encoding="utf-8") for path in (FOLDER.parent).glob("*/*.json"))
    written = set(re.findall(r'"(K\d{3})"', sources))
    shown = set(re.findall(r'"code": "(K\d{3})"', goldens))
    assert written - shown == set(ELSEWHERE)


@pytest.mark.parametrize("name", cases())
def test_every_golden_diagnostic_speaks_both_languages_and_stands_in_the_file(name: str) -> None:
    lines = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").split("\n")
    for found in json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")):
        assert found["message"]["zh"]
        assert found["message"]["en"]
        assert found["line"] <= len(lines)
