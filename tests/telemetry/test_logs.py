"""The log: both formats, what may stand in it, and what cannot get in."""

import asyncio
import io
import json
import logging
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import Refused, StoreError, Text
from appliance.telemetry.logs import (
    LONGEST,
    Asked,
    ConsoleLines,
    Format,
    asked,
    catch_strays,
    configure_log,
    tell_stray,
    to_journal,
)

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = "what somebody wrote"
TOLD = logging.getLogger("kefu.test")
FORGERIES = (
    "a\n11-26 12:00:00 E kefu.x: forged",
    "a\r\nforged",
    "\x1b[2J",
    "\x85\u2028\u2029\u202e",
    "\ud800",
)


@pytest.fixture(autouse=True)
def _unchanged() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("kefu")
    before = root.handlers[:], root.level, ours.level
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
    yield
    root.handlers[:], root.level = before[:2]
    ours.setLevel(before[2])
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def lines_of(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().split("\n")[:-1]]


def test_a_line_of_json_has_its_fields(stream: io.StringIO) -> None:
    configure_log("debug", "json", stream)
    TOLD.warning("it happened", extra={"conversation": "c1", "count": 3, "off": ("ai", "search"), "by": None})
    (line,) = lines_of(stream)
    assert list(line)[:4] == ["ts", "level", "logger", "event"]
    assert line.pop("ts")[10:11] + stream.getvalue()[30:31] == "TZ"
    assert line == {
        "level": "warning",
        "logger": "kefu.test",
        "event": "it happened",
        "conversation": "c1",
        "count": 3,
        "off": ["ai", "search"],
        "by": None,
    }


def test_a_line_for_people_has_them_behind_the_sentence(stream: io.StringIO) -> None:
    configure_log("info", "console", stream)
    TOLD.debug("not told")
    TOLD.warning('it "happened"', extra={"conversation": "c1", "place": "a b", "origin": "", "by": "王芳"})
    assert stream.getvalue()[15:] == (
        'W kefu.test: it "happened" conversation=c1 place="a b" origin="" by=王芳\n'
    )


@pytest.mark.parametrize("form", ["console", "json"])
@pytest.mark.parametrize("value", FORGERIES)
def test_no_value_forges_a_line_or_steers_a_terminal(stream: io.StringIO, form: Format, value: str) -> None:
    configure_log("info", form, stream)
    TOLD.info("it happened", extra={"origin": value, "off": [value]})
    TOLD.info(value)
    logging.getLogger("aiohttp.server").warning(value)
    logged = stream.getvalue()
    assert logged.count("\n") == 3
    assert len(logged.splitlines()) == 3
    assert logged.replace("\n", "").isprintable()
    if form == "json":
        assert lines_of(stream)[0]["origin"] == value


def test_a_value_is_not_longer_than_it_may_be(stream: io.StringIO) -> None:
    configure_log("info", "json", stream)
    TOLD.info("it happened", extra={"origin": "x" * 10_000, "cause": StoreError(Text("满", "y" * 10_000))})
    assert len(stream.getvalue()) < 2 * LONGEST + 300


@pytest.mark.parametrize("form", ["console", "json"])
def test_what_exceptions_say_is_not_told(stream: io.StringIO, form: Format) -> None:
    configure_log("info", form, stream)
    try:
        try:
            raise KeyError(WRITTEN)
        except KeyError as first:
            first.add_note(WRITTEN)
            raise ExceptionGroup(
                WRITTEN, [ValueError(WRITTEN), Refused("x", Text(WRITTEN, WRITTEN))]
            ) from first
    except ExceptionGroup as error:
        TOLD.exception("it failed", extra={"cause": error.exceptions[0]})
        TOLD.info("it is refused", extra={"cause": error.exceptions[1], "effect": {WRITTEN: WRITTEN}})
    logged = stream.getvalue()
    assert WRITTEN not in logged
    for name in ("ExceptionGroup", "KeyError", "ValueError", "Refused", "test_logs.py"):
        assert name in logged, name


