"""`kefu history`, `kefu rollback`, `kefu migrate`: what was live, the way back, and taking conversations along."""

import datetime
from collections.abc import Sequence
from typing import Any

from appliance.cli.console import FINDING, FINE, Console
from appliance.cli.options import data_option, rename_option
from appliance.cli.plans import renames, who
from appliance.cli.running import asked, listed
from appliance.cli.table import aligned
from appliance.errors import Text

_OUTCOMES = {
    "live": Text("正在运行", "live"),
    "past": Text("以前", "past"),
    "reverted": Text("没有确认", "not confirmed"),
    "rolled_back": Text("被退回", "rolled back"),
}


def command(arguments: Sequence[str], console: Console) -> int:
    """List what was live, the newest first."""
    parser = console.parser("history", Text("列出用过的配置。", "List the configurations that were live."))
    data_option(parser)
    given = parser.parse_args(arguments)
    answered = asked(given.data, "GET", "/admin/config/history")
    rows = [_row(entry, console) for entry in answered["entries"]]
    head = [
        console.text(*words) for words in (("版", "number"), ("时间", "time"), ("谁", "by"), ("流程", "flow"))
    ]
    rows.insert(0, [*head, console.text("状况", "outcome"), console.text("改了什么", "what changed")])
    console.show("\n".join(aligned(rows)), answered)
    return FINE


def _row(entry: dict[str, Any], console: Console) -> list[str]:
    at = datetime.datetime.fromtimestamp(entry["at"] / 1000).astimezone()
    outcome = _OUTCOMES.get(entry["outcome"], Text(entry["outcome"], entry["outcome"]))
    if entry["outcome"] == "live" and entry.get("confirm_by"):
        until = datetime.datetime.fromtimestamp(entry["confirm_by"] / 1000).astimezone()
        outcome = Text(f"等待确认，到 {until:%H:%M:%S}", f"live, to be confirmed by {until:%H:%M:%S}")
    summary = entry.get("summary") or {}
    said = summary.get(console.language, "") if isinstance(summary, dict) else str(summary)
    return [
        str(entry["id"]),
        f"{at:%Y-%m-%d %H:%M}",
        entry["by"],
        entry["bundle"],
        outcome.say(console.language),
        said,
    ]


def rollback(arguments: Sequence[str], console: Console) -> int:
    """Make an earlier configuration live again."""
    parser = console.parser(
        "rollback",
        Text("退回以前的配置（默认上一个）。", "Go back to an earlier configuration (default: the last)."),
    )
    parser.word(
        "number", "kefu history 里的版号", "a number of kefu history", nargs="?", type=int, metavar="NUMBER"
    )
    data_option(parser)
    given = parser.parse_args(arguments)
    wanted: dict[str, Any] = {"by": who()}
    if given.number is not None:
        wanted["to"] = given.number
    answered = asked(given.data, "POST", "/admin/config/rollback", wanted)
    if not answered.get("ok", True):
        said = console.text(
            "这个旧配置现在通不过检查，没有退回。",
            "That configuration does not pass now; nothing was changed.",
        )
        console.show(f"{listed(answered['problems'], console)}{said}", answered)
        return FINDING
    number, of = answered["live"]["id"], answered.get("of")
    if answered.get("news", True):
        text = console.text(
            f"已退回第 {of} 版（现在是第 {number} 版）。配置文件没有改：下次 kefu apply 前先改好它。",
            f"Rolled back to number {of} (now number {number}). The file was not touched: mend it before the next kefu apply.",
        )
    else:
        text = console.text(
            f"没有变化：正在运行的第 {number} 版就是它。",
            f"Nothing changed: that is what runs already (number {number}).",
        )
    console.show(text, answered)
    return FINE


def migrate(arguments: Sequence[str], console: Console) -> int:
    """Move open conversations to the live flow; 1 when some state has no counterpart: none of those is moved."""
    parser = console.parser(
        "migrate", Text("把进行中的会话换到当前流程。", "Move open conversations to the live flow.")
    )
    data_option(parser)
    rename_option(parser)
    parser.flag("--dry-run", action="store_true", zh="只数一数", en="only count")
    given = parser.parse_args(arguments)
    wanted = {"rename": renames(given.rename), "dry_run": given.dry_run}
    answered = asked(given.data, "POST", "/admin/config/migrate", wanted)
    moved, kept = answered["moved"], answered["refused"]
    verb = console.text("可以换", "can be moved") if given.dry_run else console.text("已换", "moved")
    lines = [console.text(f"{verb} {moved} 个会话。", f"{moved} conversations {verb}.")]
    for each in kept:
        state, count = each["state"], each["count"]
        # In parallel regions several of the states that a conversation stands in may be missing.
        names = " ".join(f"--rename {name}=NEW" for name in state.split(" + "))
        lines.append(
            console.text(
                f"  {count} 个在“{state}”：新流程没有这个状态，用 {names.replace('NEW', '新名')}",
                f"  {count} in '{state}': the live flow has no such state; use {names}",
            )
        )
    console.show("\n".join(lines), answered)
    return FINDING if kept else FINE
