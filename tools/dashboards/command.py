"""`kefu dashboards`: writes the dashboards, the alerts and what hangs them into Grafana and Prometheus."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from appliance.cli.console import FINDING, FINE, Console, write_bytes
from appliance.errors import KefuError, Language, Text
from tools.dashboards.files import files

LANGUAGES: tuple[Language, ...] = ("zh", "en")


def command(arguments: Sequence[str], console: Console) -> int:
    """Write into a folder; with --check only compare, and 1 when something there is missing or differs."""
    parser = console.parser(
        "dashboards",
        Text(
            "写出 Grafana 面板、Prometheus 的抓取配置和告警，文字按 --lang。",
            "Write dashboards for Grafana and scrape configuration and alerts for Prometheus, worded as --lang says.",
        ),
    )
    parser.flag(
        "-o",
        "--output",
        metavar="DIR",
        default="dashboards",
        zh="写到哪个目录（默认 dashboards）",
        en="the folder to write to (default: dashboards)",
    )
    parser.flag(
        "--runbooks",
        metavar="URL",
        default="",
        zh="告警处理手册的网址，写进每条告警的 runbook_url",
        en="where the runbooks stand on your web, for the runbook_url of each alert",
    )
    parser.flag(
        "--check",
        action="store_true",
        zh="只比较，不写；有过期的就返回 1",
        en="only compare; 1 when something is stale",
    )
    given = parser.parse_args(arguments)
    folder = Path(given.output)
    if given.check:
        # Whoever checks need not know in which language they were written.
        return _compared(
            console, folder, min((_stale(folder, files(each, given.runbooks)) for each in LANGUAGES), key=len)
        )
    wanted = files(console.language, given.runbooks)
    return _renewed(console, folder, wanted, _stale(folder, wanted))


def _stale(folder: Path, wanted: Mapping[str, str]) -> list[str]:
    return [path for path, text in wanted.items() if _written(folder / path) != text.encode()]


def _written(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _compared(console: Console, folder: Path, stale: Sequence[str]) -> int:
    lines = [console.text(f"已过期：{folder / path}", f"stale: {folder / path}") for path in stale]
    fresh = console.text(f"{folder} 是最新的", f"{folder} is fresh")
    console.show("\n".join(lines) or fresh, {"folder": str(folder), "stale": list(stale)})
    return FINDING if stale else FINE


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        reason = wrong.strerror or str(wrong)
        raise KefuError(
            Text(f"建不了目录 {folder}：{reason}。", f"The folder {folder} cannot be made: {reason}."),
            Text("用 -o 换一个目录。", "Choose another one with -o."),
        ) from wrong


def _renewed(console: Console, folder: Path, wanted: Mapping[str, str], stale: Sequence[str]) -> int:
    for path in stale:
        target = folder / path
        _make(target.parent)
        write_bytes(str(target), wanted[path].encode())
    told = console.text(
        f"{folder}：{len(wanted)} 个文件，更新了 {len(stale)} 个",
        f"{folder}: {len(wanted)} files, {len(stale)} of them written anew",
    )
    console.show(told, {"folder": str(folder), "files": list(wanted), "written": list(stale)})
    return FINE
