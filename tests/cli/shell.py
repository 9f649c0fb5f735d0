"""Runs `kefu` for tests: in this process where that is enough, as a process of its own where signals matter."""

import io
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

from appliance.cli import main

ROOT = Path(__file__).resolve().parent.parent.parent
SHIPPED = str(ROOT / "kefu.yaml")
PATIENCE = 30.0


class Said(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def kefu(*arguments: str, stdin: str = "", lang: str = "en") -> Said:
    """Run a command in this process."""
    out, err, before = io.StringIO(), io.StringIO(), sys.stdin
    sys.stdin = io.StringIO(stdin)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = main([f"--lang={lang}", *arguments])
    finally:
        sys.stdin = before
    return Said(code, out.getvalue(), err.getvalue())


def kefu_process(*arguments: str) -> Said:
    """Run a command as a process: one that does not end by itself fails the test instead of hanging it."""
    command = [sys.executable, "-m", "appliance", "--lang=en", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    return Said(done.returncode, done.stdout, done.stderr)


class Process:
    """A `kefu run` of its own.  `told` is what it announced."""

    def __init__(self, data: Path, *arguments: str) -> None:
        command = [
            sys.executable,
            "-m",
            "appliance",
            "run",
            "-c",
            SHIPPED,
            "--data",
            str(data),
            "--json",
            *arguments,
        ]
        self._popen = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "LANG": "C"},
        )
        self.told: dict[str, Any] = {}

    def ready(self) -> "Process":
        """Wait until it says that it is ready."""
        assert self._popen.stdout is not None
        line = self._popen.stdout.readline()
        if not line:
            raise AssertionError(self._popen.communicate(timeout=PATIENCE)[1])
        self.told = json.loads(line)
        return self

    @property
    def url(self) -> str:
        found: str = self.told["console"]
        return found.removesuffix("/console")

    @property
    def pid(self) -> int:
        return self._popen.pid

    def get(self, path: str) -> tuple[int, str]:
        """Return status and body of a request."""
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE) as answer:  # noqa: S310 - our own http address
            return answer.status, answer.read().decode()

    def end(self, with_signal: int = signal.SIGTERM) -> Said:
        """Send the signal and wait for the end."""
        self._popen.send_signal(with_signal)
        return self.ended()

    def ended(self) -> Said:
        """Wait for the end."""
        out, err = self._popen.communicate(timeout=PATIENCE)
        return Said(self._popen.returncode, out, err)

    def kill(self) -> None:
        """End it if it still runs, without asking."""
        if self._popen.poll() is None:
            self._popen.kill()
        self._popen.communicate()


@contextmanager
def process(data: Path, *arguments: str) -> Iterator[Process]:
    """Run an appliance on any free port for as long as the block lasts."""
    found = Process(data, "--port", "0", *arguments)
    try:
        yield found.ready()
    finally:
        found.kill()
