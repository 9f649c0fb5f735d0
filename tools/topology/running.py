"""What the running appliance is asked for a live picture, and what it answers; nothing is changed by asking."""

from typing import Any

import msgspec
from msgspec import Struct

from appliance.cli.running import asked
from appliance.config.changes import Change


class Running(Struct, frozen=True):
    """The answers: GET /admin/status, the hash of the live text, what applying the file would change.

    `changes` None: the appliance would refuse the file, for `problems`.
    """

    status: dict[str, Any]
    config: str
    changes: tuple[Change, ...] | None
    problems: tuple[dict[str, Any], ...] = ()


def asked_of(data: str, text: str, file: str) -> Running:
    """Return what runs on a data directory, beside the `text` of a file; raises StartError when nothing does."""
    status = asked(data, "GET", "/admin/status")
    entries = asked(data, "GET", "/admin/config/history")["entries"]
    live = next((entry["config"] for entry in entries if entry["outcome"] == "live"), "")
    answered = asked(data, "POST", "/admin/config/plan", {"text": text, "file": file})
    if not answered["ok"]:
        return Running(status, live, None, tuple(answered["problems"]))
    return Running(status, live, tuple(msgspec.convert(answered["plan"]["changes"], list[Change])))
