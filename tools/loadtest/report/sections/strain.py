"""Sections 8 and 12: what the appliance gave up under pressure, how it came back, and how it bears time, storms and bursts."""

from collections.abc import Sequence
from itertools import pairwise

from appliance.cli.overload import OFF
from appliance.errors import Text
from tools.loadtest.ladder import recovered_after
from tools.loadtest.report.axes import amount, clock, time, whole
from tools.loadtest.report.blocks import Block, Cell, Chart, Fact, Facts, Remark, Section, Table
from tools.loadtest.report.chart import Line, Plot, draw
from tools.loadtest.report.claims import growth
from tools.loadtest.report.figures import (
    NONE,
    NOT_TESTED,
    change,
    count,
    known,
    millis,
    number,
    same,
    seconds,
    share,
    size,
)
from tools.loadtest.report.sections.traffic import end_of
from tools.loadtest.results import Load, Results

HIGHEST_DRAWN = 2.0


def degradation_section(results: Results) -> Section:
    """Return section 8."""
    title = Text("降级过程", "Degradation timeline")
    lead = Text(
        "负载升高时按档关闭次要功能，负载回落后逐档恢复。",
        "Under load, lesser features go off tier by tier; they come back tier by tier when it is over.",
    )
    why = Text("这次运行没有记录降级档位。", "The run did not record the overload ladder.")
    ladder = sorted((load for load in results.ladder or () if known(load.at_s)), key=lambda load: load.at_s)
    if not ladder:
        return Section(8, title, lead, [], why)
    steps = moves(ladder)
    facts = [
        Fact(
            Text("最高负载", "Highest load"),
            share(max((item.load for item in ladder if known(item.load)), default=None)),
        ),
        Fact(Text("最高档", "Highest tier"), count(max(item.tier for item in ladder))),
        Fact(Text("档位变化", "Changes of tier"), count(len(steps))),
        _recovery(results, ladder),
        *_what_got_through(results),
    ]
    blocks: list[Block] = [Facts(facts), *_charts(results, ladder, steps), *_thresholds(results)]
    if steps:
        blocks.append(_moves(results, steps))
    else:
        blocks.append(
            Remark(
                Text(f"一直停在第 {ladder[0].tier} 档。", f"It stayed at tier {ladder[0].tier} throughout."),
                "plain",
            )
        )
    return Section(8, title, lead, blocks, why)


def _what_got_through(results: Results) -> list[Fact]:
    """Return what an overload left of the throughput, and how VIPs fared; nothing where there was none on purpose."""
    overload, vip = results.overload, results.latencies.get("ack_vip")
    facts = []
    if overload is not None and overload.goodput_share is not None:
        calm, heavy = count(overload.capacity_per_s), count(overload.goodput_per_s)
        hint = Text(
            f"每秒 {heavy.zh} 条，平时最多 {calm.zh} 条", f"{heavy.en} a second, of {calm.en} at best"
        )
        facts.append(
            Fact(Text("过载时仍能处理", "Still stored under overload"), share(overload.goodput_share), hint)
        )
    if vip is not None and vip.count > 0:
        hint = Text("从该发出到存好，整个运行", "from when it was due until stored, over the whole run")
        facts.append(Fact(Text("VIP 存好 p99", "Stored for VIPs, p99"), millis(vip.p99_ms), hint))
    return facts


def _thresholds(results: Results) -> list[Table]:
    if not results.rungs:
        return []
    rows = [
        [Cell(same(str(rung.tier))), Cell(share(rung.enter)), Cell(share(rung.leave))]
        for rung in results.rungs
    ]
    head = [Text("档位", "tier"), Text("高于则进入", "entered above"), Text("低于则离开", "left below")]
    return [Table(Text("kefu.yaml 里的阈值", "The thresholds of kefu.yaml"), head, rows)]


def moves(ladder: Sequence[Load]) -> list[tuple[Load, Load]]:
    """Return each change of tier: the sample before and the one after."""
    return [(before, after) for before, after in pairwise(ladder) if before.tier != after.tier]


def _recovery(results: Results, ladder: Sequence[Load]) -> Fact:
    label = Text("恢复用时", "Recovery")
    if all(load.tier == 0 for load in ladder):
        return Fact(label, NONE, Text("没有降级，不需要恢复", "no tier was entered"))
    if ladder[-1].tier > 0:
        tier = ladder[-1].tier
        hint = Text(f"结束时还在第 {tier} 档", f"still at tier {tier} at the end")
        return Fact(label, Text("未恢复", "not back"), hint, "warn")
    hint = Text("最重的阶段结束后多久回到 0 档", "from the end of the heaviest phase to tier 0 for good")
    return Fact(label, seconds(recovered_after(results.phases, ladder)), hint)


