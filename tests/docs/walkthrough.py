"""Does what a page tells its reader to do, in the order of the page, on a real appliance in a folder of its own.

Of a page only fenced blocks are done: a ```diff is applied to kefu.yaml, a ```console has `$ commands` and what they
print.  Only `kefu ...` can stand there; it runs as the reader's would, with kefu.yaml and data/ in the working folder.
"""

import asyncio
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.docs.recipes import DOCS, ROOT, Language, applied
from tools.loadtest.person import Person
from tools.loadtest.serving import Serving, clean_environment

EXAMPLES = ROOT / "packaging" / "examples"
START: dict[Language, Path] = {
    "en": EXAMPLES / "first-come.kefu.yaml",
    "zh": EXAMPLES / "first-come.zh-CN.kefu.yaml",
}
"""The kefu.yaml that the page begins with."""

PAGES = {"vip-first.md": 1, "guarantees.md": 1, "topology.md": 0}
"""The pages that are done as they stand, and how many of their commands find something wrong, as they tell."""

PATIENCE = 20.0

_BLOCK = re.compile(r"^```(?P<kind>[a-z]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_VARYING = (
    (re.compile(r"\b\d{4}-\d{2}-\d{2} \d{2}:\d{2}\b"), "DATE"),
    (re.compile(r"\b\d{2}:\d{2}:\d{2}\b"), "TIME"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "BUNDLE"),
)


class Block(NamedTuple):
    """A fenced block of a page, and where its body stands."""

    kind: str
    body: str
    start: int
    end: int


def page(language: Language, name: str) -> str:
    """Return the text of a page."""
    return (DOCS / language / name).read_text(encoding="utf-8")


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a page."""
    return [
        Block(match["kind"], match["body"], match.start("body"), match.end("body"))
        for match in _BLOCK.finditer(text)
    ]


def normalised(text: str) -> str:
    """Return a page without what is different on every day and with every version of the language."""
    for pattern, name in _VARYING:
        text = pattern.sub(name, text)
    return text


class Walkthrough:
    """A folder with kefu.yaml and a running appliance that serves two customers.  Use it as a context manager: leaving ends the appliance."""

    def __init__(self, folder: Path, language: Language) -> None:
        self.language: Language = language
        self.folder = folder
        self.file = folder / "kefu.yaml"
        self.codes: list[int] = []
        """The exit codes of all commands so far."""
        self.serving = Serving(folder, START[language].read_text(encoding="utf-8"))

    def __enter__(self) -> "Walkthrough":
        self.serving.start()
        asyncio.run(self._two_customers())
        return self

    async def _two_customers(self) -> None:
        """Let two customers begin conversations, as the page says: what it does next must not harm them."""
        for _ in range(2):
            customer = Person(self.serving.port)
            await customer.connect()
            await customer.welcomed.wait()
            customer.say("hello")
            async with asyncio.timeout(PATIENCE):
                # An event would cost every message of the load tests, which share this class.
                while customer.outbox:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            customer.leave()

    def __exit__(self, *_: object) -> None:
        self.serving.kill()

    def walked(self, text: str) -> str:
        """Do everything a page tells; return the page with what was really printed."""
        done, at = "", 0
        for block in blocks(text):
            if block.kind == "diff":
                self.edit(block.body)
            elif block.kind == "console":
                done += text[at : block.start] + self.typed(block.body)
                at = block.end
        return done + text[at:]

    def edit(self, diff: str) -> None:
        """Apply a diff to kefu.yaml."""
        self.file.write_text(applied(diff, self.file.read_text(encoding="utf-8")), encoding="utf-8")

    def typed(self, console: str) -> str:
        """Run the commands of a console block; return the block as it looks then."""
        lines = [line for line in console.splitlines() if line.startswith("$ ")]
        assert lines, f"a console block without a command:\n{console}"
        return "".join(f"{line}\n{self.run(line[2:])}" for line in lines)

    def run(self, command: str) -> str:
        """Run one command; return what it printed, in the order in which it was printed."""
        program, *arguments = shlex.split(command)
        assert program == "kefu", f"only kefu can be run in the documentation, not {program}"
        done = subprocess.run(
            [sys.executable, "-m", "appliance", *arguments],
            cwd=self.folder,
            env={**clean_environment(), **self._reader()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        self.codes.append(done.returncode)
        return done.stdout

    def _reader(self) -> dict[str, str]:
        locale = "zh_CN.UTF-8" if self.language == "zh" else "en_GB.UTF-8"
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
        # The history names who did it: the reader of both pages is called Lin, in whatever time zone.
        return {"LC_ALL": locale, "LOGNAME": "lin", "TZ": "UTC", "PYTHONPATH": path}
