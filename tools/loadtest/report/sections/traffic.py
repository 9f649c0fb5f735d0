"""Sections 5, 6 and 11: people who connect, messages that are offered and what becomes of them, errors by type."""

from appliance.errors import Text
from tools.loadtest.report.axes import amount, clock, time
from tools.loadtest.report.blocks import Block, Cell, Chart, Fact, Facts, Points, Remark, Section, Table, Tone
from tools.loadtest.report.chart import Line, Plot, draw
from tools.loadtest.report.figures import count, rate, same, seconds, share, spoken
from tools.loadtest.results import Phase, Results

OFFERED = Text("应发", "offered")
SENT = Text("已发", "sent")
ACKED = Text("已确认", "confirmed")
DELIVERED = Text("已送达", "delivered")


def end_of(results: Results) -> float:
    """Return where the time axis of the charts ends, in seconds."""
    places = [results.seconds, *(phase.at_s + phase.seconds for phase in results.phases)]
    places += [second.at_s + 1 for second in results.ramp[-1:]] + [
        second.at_s + 1 for second in results.throughput[-1:]
    ]
    return max(places)


def people_chart(results: Results, key: str) -> Chart:
    """Return how many were connected over time."""
    live = [(second.at_s, float(second.live)) for second in results.ramp]
    return draw(
        Plot(
            key,
            Text("同时在线的连接", "Connections open at once"),
            time(0.0, end_of(results)),
            amount((value for _, value in live), spoken, Text("连接数", "connections")),
            [Line(Text("在线", "open"), live, "s1", area=True, steps=True)],
            count,
            results.phases,
        )
    )


def message_chart(results: Results, key: str, phases: list[Phase], every: bool = True) -> Chart:
    """Return what was offered and what became of it, each second; only the two that matter without `every`."""
    seconds_ = results.throughput
    named = [(ACKED, "acked", "s1"), (OFFERED, "offered", "s2")]
    if every:
        named += [(SENT, "sent", "s3"), (DELIVERED, "delivered", "s4")]
    lines = [
        Line(
            label,
            [(second.at_s, float(getattr(second, name))) for second in seconds_],
            css,
            area=name == "acked",
        )
        for label, name, css in named
    ]
    values = (value for line in lines for _, value in line.points)
    return draw(
        Plot(
            key,
            Text("每秒的消息", "Messages each second"),
            time(0.0, end_of(results)),
            amount(values, spoken, Text("条/秒", "messages a second")),
            lines,
            rate,
            phases,
        )
    )


def ramp_section(results: Results) -> Section:
    """Return section 5."""
    title = Text("建立连接", "Connection ramp")
    lead = Text(
        "多少人在线，多快连上，有没有连不上的。", "How many were connected, how fast, and who was not let in."
    )
    why = Text("这次运行没有记录连接。", "The run recorded no connections.")
    if not results.ramp:
        return Section(5, title, lead, [], why)
    opened = sum(second.opened for second in results.ramp)
    failed = sum(second.failed for second in results.ramp)
    facts = [
        Fact(Text("最多同时在线", "Most at once"), count(max(second.live for second in results.ramp))),
        Fact(Text("共打开", "Opened in all"), count(opened)),
        Fact(
            Text("一秒内最多", "Most in one second"),
            count(max(second.opened for second in results.ramp)),
        ),
        Fact(
            Text("失败", "Failed"), count(failed), _of(failed, opened + failed), "bad" if failed else "good"
        ),
    ]
    return Section(5, title, lead, [Facts(facts), people_chart(results, "people"), _openings(results)], why)


def _openings(results: Results) -> Chart:
    opened = [(second.at_s, float(second.opened)) for second in results.ramp]
    failed = [(second.at_s, float(second.failed)) for second in results.ramp]
    return draw(
        Plot(
            "openings",
            Text("每秒新建的连接", "Connections opened each second"),
            time(0.0, end_of(results)),
            amount((value for _, value in opened + failed), spoken, Text("个/秒", "a second")),
            [
                Line(Text("打开", "opened"), opened, "s1", area=True),
                Line(Text("失败", "failed"), failed, "s2"),
            ],
            rate,
            results.phases,
            height=150,
        )
    )


def _of(part: int, whole: int) -> Text:
    if whole <= 0 or part <= 0:
        return Text("", "")
    text = share(part / whole)
    return Text(f"占 {text.zh}", f"{text.en} of all")


