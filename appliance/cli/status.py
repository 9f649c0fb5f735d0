"""`kefu status`: how the running appliance is; with --pools, what its pools are worth."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from appliance.cli.console import FINE, Console
from appliance.cli.options import data_option
from appliance.cli.overload import CAUSES, OFF
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
STATUSES = {
    "ready": Text("就绪", "ready"),
    "busy": Text("忙碌", "busy"),
    "away": Text("离开", "away"),
    "offline": Text("离线", "offline"),
    "reconnecting": Text("重连中", "reconnecting"),
}
UNITS = ((86_400, Text("天", "d")), (3_600, Text("小时", "h")), (60, Text("分", "min")), (1, Text("秒", "s")))

Line = tuple[str, str]


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
    """Return the lines of a status for people."""
    rows = [*_where(status, console), *_load(status, console), *_counts(status, console)]
    rows += _reloads(status, console)
    return "\n".join(aligned(rows))


def _where(status: dict[str, Any], console: Console) -> Iterator[Line]:
    text = console.text
    yield text("地址", "address"), status["url"]
    yield (
        text("管理地址", "admin"),
        status["admin_url"] or text("没有（见 listen.admin）", "none (listen.admin)"),
    )
    yield (
        text("版本", "version"),
        text(f"{status['version']}，PID {status['pid']}", f"{status['version']}, pid {status['pid']}"),
    )
    yield text("运行了", "up for"), lasted(status["uptime_ms"], console)
    yield text("配置", "file"), f"{status['config']} ({status['config_sha256'][:12]})"
    yield text("流程", "flow"), status["bundle"]


def _load(status: dict[str, Any], console: Console) -> Iterator[Line]:
    load, text, say = status["overload"], console.text, console.language
    shown = f"{load['load']:.0%}"
    if load["busiest"]:
        shown += f" ({CAUSES[load['busiest']].say(say)})"
    yield text("负载", "load"), shown
    off = text("、", ", ").join(OFF[name].say(say) for name in load["off"])
    tier = f"{load['tier']}"
    if off:
        tier += text(f"，已关闭：{off}", f", off: {off}")
    yield text("降级档位", "tier"), tier


def _counts(status: dict[str, Any], console: Console) -> Iterator[Line]:
    counts, text = status["counts"], console.text
    visitors, staff = counts["connections"]["visitor"], counts["connections"]["agent"]
    yield (
        text("连接", "connections"),
        text(f"访客 {visitors:,}，客服 {staff:,}", f"{visitors:,} of visitors, {staff:,} of staff"),
    )
    yield text("会话", "conversations"), f"{counts['conversations']:,}"
    waiting = f"{counts['waiting']:,}"
    if counts["waiting"]:
        since = lasted(counts["waiting_ms"], console)
        waiting += text(f"，最久 {since}", f", the first for {since}")
    yield text("排队", "waiting"), waiting
    agents = text("，", ", ").join(
        f"{STATUSES[name].say(console.language)} {count:,}"
        for name, count in counts["agents"].items()
        if count
    )
    yield text("客服", "agents"), agents or text("没有", "none")
    for each in status["pools"]:
        yield (
            text(f"池 {each['pool']}", f"pool {each['pool']}"),
            text(
                f"在用 {each['used']:,}，空闲 {each['idle']:,}，上限 {each['size']:,}",
                f"{each['used']:,} used, {each['idle']:,} idle, {each['size']:,} at most",
            ),
        )
    yield text("等待写入", "commit queue"), f"{status['commit_queue']:,}"


def _reloads(status: dict[str, Any], console: Console) -> Iterator[Line]:
    text, pending, notice = console.text, status["pending"], status["notice"]
    fine = text("正常", "fine")
    refused = text(
        "文件有错，没有生效（kefu check）", "the file is refused (kefu check); the former one runs"
    )
    yield text("重载", "reload"), fine if status["last_reload_ok"] else refused
    if pending is not None:
        until = datetime.fromtimestamp(pending["confirm_by"] / 1000).astimezone().strftime("%H:%M:%S")
        yield (
            text("待确认", "to confirm"),
            text(
                f"第 {pending['id']} 版，{until} 前（kefu confirm）",
                f"configuration {pending['id']} by {until} (kefu confirm)",
            ),
        )
    if notice is not None:
        yield text("注意", "careful"), notice[console.language]
    if status["draining"]:
        yield text("状态", "state"), text("正在停止", "stopping")


def lasted(ms: int, console: Console) -> str:
    """Return a time in its two largest units: "2 d 3 h", "1 min 5 s"."""
    seconds = ms // 1000
    said: list[str] = []
    for size, unit in UNITS:
        count, seconds = divmod(seconds, size)
        if count or (size == 1 and not said):
            said.append(f"{count} {unit.say(console.language)}")
    return " ".join(said[:2])


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
