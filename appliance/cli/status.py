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
    text = console.text
    sessions = next(each for each in status["pools"] if each["pool"] == "sessions")
    none = text("无", "none")
    reloads = ", ".join(f"{name} {count}" for name, count in sorted(status["reloads"].items()) if count)
    rows = [
        (text("地址", "address"), status["url"]),
        (text("管理地址", "admin address"), status["admin_url"] or none),
        (text("版本", "version"), f"{status['version']}, {text('流程', 'flow')} {status['bundle']}"),
        (text("配置", "file"), status["config"]),
        (
            text("运行了", "up for"),
            f"{status['uptime_ms'] // 1000} s ({text('进程', 'pid')} {status['pid']})",
        ),
        (text("负载档位", "tier"), tier(status["overload"], console)),
        (text("连接", "connections"), f"{status['connected']:,}"),
        (text("会话", "conversations"), f"{sessions['used'] + sessions['idle']:,}"),
        (text("等待写入", "commit queue"), f"{status['commit_queue']:,}"),
        (
            text("配置更新", "reloads"),
            f"{reloads or none}{'' if status['last_reload_ok'] else text('；上一次被拒绝', '; the last one was refused')}",
        ),
    ]
    if status["notice"]:
        notice = status["notice"]
        rows.append((text("提示", "notice"), notice if isinstance(notice, str) else notice[console.language]))
    if status["draining"]:
        rows.append((text("状态", "state"), text("正在停止", "stopping")))
    return "\n".join(aligned(rows))


def tier(overload: dict[str, Any], console: Console) -> str:
    """Return the tier with its load, and what is off and why where something is."""
    shown = f"{overload['tier']} ({console.text('负载', 'load')} {overload['load']:.0%})"
    if not overload["tier"]:
        return shown
    return f"{shown}, {console.text('原因', 'cause')} {overload['cause']}, {console.text('已停', 'off')} {', '.join(overload['off'])}"


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
