"""What the reference system claims, beside what this run shows: "measured", "not reproduced" or "not tested".

A run that did not try says nothing: fewer connections planned than claimed is "not tested", never a failure and never a success
by extrapolation.  `kefu claims` judges by the same rules (tools/claims/rows.py).
"""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from appliance.errors import Text
from tools.loadtest.loopback import SPARE_FILES
from tools.loadtest.report.figures import NONE, change, count, known, seconds, size
from tools.loadtest.results import Burst, Results

Standing = Literal["measured", "not reproduced", "not tested"]
CONNECTIONS = 5_000
RECORD_DAY = 870_000
GROWTH = 0.15
COLLECTOR = 0.40
DAY_SECONDS = 86_400

SAYS_CONNECTIONS = Text("单机 5,000 个长连接", "5,000 long connections on one machine")
SAYS_RECORD_DAY = Text("一天 870,000 条消息", "870,000 messages in a day")
SAYS_BURST = Text("突发时内存增长低于 15%", "memory grows by less than 15 % in a burst")
SAYS_COLLECTOR = Text(
    "池化使垃圾回收压力减少 40%", "pooling lowers the pressure on the garbage collector by 40 %"
)

STANDINGS: dict[Standing, Text] = {
    "measured": Text("已实测", "measured"),
    "not reproduced": Text("未能重现", "not reproduced"),
    "not tested": Text("未测", "not tested"),
}


class Claim(Struct, frozen=True):
    """One claim: what the reference says, what was measured here, how that stands, and why."""

    says: Text
    here: Text
    standing: Standing
    note: Text


def claims(results: Results) -> list[Claim]:
    """Return the four claims that a load test can speak about."""
    rows: tuple[Callable[[Results], Claim], ...] = (connections, record_day)
    return [*(row(results) for row in rows), burst(results.burst), collector(None, None)]


def connections(results: Results) -> Claim:
    """Judge how many were connected at once."""
    live = max((second.live for second in results.ramp), default=0)
    planned = max([live, *(phase.visitors + phase.agents for phase in results.phases)])
    if live >= CONNECTIONS:
        return Claim(
            SAYS_CONNECTIONS,
            count(live),
            "measured",
            Text("同时在线的最高值", "the most that were open at once"),
        )
    if live == 0 or planned < CONNECTIONS:
        note = Text("本次计划的连接数不到 5,000", "this run planned fewer than 5,000")
        files = results.environment.files_a_process
        if 0 < files < CONNECTIONS + SPARE_FILES:
            few = count(files)
            note = Text(
                f"一个进程只能打开 {few.zh} 个文件（ulimit -n）",
                f"a process may open {few.en} files only (ulimit -n)",
            )
        return Claim(SAYS_CONNECTIONS, count(live) if live else NONE, "not tested", note)
    note = Text(f"计划 {count(planned).zh}，没有达到", f"{count(planned).en} were planned and not reached")
    return Claim(SAYS_CONNECTIONS, count(live), "not reproduced", note)


def record_day(results: Results) -> Claim:
    """Judge the messages of a day."""
    totals = results.totals
    here = count(totals.acked) if totals.acked > 0 else NONE
    if totals.acked >= RECORD_DAY and totals.lost == 0 and results.seconds <= DAY_SECONDS:
        spent = seconds(results.seconds)
        note = Text(f"在 {spent.zh}内全部存盘并确认", f"all stored and confirmed, within {spent.en}")
        return Claim(SAYS_RECORD_DAY, here, "measured", note)
    if totals.offered < RECORD_DAY:
        note = Text("本次消息不足 870,000 条；不做外推", "this run offered fewer; nothing is extrapolated")
        return Claim(SAYS_RECORD_DAY, here, "not tested", note)
    note = Text(
        "发出的够了，但没有在一天内全部确认", "enough were offered, but not all confirmed within a day"
    )
    if totals.lost > 0:
        note = Text(f"丢失 {count(totals.lost).zh} 条", f"{count(totals.lost).en} were lost")
    return Claim(SAYS_RECORD_DAY, here, "not reproduced", note)


def burst(found: Burst | None) -> Claim:
    """Judge the memory of a burst; None where there was none."""
    grown = grown_by(found)
    if found is None or grown is None:
        return Claim(SAYS_BURST, NONE, "not tested", Text("本次没有做突发测试", "this run had no burst"))
    before = size(found.before_rss_bytes + found.before_kernel_bytes)
    highest = size(found.highest_rss_bytes + found.highest_kernel_bytes)
    note = Text(
        f"{before.zh} → {highest.zh}（进程内存加内核套接字内存）",
        f"{before.en} → {highest.en} (RSS and the kernel's socket memory)",
    )
    return Claim(SAYS_BURST, change(grown), "measured" if grown < GROWTH else "not reproduced", note)


def collector(without: float | None, now: float | None) -> Claim:
    """Judge the collector's work: collections in a million operations `without` what spares them, and `now`; None: not compared."""
    if without is None or now is None or without <= 0:
        note = Text(
            "需要有、无各跑一次才能比较，一次运行说明不了",
            "takes one run with what spares it and one without; a single run cannot tell",
        )
        return Claim(SAYS_COLLECTOR, NONE, "not tested", note)
    saved = (without - now) / without
    before, after = count(without), count(now)
    note = Text(
        f"每百万次操作的回收次数：{before.zh} → {after.zh}；靠的是不产生循环引用，不是对象池",
        f"collections in a million operations: {before.en} → {after.en}; by making no cycles, not by pooling",
    )
    return Claim(SAYS_COLLECTOR, change(-saved), "measured" if saved >= COLLECTOR else "not reproduced", note)


def growth(results: Results) -> float | None:
    """Return by which share memory grew in the burst; None without one."""
    return grown_by(results.burst)


def grown_by(found: Burst | None) -> float | None:
    """Return the same of one burst; None where there is none, or nothing was there before."""
    if found is None:
        return None
    before = found.before_rss_bytes + found.before_kernel_bytes
    if before <= 0:
        return None
    # Subtracted first: 115 of 100 is fifteen hundredths exactly, and no hair less.
    grown = (found.highest_rss_bytes + found.highest_kernel_bytes - before) / before
    return grown if known(grown) else None
