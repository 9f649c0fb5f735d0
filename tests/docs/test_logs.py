"""The page about logs: its commands find what they say in a real log, and its table of the status names all that there is."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.shell import kefu, process
from tests.docs.recipes import LANGUAGES, Language
from tests.docs.walkthrough import blocks, page

ROW = re.compile(r"^\| (`[^|]+) \|", re.MULTILINE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_lines_and_commands_hold_on_a_real_log(language: Language, tmp_path: Path) -> None:
    text = page(language, "logs.md")
    with process(tmp_path / "data", "--log", "debug", "--log-format", "json") as running:
        running.get("/healthz")
        log = running.end().err
    (shown,) = (block.body for block in blocks(text) if block.kind == "json")
    extra = [
        {"ts": "T", "event": "x", "conversation": "0c1f", "request": "r", "route": "/slow", "ms": 501},
        json.loads(shown),
    ]
    (tmp_path / "kefu.log").write_text(
        log + "".join(f"{json.dumps(each)}\n" for each in extra), encoding="utf-8"
    )
    (commands,) = (block.body.splitlines() for block in blocks(text) if block.kind == "sh")
    found = [
        subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
        for line in commands
    ]
    assert found[0] == "T x\n"
    assert found[1].split() == ["1", "4501"]
    assert found[2] == '{"request":"r","route":"/slow","ms":501}\n'


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
