"""How a command reaches the data: through the running appliance when there is one, else by opening the store itself."""

import asyncio
import http.client
import os
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from appliance.cli.console import UsageError
from appliance.config.load import load_bytes
from appliance.config.spec import Spec
from appliance.errors import Refused, StoreError, Text
from appliance.http.access import Access
from appliance.http.admin import AdminDesk, socket_path
from appliance.http.passwords import Passwords
from appliance.http.staff import Nobody, Staff
from appliance.runtime.clock import SystemClock
from appliance.runtime.secrets import load_secrets
from appliance.stores.lock import acquire
from appliance.stores.sqlite import SqliteStore
from appliance.stores.sqlite_file import DATABASE

ANSWER_SECONDS = 15.0


class _OverSocket(http.client.HTTPConnection):
    """HTTP over the admin socket."""

    def __init__(self, path: str, seconds: float) -> None:
        super().__init__("kefu", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        """Connect."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def ask(directory: Path, method: str, path: str, body: Any = None) -> dict[str, Any] | None:
    """Return what the running appliance answers, None when none runs on this directory.

    Raises Refused with the appliance's own words, StoreError when it does not answer.
    """
    sent = None if body is None else msgspec.json.encode(body)
    got = _exchange(directory, method, path, sent, ANSWER_SECONDS)
    if got is None:
        return None
    answered = _told(got[1])
    _refuse(answered)
    return answered


def fetch(directory: Path, path: str, seconds: float) -> bytes | None:
    """Return the bytes that the running appliance answers within `seconds` and a while, None when none runs here.

    Raises Refused with the appliance's own words, StoreError when it does not answer.
    """
    got = _exchange(directory, "GET", path, None, seconds + ANSWER_SECONDS)
    if got is None:
        return None
    status, body = got
    if status >= 400:
        _refuse(_told(body))
        raise _silent()
    return body


def _exchange(
    directory: Path, method: str, path: str, sent: bytes | None, seconds: float
) -> tuple[int, bytes] | None:
    """Return status and body, None when nobody listens."""
    if not directory.is_dir():
        return None
    with socket_path(directory) as reached:
        connection = _OverSocket(reached, seconds)
        try:
            connection.connect()
        except PermissionError as denied:
            raise _not_ours(directory) from denied
        except OSError:
            connection.close()
            return None
        try:
            connection.request(method, path, sent, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException) as broken:
            raise _silent() from broken
        finally:
            connection.close()


def _told(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.MsgspecError as broken:
        raise _silent() from broken


def _refuse(answered: dict[str, Any]) -> None:
    if "error" in answered:
        told = answered["error"]
        raise Refused(told["code"], Text(told["zh"], told["en"]))


def offline(
    directory: Path, config: str, work: Callable[[AdminDesk], Awaitable[dict[str, Any]]]
) -> dict[str, Any]:
    """Return what `work` does with the store opened here.  Raises StartError when another process holds it."""
    if not (directory / DATABASE).exists():
        raise UsageError(
            Text(f"{directory} 里还没有数据。", f"There is no data in {directory} yet."),
            Text(
                "先运行一次 kefu run，或用 --data 指定目录。",
                "Start kefu once (kefu run), or name the directory with --data.",
            ),
        )
    return asyncio.run(_offline(directory, _spec(config), work))


async def _offline(
    directory: Path, spec: Spec | None, work: Callable[[AdminDesk], Awaitable[dict[str, Any]]]
) -> dict[str, Any]:
    with acquire(directory), Passwords() as passwords:
        keys = load_secrets(directory)
        store = await SqliteStore.open(directory, now=lambda: time.time_ns() // 1_000_000, readers=1)
        try:
            clock = SystemClock(await store.newest_time())
            access = Access(store, clock, passwords, keys.session)
            queues = None if spec is None else [queue.name for queue in spec.queues]
            staff = Staff(store, access, clock, os.urandom, lambda: queues, Nobody())
            listen = spec.listen if spec else None
            base_url = shown_url(listen.host, listen.port) if listen else shown_url("127.0.0.1", 8080)
            done: dict[str, Any] = msgspec.to_builtins(await work(AdminDesk(staff, base_url)))
            return done
        finally:
            await store.close()


def _spec(config: str) -> Spec | None:
    """Return the configuration if it is there and sound: without it, names of queues are taken as they come."""
    try:
        with open(config, "rb") as file:
            return load_bytes(file.read(), config)[0]
    except OSError:
        return None


def shown_url(host: str, port: int) -> str:
    """Return the address a browser on this machine opens: "all interfaces" is no address to go to."""
    reached = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - compared, not bound
    return (
        f"http://[{reached}]:{port}" if ":" in reached and "[" not in reached else f"http://{reached}:{port}"
    )


def _not_ours(directory: Path) -> StoreError:
    return StoreError(
        Text(
            f"没有权限访问 {directory} 里的 kefu。", f"You may not talk to the kefu that runs on {directory}."
        ),
        Text("请用启动它的用户运行这条命令。", "Run this command as the user that started it."),
    )


def _silent() -> StoreError:
    return StoreError(
        Text("正在运行的 kefu 没有回答。", "The running kefu does not answer."),
        Text("请看它的日志，稍后再试。", "Look at its log and try again shortly."),
    )
