"""`kefu claims` as people use it: small, interrupted, with its appliance killed; nothing is ever left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.cli.console import Console
from appliance.errors import Text
from tests.cli.shell import ROOT, kefu
from tools.claims.command import progress
from tools.claims.course import Course

PATIENCE = 60.0
TINY = ("--quick", "--scale", "0.02", "--only", "connections", "--only", "collector")


@contextmanager
def claims(folder: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run the command as a process whose temporary files lie in `folder`."""
    folder.mkdir()
    running = subprocess.Popen(
        [sys.executable, "-m", "appliance", "--lang=en", "claims", "--json", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(folder)},
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


def theirs(folder: Path) -> list[int]:
    """Return every process that was started with temporary files in `folder`."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"TMPDIR={folder}\0".encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def process_of(folder: Path, word: bytes) -> int | None:
    """Return the process with this word on its command line: b"run" is the appliance; None while there is none."""
    for pid in theirs(folder):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if word in words:
            return pid
    return None


def wait(seen: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while not seen():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def left(folder: Path) -> list[object]:
    """Return what is still there: processes and files."""
    return [*theirs(folder), *folder.iterdir()]


def test_a_small_run_measures_and_leaves_nothing(tmp_path: Path) -> None:
    page, data, folder = tmp_path / "claims.html", tmp_path / "claims.json", tmp_path / "temporary"
    with claims(folder, *TINY, "-o", str(page), "-o", str(data)) as running:
        out, err = running.communicate(timeout=PATIENCE)
        assert running.returncode == 0, err
    told = json.loads(out)
    rows = {row["key"]: row for row in told["rows"]}
    assert (told["ended"], told["quick"]) == ("complete", True)
    assert (
        rows["phone_home"]["standing"]
        == rows["collector"]["standing"]
        == rows["leaks"]["standing"]
        == "measured"
    )
    assert rows["runtime"]["here"]["en"] != "—"
    # A hundred people are no claim of five thousand, and nothing is made of it.
    assert rows["connections"]["standing"] == rows["agents"]["standing"] == "not tested"
    assert 0 < int(rows["connections"]["here"]["en"]) <= 106
    assert rows["growth"]["standing"] in ("measured", "not reproduced")
    assert rows["ladder"]["note"]["en"] == "not asked for this time"
    assert json.loads(data.read_text(encoding="utf-8"))["rows"] == told["rows"]
    assert "<table" in page.read_text(encoding="utf-8")
    assert "pools, mailboxes, fan-out" in err
    assert left(folder) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_shows_what_there_is_and_leaves_nothing(
    tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "temporary"
    with claims(folder, "--quick", "--scale", "0.02") as running:
        wait(lambda: process_of(folder, b"run"))
        running.send_signal(number)
        out, err = running.communicate(timeout=PATIENCE)
        assert running.returncode == 0, err
    told = json.loads(out)
    assert told["ended"] == "interrupted"
    rows = {row["key"]: row for row in told["rows"]}
    assert rows["connections"]["note"]["en"] == rows["ladder"]["note"]["en"] == "interrupted"
    assert left(folder) == []


def test_a_second_interruption_gives_everything_up_and_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "temporary"
    with claims(folder, "--quick", "--scale", "0.02") as running:
        wait(lambda: process_of(folder, b"tools.loadtest.worker"))
        running.send_signal(signal.SIGINT)
        assert running.stderr is not None
        assert any("Ending" in line for line in running.stderr)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=PATIENCE)
        # It may have come to its end in between; then the table is shown.
        assert running.returncode in (0, 130), err
    assert "Traceback" not in err
    assert (out == "") == (running.returncode == 130)
    assert left(folder) == []


def test_an_appliance_that_is_killed_costs_its_rows_and_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "temporary"
    with claims(folder, *TINY) as running:
        # A generator is there, so people come.
        wait(lambda: process_of(folder, b"tools.loadtest.worker"))
        pid = process_of(folder, b"run")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        out, err = running.communicate(timeout=PATIENCE)
        assert running.returncode == 0, err
    told = json.loads(out)
    rows = {row["key"]: row for row in told["rows"]}
    assert told["ended"] == "complete"
    assert rows["leaks"]["standing"] == "not tested"
    assert rows["collector"]["standing"] == "measured"
    assert left(folder) == []


def test_without_time_nothing_is_begun_and_the_table_still_stands(tmp_path: Path) -> None:
    said = kefu("claims", "--quick", "--seconds", "0.1", "--json")
    assert said.code == 0
    rows = {row["key"]: row for row in said.json["rows"]}
    assert said.json["counts"]["measured"] == 0
    assert rows["connections"]["note"]["en"] == "ran out of time"
    assert rows["record_day"]["note"]["en"] == "takes minutes: run it without --quick"
    assert rows["connections"]["bench"][0]["en"].startswith("19,000")


def test_what_cannot_be_written_is_refused_before_anything_is_measured(tmp_path: Path) -> None:
    assert kefu("claims", "-o", str(tmp_path / "claims.pdf")).code == 2
    said = kefu("claims", "-o", str(tmp_path / "nowhere" / "claims.html"))
    assert said.code == 1
    assert "cannot be written" in said.err


@pytest.mark.parametrize(
    "words", [("--seconds", "0"), ("--scale", "2"), ("--scale", "-1"), ("--only", "magic"), ("--fast",)]
)
def test_wrong_usage_is_refused(words: tuple[str, ...]) -> None:
    assert kefu("claims", *words).code == 2


def test_the_progress_says_what_is_measured() -> None:
    course = Course([], 60.0)
    course.of, course.now = 7, Text("邮箱", "mailboxes")
    assert progress(course, Console("en")) == "1/7  0 s  mailboxes"
    assert progress(course, Console("zh")) == "1/7  0 s  邮箱"
