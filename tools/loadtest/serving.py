"""Starts the real appliance as a process of its own, hires its agents, kills it, and starts it again."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

REPOSITORY = Path(__file__).parents[2]
SHIPPED = REPOSITORY / "kefu.yaml"
PASSWORD = "a-long-password-for-tests"
START_SECONDS = 30.0
RUN: tuple[str, ...] = ("-m", "appliance")


def kefu_yaml(wait: str = "1s", limits: str = "messages_per_minute: 6000") -> str:
    """Return the shipped file, open round the clock, with `wait` before the silent are served, and other `limits`."""
    text = SHIPPED.read_text()
    for old, new in (
        ("mon-sun: 09:00-23:00", "mon-sun: 00:00-24:00"),
        ("  2026-10-01..2026-10-03: closed\n", ""),
        ("  2026-11-10..2026-11-11: 00:00-24:00\n", ""),
        ("after: {20s: {to: 分配客服", f"after: {{{wait}: {{to: 分配客服"),
    ):
        assert old in text, f"kefu.yaml no longer has {old!r}"
        text = text.replace(old, new)
    return f"{text[: text.index('tests:')]}limits: {{{limits}}}\n"


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class _AdminConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=20)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(20)
        self.sock.connect(str(self._path))


class Serving:
    """One appliance on one data directory, over any number of lives.  Leaving the context kills what still runs."""

    def __init__(self, folder: Path, config: str | None = None, entry: Sequence[str] = RUN) -> None:
        """`folder` gets kefu.yaml, kefu.log and data/; `entry` is what Python is to run."""
        self.data = folder / "data"
        self.port = free_port()
        self.entry = tuple(entry)
        self.process: subprocess.Popen[bytes] | None = None
        self.ready_after = 0.0
        """Seconds that the last start took."""
        self._config = folder / "kefu.yaml"
        self._log = folder / "kefu.log"
        self._config.write_text(config or kefu_yaml())

    def __enter__(self) -> "Serving":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def origin(self) -> str:
        """The address a browser would show."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process that runs."""
        assert self.process is not None
        return self.process.pid

    @property
    def arguments(self) -> list[str]:
        """The command line of `run`."""
        place = ["--data", str(self.data), "--port", str(self.port), "-c", str(self._config)]
        return [sys.executable, *self.entry, "run", *place]

    def log(self) -> str:
        """Return everything that was printed, over all lives."""
        return self._log.read_text()

    def start(self) -> None:
        """Start it and wait until it is ready."""
        began = time.perf_counter()
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                self.arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=REPOSITORY,
                env=clean_environment(),
            )
        while not self._ready():
            if self.process.poll() is not None:
                raise AssertionError(f"the appliance ended with {self.process.returncode}:\n{self.log()}")
            if time.perf_counter() - began > START_SECONDS:
                raise AssertionError(f"the appliance did not become ready:\n{self.log()}")
            time.sleep(0.02)
        self.ready_after = time.perf_counter() - began

    def kill(self) -> None:
        """SIGKILL: no chance to say goodbye."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def stop(self, within: float = 40.0) -> int:
        """SIGTERM; return the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within)

    def _ready(self) -> bool:
        try:
            return self.ask("GET", "/readyz")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    # ---- HTTP

    def ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any, http.client.HTTPMessage]:
        """Return (status, decoded JSON or text, headers) of one request from our own page."""
        return _asked(
            http.client.HTTPConnection("127.0.0.1", self.port, timeout=20),
            method,
            path,
            body,
            {"Origin": self.origin, **(headers or {})},
        )

    def admin(self, method: str, path: str, body: object = None) -> tuple[int, Any, http.client.HTTPMessage]:
        """The same on DIR/admin.sock."""
        return _asked(_AdminConnection(self.data / "admin.sock"), method, path, body, {})

    def hire(self, login: str, capacity: int = 100, role: str = "agent") -> str:
        """Add an agent, set his password by his one-time link, and return his cookie."""
        wanted = {"login": login, "name": login, "capacity": capacity, "role": role}
        status, added, _ = self.admin("POST", "/admin/agents", wanted)
        assert status == 201, added
        return self.redeem(added["invite"])

    def redeem(self, link: str) -> str:
        """Follow a one-time link and return the cookie."""
        secret = link.partition("#invite=")[2]
        status, answer, headers = self.ask(
            "POST", "/api/invitation", {"secret": secret, "password": PASSWORD}
        )
        assert status == 200, answer
        return headers["Set-Cookie"].partition(";")[0]


def _asked(
    connection: http.client.HTTPConnection, method: str, path: str, body: object, headers: dict[str, str]
) -> tuple[int, Any, http.client.HTTPMessage]:
    try:
        if body is not None:
            headers = {**headers, "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        text = response.read().decode()
        is_json = (response.headers["Content-Type"] or "").startswith("application/json")
        return response.status, json.loads(text) if is_json else text, response.headers
    finally:
        connection.close()


def clean_environment() -> dict[str, str]:
    """Return the environment for a process: UTF-8 whatever the machine's locale is."""
    return {**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
