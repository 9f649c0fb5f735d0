"""Sections 9 and 10: what the processes used, and whether the generator itself was the limit."""

from collections.abc import Callable, Sequence

from appliance.errors import Text
from tools.loadtest.report.axes import amount, time
from tools.loadtest.report.blocks import Block, Cell, Chart, Fact, Facts, Remark, Section, Table, Tone
from tools.loadtest.report.chart import Line, Plot, Point, draw
from tools.loadtest.report.figures import NONE, NOT_TESTED, Form, count, known, millis, same, share, size
from tools.loadtest.report.sections.traffic import end_of
from tools.loadtest.results import Resource, Results

_MOST_LINES = 5
Reader = Callable[[Resource], float | None]


def resources_section(results: Results) -> Section:
    """Return section 9."""
    title = Text("资源", "Resources")
    lead = Text(
        "每个进程的处理器与内存；处理器以一个核为 100%。",
        "CPU and memory of each process; 100 % of CPU is one core.",
    )
    why = Text("这次运行没有采样资源。", "The run took no samples of resources.")
    blocks: list[Block] = [_idle(results)] if results.idle is not None else []
    if results.resources:
        blocks.append(_table(results.resources))
        blocks += _charts(results)
    if blocks and results.idle is None:
        text = Text(
            "每连接内存：未测，这次没有静默连接的阶段。",
            "Bytes per connection: not tested, no phase was silent.",
        )
        blocks.insert(0, Remark(text, "none"))
    return Section(9, title, lead, blocks, why)


def bytes_a_connection(results: Results) -> float | None:
    """Return what one silent connection costs in bytes; None where it was not measured."""
    idle = results.idle
    if idle is None or idle.connections <= 0:
        return None
    return (idle.full_rss_bytes - idle.empty_rss_bytes) / idle.connections


def _idle(results: Results) -> Facts:
    idle, each = results.idle, bytes_a_connection(results)
    if idle is None:
        return Facts([])
    empty, full = size(idle.empty_rss_bytes), size(idle.full_rss_bytes)
    return Facts(
        [
            Fact(
                Text("每连接内存", "Bytes per connection"),
                size(each) if each is not None else NOT_TESTED,
                Text("静默时，进程内存之差除以连接数", "while silent: difference of RSS by connections"),
                "plain" if each is not None else "none",
            ),
            Fact(Text("静默连接", "Silent connections"), count(idle.connections)),
            Fact(
                Text("进程内存", "RSS"),
                full,
                Text(f"没有连接时 {empty.zh}", f"with no connection: {empty.en}"),
            ),
        ]
    )


def _by_process(resources: Sequence[Resource]) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for resource in resources:
        found.setdefault(resource.process, []).append(resource)
    return found


def _table(resources: Sequence[Resource]) -> Table:
    rows = [
        [Cell(same(process)), *_row(samples)] for process, samples in sorted(_by_process(resources).items())
    ]
    head = [
        Text("进程", "process"),
        Text("处理器平均", "CPU mean"),
        Text("处理器最高", "CPU highest"),
        Text("内存起始", "RSS first"),
        Text("内存最高", "RSS highest"),
        Text("文件句柄", "open files"),
        Text("循环延迟最大", "loop lag max"),
        Text("垃圾回收次数", "collections"),
    ]
    return Table(Text("每个进程", "Each process"), head, rows)


def _row(samples: Sequence[Resource]) -> list[Cell]:
    used = [sample.cpu for sample in samples if known(sample.cpu)]
    lags = [sample.loop_lag_ms for sample in samples if sample.loop_lag_ms is not None]
    collections = [sample.collections for sample in samples if sample.collections is not None]
    return [
        Cell(share(sum(used) / len(used)) if used else NONE),
        Cell(share(max(used)) if used else NONE),
        Cell(size(samples[0].rss_bytes)),
        Cell(size(max(sample.rss_bytes for sample in samples))),
        Cell(count(max(sample.files for sample in samples))),
        Cell(millis(max(lags)) if lags else NONE),
        # The counter of a process only grows; what it grew by is what happened in the run.
        Cell(count(max(collections) - min(collections)) if collections else NONE),
    ]


