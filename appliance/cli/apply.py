"""`kefu apply`, `kefu confirm`, `kefu reload`: a checked file goes live while conversations go on.

With --confirm the appliance goes back by itself unless somebody confirms in time: a change that locks its author out
undoes itself.
"""

import os
import time
from collections.abc import Sequence
from typing import Any

from appliance.cli.console import FINDING, FINE, Console, UsageError, read_bytes
from appliance.cli.options import config_option, data_option, rename_option
from appliance.cli.plans import renames, rendered, who
from appliance.cli.running import asked, readable, refused
from appliance.config.scalars import duration, spoken
from appliance.errors import Text
from appliance.history import LONGEST_WAIT


def command(arguments: Sequence[str], console: Console) -> int:
    """Check, test, plan, go live; 1 when the file is refused: nothing has changed then."""
    parser = console.parser(
        "apply",
        Text("检查、测试、预演、生效；不断开任何连接。", "Check, test, plan, go live; no socket is closed."),
    )
    config_option(parser)
    data_option(parser)
    rename_option(parser)
    parser.flag(
        "--confirm",
        metavar="TIME",
        zh="这段时间内不 kefu confirm 就自动退回，例如 10m，最多 1d",
        en="go back unless kefu confirm comes within this time, for example 10m, at most 1d",
    )
    given = parser.parse_args(arguments)
    wait = None if given.confirm is None else duration(given.confirm)
    if given.confirm is not None and not wait:
        raise UsageError(
            Text(f"“{given.confirm}”不是时长。", f"{given.confirm!r} is no duration."),
            Text("例如 --confirm 10m。", "For example: --confirm 10m"),
        )
    if wait and wait > LONGEST_WAIT:
        raise UsageError(
            Text(
                f"{given.confirm} 太久了，最多等 {spoken(LONGEST_WAIT)}。",
                f"{given.confirm} is too long to wait; at most {spoken(LONGEST_WAIT)}.",
            ),
            Text("例如 --confirm 10m。", "For example: --confirm 10m"),
        )
    body, file = read_bytes(given.config), os.path.relpath(given.config)
    text = readable(body, file, console)
    if text is None:
        return FINDING
    wanted: dict[str, Any] = {
        "text": text,
        "file": os.path.abspath(given.config),
        "by": who(),
        "rename": renames(given.rename),
    }
    if wait:
        wanted["confirm_ms"] = wait
    answered = asked(given.data, "POST", "/admin/config/apply", wanted)
    if refused(answered, body, file, console):
        return FINDING
    console.show(_applied(answered, console, wait), answered)
    return FINE


def _applied(answered: dict[str, Any], console: Console, wait: int | None = None) -> str:
    """Return what came of it as the appliance answered it; `wait` only says the time that was asked for nicely."""
    lines = [rendered(answered["plan"], console)] if answered.get("plan") else []
    live = answered["live"]
    number, until = live["id"], live["confirm_by"]
    if until is not None:
        left = spoken(wait or max(1_000, (until - time.time_ns() // 1_000_000) // 1_000 * 1_000))
        lines.append(
            console.text(
                f"已生效（第 {number} 版）。{left} 内运行 kefu confirm 确认，否则自动退回。",
                f"Live (number {number}). Run kefu confirm within {left}, or it goes back by itself.",
            )
        )
    elif not answered.get("news", True):
        lines.append(
            console.text(
                f"第 {number} 版已经在运行，没有什么要确认的。",
                f"Number {number} is live already; there is nothing to confirm.",
            )
        )
    else:
        lines.append(
            console.text(
                f"已生效（第 {number} 版）。要退回：kefu rollback",
                f"Live (number {number}). To go back: kefu rollback",
            )
        )
    return "\n".join(lines)


def confirm(arguments: Sequence[str], console: Console) -> int:
    """Keep what was applied with --confirm; 1 when nothing waits."""
    parser = console.parser("confirm", Text("确认刚应用的配置。", "Keep what was applied with --confirm."))
    data_option(parser)
    given = parser.parse_args(arguments)
    answered = asked(given.data, "POST", "/admin/config/confirm", {})
    number = answered["live"]["id"]
    console.show(console.text(f"已确认（第 {number} 版）。", f"Confirmed (number {number})."), answered)
    return FINE


def reload(arguments: Sequence[str], console: Console) -> int:
    """Read the file again that the appliance was started with; 1 when it is refused."""
    parser = console.parser(
        "reload", Text("让正在运行的 kefu 重读它的配置文件。", "Have the running kefu read its file again.")
    )
    data_option(parser)
    given = parser.parse_args(arguments)
    answered = asked(given.data, "POST", "/admin/config/reload", {})
    if not answered.get("ok", True):
        file = str(answered.get("file") or next((each["file"] for each in answered["problems"]), "kefu.yaml"))
        refused(answered, _body(file), file, console)
        return FINDING
    console.show(_applied(answered, console), answered)
    return FINE


def _body(file: str) -> bytes:
    """Return the file for its lines; what cannot be read from here is shown without them."""
    try:
        with open(file, "rb") as opened:
            return opened.read()
    except OSError:
        return b""
