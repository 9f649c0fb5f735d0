"""Section 13: where the time went while it was quiet and at the peak, and what changed between the two."""

from collections.abc import Mapping

from appliance.errors import Text
from tools.loadtest.report.blocks import Block, Cell, Remark, Section, Table
from tools.loadtest.report.figures import NONE, points, same, share
from tools.loadtest.report.stacks import Weight, moved, weights
from tools.loadtest.results import Results

MOMENTS: dict[str, Text] = {"idle": Text("空闲时", "idle"), "peak": Text("高峰时", "at the peak")}
_ROWS = 15


def profiles_section(results: Results) -> Section:
    """Return section 13."""
    title = Text("性能剖析：空闲与高峰", "Profiles: idle and peak")
    lead = Text("处理器时间花在哪些函数里。", "The functions in which the CPU's time was spent.")
    why = Text("这次运行没有采集剖析。", "The run took no profiles.")
    found = {name: weights(text) for name, text in (results.profiles or {}).items()}
    read = {name: table for name, table in found.items() if table}
    blocks: list[Block] = []
    if "idle" in read and "peak" in read:
        blocks.append(_difference(read["idle"], read["peak"]))
    elif read:
        missing = Text(
            "没有同时采到空闲和高峰，所以没有差异表。",
            "There is no capture of both idle and peak, so nothing is compared.",
        )
        blocks.append(Remark(missing, "none"))
    blocks += [_top(MOMENTS.get(name, same(name)), table) for name, table in sorted(read.items())]
    return Section(13, title, lead, blocks, why)


def _difference(idle: Mapping[str, Weight], peak: Mapping[str, Weight]) -> Table:
    rows = [
        [
            Cell(same(item.name)),
            Cell(share(item.before.own) if item.before else NONE),
            Cell(share(item.after.own) if item.after else NONE),
            Cell(points(item.difference), bar=item.difference),
        ]
        for item in moved(idle, peak)[:_ROWS]
        if item.difference
    ]
    head = [
        Text("函数", "function"),
        Text("空闲时", "idle"),
        Text("高峰时", "at the peak"),
        Text("差（百分点）", "difference (points)"),
    ]
    return Table(Text("自身时间占比变化最大的函数", "Functions whose own share changed most"), head, rows)


def _top(moment: Text, table: Mapping[str, Weight]) -> Table:
    own = ((name, one) for name, one in table.items() if one.own > 0)
    top = sorted(own, key=lambda item: (-item[1].own, item[0]))[:_ROWS]
    rows = [
        [Cell(same(name)), Cell(share(one.own), bar=one.own), Cell(share(one.total))] for name, one in top
    ]
    head = [Text("函数", "function"), Text("自身", "own time"), Text("含调用", "with what it called")]
    return Table(Text(f"{moment.zh}最费时的函数", f"Most time {moment.en}"), head, rows)
