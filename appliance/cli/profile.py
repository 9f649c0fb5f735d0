"""`kefu profile`: a capture of the running appliance as a file for `go tool pprof` and speedscope."""

import time
from collections.abc import Sequence
from pathlib import Path

from appliance.cli.admin import fetch
from appliance.cli.console import FINE, Console, UsageError, write_bytes
from appliance.cli.options import data_option
from appliance.cli.running import not_running
from appliance.cli.table import aligned
from appliance.errors import Text
from appliance.telemetry.profiling.profile import Profile
from appliance.telemetry.profiling.profiler import KINDS, LONGEST
from appliance.telemetry.profiling.protobuf import decode

PATHS = {"cpu": "profile", "heap": "heap", "tasks": "goroutine", "block": "block"}
MOST_ROWS = 10


def command(arguments: Sequence[str], console: Console) -> int:
    """Take a capture, write it, show the heaviest functions and what to do with the file."""
    parser = console.parser(
        "profile",
        Text(
            "看运行中的 kefu 把时间和内存花在哪里，写成 go tool pprof 能读的文件。",
            "Capture where the time and memory of the running kefu go, in a file for go tool pprof.",
        ),
    )
    data_option(parser)
    parser.flag(
        "--kind",
        choices=KINDS,
        default="cpu",
        zh="cpu（默认）、heap 内存、tasks 谁在等什么、block 事件循环的停顿",
        en="cpu (default), heap, tasks (who waits for what), block (stalls of the event loop)",
    )
    parser.flag(
        "--seconds",
        metavar="N",
        type=float,
        default=10.0,
        zh=f"采样多久，最多 {LONGEST:.0f} 秒（默认 10）",
        en=f"how long, at most {LONGEST:.0f} (default: 10)",
    )
    parser.flag("-o", "--output", metavar="FILE", zh="写到哪里", en="where to write it")
    given = parser.parse_args(arguments)
    seconds = 0.0 if given.kind == "tasks" else given.seconds
    if not 0 <= seconds <= LONGEST:
        raise UsageError(
            Text(f"时长须在 0 到 {LONGEST:.0f} 秒之间。", f"It takes 0 to {LONGEST:.0f} seconds.")
        )
    if seconds > 1:
        console.note(console.text(f"采样 {seconds:g} 秒……", f"looking for {seconds:g} s ..."))
    asked = "" if given.kind == "tasks" else f"?seconds={seconds:g}"
    data = fetch(Path(given.data), f"/debug/pprof/{PATHS[given.kind]}{asked}", seconds)
    if data is None:
        raise not_running(given.data)
    path = given.output or f"kefu-{given.kind}-{time.strftime('%Y%m%d-%H%M%S')}.pb.gz"
    write_bytes(path, data)
    profile = decode(data)
    told = {"file": path, "kind": given.kind, "seconds": round(profile.seconds, 2), "total": profile.total()}
    told["unit"] = profile.types[-1][1]
    console.show(shown(profile, path, console), told)
    return FINE


def shown(profile: Profile, path: str, console: Console) -> str:
    """Return the functions with the most of it in themselves, and how to see more."""
    total = profile.total()
    lines: list[str] = []
    if total:
        rows = sorted(profile.by_function().items(), key=lambda row: (-row[1][0], row[0]))[:MOST_ROWS]
        head = (
            console.text("自身", "self"),
            console.text("连同调用", "total"),
            console.text("函数", "function"),
        )
        shares = [(f"{own / total:.1%}", f"{whole / total:.1%}", name) for name, (own, whole) in rows if own]
        lines += [*aligned([head, *shares]), ""]
    else:
        lines.append(console.text("这段时间里什么也没有发生。", "Nothing happened in this time."))
    lines += [
        console.text(f"已写到 {path}，接下来：", f"written to {path}; then:"),
        f"  go tool pprof -top {path}",
        f"  go tool pprof -http 127.0.0.1:0 {path}",
        console.text(
            "  或在管理端口的 /panel 上查看火焰图", "  or see flame graphs on /panel of the admin port"
        ),
    ]
    return "\n".join(lines)
