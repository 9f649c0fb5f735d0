"""Sections 3 and 4: on what the run was made, how to repeat it, and what load was offered."""

import shlex

from appliance.errors import Text
from tools.loadtest.report.axes import clock
from tools.loadtest.report.blocks import Block, Cell, Fact, Facts, Lines, Remark, Section, Table, cells
from tools.loadtest.report.figures import NONE, count, moment, rate, same, seconds, size
from tools.loadtest.results import Results


def environment_section(results: Results) -> Section:
    """Return section 3."""
    place = results.environment
    facts = [
        Fact(
            Text("处理器", "Processor"),
            Text(f"{place.cores} 核", f"{place.cores} cores"),
            same(place.processor),
        ),
        Fact(Text("内存", "Memory"), size(place.memory_bytes)),
        Fact(same("kefu"), same(place.kefu or "—"), same(f"Python {place.python}")),
        Fact(
            Text("每进程最多文件", "Files a process"),
            count(place.files_a_process),
            Text("系统的上限", "the system's limit"),
        ),
    ]
    blocks: list[Block] = [Facts(facts)]
    if place.same_machine:
        blocks.append(
            Remark(
                Text(
                    "发压程序与客服系统在同一台机器上，分走了一部分处理器；分开部署会是多少，这里没有测。",
                    "The generator ran on the same machine and took its share of the cores. What two machines would "
                    "do was not measured here.",
                ),
                "warn",
            )
        )
    rows = [
        cells(Text("开始", "started"), moment(results.started_at)),
        cells(Text("历时", "took"), seconds(results.seconds)),
        cells(Text("场景", "scenario"), results.scenario or "—"),
        cells(Text("系统", "system"), place.system or "—"),
        cells(Text("存储", "store"), place.store or "—"),
        cells(Text("随机种子", "seed"), str(results.seed)),
        cells(Text("配置的 SHA-256", "SHA-256 of the configuration"), results.config_sha256 or "—"),
    ]
    rows += [cells(name, version) for name, version in sorted(place.packages.items())]
    head = [Text("项目", "item"), Text("值", "value")]
    blocks += [
        Table(Text("这次运行", "This run"), head, rows, frozenset({1})),
        Lines(Text("重做这次测试的命令", "The command that repeats it"), shlex.join(results.command)),
    ]
    lead = Text("照此可以重做。", "All that is needed to repeat the run.")
    return Section(3, Text("环境与命令", "Environment and command"), lead, blocks)


def workload_section(results: Results) -> Section:
    """Return section 4."""
    rows = [
        [
            Cell(same(f"{index} {phase.name}")),
            Cell(same(clock(phase.at_s, results.seconds))),
            Cell(seconds(phase.seconds)),
            Cell(count(phase.visitors)),
            Cell(count(phase.agents)),
            Cell(rate(phase.rate_per_s) if phase.rate_per_s is not None else NONE),
            Cell(size(phase.message_bytes) if phase.message_bytes else NONE),
        ]
        for index, phase in enumerate(results.phases, start=1)
    ]
    head = [
        Text("阶段", "phase"),
        Text("开始于", "from"),
        Text("历时", "for"),
        Text("访客", "visitors"),
        Text("客服", "agents"),
        Text("速率", "offered"),
        Text("每条大小", "size"),
    ]
    lead = Text(
        "开环模型：消息按时刻表发出，不等上一条的答复；系统慢了，压力不会跟着变小。编号与图中的色带相同。",
        "An open loop: messages are sent by schedule and wait for no answer, so a slow system gets no easier load. The "
        "numbers are those on the bands of the charts.",
    )
    blocks: list[Block] = [Table(Text("阶段", "Phases"), head, rows)] if rows else []
    return Section(
        4, Text("压力模型", "Workload model"), lead, blocks, Text("没有记下阶段。", "No phase was recorded.")
    )
