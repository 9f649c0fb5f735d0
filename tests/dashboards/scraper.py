"""A real Prometheus of a test's own: loopback, a folder that goes with the test, ended by whoever started it."""

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tools.loadtest.serving import free_port

START_SECONDS = 30.0


class Prometheus:
    """Debian's Prometheus on a folder that holds prometheus.yml."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / "prometheus.log"
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        command = [
            "prometheus",
            f"--config.file={self._folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self._folder / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{self._port}",
            "--storage.tsdb.retention.size=200MB",
            "--log.level=warn",
        ]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + START_SECONDS
        while not self._ready():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < end, self._log.read_text()
            time.sleep(0.1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(self._url("/-/ready"), timeout=5):  # noqa: S310  # our own address
                return True
        except (urllib.error.URLError, OSError):
            return False

    def _url(self, path: str, **fields: str) -> str:
        return f"http://127.0.0.1:{self._port}{path}?{urllib.parse.urlencode(fields)}"

    def get(self, path: str, **fields: str) -> Any:
        """Return the data of an answer of its API."""
        try:
            with urllib.request.urlopen(self._url(path, **fields), timeout=20) as answer:  # noqa: S310
                return json.load(answer)["data"]
        except urllib.error.HTTPError as wrong:
            raise AssertionError(f"{fields}: {wrong.read().decode()}") from wrong

    def scrapes(self) -> None:
        """Wait until it has read its target: it looks for targets some seconds after its start."""
        end = time.monotonic() + START_SECONDS
        while [each["health"] for each in self.get("/api/v1/targets")["activeTargets"]] != ["up"]:
            assert time.monotonic() < end, self._log.read_text()
            time.sleep(0.1)

    def values(self, query: str) -> list[float]:
        """Return the values that it answers with now."""
        found = self.get("/api/v1/query", query=query)
        return [float(each["value"][1]) for each in found["result"]]