def messages_section(results: Results) -> Section:
    """Return section 6."""
    title = Text("消息：应发、已发、送达", "Messages: offered, achieved, delivered")
    lead = Text(
        "客户端各记日志，测试后与数据库对照；丢失、重复、乱序的目标都是 0。",
        "Every client keeps a journal that is judged afterwards; lost, doubled and disordered all have the goal 0.",
    )
    why = Text("这次运行没有发消息。", "The run sent no messages.")
    totals = results.totals
    if not results.throughput and max(totals.offered, totals.sent, totals.delivered) <= 0:
        return Section(6, title, lead, [], why)
    facts = [
        Fact(OFFERED, count(totals.offered), Text("按时刻表", "by the schedule")),
        Fact(SENT, count(totals.sent), _of(totals.sent, totals.offered)),
        Fact(ACKED, count(totals.acked), Text("已存盘", "stored on disk")),
        Fact(
            DELIVERED, count(totals.delivered), Text("显示给了该看的人", "shown to whoever was to see them")
        ),
        Fact(
            Text("拒绝", "Refused"),
            count(totals.refused),
            Text("存盘之前就告知稍后再来", "told to come back, before storing"),
        ),
        Fact(
            Text("无答复", "Unanswered"),
            count(totals.unanswered),
            Text("结束时仍在等", "still waiting at the end"),
        ),
        _zero(Text("丢失", "Lost"), totals.lost),
        _zero(Text("重复", "Shown twice"), totals.duplicated),
        _zero(Text("乱序", "Out of order"), totals.out_of_order),
    ]
    blocks: list[Block] = [Facts(facts), Remark(_judged(results), "plain")]
    if totals.findings:
        blocks.append(Points([same(text) for text in totals.findings]))
    if results.throughput:
        blocks += [message_chart(results, "messages", results.phases), _phases(results)]
    return Section(6, title, lead, blocks, why)


def _zero(label: Text, value: int) -> Fact:
    tone: Tone = "bad" if value else "good"
    return Fact(label, count(value), Text("目标 0", "goal 0"), tone)


def _judged(results: Results) -> Text:
    if results.totals.judged == "journals and database":
        return Text(
            "丢失、重复与乱序由客户端日志与数据库逐条对照得出。",
            "Losses, doubles and disorder were judged from the clients' journals and the database, message by message.",
        )
    return Text(
        "丢失、重复与乱序只由客户端日志得出，没有与数据库对照。",
        "Losses, doubles and disorder were judged from the clients' journals alone; the database was not compared.",
    )


def _phases(results: Results) -> Table:
    """Return the means of each phase, which is what a phase is for."""
    rows = []
    for index, phase in enumerate(results.phases, start=1):
        inside = [one for one in results.throughput if phase.at_s <= one.at_s < phase.at_s + phase.seconds]
        if inside:
            means = [sum(getattr(one, name) for one in inside) / len(inside) for name in _FLOWS]
            rows.append([Cell(same(f"{index} {phase.name}")), *(Cell(rate(mean)) for mean in means)])
    head = [Text("阶段", "phase"), OFFERED, SENT, ACKED, DELIVERED, Text("拒绝", "refused")]
    return Table(Text("各阶段的平均速率", "Mean rates of each phase"), head, rows)


_FLOWS = ("offered", "sent", "acked", "delivered", "refused")


def errors_section(results: Results) -> Section:
    """Return section 11."""
    title = Text("错误分类", "Errors by type")
    lead = Text(
        "每一类的次数、第一次出现的时间和一个例子。", "How often each occurred, when first, and one example."
    )
    if not results.errors:
        none = Remark(Text("没有记录到错误。", "No error was recorded."), "good")
        return Section(11, title, lead, [none])
    total = sum(max(error.count, 0) for error in results.errors)
    rows = [
        [
            Cell(same(error.kind)),
            Cell(count(error.count)),
            Cell(share(error.count / total) if total else count(0)),
            Cell(same(clock(error.first_at_s, end_of(results)))),
            Cell(same(error.example)),
        ]
        for error in sorted(results.errors, key=lambda error: -error.count)
    ]
    head = [
        Text("类型", "type"),
        Text("次数", "count"),
        Text("占比", "share"),
        Text("首次", "first at"),
        Text("例子", "example"),
    ]
    took = seconds(results.seconds)
    caption = Text(f"{took.zh}内共 {count(total).zh} 次", f"{count(total).en} in {took.en}")
    return Section(11, title, lead, [Table(caption, head, rows, frozenset({4}))])
