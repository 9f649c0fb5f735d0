"""The first page, for whoever runs the shop: a verdict, four figures in plain words and one chart.

No p99 stands here, and no figure that the run did not measure.
"""

from collections.abc import Sequence

from msgspec import Struct

from appliance.errors import Text
from tools.loadtest.report.blocks import Chart, Fact, Remark
from tools.loadtest.report.capacity import Capacity
from tools.loadtest.report.figures import (
    NOT_TESTED,
    count,
    counted,
    millis,
    moment,
    number,
    seconds,
    share,
    spoken,
)
from tools.loadtest.report.sections.traffic import message_chart, people_chart
from tools.loadtest.report.verdict import Verdict, answered, harmed
from tools.loadtest.results import Results


class Front(Struct, frozen=True):
    """What the first screen shows; `alarms` stand above everything else."""

    title: Text
    subtitle: Text
    verdict: Verdict
    alarms: Sequence[Remark]
    figures: Sequence[Fact]
    chart: Chart | None
    caption: Text


def front(results: Results, verdict: Verdict, found: Capacity) -> Front:
    """Return the first page."""
    took, when, place = seconds(results.seconds), moment(results.started_at), results.environment
    subtitle = Text(
        f"{when.zh} · 历时 {took.zh} · {place.cores} 核机器 · kefu {place.kefu}",
        f"{when.en} · took {took.en} · {place.cores} cores · kefu {place.kefu}",
    )
    title = Text(results.title_zh or results.scenario, results.title_en or results.scenario)
    chart, caption = _chart(results)
    figures = [_people(found), _answer(results), _pace(results, found), _loss(results)]
    return Front(title, subtitle, verdict, _alarms(results), figures, chart, caption)


def _alarms(results: Results) -> list[Remark]:
    alarms: list[Remark] = []
    if results.generator.saturated:
        text = Text(
            "本次运行无效：发压程序饱和，下面的数字不能代表客服系统。",
            "This run does not count: the generator was saturated, so the figures below do not describe the chat system.",
        )
        alarms.append(Remark(text, "bad"))
    if results.ended == "interrupted":
        text = Text(
            "测试中途停止：下面只是停下之前的情况。",
            "The run was broken off: what follows is only what came before.",
        )
        alarms.append(Remark(text, "warn"))
    return alarms


def _people(found: Capacity) -> Fact:
    label = Text("人同时在线", "people connected at once")
    hint = Text("访客与客服，连接都一直开着", "visitors and agents, each with an open connection")
    if not found.people:
        return Fact(label, NOT_TESTED, Text("", ""), "none")
    return Fact(label, spoken(found.people), hint)


def _answer(results: Results) -> Fact:
    label = Text("以内，消息就得到确认", "until a message was confirmed")
    ack = answered(results)
    if ack is None:
        return Fact(label, NOT_TESTED, Text("", ""), "none")
    half, slowest = millis(ack.p50_ms), millis(ack.max_ms)
    hint = Text(
        f"100 条里有 99 条；一半不到 {half.zh}，最慢的 {slowest.zh}",
        f"for 99 of 100; half took less than {half.en}, the slowest {slowest.en}",
    )
    return Fact(label, millis(ack.p99_ms), hint)


def _pace(results: Results, found: Capacity) -> Fact:
    label = Text("条消息每秒，都接住了", "messages a second, all dealt with")
    if found.carried is None:
        return Fact(label, NOT_TESTED, Text("", ""), "none")
    total = spoken(results.totals.acked)
    hint = Text(
        f"最忙的十秒；全程共存下 {total.zh} 条", f"in the busiest ten seconds; {total.en} stored in all"
    )
    pace = spoken(round(found.carried)) if found.carried >= 10 else number(found.carried)
    return Fact(label, pace, hint)


def _loss(results: Results) -> Fact:
    label = Text("条消息丢失、重复或乱序", "messages lost, doubled or out of order")
    totals = results.totals
    if totals.sent <= 0 and not harmed(results):
        return Fact(label, NOT_TESTED, Text("", ""), "none")
    sent = counted(totals.sent, "条", "that were sent")
    hint = Text(f"共发出 {sent.zh}", f"of {sent.en}")
    if totals.unanswered > 0:
        waiting = count(totals.unanswered)
        hint = Text(f"{hint.zh}；{waiting.zh} 条没有答复", f"{hint.en}; {waiting.en} had no answer")
    return Fact(label, count(harmed(results)), hint, "bad" if harmed(results) else "good")


def _chart(results: Results) -> tuple[Chart | None, Text]:
    totals = results.totals
    if results.throughput and totals.offered > 0:
        part = totals.acked / totals.offered
        if part >= 0.995 and totals.refused == 0:
            caption = Text(
                "虚线是要求系统处理的，色块是它确认了的。两者几乎重合：给多少，接多少。",
                "The dashed line is what the system was asked, the filled one what it confirmed. They all but coincide: "
                "whatever came was dealt with.",
            )
        else:
            done = share(part)
            caption = Text(
                f"虚线是要求系统处理的，色块是它确认了的，占 {done.zh}；其余的被拒绝或没有等到确认。",
                f"The dashed line is what the system was asked, the filled one what it confirmed: {done.en}. The rest was "
                "refused or not confirmed.",
            )
        return message_chart(results, "front", [], every=False), caption
    if results.ramp:
        caption = Text("这次只测连接，没有发消息。", "This run only connected; it sent no messages.")
        return people_chart(results, "front"), caption
    return None, Text("没有可画的数据。", "There is nothing to draw.")
