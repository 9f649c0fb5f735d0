"""`kefu plan`: what would change against the running appliance if the file were applied.  Nothing is changed."""

import os
from collections.abc import Sequence
from pathlib import Path

from appliance.cli.admin import ask
from appliance.cli.console import FINDING, FINE, Console, read_bytes
from appliance.cli.options import config_option, data_option, rename_option
from appliance.cli.plans import renames, rendered
from appliance.cli.running import readable, refused
from appliance.errors import Text
from appliance.runtime.check import check_bytes


def command(arguments: Sequence[str], console: Console) -> int:
    """Show the plan; 1 when the file cannot be applied."""
    parser = console.parser(
        "plan", Text("看看应用配置会改变什么；不改动任何东西。", "Show what applying the file would change.")
    )
    config_option(parser)
    data_option(parser)
    rename_option(parser)
    given = parser.parse_args(arguments)
    body, file = read_bytes(given.config), os.path.relpath(given.config)
    text = readable(body, file, console)
    if text is None:
        return FINDING
    wanted = {"text": text, "file": file, "rename": renames(given.rename)}
    answered = ask(Path(given.data), "POST", "/admin/config/plan", wanted)
    if answered is None:
        return _nothing_runs(body, file, given.data, console)
    if refused(answered, body, file, console):
        return FINDING
    lines = [rendered(answered["plan"], console)]
    if answered["plan"]["changes"]:
        lines.append(console.text("应用：kefu apply --confirm 10m", "To apply it: kefu apply --confirm 10m"))
    console.show("\n".join(lines), answered)
    return FINE


def _nothing_runs(body: bytes, file: str, data: str, console: Console) -> int:
    checked = check_bytes(body, file, environment=None)
    if not checked.passed:
        problems = checked.diagnostics.as_dicts()
        if console.json:
            console.show("", {"ok": False, "problems": problems, "plan": None})
        else:
            print(checked.diagnostics.render(console.language), end="", file=console.out)
        return FINDING
    text = console.text(
        f"数据目录 {data} 上没有正在运行的 kefu：这个文件下次启动时全部生效。",
        f"No kefu runs on {data}: all of the file takes effect at the next start.",
    )
    console.show(text, {"ok": True, "problems": checked.diagnostics.as_dicts(), "plan": None})
    return FINE
