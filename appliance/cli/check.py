"""`kefu check`: every problem of kefu.yaml at once, each with its place and its remedy.  Nothing is started or changed."""

import os
from collections.abc import Sequence
from pathlib import Path

from appliance.cli.admin import ask
from appliance.cli.console import FINDING, FINE, Console, as_json, read_bytes
from appliance.cli.options import config_option, data_option
from appliance.errors import Text
from appliance.runtime.check import check_bytes
from appliance.runtime.place import this_place


def command(arguments: Sequence[str], console: Console) -> int:
    """Print the diagnostics; 1 when there is an error among them, warnings alone are fine."""
    parser = console.parser(
        "check", Text("检查配置文件，列出所有问题。", "Check kefu.yaml and show every problem.")
    )
    config_option(parser)
    data_option(parser)
    parser.flag(
        "--offline",
        action="store_true",
        zh="不检查本机（端口、目录、密钥）",
        en="leave this machine out (port, directory, secrets)",
    )
    parser.flag(
        "--format",
        choices=("text", "json"),
        default=None,
        zh="输出格式",
        en="form of the output (default: text)",
    )
    given = parser.parse_args(arguments)
    console.json = console.json if given.format is None else given.format == "json"

    data, place = Path(given.data), None
    body = read_bytes(given.config)
    if not given.offline:
        running = ask(data, "GET", "/admin/status")
        place = this_place(data, running=running is not None)
    checked = check_bytes(body, os.path.relpath(given.config), environment=place)
    problems = checked.diagnostics.as_dicts()
    if console.json:
        bundle = checked.graph.id if checked.graph else None
        print(as_json({"ok": checked.passed, "bundle": bundle, "problems": problems}), file=console.out)
    else:
        print(checked.diagnostics.render(console.language), end="", file=console.out)
        print(_summary(console, given.config, checked.passed, problems), file=console.out)
    return FINE if checked.passed else FINDING


def _summary(console: Console, file: str, passed: bool, problems: Sequence[dict[str, object]]) -> str:
    errors = sum(1 for problem in problems if problem["severity"] == "error")
    if passed and not problems:
        return console.text(f"{file}：没有问题。", f"{file}: no problems.")
    if passed:
        remarks = "1 remark" if len(problems) == 1 else f"{len(problems)} remarks"
        return console.text(f"{file}：可以启动；{len(problems)} 条提示。", f"{file}: fit to run; {remarks}.")
    summary = "1 error; mend it" if errors == 1 else f"{errors} errors; mend them"
    return console.text(f"{file}：{errors} 处错误，改好后再启动。", f"{file}: {summary}, then start.")
