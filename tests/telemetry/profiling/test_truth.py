"""The real `go tool pprof` reads our profiles: what was done in known shares is shown in these shares, to the terminal and the browser."""

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.telemetry.profiling.cpu import CpuProfiler
from appliance.telemetry.profiling.profile import Profile
from appliance.telemetry.profiling.protobuf import encode
from tests.telemetry.profiling.burning import ONE, THREE, one_part, three_parts

PATIENCE = 120.0
"""Seconds; recent versions of go build their pprof at its first use."""


def captured(work: Callable[[], None]) -> Profile:
    profiler = CpuProfiler()
    profiler.start()
    work()
    return profiler.stop()


def pprof(place: Path, *arguments: str) -> str:
    go = shutil.which("go")
    assert go is not None, "go is not there. Run: sudo apt-get install -y golang-go"
    done = subprocess.run(
        [go, "tool", "pprof", *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        cwd=place,
        env={**os.environ, "PPROF_TMPDIR": str(place)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def shares(top: str) -> dict[str, float]:
    """Return the flat share of each function in what `pprof -top` prints."""
    # The sign of a difference stands at the value, never at the percentage.
    rows = re.findall(r"^ *(-?)[\d.]+\w* +([\d.]+)% +\S+% +\S+ +\S+% +(.+)$", top, re.MULTILINE)
    return {name: float(sign + flat) / 100 for sign, flat, name in rows}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two captures: even.pb.gz has as much of the one as of the other, split.pb.gz three times as much."""
    place = tmp_path_factory.mktemp("pprof")

    def split() -> None:
        # Many small turns in random order, as in life; their sum is exact, for it is counted in CPU time.
        turns = [(one_part, 0.01)] * 60 + [(three_parts, 0.03)] * 60
        random.Random(7).shuffle(turns)
        for work, seconds in turns:
            work(seconds)

    def even() -> None:
        one_part(0.5)
        three_parts(0.5)

    (place / "split.pb.gz").write_bytes(encode(captured(split)))
    (place / "even.pb.gz").write_bytes(encode(captured(even)))
    return place


def test_a_split_of_three_to_one_is_shown_as_such(folder: Path) -> None:
    top = pprof(folder, "-top", "split.pb.gz")
    assert "Type: cpu" in top
    found = shares(top)
    assert found[THREE] / (found[THREE] + found[ONE]) == pytest.approx(0.75, abs=0.05)
    assert found[THREE] + found[ONE] > 0.9


def test_raw_samples_are_complete(folder: Path) -> None:
    raw = pprof(folder, "-raw", "split.pb.gz")
    assert "PeriodType: cpu nanoseconds" in raw
    assert "Period: 10000000" in raw
    assert "thread:[MainThread]" in raw
    assert f"{THREE} {Path(__file__).parent}/burning.py" in raw


def test_two_captures_are_subtracted(folder: Path) -> None:
    grown = shares(pprof(folder, "-top", "-normalize", "-diff_base", "even.pb.gz", "split.pb.gz"))
    assert grown[THREE] == pytest.approx(0.25, abs=0.1)
    assert grown[ONE] == pytest.approx(-0.25, abs=0.1)
    unchanged = shares(pprof(folder, "-top", "-diff_base", "even.pb.gz", "even.pb.gz"))
    assert not any(unchanged.values())


def test_its_web_pages_show_it(folder: Path) -> None:
    with serving(folder, "split.pb.gz") as url:
        for page in ("/ui/top", "/ui/flamegraph", "/ui/peek?f=three_parts"):
            assert "three_parts" in read(url + page), page


@contextmanager
def serving(place: Path, file: str) -> Iterator[str]:
    """Yield the address of `go tool pprof -http`; it and what it started end with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with subprocess.Popen(
        ["go", "tool", "pprof", "-no_browser", f"-http={address}", file],
        cwd=place,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PPROF_TMPDIR": str(place)},
        start_new_session=True,
    ) as process:
        try:
            deadline = time.monotonic() + PATIENCE
            while not reached(f"http://{address}/ui/top"):
                assert process.poll() is None, process.stderr.read() if process.stderr else ""
                assert time.monotonic() < deadline
                time.sleep(0.1)  # between two looks, not instead of looking
            yield f"http://{address}"
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def reached(url: str) -> bool:
    try:
        return bool(read(url))
    except (urllib.error.URLError, ConnectionError):
        return False


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 - our own http address
        return str(answer.read().decode())