def _charts(results: Results, ladder: Sequence[Load], steps: list[tuple[Load, Load]]) -> list[Chart]:
    end = max(end_of(results), ladder[-1].at_s)
    # A queue that grows has no limit, and one at twenty times the limit would leave the thresholds at the bottom of the chart.
    loads = [(load.at_s, min(load.load, HIGHEST_DRAWN)) for load in ladder]
    x = time(0.0, end)
    lines = [Line(Text("负载", "load"), loads, "s1")] + [
        Line(
            Text(f"第 {rung.tier} 档阈值", f"threshold {rung.tier}"),
            [(0.0, rung.enter), (end, rung.enter)],
            f"s{rung.tier + 1}",
        )
        for rung in results.rungs or ()
    ]
    return [
        draw(
            Plot(
                "load",
                Text("负载占容量的比例（最多画到 200%）", "Load as a share of capacity (drawn up to 200 %)"),
                x,
                amount((value for line in lines for _, value in line.points), share, Text("负载", "load")),
                lines,
                share,
                results.phases,
                [after.at_s for _, after in steps],
                Text("换档", "change of tier"),
            )
        ),
        draw(
            Plot(
                "tier",
                Text("降级档位", "Tier of degradation"),
                x,
                whole(max(load.tier for load in ladder), Text("档", "tier")),
                [
                    Line(
                        Text("档位", "tier"),
                        [(load.at_s, float(load.tier)) for load in ladder],
                        "s2",
                        True,
                        True,
                    )
                ],
                number,
                height=120,
            )
        ),
    ]


def _off(names: Sequence[str]) -> Text:
    """Return what was off in the words of people; a name of another version stays as it is."""
    texts = [OFF.get(name, same(name)) for name in names]
    return Text(
        "、".join(text.zh for text in texts) or "无", ", ".join(text.en for text in texts) or "nothing"
    )


def _moves(results: Results, steps: list[tuple[Load, Load]]) -> Table:
    longest = end_of(results)
    rows = [
        [
            Cell(same(clock(after.at_s, longest))),
            Cell(same(f"{before.tier} → {after.tier}")),
            Cell(share(after.load)),
            Cell(_off(after.off)),
        ]
        for before, after in steps
    ]
    head = [
        Text("时间", "at"),
        Text("档位", "tier"),
        Text("当时负载", "load then"),
        Text("关闭的功能", "what was off"),
    ]
    return Table(Text("每一次换档", "Every change of tier"), head, rows, frozenset({1, 3}))


def endurance_section(results: Results) -> Section:
    """Return section 12."""
    blocks: list[Block] = []
    for found, text in (
        (_soak(results), Text("长跑：这次没有做。", "Soak: this run had none.")),
        (_storm(results), Text("断线风暴：这次没有做。", "Reconnect storm: this run had none.")),
        (_burst(results), Text("突发：这次没有做。", "Burst to slow readers: this run had none.")),
    ):
        blocks.append(found or Remark(Text(f"未测。{text.zh}", f"Not tested. {text.en}"), "none"))
    lead = Text(
        "时间长了会不会漏内存，所有人同时断线后多久回来，慢读者会不会撑大内存。",
        "Does memory leak over time, how soon is everybody back after a cut, do slow readers blow memory up.",
    )
    return Section(12, Text("长跑、断线风暴与突发", "Soak, reconnect storm and burst"), lead, blocks)


def _soak(results: Results) -> Facts | None:
    soak = results.soak
    if soak is None:
        return None
    slope, first, last = (
        size(soak.slope_bytes_per_hour),
        size(soak.first_rss_bytes),
        size(soak.last_rss_bytes),
    )
    return Facts(
        [
            Fact(
                Text("内存每小时增长", "Memory growth an hour"),
                slope,
                Text("最小二乘直线，去掉前十分之一", "least squares, first tenth left out"),
            ),
            Fact(Text("内存从", "Memory from"), first, Text(f"到 {last.zh}", f"to {last.en}")),
            Fact(Text("历时", "For"), seconds(soak.minutes * 60)),
        ],
        Text("长跑", "Soak"),
    )


def _storm(results: Results) -> Facts | None:
    storm = results.storm
    if storm is None:
        return None
    everybody = storm.all_back_s
    return Facts(
        [
            Fact(Text("同时断开", "Cut off at once"), count(storm.clients)),
            Fact(Text("一半的人回来", "Half were back"), seconds(storm.back_p50_s)),
            Fact(Text("99% 的人回来", "99 % were back"), seconds(storm.back_p99_s)),
            Fact(
                Text("全部回来", "All were back"),
                seconds(everybody) if everybody is not None else Text("没有全部回来", "not all came back"),
                tone="plain" if everybody is not None else "bad",
            ),
        ],
        Text("断线风暴", "Reconnect storm"),
    )


def _burst(results: Results) -> Facts | None:
    burst = results.burst
    if burst is None:
        return None
    grown = growth(results)
    before, most = size(burst.before_rss_bytes), size(burst.highest_rss_bytes)
    quiet, full = size(burst.before_kernel_bytes), size(burst.highest_kernel_bytes)
    return Facts(
        [
            Fact(Text("不读的客户端", "Clients that did not read"), count(burst.slow_readers)),
            Fact(Text("内存增长", "Memory grew by"), change(grown) if grown is not None else NOT_TESTED),
            Fact(Text("进程内存", "RSS"), most, Text(f"之前 {before.zh}", f"before: {before.en}")),
            Fact(
                Text("内核套接字内存", "Kernel socket memory"),
                full,
                Text(f"之前 {quiet.zh}", f"before: {quiet.en}"),
            ),
        ],
        Text("突发（慢读者）", "Burst to slow readers"),
    )
