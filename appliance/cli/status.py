"""`kefu status`: how the running appliance is; with --pools, what its pools are worth."""

from collections.abc import Sequence
from typing import Any

from appliance.cli.console import FINE, Console
from appliance.cli.options import data_option
from appliance.cli.running import asked
from appliance.cli.table import aligned
from appliance.errors import Text

HEAD = (
    Text("池", "pool"),
    Text("上限", "size"),
    Text("在用", "used"),
    Text("空闲", "idle"),
    Text("命中", "hits"),
    Text("未命中", "misses"),
    Text("命中率", "hit ratio"),
    Text("平均等待", "mean wait"),
    Text("让出", "left"),
)


def command(arguments: Sequence[str], console: Console) -> int:
    """Ask the running appliance and show its answer."""
    parser = console.parser("status", Text("看看运行中的 kefu。", "Show how the running kefu is."))
    data_option(parser)
    parser.flag(
        "--pools", action="store_true", zh="各个资源池的用量和命中率", en="use and hit ratio of the pools"
    )
    given = parser.parse_args(arguments)
    status = asked(given.data, "GET", "/admin/status")
    shown = pools(status["pools"], console) if given.pools else summary(status, console)
    console.show(shown, status["pools"] if given.pools else status)
    return FINE


def summary(status: dict[str, Any], console: Console) -> str:
    """Return the most important lines of a status."""
    sessions = next(each for each in status["pools"] if each["pool"] == "sessions")
    rows = (
        (console.text("地址", "address"), status["url"]),
        (console.text("管理接口", "admin routes"), status["admin_url"] or "-"),
        (
            console.text("版本", "version"),
            f"{status['version']}, {console.text('流程', 'flow')} {status['bundle']}",
        ),
        (console.text("配置", "file"), status["config"]),
        (console.text("运行了", "up for"), f"{status['uptime_ms'] // 1000} s"),
        (console.text("连接", "connections"), f"{status['connected']:,}"),
        (console.text("会话", "conversations"), f"{sessions['used'] + sessions['idle']:,}"),
        (console.text("等待写入", "commit queue"), f"{status['commit_queue']:,}"),
    )
    return "\n".join(aligned(rows))


def pools(found: Sequence[dict[str, Any]], console: Console) -> str:
    """Return the pools as a table; a mean is over those that had to wait, and there may be none."""
    rows = [tuple(text.say(console.language) for text in HEAD)]
    for each in found:
        ratio, misses = each["hit_ratio"], each["misses"]
        rows.append(
            (
                each["pool"],
                f"{each['size']:,}",
                f"{each['used']:,}",
                f"{each['idle']:,}",
                f"{each['hits']:,}",
                f"{misses:,}",
                "-" if ratio is None else f"{ratio:.1%}",
                f"{each['waited'] / misses * 1000:.1f} ms" if misses else "-",
                f"{each['left']:,}",
            )
        )
    return "\n".join(aligned(rows))
