"""The real appliance with something taken from it: a reliable disk, or one of its defences.

    python -m tests.faults.altered [--disk SOCKET] [--checkpoint PAGES] [--without DEFENCE] run ...

With `--disk` its database lies on a Medium that obeys SOCKET (tests/faults/switch.py), and `--checkpoint` lets SQLite move the
journal into the database as often as under a day's load.  `--without` makes a mutant: the fault tests prove something only
because they find out each of them.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import apsw

from appliance import cli
from appliance.conversation import dedup, numbering
from appliance.delivery.following import Following
from appliance.delivery.frames import Sync
from appliance.stores import sqlite_file, sqlite_writer
from tests.faults.medium import Medium
from tests.faults.switch import obey
from tests.faults.vfs import FaultyVfs


def _forget_what_came_before() -> None:
    """Find everything new in the window of the mailbox, and let no client id reach the unique index of the store."""
    dedup.Window.look = lambda self, sender, cid: "new"  # type: ignore[method-assign]
    numbering.sender_and_cid = lambda record: None  # type: ignore[attr-defined]


def _replay_nothing() -> None:
    """Let everybody who is back begin at the end of his conversations, and give nobody what he says he lacks."""
    follow = Following.follow

    def follow_from_the_end(
        self: Following, conversation: str, head: int, cursor: int | None = None, resume: bool = False
    ) -> None:
        follow(self, conversation, head, head if resume else cursor, resume)

    def nothing(self: Following, asked: Sync) -> bool:
        return True

    Following.follow = follow_from_the_end  # type: ignore[method-assign]
    Following.sync = nothing  # type: ignore[method-assign]


def _answer_before_the_disk() -> None:
    """Commit without fsync, which is what synchronous=NORMAL means under a write-ahead log."""
    connect = sqlite_file.connect

    def connect_hastily(path: Path) -> apsw.Connection:
        connection = connect(path)
        connection.execute("PRAGMA synchronous = normal")
        return connection

    sqlite_file.connect = connect_hastily
    sqlite_writer.connect = connect_hastily  # type: ignore[attr-defined]


DEFENCES: dict[str, Callable[[], None]] = {
    "dedup": _forget_what_came_before,
    "replay": _replay_nothing,
    "fsync": _answer_before_the_disk,
}


def main(argv: list[str]) -> int:
    """Take away what is asked, then be the appliance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--disk", type=Path)
    parser.add_argument("--checkpoint", type=int)
    parser.add_argument("--without", choices=DEFENCES)
    asked, command = parser.parse_known_args(argv)
    if asked.disk is not None:
        medium = Medium()
        obey(asked.disk, medium, FaultyVfs(medium))
    if asked.checkpoint is not None:
        sqlite_file._AUTOCHECKPOINT_PAGES = asked.checkpoint
    if asked.without is not None:
        DEFENCES[asked.without]()
    return cli.main(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
