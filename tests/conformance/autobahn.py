"""`make autobahn`: the Autobahn suite talks to our socket, to its fallback and to plain aiohttp, and the outcome is written down.

The suite needs Python 2 and a Debian that has it, so it is no part of `make test`.  What it said lies in autobahn.json
with a digest of the code that it judged: test_autobahn.py fails as soon as that code is another, until the suite has run again.
Compression and the speed of large messages are left out (9, 12, 13): kefu negotiates no compression.
"""

import hashlib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import msgspec
from msgspec import Struct

from tools.loadtest.serving import REPOSITORY, clean_environment, free_port

SUITE = REPOSITORY / "build" / "autobahn" / "wstest"
RECORD = Path(__file__).with_name("autobahn.json")
JUDGED = (
    "appliance/channels/careful.py",
    "appliance/channels/fallback.py",
    "appliance/channels/framing.py",
    "appliance/channels/hotsocket.py",
    "tests/channels/echo.py",
)
SERVERS: Mapping[str, tuple[str, ...]] = {
    "hot": ("tests.channels.echo", "{port}"),
    "fallback": ("tests.channels.echo", "{port}", "--fallback"),
    "aiohttp": ("tests.conformance.plain_echo", "{port}"),
}
REFERENCE = "aiohttp"
CASES = 247
FAILED = ("FAILED", "WRONG CODE", "UNCLEAN", "FAILED BY CLIENT")
MOST_SECONDS = 300


class Outcome(Struct, frozen=True):
    """Cases by what was said of them: of the behaviour, and of the close.  Those that are OK are only counted."""

    cases: int
    behaviour: dict[str, list[str]]
    closing: dict[str, list[str]]

    @property
    def failed(self) -> set[str]:
        """Return the cases that failed, in whichever way."""
        verdicts = (self.behaviour, self.closing)
        return {case for verdict in verdicts for name in FAILED for case in verdict.get(name, ())}


class Record(Struct, frozen=True):
    """What lies in autobahn.json."""

    judged: str
    outcomes: dict[str, Outcome]


def digest() -> str:
    """Return the digest of the code that the suite judges, aiohttp's reader and handshake among it."""
    ours = b"".join((REPOSITORY / name).read_bytes() for name in JUDGED)
    return hashlib.sha256(ours + version("aiohttp").encode()).hexdigest()


def findings(outcomes: Mapping[str, Outcome]) -> list[str]:
    """Return what is wrong: a suite that did not run whole, and cases that fail here and not with plain aiohttp."""
    found = [
        f"{name}: {outcome.cases} cases ran, not {CASES}"
        for name, outcome in outcomes.items()
        if outcome.cases != CASES
    ]
    found += [f"{name}: was not judged" for name in SERVERS if name not in outcomes]
    known = outcomes[REFERENCE].failed if REFERENCE in outcomes else set()
    for name, outcome in outcomes.items():
        found += [f"{name}: {case} fails, and passes with aiohttp" for case in sorted(outcome.failed - known)]
    return found


def sorted_out(report: Mapping[str, Mapping[str, str]]) -> Outcome:
    """Return the outcome of one server from the suite's own index."""
    behaviour: dict[str, list[str]] = {}
    closing: dict[str, list[str]] = {}
    for case, verdict in report.items():
        for where, word in ((behaviour, verdict["behavior"]), (closing, verdict["behaviorClose"])):
            if word != "OK":
                where.setdefault(word, []).append(case)
    return Outcome(len(report), behaviour, closing)


def _judged(name: str) -> Outcome:
    port = free_port()
    module, *arguments = (part.format(port=port) for part in SERVERS[name])
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [sys.executable, "-m", module, *arguments], cwd=REPOSITORY, env=clean_environment()
        )
        try:
            _wait_for(port)
            spec = {
                "outdir": f"{folder}/out",
                "servers": [{"agent": name, "url": f"ws://127.0.0.1:{port}/echo"}],
                "cases": ["*"],
                "exclude-cases": ["9.*", "12.*", "13.*"],
                "exclude-agent-cases": {},
            }
            (Path(folder) / "spec.json").write_bytes(msgspec.json.encode(spec))
            subprocess.run(
                [SUITE, "-m", "fuzzingclient", "-s", f"{folder}/spec.json"],
                cwd=folder,
                stdout=subprocess.DEVNULL,
                check=True,
                timeout=MOST_SECONDS,
            )
            index = msgspec.json.decode((Path(folder) / "out" / "index.json").read_bytes())
        finally:
            server.terminate()
            server.wait(20)
    return sorted_out(index[name])


def _wait_for(port: int) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


def main() -> int:
    """Let the suite judge all three, write down what it said, and return 1 when something is wrong."""
    outcomes = {}
    for name in SERVERS:
        outcomes[name] = outcome = _judged(name)
        words = [f"{len(cases)} {word}" for word, cases in outcome.behaviour.items()]
        print(
            f"{name}: {outcome.cases} cases, {', '.join(words) or 'all OK'}; failed: {sorted(outcome.failed)}"
        )
    found = findings(outcomes)
    print("\n".join(found) or "no case fails that aiohttp passes")
    if not found:
        record = msgspec.json.encode(Record(digest(), outcomes))
        RECORD.write_bytes(msgspec.json.format(record, indent=1) + b"\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
