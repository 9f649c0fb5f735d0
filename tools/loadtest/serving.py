"""Starts the real appliance as a process of its own, hires its agents, kills it, and starts it again."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from appliance.errors import StartError, Text
from tools.loadtest.hiring import Office

REPOSITORY = Path(__file__).parents[2]
SHIPPED = REPOSITORY / "kefu.yaml"
START_SECONDS = 30.0
RUN: tuple[str, ...] = ("-m", "appliance")


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Serving(Office):
    """One appliance on one data directory, over any number of lives.  Leaving the context kills what still runs."""

    def __init__(self, folder: Path, config: str, entry: Sequence[str] = RUN) -> None:
        """`folder` gets kefu.yaml with the text `config`, kefu.log and data/; `entry` is what Python is to run."""
        super().__init__("127.0.0.1", free_port(), folder / "data")
        self.entry = tuple(entry)
        self.process: subprocess.Popen[bytes] | None = None
        self.ready_after = 0.0
        """Seconds that the last start took."""
        self._config = folder / "kefu.yaml"
        self._log = folder / "kefu.log"
        self._config.write_text(config, encoding="utf-8")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        """The process that runs."""
        return self._running().pid

    def _running(self) -> "subprocess.Popen[bytes]":
        if self.process is None:
            raise StartError(
                Text("这个 kefu 还没有启动。", "This kefu has not been started."),
                Text("先调用 start()。", "Call start() first."),
            )
        return self.process

    @property
    def arguments(self) -> list[str]:
        """The command line of `run`."""
        place = ["--data", str(self.data), "--port", str(self.port), "-c", str(self._config)]
        return [sys.executable, *self.entry, "run", *place]

    def log(self) -> str:
        """Return everything that was printed, over all lives."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start it and wait until it is ready; raises StartError with what it printed when it does not become so."""
        began = time.perf_counter()
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                self.arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=REPOSITORY,
                env=clean_environment(),
                # Ctrl-C at a terminal is meant for whoever measures, who then stops this one in order.
                process_group=0,
            )
        while not self._ready():
            if self.process.poll() is not None:
                raise self._failed(
                    f"kefu 退出了（{self.process.returncode}）", f"kefu ended ({self.process.returncode})"
                )
            if time.perf_counter() - began > START_SECONDS:
                raise self._failed(
                    f"kefu 在 {START_SECONDS:g} 秒内没有就绪",
                    f"kefu was not ready within {START_SECONDS:g} s",
                )
            time.sleep(0.02)
        self.ready_after = time.perf_counter() - began

    def _failed(self, zh: str, en: str) -> StartError:
        said = self.log().strip()
        return StartError(
            Text(f"{zh}。它说：\n{said}\n", f"{en}. It said:\n{said}\n"),
            Text("用 kefu check 检查配置文件。", "Check the configuration with kefu check."),
        )

    def kill(self) -> None:
        """SIGKILL: no chance to say goodbye."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def stop(self, within: float = 40.0) -> int:
        """SIGTERM; return the exit code."""
        self._running().send_signal(signal.SIGTERM)
        return self._running().wait(within)

    def _ready(self) -> bool:
        try:
            return self.ask("GET", "/readyz")[0] == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False


def clean_environment() -> dict[str, str]:
    """Return the environment for a process: UTF-8 whatever the machine's locale is."""
    return {**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
