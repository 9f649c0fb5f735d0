"""How long a start takes when years lie in the store, after an orderly stop and after a kill in the middle of work.

The reference is a start on an empty directory.  The data directory is made under build/ and removed afterwards; with
KEFU_BENCH_KEEP=1 it stays, and the next run starts from it.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from appliance.stores.sqlite_file import DATABASE
from tests.bench.load import history
from tests.bench.load.generator import Measured, Task
from tests.bench.load.memory import rss
from tests.bench.load.playing import play
from tests.bench.result import Result
from tests.shipped import kefu_yaml
from tools.loadtest.serving import Serving

GOAL = 3.0
MESSAGES = 20_000_000
FEW = 100_000
FOLDER = Path("build/startup")
KEEP = os.environ.get("KEFU_BENCH_KEEP") == "1"
SPARE = 3_000_000_000
"""Bytes of disk that are left to others."""

TALKERS = 1_000
AGENTS = 20


def run(quick: bool) -> list[Result]:
    """Measure; `quick` stores a two-hundredth, starts cold only and kills nobody.  A disk without room gets what it has room for."""
    wanted = FEW if quick else MESSAGES
    with _folder(f"{wanted}") as folder:
        stored, empty = _made(folder, wanted)
        serving = Serving(folder, _config())
        results = _orderly(serving, stored, empty, quick)
        return results if quick else [*results, _killed(serving, stored, empty, _cookies(folder))]


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    folder = FOLDER / name
    if not KEEP:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        if not KEEP:
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):
                FOLDER.rmdir()


def _made(folder: Path, wanted: int) -> tuple[int, float]:
    """Fill the folder unless it is full; return how many messages are stored, and the seconds of a start with none."""
    done = folder / "made"
    if done.exists():
        noted = done.read_text().split()
        return int(noted[0]), float(noted[1])
    room = shutil.disk_usage(folder).free - SPARE
    if room < wanted * history.BYTES_A_ROW:
        wanted = max(FEW, room // history.BYTES_A_ROW)
        print(f"the disk has room for {wanted:,} messages", file=sys.stderr)
    with Serving(folder, _config()) as serving:
        empty = serving.ready_after
        asyncio.run(history.talk(serving, serving.hire("agent", 10)))
        for number in range(AGENTS):
            (folder / f"cookie{number}").write_text(serving.hire(f"agent{number}", 200))
        serving.stop()
    stored = history.multiply(serving.data, wanted)
    done.write_text(f"{stored} {empty}")
    return stored, empty


def _config() -> str:
    return kefu_yaml("100ms", "messages_per_minute: 6000")


def _orderly(serving: Serving, stored: int, empty: float, quick: bool) -> list[Result]:
    """Start after an orderly stop, with nothing and with everything in the disk cache."""
    name = f"startup.ready with {stored:,} stored messages"
    _forget(serving.data / DATABASE)
    with serving:
        results = [_time(f"{name}, nothing in the disk cache", serving.ready_after, empty)]
        results.append(Result(name="startup.memory when ready", value=rss(serving.pid) / 1e6, unit="MB"))
        serving.stop()
    if not quick:
        with serving:
            results.append(_time(f"{name}, warm", serving.ready_after, empty))
            serving.stop()
    size = (serving.data / DATABASE).stat().st_size
    return [
        *results,
        Result(name="startup.disk that a stored message takes", value=size / stored, unit="bytes"),
    ]


def _killed(serving: Serving, stored: int, empty: float, cookies: list[str]) -> Result:
    """Start after a kill while a thousand talk."""
    with serving:
        task = Task(serving.port, serving.pid, TALKERS, cookies, [2_000], 3.0, 10)
        found = play("tests.bench.load.generator", task, Measured, 60)
        assert not found.late, found
        serving.kill()
        serving.start()
        killed = serving.ready_after
        serving.stop()
    return _time(
        f"startup.ready with {stored:,} stored messages, {TALKERS:,} conversations open, killed",
        killed,
        empty,
    )


def _cookies(folder: Path) -> list[str]:
    return [(folder / f"cookie{number}").read_text() for number in range(AGENTS)]


def _forget(path: Path) -> None:
    """Have the kernel forget what it holds of the file, as if the machine had just been switched on."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _time(name: str, value: float, reference: float) -> Result:
    return Result(name=name, value=value, unit="s", goal=GOAL, reference=reference)
