"""A real appliance in a process of its own, which a test may kill, and its database read from outside.

The database is the judge: what the pages show is compared with what was committed, not with what the test believes.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from appliance import inputs, records
from appliance.cli.admin import ask
from appliance.model import Audience, Millis

ROOT = Path(__file__).parents[2]
T = TypeVar("T")
PATIENCE = 30.0
"""Seconds within which everything here happens, on the slowest machine; nothing waits longer than it must."""

# The shipped file, open round the clock and in a hurry: (as it is written there, as it is tested).
HURRY = (
    ("mon-sun: 09:00-23:00", "mon-sun: 00:00-24:00"),
    ("2026-10-01..2026-10-03: closed", "2026-10-01..2026-10-03: 00:00-24:00"),
    ("when: time > 10s,", "when: time > 1s,"),
    ("after: {20s: {to: 分配客服,", "after: {2s: {to: 分配客服,"),
)


def configuration(*changes: tuple[str, str], origins: Iterable[str] = ()) -> str:
    """Return kefu.yaml in a hurry, with `changes` (old, new) and without the trials, which state the shipped times."""
    text = (ROOT / "kefu.yaml").read_text(encoding="utf-8").split("\ntests:")[0] + "\n"
    embedding = ("https://shop.example.com", '", "'.join(["https://shop.example.com", *origins]))
    for old, new in (*HURRY, embedding, *changes):
        assert text.count(old) == 1, (
            f"kefu.yaml no longer has exactly one {old!r}: change tests/browser with it"
        )
        text = text.replace(old, new)
    return text


class Message(NamedTuple):
    """A message as the log has it, or as a page shows it: what both must agree on."""

    seq: int
    author: str
    text: str


class Appliance:
    """`python -m appliance run` on a data directory and a port that stay the same over kills and restarts."""

    def __init__(self, place: Path, config: str) -> None:
        self.log = place / "server.log"
        self.url = ""
        self.owner_link = ""
        self._config = place / "kefu.yaml"
        self._config.write_text(config, encoding="utf-8")
        self._data = place / "data"
        self._announcement = place / "announcement.json"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and return when it has said that it is ready."""
        port = urlsplit(self.url).port or 0
        command = [sys.executable, "-m", "appliance", "run", "--json", "--log", "debug", "--port", str(port)]
        command += ["-c", str(self._config), "--data", str(self._data)]
        with self._announcement.open("wb") as out, self.log.open("ab") as err:
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=err
            )
        told = until(self._announced, "the appliance is ready")
        self.url = told["demo"].removesuffix("/demo")
        self.owner_link = told["owner_link"] or ""
        # A machine busy with other tests would have it turn visitors away.
        assert ask(self._data, "POST", "/admin/overload", {"tier": 0, "seconds": 3_600}) is not None

    def _announced(self) -> dict[str, Any] | None:
        assert self._process is not None
        assert self._process.poll() is None, f"it ended at its start:\n{self.log.read_text(encoding='utf-8')}"
        text = self._announcement.read_text(encoding="utf-8")
        return json.loads(text) if text.endswith("\n") else None

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        assert self._process is not None
        os.kill(self._process.pid, number)

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is flushed, sockets break."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(PATIENCE)

    def stop(self) -> int:
        """SIGTERM, then its exit code; killed when it does not go."""
        if self._process is None or self._process.poll() is not None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        self._process.send_signal(signal.SIGCONT)
        try:
            return self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            return -signal.SIGKILL

    def query(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Read from its database, as another process may at any time."""
        connection = sqlite3.connect(f"file:{self._data / 'kefu.db'}?mode=ro", uri=True, timeout=PATIENCE)
        try:
            return connection.execute(question, values).fetchall()
        finally:
            connection.close()

    @property
    def conversations(self) -> list[str]:
        """The ids of all conversations, in the order in which they were opened."""
        return [row[0] for row in self.query("SELECT id FROM conversation ORDER BY opened_at, id")]

    def records(self, conversation: str) -> list[tuple[int, Millis, records.Record]]:
        """Return (seq, at, record) of the whole log of a conversation."""
        rows = self.query("SELECT seq, at, body FROM log WHERE conversation = ? ORDER BY seq", conversation)
        return [(seq, at, records.decode(body)) for seq, at, body in rows]

    def messages(self, conversation: str, audience: Audience = Audience.VISITOR) -> list[Message]:
        """Return the messages of a conversation that this audience may see, as committed."""
        found: list[Message] = []
        for seq, _, record in self.records(conversation):
            said = spoken(record)
            if said is not None and records.audience(record) >= audience:
                found.append(Message(seq, *said))
        return found


def spoken(record: records.Record) -> tuple[str, str] | None:
    """Return (author, text) when the record is a message or a note, else None."""
    match record:
        case records.Said(author=author, text=text):
            return author, text
        case records.Happened(input=inputs.Opened(text=text) | inputs.VisitorSaid(text=text)):
            return "visitor", text
        case records.Happened(input=inputs.AgentSaid(text=text) | inputs.AgentNoted(text=text)):
            return "agent", text
        case _:
            return None


def until(look: Callable[[], T | None], what: str | Callable[[], str]) -> T:
    """Look again and again until there is something and return it; fail with `what` after PATIENCE seconds."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.02)  # between two looks, not instead of looking
    raise AssertionError(f"not within {PATIENCE:.0f} s: {what if isinstance(what, str) else what()}")
