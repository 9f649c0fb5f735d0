"""How a load test reaches the office of an appliance: its pages, its admin socket, and agents hired for the occasion."""

import http.client
import json
import secrets
import socket
from pathlib import Path
from typing import Any

from appliance.errors import KefuError, Text
from appliance.http.admin import socket_path
from tools.loadtest.line import authority

ANSWER_SECONDS = 20


class OfficeFailed(KefuError):
    """The appliance did not do what the load test needs of it."""


class _AdminConnection(http.client.HTTPConnection):
    """HTTP over DIR/admin.sock, however long the path is."""

    def __init__(self, data: Path) -> None:
        super().__init__("localhost", timeout=ANSWER_SECONDS)
        self._data = data

    def connect(self) -> None:
        """Connect; raises OSError when no appliance runs there."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(ANSWER_SECONDS)
        with socket_path(self._data) as path:
            self.sock.connect(path)


class Office:
    """One appliance on `host`:`port` with its data directory; `data` may be None where no agents are hired."""

    def __init__(self, host: str, port: int, data: Path) -> None:
        self.host = host
        self.port = port
        self.data = data

    @property
    def origin(self) -> str:
        """The address a browser would show."""
        return f"http://{authority(self.host, self.port)}"

    def ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any, http.client.HTTPMessage]:
        """Return (status, decoded JSON or text, headers) of one request from our own page."""
        return _asked(
            http.client.HTTPConnection(self.host, self.port, timeout=ANSWER_SECONDS),
            method,
            path,
            body,
            {"Origin": self.origin, **(headers or {})},
        )

    def admin(self, method: str, path: str, body: object = None) -> tuple[int, Any, http.client.HTTPMessage]:
        """The same on DIR/admin.sock."""
        return _asked(_AdminConnection(self.data), method, path, body, {})

    def status(self) -> dict[str, Any]:
        """Return what the appliance says of itself; raises OfficeFailed when none runs on the data directory."""
        try:
            code, told, _ = self.admin("GET", "/admin/status")
        except (OSError, http.client.HTTPException) as gone:
            raise OfficeFailed(
                Text(
                    f"{self.data} 上没有正在运行的 kefu：{gone}。",
                    f"No kefu runs on {self.data}: {gone}.",
                ),
                Text(
                    "先运行 kefu run，或用 --data 指定它的数据目录。",
                    "Start it (kefu run), or name its data directory with --data.",
                ),
            ) from gone
        if code != http.HTTPStatus.OK:
            raise _unexpected("GET /admin/status", code, told)
        found: dict[str, Any] = told
        return found

    def hire(self, login: str, capacity: int = 100, role: str = "agent", name: str = "") -> str:
        """Add an agent, set his password by his one-time link, and return his cookie; raises OfficeFailed."""
        wanted = {"login": login, "name": name or login, "capacity": capacity, "role": role}
        status, added, _ = self.admin("POST", "/admin/agents", wanted)
        if status != http.HTTPStatus.CREATED:
            raise _unexpected("POST /admin/agents", status, added)
        return self.redeem(added["invite"])

    def engage(self, login: str, capacity: int, name: str = "") -> str:
        """The same for somebody who may have been here before: he is called back, so that no run adds to the list of staff."""
        status, known, _ = self.admin("GET", "/admin/agents")
        if status != http.HTTPStatus.OK:
            raise _unexpected("GET /admin/agents", status, known)
        if all(agent["login"] != login for agent in known["agents"]):
            return self.hire(login, capacity, name=name)
        wanted = {"disabled": False, "reset": True, "capacity": capacity, "name": name or login}
        status, changed, _ = self.admin("PATCH", f"/admin/agents/{login}", wanted)
        if status != http.HTTPStatus.OK:
            raise _unexpected(f"PATCH /admin/agents/{login}", status, changed)
        return self.redeem(changed["invite"])

    def redeem(self, link: str) -> str:
        """Follow a one-time link with a password that nobody learns, and return the cookie; raises OfficeFailed."""
        secret = link.partition("#invite=")[2]
        wanted = {"secret": secret, "password": secrets.token_urlsafe(24)}
        status, answer, headers = self.ask("POST", "/api/invitation", wanted)
        if status != http.HTTPStatus.OK:
            raise _unexpected("POST /api/invitation", status, answer)
        return headers["Set-Cookie"].partition(";")[0]

    def dismiss(self, login: str) -> None:
        """Disable an agent: he is signed out at once, and what he held goes back into its queue."""
        status, answer, _ = self.admin("PATCH", f"/admin/agents/{login}", {"disabled": True})
        if status != http.HTTPStatus.OK:
            raise _unexpected(f"PATCH /admin/agents/{login}", status, answer)


def _unexpected(request: str, status: int, answer: object) -> OfficeFailed:
    told = answer.get("error", answer) if isinstance(answer, dict) else answer
    zh, en = (told["zh"], told["en"]) if isinstance(told, dict) and "zh" in told else (told, told)
    return OfficeFailed(
        Text(f"{request} 得到 {status}：{zh}", f"{request} was answered with {status}: {en}"),
        Text(
            "看看 kefu 的日志；--data 和 --url 要指同一个 kefu。",
            "See the log of kefu; --data and --url must mean the same kefu.",
        ),
    )


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