def test_what_we_or_the_system_words_is_told(stream: io.StringIO) -> None:
    configure_log("info", "console", stream)
    full = OSError(28, "No space left on device", f"/tmp/{WRITTEN}")
    TOLD.info("it is full", extra={"cause": StoreError(Text("磁盘满", "The disk is full."))})
    TOLD.info("it is full", extra={"cause": full})
    assert 'cause="The disk is full."' in stream.getvalue()
    assert "No space left on device" in stream.getvalue()
    assert WRITTEN not in stream.getvalue()


def test_of_other_libraries_only_warnings_and_no_values(stream: io.StringIO) -> None:
    configure_log("debug", "console", stream)
    other = logging.getLogger("aiohttp.server")
    other.info("not told")
    other.warning("a request from %s\n" + WRITTEN, WRITTEN)
    assert stream.getvalue()[15:] == "W aiohttp.server: a request from %s\n"


def test_lines_of_a_request_carry_its_id_until_it_is_over(stream: io.StringIO) -> None:
    configure_log("info", "json", stream)
    mine = Asked("r-1")
    before = asked.set(mine)
    TOLD.info("in hand", extra={"conversation": "c1"})
    mine.over = True
    TOLD.info("later, from what it started")
    asked.reset(before)
    assert [line.get("request") for line in lines_of(stream)] == ["r-1", None]


def test_a_line_that_cannot_be_made_shows_nothing_of_it(stream: io.StringIO) -> None:
    configure_log("info", "json", stream)
    TOLD.info("it %d", WRITTEN)
    assert WRITTEN not in stream.getvalue()
    assert "could not be made" in stream.getvalue()


def test_without_stderr_nothing_is_logged_and_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    configure_log("info")
    TOLD.info("nobody hears it")


def test_what_is_logged_to_the_journal_has_priorities_and_no_time(tmp_path: Path) -> None:
    with (tmp_path / "journal").open("w+") as journal:
        found = os.fstat(journal.fileno())
        assert to_journal(journal, {"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"})
        assert not to_journal(journal, {"JOURNAL_STREAM": "1:1"})
        assert not to_journal(journal, {})
    assert not to_journal(io.StringIO(), {"JOURNAL_STREAM": "1:1"})
    record = logging.LogRecord("kefu.x", logging.ERROR, "", 1, "it failed", (), (KeyError, KeyError(), None))
    shown = ConsoleLines(journal=True).format(record)
    assert shown.splitlines()[0] == "<3>kefu.x: it failed"
    assert all(line.startswith("<3>") for line in shown.splitlines())


def test_what_nobody_catches_is_logged_like_all_else(stream: io.StringIO) -> None:
    configure_log("info", "console", stream)
    catch_strays()

    def fails() -> None:
        raise ValueError(WRITTEN)

    thread = threading.Thread(target=fails, name="worker")
    thread.start()
    thread.join()
    try:
        fails()
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)

    class Reluctant:
        def __del__(self) -> None:
            fails()

    Reluctant()
    logged = stream.getvalue()
    assert WRITTEN not in logged
    for sentence in ("a thread failed task=worker", "the process ends", "could not be raised"):
        assert sentence in logged, sentence


async def test_a_task_that_nobody_waits_for_is_logged_like_all_else(stream: io.StringIO) -> None:
    configure_log("info", "console", stream)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(tell_stray)

    def fails(text: str) -> None:
        raise ValueError(text)

    async def fails_too() -> None:
        fails(WRITTEN)

    loop.call_soon(fails, WRITTEN)
    task = loop.create_task(fails_too(), name="lost")
    await asyncio.wait([task])
    del task
    await asyncio.sleep(0)
    assert stream.getvalue().count("nobody waited for it") == 2
    assert "task=lost" in stream.getvalue()
    assert WRITTEN not in stream.getvalue()
