"""How much a server grows when a hundred of its ten thousand peers stop reading while they are written to most.

Each of the hundred is an agent with two visitors who talk as fast as visitors may.  The reference is the same burst just before,
with the hundred away: like the slow, they come back at the end and read what they missed, and nothing waited for them meanwhile.
It also fills caches and windows.  The bare server is no reference here: it awaits its sockets, so the first slow reader would
stop it for everybody.
"""

import subprocess
import sys
import time
from typing import IO

import msgspec

from tests.bench.load.burst import Measured, Task
from tests.bench.load.memory import Memory, Watch, memory
from tests.bench.load.playing import crowd, served
from tests.bench.result import Result
from tools.loadtest.serving import REPOSITORY, RUN, Serving, clean_environment

GOAL = 10.0
"""Percent."""

EACH = 2
CAPACITY = 10
LINES = 6
"""So many sentences has a message: about a kilobyte."""

REST = 3.0
RELIEF = 12.0
"""Seconds after which the appliance has given back what it took."""

LIMITS = "messages_per_minute: 6000"


def run(quick: bool) -> list[Result]:
    """Measure.  There is no quick form: before caches are full, any growth would be theirs."""
    if quick:
        print("bench_burst takes a minute and a half and is left out of a quick run", file=sys.stderr)
        return []
    slow, live, warm, burst = 100, 10_000, 300, 500
    with served(RUN, LIMITS, patient=True) as serving, crowd(serving, live - slow * (1 + EACH)):
        cookies = [serving.hire(f"agent{n}", CAPACITY) for n in range(slow)]
        task = Task(serving.port, cookies, EACH, warm, burst, LINES)
        read, slowly, after, done = _measure(serving, task)
        log = serving.log()
    assert not done.missing, f"{done.missing} messages were never shown: {done}\n{log[-4_000:]}"
    who = f"{slow} slow readers among {live:,}"
    before, peak = slowly
    return [
        Result(
            name=f"burst.growth of memory and kernel buffers, {who}",
            value=_growth(before, peak),
            unit="%",
            goal=GOAL,
            reference=_growth(*read),
        ),
        Result(name=f"burst.memory before, {who}", value=before.total / 1e6, unit="MB"),
        _megabytes("burst.growth in the process", before.rss, peak.rss),
        _megabytes("burst.growth in the kernel", before.kernel, peak.kernel),
        Result(name="burst.growth that is left afterwards", value=_growth(before, after), unit="%"),
        Result(
            name="burst.messages written meanwhile",
            value=done.messages / done.seconds,
            unit="msg/s",
            better="more",
        ),
        Result(name="burst.slow readers cut with 4008", value=log.count('"code": 4008,'), unit="peers"),
        Result(
            name="burst.slow readers back by their cursors",
            value=done.resumed,
            unit="peers",
            better="more",
            goal=done.cut,
        ),
        Result(name="burst.messages that a resume declared a gap", value=done.declared, unit="messages"),
    ]


def _megabytes(name: str, before: int, now: int) -> Result:
    return Result(name=name, value=(now - before) / 1e6, unit="MB")


def _growth(before: Memory, now: Memory) -> float:
    return (now.total - before.total) / before.total * 100


def _measure(
    serving: Serving, task: Task
) -> tuple[tuple[Memory, Memory], tuple[Memory, Memory], Memory, Measured]:
    """Return the memory before a burst and at its worst, the hundred away; the same with slow readers; and after all."""
    playing = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.load.burst"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
        env=clean_environment(),
    )
    assert playing.stdin is not None
    assert playing.stdout is not None
    bursts: list[tuple[Memory, Memory]] = []
    line = b""
    try:
        playing.stdin.write(msgspec.json.encode(task))
        _turn(playing.stdin, playing.stdout)
        for slowly in (False, True):
            time.sleep(REST)
            before = memory(serving.pid, serving.port)
            with Watch(serving.pid, serving.port) as watch:
                line = _turn(playing.stdin, playing.stdout)
                if slowly:
                    line = _turn(playing.stdin, playing.stdout)
            bursts.append((before, watch.peak))
        done = msgspec.json.decode(line, type=Measured)
        time.sleep(RELIEF)
        return bursts[0], bursts[1], memory(serving.pid, serving.port), done
    finally:
        playing.kill()
        playing.wait()


def _turn(player: IO[bytes], says: IO[bytes]) -> bytes:
    """Let the player go on, and return the line that it writes next."""
    player.write(b"\n")
    player.flush()
    line = says.readline()
    assert line, "the player gave up"
    return line
