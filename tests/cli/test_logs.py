"""The log: fields in both forms, no line that a stranger wrote, no message of an error that may quote one."""

import ast
import io
import json
import logging
import sys
from pathlib import Path

import pytest

from appliance.cli.logs import ConsoleLines, JsonLines, default_format
from appliance.errors import StoreError, Text

ROOT = Path(__file__).resolve().parent.parent.parent
EVIL = "x\r\n11-26 10:00:00 E kefu.http: forged\x1b[2J\u2028\x85"


def record(event: str = "it happened", name: str = "kefu.test", **fields: object) -> logging.LogRecord:
    found = logging.LogRecord(name, logging.WARNING, "f.py", 1, event, (), None)
    vars(found).update(fields)
    return found


def raised(error: Exception) -> logging.LogRecord:
    try:
        raise error
    except Exception:
        found = record()
        found.exc_info = sys.exc_info()
        return found


def test_a_json_line_has_its_fields_in_order() -> None:
    told = json.loads(JsonLines().format(record(conversation="c1", code=4501, remote="", peer=None)))
    assert list(told) == ["ts", "level", "logger", "event", "conversation", "code"]
    assert (told["level"], told["event"], told["code"]) == ("warning", "it happened", 4501)
    assert len(told["ts"]) == len("2026-11-26T10:00:00.000Z")
    assert told["ts"].endswith("Z")


@pytest.mark.parametrize("form", [JsonLines(), ConsoleLines()])
def test_no_value_forges_a_line(form: logging.Formatter) -> None:
    line = form.format(record(EVIL, origin=EVIL))
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    assert "forged" in line


@pytest.mark.parametrize("form", [JsonLines(), ConsoleLines()])
def test_an_error_shows_its_place_and_no_strangers_words(form: logging.Formatter) -> None:
    line = form.format(raised(ValueError("bad text: secret-words")))
    assert "secret-words" not in line
    assert "ValueError" in line
    assert "test_logs.py" in line
    assert "disk is full" in form.format(record(error=StoreError(Text("满", "the disk is full"))))


@pytest.mark.parametrize("form", [JsonLines(), ConsoleLines()])
def test_of_libraries_the_first_line_only(form: logging.Formatter) -> None:
    line = form.format(record("Task exception was never retrieved\nfuture: secret-words", "asyncio"))
    assert "never retrieved" in line
    assert "secret-words" not in line


def test_a_pipe_gets_json() -> None:
    assert default_format(io.StringIO()) == "json"


def test_every_call_logs_a_fixed_sentence_and_fields() -> None:
    calls = 0
    for path in (ROOT / "appliance").rglob("*.py"):
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            owner = node.func.value
            if not (isinstance(owner, ast.Name) and owner.id in ("_log", "logger")):
                continue
            if node.func.attr == "isEnabledFor":
                continue
            calls += 1
            sentence = node.args[1:] if node.func.attr == "log" else node.args
            where = f"{path}:{node.lineno}"
            assert len(sentence) == 1, where
            assert isinstance(sentence[0], ast.Constant), where
            assert "%" not in str(sentence[0].value), where
            assert {word.arg for word in node.keywords} <= {"extra", "exc_info"}, where
    assert calls > 30
