"""What commands ask of the appliance that runs on a data directory; without one they say so, and what to do."""

import contextlib
from pathlib import Path
from typing import Any

from appliance.cli.admin import ask
from appliance.cli.console import Console
from appliance.config.source import LARGEST
from appliance.errors import StartError, Text
from appliance.runtime.check import check_bytes


def asked(data: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """Return the answer of the running appliance; raises StartError when none runs on `data`."""
    answered = ask(Path(data), method, path, body)
    if answered is None:
        raise not_running(data)
    return answered


def not_running(data: str) -> StartError:
    """Return the error that no kefu runs on `data`."""
    return StartError(
        Text(f"数据目录 {data} 上没有正在运行的 kefu。", f"No kefu runs on {data}."),
        Text(
            "先启动它（kefu run），或用 --data 指定目录。",
            "Start it (kefu run), or name its directory with --data.",
        ),
    )


def readable(body: bytes, file: str, console: Console) -> str | None:
    """Return the text of a file to be sent, or print why it is none: bytes that are no text, or far too many."""
    if len(body) <= LARGEST * 4:
        with contextlib.suppress(UnicodeDecodeError):
            return body.decode("utf-8-sig")
    found = check_bytes(body, file, environment=None).diagnostics
    if console.json:
        console.show("", {"ok": False, "problems": found.as_dicts()})
    else:
        print(found.render(console.language), end="", file=console.out)
    return None


def refused(answered: dict[str, Any], body: bytes, file: str, console: Console) -> bool:
    """Print why the appliance refused a configuration, as `kefu check` would; False when it did not."""
    if answered.get("ok", True):
        return False
    if console.json:
        console.show("", answered)
        return True
    here = check_bytes(body, file, environment=None).diagnostics
    # Problems of the place are known to the appliance only; those of the text read better with their lines.
    shown = here.render(console.language) if here.failed else listed(answered["problems"], console)
    print(shown, end="", file=console.out)
    print(
        console.text("没有改动正在运行的配置。", "What runs was not changed."),
        file=console.out,
    )
    return True


def listed(problems: list[dict[str, Any]], console: Console) -> str:
    """Return problems that the appliance answered with, each with its place and remedy."""
    lines = ""
    for problem in problems:
        message, hint = problem["message"][console.language], problem["hint"][console.language]
        lines += f"{problem['file']}:{problem['line']}: {problem['severity']}[{problem['code']}]: {message}\n"
        lines += f"      = {hint}\n" if hint else ""
    return lines
