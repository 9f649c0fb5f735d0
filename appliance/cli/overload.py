"""`kefu overload`: how loaded it is and what is off; hold a tier, or rehearse them all before the day they are needed."""

import time
from collections.abc import Sequence
from typing import Any

from appliance.cli.console import FINE, Console, UsageError
from appliance.cli.options import data_option
from appliance.cli.running import asked
from appliance.cli.table import aligned
from appliance.config.scalars import duration
from appliance.errors import Text
from appliance.http.overload import LONGEST_HOLD, LONGEST_SECONDS

PATH = "/admin/overload"
TIERS = 5
"""A rehearsal goes through so many: 1, 2, 3, 2, 1."""

OFF = {
    "read_receipts": Text("已读回执", "read receipts"),
    "typing": Text("正在输入", "typing"),
    "push_delay": Text("即时推送（VIP 除外）", "prompt pushes (VIPs have theirs)"),
    "batching": Text("逐条推送", "pushes one by one"),
    "presence": Text("实时在线状态", "live presence"),
    "new_visitors": Text("接待新访客", "new visitors"),
}
"""What is off, in the words of people."""

CAUSES = {
    "loop": Text("事件循环", "event loop"),
    "commit": Text("写入排队", "commit queue"),
    "cpu": Text("处理器", "processor"),
    "outbound": Text("待发数据", "outbound bytes"),
    "memory": Text("内存", "memory"),
    "files": Text("连接和文件", "files"),
    "operator": Text("人工指定", "held by hand"),
    "rehearsal": Text("演练", "rehearsal"),
}


def command(arguments: Sequence[str], console: Console) -> int:
    """Do what is asked of the running appliance and show how it stands."""
    about = Text(
        "看看负载和降级；也可以指定档位、演练。", "Show load and degradation; hold a tier, or rehearse."
    )
    parser = console.parser("overload", about)
    data_option(parser)
    parser.flag(
        "--tier", metavar="N", type=int, choices=(0, 1, 2, 3), zh="指定档位（0 到 3）", en="hold this tier"
    )
    parser.flag(
        "--for",
        dest="hold",
        metavar="TIME",
        zh="指定多久，例如 10m（默认 10m，演练默认每档 5s）",
        en="for how long: 30s, 10m (default: 10m; of a rehearsal, 5s a tier)",
    )
    parser.flag("--auto", action="store_true", zh="恢复自动", en="leave it to the load again")
    parser.flag(
        "--rehearse", action="store_true", zh="演练：逐档上去再下来", en="go up all tiers and down again"
    )
    given = parser.parse_args(arguments)
    if (given.tier is not None) + given.auto + given.rehearse > 1:
        raise UsageError(
            Text(
                "--tier、--auto、--rehearse 只能选一个。",
                "--tier, --auto and --rehearse exclude each other.",
            ),
            Text("一次做一件事。", "Do one thing at a time."),
        )
    most = LONGEST_HOLD if given.rehearse else LONGEST_SECONDS
    seconds = _seconds(given.hold, most, 5 if given.rehearse else 600)
    if given.rehearse:
        state = asked(given.data, "POST", f"{PATH}/rehearsal", {"hold": seconds})
    elif given.auto:
        state = asked(given.data, "POST", PATH, {"tier": None})
    elif given.tier is not None:
        state = asked(given.data, "POST", PATH, {"tier": given.tier, "seconds": seconds})
    else:
        state = asked(given.data, "GET", PATH)
    lines = [*_did(given.tier, given.auto, given.rehearse, seconds, console), *summary(state, console)]
    console.show("\n".join(lines), state)
    return FINE


def _seconds(text: str | None, most: int, usual: int) -> int:
    if text is None:
        return usual
    found = duration(text)
    if found is None or not 1_000 <= found <= most * 1_000:
        raise UsageError(
            Text(f"--for {text} 不是可用的时长。", f"--for {text} is no usable time."),
            Text(f"写 1s 到 {most}s，例如 30s。", f"Write 1s to {most}s, for example 30s."),
        )
    return found // 1_000


def _did(tier: int | None, auto: bool, rehearse: bool, seconds: int, console: Console) -> list[str]:
    if rehearse:
        over = seconds * TIERS
        return [
            console.text(
                f"演练开始，每档 {seconds} 秒，约 {over} 秒后结束。",
                f"The rehearsal has begun: {seconds} s a tier, over in about {over} s.",
            )
        ]
    if auto:
        return [console.text("档位恢复自动。", "The tier is automatic again.")]
    if tier is not None:
        return [
            console.text(
                f"指定第 {tier} 档，{seconds} 秒；逐档变化，约一秒到位。",
                f"Tier {tier} is held for {seconds} s; it gets there tier by tier, within about a second.",
            )
        ]
    return []


def summary(state: dict[str, Any], console: Console) -> list[str]:
    """Return the lines about a state of GET /admin/overload."""
    say, comma = console.language, console.text("、", ", ")
    off = comma.join(OFF[name].say(say) for name in state["off"]) or console.text("没有", "nothing")
    cause = CAUSES[state["cause"]].say(say) if state["cause"] else ""
    tier = f"{state['tier']}" + (f" ({cause})" if cause else "")
    parts = sorted(state["components"].items(), key=lambda part: -part[1])
    rows = [
        (console.text("档位", "tier"), tier),
        (console.text("负载", "load"), f"{state['load']:.0%} ({CAUSES[state['busiest']].say(say)})"),
        (
            console.text("其中", "of which"),
            comma.join(f"{CAUSES[name].say(say)} {value:.0%}" for name, value in parts),
        ),
        (console.text("已关闭", "off"), off),
    ]
    for rung in state["thresholds"]:
        name = console.text(f"第 {rung['tier']} 档", f"tier {rung['tier']}")
        value = f"> {rung['enter']:.0%} → {rung['action']}, < {rung['leave']:.0%} ←"
        rows.append((name, value))
    if state["forced"] is not None:
        left = max(0, state["forced"]["until"] // 1000 - int(time.time()))
        held = console.text(
            f"第 {state['forced']['tier']} 档，还有 {left} 秒",
            f"tier {state['forced']['tier']}, {left} s left",
        )
        rows.append((console.text("指定", "held"), held))
    return list(aligned(rows))
