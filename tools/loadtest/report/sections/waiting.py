"""Section 7: how long people waited, from the few figures to every message."""

from collections.abc import Iterator

from appliance.errors import Text
from tools.loadtest.report.blocks import Block, Cell, Remark, Section, Table
from tools.loadtest.report.curve import Curve, decoded, percentile_chart
from tools.loadtest.report.figures import count, millis, same
from tools.loadtest.report.heat import heat_map
from tools.loadtest.report.sections.traffic import end_of
from tools.loadtest.results import Latency, Results

KINDS: dict[str, Text] = {
    "ack": Text("确认（已存盘）", "confirmed (stored)"),
    "ack_vip": Text("确认，只看 VIP", "confirmed, VIPs only"),
    "show": Text("送达（对方看到）", "delivered (seen by the other side)"),
    "handshake": Text("握手（连接到欢迎）", "handshake (connection to welcome)"),
}


def kind_of(name: str) -> Text:
    """Return the words for a kind of latency; one that is not known is called by its name."""
    return KINDS.get(name, same(name))


def waited(results: Results) -> Iterator[tuple[str, Latency]]:
    """Yield the kinds of which anything was measured, the best known first."""
    order = [name for name in KINDS if name in results.latencies]
    for name in [*order, *sorted(results.latencies.keys() - KINDS.keys())]:
        if results.latencies[name].count > 0:
            yield name, results.latencies[name]


def latency_section(results: Results) -> Section:
    """Return section 7."""
    title = Text("耗时", "Latency")
    lead = Text(
        "从“应该发出”的时刻算起：发压程序若来不及，迟到也算在内，不会把排队藏起来。",
        "Counted from the intended send time: if a message leaves late, its lateness counts, so no queue is hidden.",
    )
    kinds = list(waited(results))
    if not kinds:
        return Section(7, title, lead, [], Text("这次运行没有测量耗时。", "The run measured no latency."))
    blocks: list[Block] = [_table(kinds)]
    curves = [Curve(kind_of(name), decoded(latency)) for name, latency in kinds]
    unread = [curve.label for curve in curves if not curve.points]
    if any(curve.points for curve in curves):
        blocks.append(percentile_chart(curves))
    if unread:
        names = Text("、".join(text.zh for text in unread), ", ".join(text.en for text in unread))
        blocks.append(
            Remark(Text(f"直方图读不出来：{names.zh}", f"No histogram could be read for: {names.en}"), "warn")
        )
    for name, latency in kinds:
        if latency.heat:
            label = kind_of(name)
            heading = Text(f"热力图：{label.zh}", f"Heat map: {label.en}")
            blocks.append(
                heat_map(f"heat-{len(blocks)}", heading, latency.heat, results.phases, end_of(results))
            )
    return Section(7, title, lead, blocks)


def _table(kinds: list[tuple[str, Latency]]) -> Table:
    rows = [
        [
            Cell(kind_of(name)),
            Cell(count(latency.count)),
            *(
                Cell(millis(value))
                for value in (
                    latency.mean_ms,
                    latency.p50_ms,
                    latency.p75_ms,
                    latency.p90_ms,
                    latency.p95_ms,
                    latency.p99_ms,
                    latency.p999_ms,
                    latency.max_ms,
                )
            ),
        ]
        for name, latency in kinds
    ]
    names = ("p50", "p75", "p90", "p95", "p99", "p99.9")
    head = [
        Text("等什么", "what is waited for"),
        Text("次数", "count"),
        Text("平均", "mean"),
        *(same(name) for name in names),
        Text("最大", "max"),
    ]
    caption = Text("p99 = 99% 的消息不超过它", "p99 = 99 % of the messages took no longer")
    return Table(caption, head, rows)