def _charts(results: Results) -> list[Chart]:
    rows: tuple[tuple[str, Text, Text, Reader, Form], ...] = (
        ("cpu", Text("处理器", "CPU"), Text("占一个核", "share of one core"), lambda one: one.cpu, share),
        (
            "rss",
            Text("进程内存（RSS）", "Memory (RSS)"),
            Text("内存", "memory"),
            lambda one: one.rss_bytes,
            size,
        ),
        (
            "lag",
            Text("事件循环延迟", "Event loop lag"),
            Text("延迟", "lag"),
            lambda one: one.loop_lag_ms,
            millis,
        ),
        ("fds", Text("打开的文件句柄", "Open files"), Text("个", "files"), lambda one: one.files, count),
    )
    charts = [_chart(results, key, title, axis, read, form) for key, title, axis, read, form in rows]
    return [chart for chart in [*charts, _kernel(results)] if chart is not None]


def _chart(results: Results, key: str, title: Text, axis: Text, read: Reader, form: Form) -> Chart | None:
    lines = []
    for index, (process, samples) in enumerate(sorted(_by_process(results.resources).items())[:_MOST_LINES]):
        points = _points(samples, read)
        if points:
            lines.append(Line(same(process), points, f"s{index + 1}"))
    if not lines:
        return None
    y = amount(
        (value for line in lines for _, value in line.points), form, axis, of=1024 if form is size else 1000
    )
    x = time(0.0, max(end_of(results), *(line.points[-1][0] for line in lines)))
    return draw(Plot(key, title, x, y, lines, form, results.phases, height=170))


def _points(samples: Sequence[Resource], read: Reader) -> list[Point]:
    pairs = ((sample.at_s, read(sample)) for sample in samples)
    return [(at, float(value)) for at, value in pairs if known(at) and value is not None and known(value)]


def _kernel(results: Results) -> Chart | None:
    # It is a figure of the whole machine that every process reports: one line, not one for each.
    found = {one.at_s: float(one.kernel_bytes) for one in results.resources if one.kernel_bytes is not None}
    points = [(at, value) for at, value in sorted(found.items()) if known(at)]
    if not points:
        return None
    title = Text("内核套接字内存（整机）", "Kernel socket memory (whole machine)")
    y = amount((value for _, value in points), size, Text("内存", "memory"), of=1024)
    x = time(0.0, max(end_of(results), points[-1][0]))
    line = Line(Text("内核", "kernel"), points, "s1", area=True)
    return draw(Plot("kernel", title, x, y, [line], size, results.phases, height=150))


def generator_section(results: Results) -> Section:
    """Return section 10."""
    check = results.generator
    tone: Tone = "bad" if check.saturated else "good"
    verdict = Text("没有饱和：测到的是客服系统。", "Not saturated: what was measured is the chat system.")
    if check.saturated:
        verdict = Text(
            f"已饱和，本次运行无效：{check.why_zh or check.why or '—'}",
            f"Saturated, so this run does not count: {check.why or '—'}",
        )
    late = Text("比时刻表晚多少才发出", "how much later than planned")
    facts = [
        Fact(Text("进程", "Processes"), count(check.processes)),
        Fact(Text("处理器 p95", "CPU p95"), share(check.cpu_p95), Text("占一个核", "of one core")),
        Fact(Text("循环延迟 p99", "Loop lag p99"), millis(check.lag_p99_ms)),
        Fact(Text("发送迟到 p50", "Send slip p50"), millis(check.slip_p50_ms), late),
        Fact(Text("发送迟到 p99", "Send slip p99"), millis(check.slip_p99_ms), late),
        Fact(Text("发送迟到最大", "Send slip max"), millis(check.slip_max_ms), late),
    ]
    lead = Text(
        "发压程序若自己忙不过来，就分不清是谁慢；这样的运行不算数。",
        "If the generator cannot keep up, nobody can tell who was slow; such a run does not count.",
    )
    return Section(
        10, Text("发压程序自检", "Generator self-check"), lead, [Remark(verdict, tone), Facts(facts)]
    )
