"""Sections 1 and 2: whether the goals were met, what the machine carries, and how that compares."""

from collections.abc import Sequence

from appliance.errors import Text
from tools.loadtest.report import capacity as carried
from tools.loadtest.report.blocks import (
    Block,
    Cell,
    Fact,
    Facts,
    Points,
    Remark,
    Section,
    Table,
    Tone,
    cells,
    untested,
)
from tools.loadtest.report.capacity import Capacity
from tools.loadtest.report.claims import STANDINGS, Standing, claims
from tools.loadtest.report.figures import NOT_TESTED, change, count, moment, number, rate, share
from tools.loadtest.report.previous import ALIKE, TRENDS, Trend, changes, differences
from tools.loadtest.report.targets import Judged, Outcome
from tools.loadtest.report.verdict import Verdict
from tools.loadtest.results import Results

_OUTCOMES: dict[Outcome, Cell] = {
    "met": Cell(Text("达到", "met"), "good"),
    "missed": Cell(Text("未达到", "missed"), "bad"),
    "not tested": untested(),
}
_STANDING_TONES: dict[Standing, Tone] = {"measured": "good", "not reproduced": "bad", "not tested": "none"}
_TREND_TONES: dict[Trend, Tone] = {"better": "good", "worse": "bad", "the same": "plain", "only one": "none"}


def verdict_section(verdict: Verdict, judged: Sequence[Judged], found: Capacity) -> Section:
    """Return section 1."""
    blocks: list[Block] = [Remark(verdict.sentence, verdict.tone)]
    if verdict.reasons:
        blocks.append(Points(verdict.reasons))
    blocks += [_targets(judged), _facts(found), Points(_plain(found))]
    lead = Text(
        "目标在场景文件里写定，测试之前就有。", "Targets are written in the scenario, before the test."
    )
    return Section(1, Text("结论、目标与承载能力", "Verdict, targets and capacity"), lead, blocks)


def _targets(judged: Sequence[Judged]) -> Block:
    if not judged:
        return Remark(
            Text(
                "这个场景没有写目标，所以没有达标与否可言。",
                "The scenario sets no targets, so there is nothing to pass.",
            )
        )
    rows = [
        [
            Cell(item.name),
            Cell(item.goal),
            untested() if item.measured is None else Cell(item.value),
            Cell(share(item.room)),
            _OUTCOMES[item.outcome],
        ]
        for item in judged
    ]
    head = [
        Text("目标", "target"),
        Text("要求", "goal"),
        Text("测得", "measured"),
        Text("离界限还有", "room to the limit"),
        Text("结果", "result"),
    ]
    return Table(Text("服务目标（SLO）", "Service-level targets"), head, rows, frozenset({4}))


def _facts(found: Capacity) -> Facts:
    at_least = Text("至少 ", "at least ") if found.limit is None else Text("", "")
    pace = rate(found.carried)
    return Facts(
        [
            Fact(
                Text("同时在线", "Connected at once"),
                count(found.people) if found.people else NOT_TESTED,
                Text("同一秒内打开的连接最多时", "the most connections open in one second"),
                "plain" if found.people else "none",
            ),
            Fact(
                Text("承受的速率", "Rate carried"),
                Text(at_least.zh + pace.zh, at_least.en + pace.en)
                if found.carried is not None
                else NOT_TESTED,
                Text(
                    f"连续 {carried.WINDOW} 秒内确认了至少 99%，一条未拒",
                    f"{carried.WINDOW} seconds with at least 99 % confirmed and none refused",
                ),
                "plain" if found.carried is not None else "none",
            ),
            Fact(
                Text("余量", "Headroom"),
                share(found.headroom) if found.headroom is not None else NOT_TESTED,
                Text("那十秒里最忙的进程还剩的一个核", "of one core, left to the busiest process meanwhile"),
                "plain" if found.headroom is not None else "none",
            ),
        ]
    )


