"""The table of `kefu status --json` names all that there is, and nothing else."""

import re
from pathlib import Path

import pytest

from tests.cli.shell import kefu, process
from tests.docs.recipes import LANGUAGES, Language
from tests.docs.walkthrough import page

ROW = re.compile(r"^\| (`[^|]+) \|", re.MULTILINE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_the_status_is_whole(language: Language, tmp_path: Path) -> None:
    with process(tmp_path):
        told = kefu("--json", "status", "--data", str(tmp_path)).json
    counts = told.pop("counts")
    text = page(language, "logs.md")
    cells = ROW.findall(text[text.index("| `--json` |") :])
    named = {name for cell in cells for name in re.findall(r"`([a-z_0-9.]+)`", cell)}
    wanted = {*told, *(f"counts.{name}" for name in counts)}
    assert named == wanted
