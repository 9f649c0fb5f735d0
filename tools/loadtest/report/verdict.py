"""The verdict of a run: one word, one sentence, and the reasons for it.

The order is the point.  A generator at its own limit measured itself, so its run counts for nothing, whatever the table of targets
says.  A lost message is a fault in any run.  A run that was broken off, or whose targets could not all be
judged, has passed nothing.  Only then do the targets decide.
"""

from typing import Literal

from msgspec import Struct

from appliance.errors import Text
from tools.loadtest.report.blocks import Tone
from tools.loadtest.report.capacity import Capacity
from tools.loadtest.report.figures import count, counted, millis
from tools.loadtest.report.targets import Judged
from tools.loadtest.results import Latency, Results

Kind = Literal["invalid", "failed", "interrupted", "unproven", "passed", "measured"]

WORDS: dict[Kind, Text] = {
    "invalid": Text("本次无效", "Does not count"),
    "failed": Text("未达标", "Not met"),
    "interrupted": Text("中途停止", "Broken off"),
    "unproven": Text("未测全", "Not fully tested"),
    "passed": Text("达标", "Passed"),
    "measured": Text("已测量", "Measured"),
}
TONES: dict[Kind, Tone] = {
    "invalid": "bad",
    "failed": "bad",
    "interrupted": "warn",
    "unproven": "warn",
    "passed": "good",
    "measured": "plain",
}


class Verdict(Struct, frozen=True):
    """The outcome.  `sentence` is for somebody who reads nothing else; `reasons` come after it."""

    kind: Kind
    sentence: Text
    reasons: list[Text]

    @property
    def word(self) -> Text:
        """The verdict as a word."""
        return WORDS[self.kind]

    @property
    def tone(self) -> Tone:
        """How it stands."""
        return TONES[self.kind]


def verdict(results: Results, judged: list[Judged], found: Capacity) -> Verdict:
    """Judge the run; the reasons name everything that speaks against it, not only the first."""
    kind = _kind(results, judged)
    return Verdict(kind, _sentence(kind, results, judged, found), _reasons(kind, results, judged))


def harmed(results: Results) -> int:
    """Return how many messages were lost, shown twice or out of order."""
    totals = results.totals
    return totals.lost + totals.duplicated + totals.out_of_order


def answered(results: Results) -> Latency | None:
    """Return the latency of acknowledgements; None when nothing was acknowledged."""
    ack = results.latencies.get("ack")
    return ack if ack is not None and ack.count > 0 else None


def _kind(results: Results, judged: list[Judged]) -> Kind:
    outcomes = {item.outcome for item in judged}
    if results.generator.saturated:
        return "invalid"
    if harmed(results) > 0:
        return "failed"
    if results.ended == "interrupted":
        return "interrupted"
    if "missed" in outcomes:
        return "failed"
    if "not tested" in outcomes:
        return "unproven"
    return "passed" if outcomes else "measured"


def _sentence(kind: Kind, results: Results, judged: list[Judged], found: Capacity) -> Text:
    story = _story(results, found)
    missed = sum(item.outcome == "missed" for item in judged)
    blank = sum(item.outcome == "not tested" for item in judged)
    match kind:
        case "invalid":
            return Text(
                "发压程序自己先到了极限，这次测的是它，不是客服系统。请换更空闲的机器或减小压力后重测。",
                "The load generator reached its own limit first, so this run measured the generator and not the chat "
                "system. Repeat it with less load or from a machine that has more to spare.",
            )
        case "failed" if harmed(results) > 0:
            return Text(
                f"有 {count(harmed(results)).zh} 条消息丢失、重复或乱序，目标是 0。",
                f"{count(harmed(results)).en} messages were lost, shown twice or out of order; the goal is 0.",
            )
        case "failed":
            return Text(
                f"{len(judged)} 项目标中有 {missed} 项没有达到。{story.zh}",
                f"{missed} of {len(judged)} targets {'was' if missed == 1 else 'were'} missed. {story.en}",
            )
        case "interrupted":
            return Text(
                f"测试没有做完就停了，只能说明停下之前的情况。{story.zh}",
                f"The test was broken off, so it only tells of the time before that. {story.en}",
            )
        case "unproven":
            return Text(
                f"测到的都达到了目标，但 {len(judged)} 项目标中有 {blank} 项没有测到。{story.zh}",
                f"What was measured met its target, but {blank} of {len(judged)} targets could not be judged. {story.en}",
            )
        case _:
            return story


def _story(results: Results, found: Capacity) -> Text:
    """Say what happened in one sentence made only of what was measured."""
    zh: list[str] = []
    en: list[str] = []
    if found.people > 0:
        people = counted(found.people, "人同时在线", "people were connected at once")
        zh.append(people.zh)
        en.append(people.en)
    ack = answered(results)
    if ack is not None:
        zh.append(f"99% 的消息在 {millis(ack.p99_ms).zh}内得到确认")
        en.append(f"99 of 100 messages were confirmed within {millis(ack.p99_ms).en}")
    if results.totals.sent > 0 and harmed(results) == 0:
        zh.append("没有丢失一条")
        en.append("none was lost")
    if not zh:
        return Text(
            "这次运行没有测到可以下结论的数据。", "The run measured nothing that a conclusion could rest on."
        )
    ending = f"{', '.join(en[:-1])}{' and ' if len(en) == 2 else ', and '}{en[-1]}" if len(en) > 1 else en[0]
    return Text("，".join(zh) + "。", f"{ending[0].upper()}{ending[1:]}.")


def _reasons(kind: Kind, results: Results, judged: list[Judged]) -> list[Text]:
    reasons: list[Text] = []
    if results.generator.saturated:
        check = results.generator
        reasons.append(
            Text(
                f"发压程序饱和：{check.why_zh or check.why or '未说明原因'}",
                f"The generator was saturated: {check.why or 'no reason given'}",
            )
        )
    if harmed(results) > 0:
        totals = results.totals
        reasons.append(
            Text(
                f"丢失 {count(totals.lost).zh}，重复 {count(totals.duplicated).zh}，乱序 {count(totals.out_of_order).zh}",
                f"Lost {count(totals.lost).en}, shown twice {count(totals.duplicated).en}, "
                f"out of order {count(totals.out_of_order).en}",
            )
        )
    if results.ended == "interrupted" and kind != "interrupted":
        reasons.append(Text("测试中途停止，没有做完", "The run was broken off before its end"))
    for item in judged:
        if item.outcome == "missed":
            name, goal, value = item.name, item.goal, item.value
            reasons.append(
                Text(
                    f"{name.zh}：测得 {value.zh}，目标 {goal.zh}",
                    f"{name.en}: measured {value.en}, target {goal.en}",
                )
            )
    if results.totals.unanswered > 0:
        waiting = count(results.totals.unanswered)
        reasons.append(
            Text(
                f"结束时还有 {waiting.zh} 条消息没有等到答复",
                f"{waiting.en} messages were still without an answer at the end",
            )
        )
    return reasons
