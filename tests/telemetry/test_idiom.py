"""All log calls of the appliance are of one kind, and every field that they name is described."""

import re

import pytest

from tests.telemetry.idiom import calls, calls_of
from tests.telemetry.test_logs import ROOT

FIELD = re.compile(r"^\| `([a-z_]+)` \|", re.MULTILINE)


def described(language: str) -> set[str]:
    """Return the fields that the page about logs describes."""
    text = (ROOT / "packaging" / "docs" / language / "logs.md").read_text(encoding="utf-8")
    return set(FIELD.findall(text[: text.index("<!-- fields end -->")]))


def test_every_log_call_keeps_values_out_of_its_sentence() -> None:
    found = list(calls(ROOT / "appliance"))
    assert len(found) > 40
    assert [call for call in found if call.wrong] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_field_is_described_and_no_other(language: str) -> None:
    used = {name for call in calls(ROOT / "appliance") for name in call.fields}
    always = {"ts", "level", "logger", "event", "request", "error", "trace"}
    assert described(language) == used | always


@pytest.mark.parametrize(
    "line",
    [
        '_log.info("conversation %s ended", it)',
        '_log.info(f"conversation {it} ended")',
        '_log.info("conversation " + it)',
        '_log.info("conversation %s ended")',
        "_log.info(it)",
        '_log.info("it ended", extra=it)',
        '_log.info("it ended", extra={it: 1})',
        '_log.info("it ended", extra={"place": f"{it}:1"})',
        '_log.log(3, "%s ended", it)',
    ],
)
def test_what_slips_in_is_found(line: str) -> None:
    (call,) = calls_of(f"def f(it):\n    {line}\n", "x.py")
    assert call.wrong


def test_what_is_right_passes() -> None:
    text = 'def f(it):\n    told = {"a": 1}\n    _log.log(3, "it ended", extra=told)\n    _log.error("x", exc_info=it)\n'
    assert [(call.wrong, call.fields) for call in calls_of(text, "x.py")] == [("", ("a",)), ("", ())]
