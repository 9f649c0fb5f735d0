"""Starts the processes that play people: one that is given a task and answers, and a crowd that stays while others measure."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from tests.bench.load import idle
from tests.shipped import kefu_yaml
from tools.loadtest.serving import REPOSITORY, Serving, clean_environment

REFERENCE = ("-m", "tests.bench.load.reference")
"""What Python is to run for the bare server that everything is compared with."""

SESSIONS = 19_500

T = TypeVar("T")


_REMINDED = "after: {1m: {action: {remind: 客服}}, 3m: {to: 分配客服"
_PATIENT = "after: {1h: {action: {remind: 客服}}, 3h: {to: 分配客服"


@contextmanager
def served(entry: tuple[str, ...], limits: str, patient: bool = False) -> Iterator[Serving]:
    """Run the appliance, or the reference, with room for SESSIONS, on a data directory of its own, and stop it in order.

    With `patient` nobody is served by another agent because his own says nothing.
    """
    config = kefu_yaml("100ms", f"{limits}, connections: {SESSIONS}")
    if patient:
        assert _REMINDED in config, "kefu.yaml no longer has the clock of an agent who says nothing"
        config = config.replace(_REMINDED, _PATIENT)
    with tempfile.TemporaryDirectory() as folder, Serving(Path(folder), config, entry) as serving:
        yield serving
        serving.stop()


def play(module: str, task: msgspec.Struct, answer: type[T], most_seconds: float) -> T:
    """Run the module in a process of its own with `task` on its standard input, and return what it writes."""
    done = subprocess.run(
        [sys.executable, "-m", module],
        input=msgspec.json.encode(task) + b"\n",
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
        env=clean_environment(),
        check=True,
        timeout=most_seconds,
    )
    return msgspec.json.decode(done.stdout, type=answer)


@contextmanager
def crowd(serving: Serving, visitors: int) -> Iterator[None]:
    """Have so many idle visitors there for as long as the context lasts."""
    if not visitors:
        yield
        return
    playing = subprocess.Popen(
        [sys.executable, "-m", idle.__name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
        env=clean_environment(),
    )
    assert playing.stdin is not None
    assert playing.stdout is not None
    try:
        task = idle.Task(serving.port, serving.pid, [visitors], hold=True)
        playing.stdin.write(msgspec.json.encode(task) + b"\n")
        playing.stdin.flush()
        there = msgspec.json.decode(playing.stdout.readline(), type=list[idle.Step])
        assert there[0].visitors == visitors, f"visitors were lost: {there}"
        yield
        playing.stdin.close()
        playing.wait(30)
    finally:
        playing.kill()
        playing.wait()