def _plain(found: Capacity) -> list[Text]:
    """Say in words what the capacity means, and what it does not."""
    said: list[Text] = []
    if found.first_failed_at is not None:
        at = count(found.first_failed_at)
        said.append(
            Text(
                f"在线 {at.zh} 人时第一次有连接失败。",
                f"The first connection failed when {at.en} were connected.",
            )
        )
    elif found.people:
        said.append(
            Text(
                "没有一次连接失败，所以连接数的上限没有测到。",
                "No connection failed, so the limit of connections was not found.",
            )
        )
    if found.carried is not None:
        said.append(_limit(found))
    else:
        said.append(
            Text(
                "没有哪十秒跟得上所给的压力，或者没有发消息。",
                "No ten seconds kept up with what was offered, or nothing was.",
            )
        )
    if found.headroom is not None:
        left = share(found.headroom)
        said.append(
            Text(
                f"最忙的进程还剩 {left.zh} 的一个核。这说明还有余地，不说明能多承受多少：那要用更大的压力去测。",
                f"The busiest process had {left.en} of a core left. That tells that there is room, not how much more would "
                "be carried: only a run with more load does.",
            )
        )
    return said


def _limit(found: Capacity) -> Text:
    kept = Text(
        f"{count(found.windows).zh} 段十秒中有 {count(found.kept_up).zh} 段跟上了压力。",
        f"Of {count(found.windows).en} stretches of ten seconds, {count(found.kept_up).en} kept up.",
    )
    if found.limit is None:
        return Text(
            f"{kept.zh}上限没有测到，承受的速率是“至少”。",
            f"{kept.en} The limit was not found, so the rate carried is an “at least”.",
        )
    return Text(
        f"{kept.zh}上限在每秒 {number(found.carried).zh} 条与 {number(found.limit).zh} 条之间。",
        f"{kept.en} The limit lies between {number(found.carried).en} and {number(found.limit).en} messages a second.",
    )


def comparison_section(results: Results, previous: Results | None) -> Section:
    """Return section 2."""
    blocks: list[Block] = []
    if previous is None:
        blocks.append(
            Remark(Text("没有给出上一次的结果。", "No earlier run was given to compare with."), "none")
        )
    else:
        blocks += _beside(results, previous)
    rows = [
        [
            Cell(item.says),
            Cell(item.here),
            Cell(STANDINGS[item.standing], _STANDING_TONES[item.standing]),
            Cell(item.note),
        ]
        for item in claims(results)
    ]
    head = [
        Text("参照系统的说法", "the reference claims"),
        Text("本次", "this run"),
        Text("结论", "standing"),
        Text("说明", "note"),
    ]
    blocks.append(
        Table(
            Text("与参照系统的说法相比", "Beside the claims of the reference system"),
            head,
            rows,
            frozenset({2, 3}),
        )
    )
    lead = Text(
        "参照系统是一篇中文技术文章所描述的闭源客服系统。没有试过的一律写“未测”。",
        "The reference is a closed-source chat system that an engineering article describes. What was not tried is “not tested”.",
    )
    return Section(
        2, Text("与上一次、与参照系统相比", "Compared with the previous run and the reference"), lead, blocks
    )


def _beside(results: Results, previous: Results) -> list[Block]:
    rows = [
        [
            *cells(item.name, item.before, item.now, change(item.share)),
            Cell(TRENDS[item.trend], _TREND_TONES[item.trend]),
        ]
        for item in changes(results, previous)
    ]
    head = [
        Text("项目", "measure"),
        Text("上一次", "previous"),
        Text("本次", "this run"),
        Text("变化", "change"),
        Text("趋势", "trend"),
    ]
    when, alike = moment(previous.started_at), share(ALIKE)
    caption = Text(
        f"上一次：{when.zh}。变化不超过 {alike.zh} 的算持平",
        f"Previous run: {when.en}. Up to {alike.en} counts as the same",
    )
    table = Table(caption, head, rows, frozenset({4}))
    found = differences(results, previous)
    if not found:
        return [table]
    warning = Text(
        "两次运行的条件不同，差别可能来自下面这些：",
        "The two runs were not alike; a difference may come from these:",
    )
    return [Remark(warning, "warn"), Points(found), table]
