"""`kefu loadtest`: puts a kefu under load, judges it by what its clients saw, and leaves a report."""

import asyncio
import contextlib
import math
import os
import random
import signal
import time
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

from appliance.cli.console import FINDING, FINE, USAGE, Console, Parser, UsageError, read_bytes
from appliance.cli.options import config_option
from appliance.errors import Text
from appliance.runtime.secrets import load_secrets
from tools.loadtest.audit import audit, both
from tools.loadtest.conductor import Conductor, Course
from tools.loadtest.hiring import Office
from tools.loadtest.identities import vips
from tools.loadtest.lookout import Lookout
from tools.loadtest.loopback import door, room_for
from tools.loadtest.oracle import judge, read_log
from tools.loadtest.outcome import Judges, Setting, outcome, readers_of, streams_of
from tools.loadtest.output import folder_for, write
from tools.loadtest.progress import Progress
from tools.loadtest.reading import SCENARIOS, read, shipped
from tools.loadtest.scenario import Scenario, unfit
from tools.loadtest.serving import RUN
from tools.loadtest.stage import Stage, own_stage, running_stage
from tools.loadtest.summary import summary, told
from tools.loadtest.tally import Found, judged
from tools.loadtest.verdict import passed

MOST_KEPT = 20_000
"""Up to so many messages whole journals are kept, which the sharper oracle compares with the log."""

OF_ONE_PROCESS = 2_500
"""Messages a second that one generator process offers without being late."""

A_FAST_RATE = 5_000.0
"""What is to be expected where it goes as fast as it can."""

ENTRY: Sequence[str] = RUN


def command(arguments: Sequence[str], console: Console) -> int:
    """Run a scenario; 0 when its targets are met and nothing was lost, else 1."""
    parser = _parser(console)
    given = parser.parse_args(arguments)
    if given.list or given.scenario is None:
        _list(console)
        return FINE if given.list else USAGE
    scenario = _scenario(given, console)
    if scenario is None:
        return FINDING
    if given.url is None and given.data is not None:
        given.url = str(Office("127.0.0.1", 0, Path(given.data)).status()["url"])
    target = door(given.url, given.i_own_this_host) if given.url else None
    server_too = target is None or target.here
    processes = room_for(
        scenario.visitors + scenario.agents, given.processes or generators(scenario), server_too
    )
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(1_000_000)
    if target is None:
        config, file = read_bytes(given.config), os.path.relpath(given.config)
        staged = own_stage(config, file, scenario.visitors, scenario.agents, ENTRY, scenario.store_rate)
    elif scenario.vip or scenario.store_rate:
        raise UsageError(
            Text(
                f"场景 {scenario.name} 要改配置、签发 VIP，只能用它自己的 kefu。",
                f"The scenario {scenario.name} changes the configuration and signs VIPs: it takes a kefu of its own.",
            ),
            Text("去掉 --url 和 --data。", "Leave out --url and --data."),
        )
    else:
        staged = running_stage(target, Path(given.data) if given.data else None, scenario.agents, given.url)
    with staged as stage:
        folder = folder_for(scenario.name, given.output)
        keep = scenario.messages <= MOST_KEPT and stage.own is not None
        course = asyncio.run(_run(scenario, stage, processes, seed, keep, console))
        found, by = _judged(course, stage, keep)
    setting = Setting(_typed(arguments, given, seed), seed, stage.config, "sqlite", server_too)
    results = outcome(scenario, setting, course, found, by)
    files = write(results, folder)
    console.show(summary(results, files, console.language), told(results, files))
    return FINE if passed(results) else FINDING


async def _run(
    scenario: Scenario, stage: Stage, processes: int, seed: int, keep: bool, console: Console
) -> Course:
    progress = Progress(console)
    own = stage.own
    conductor = Conductor(
        scenario,
        stage.door,
        stage.cookies,
        processes,
        seed,
        keep,
        stage.pid,
        progress.show,
        Lookout(stage.office),
        vips(scenario.vip, scenario.visitors, load_secrets(own.data).identity, time.time()) if own else [],
    )
    loop, this = asyncio.get_running_loop(), asyncio.current_task()

    def interrupted() -> None:
        progress.done()
        if conductor.stopping and this is not None:
            this.cancel()
            return
        console.note(
            console.text(
                "正在收尾，报告马上写好（再按一次 Ctrl+C 立即放弃）……",
                "Ending in order, the report is on its way (Ctrl+C again gives it up) ...",
            )
        )
        conductor.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(ValueError, RuntimeError):
            # Only the main thread of a process hears signals.
            loop.add_signal_handler(number, interrupted)
    try:
        return await conductor.run()
    except asyncio.CancelledError:
        # Whoever presses Ctrl+C twice wants no report.
        raise KeyboardInterrupt from None
    finally:
        progress.done()


def generators(scenario: Scenario) -> int:
    """Return how many generator processes the scenario takes, but no more than the machine has cores."""
    highest = max(A_FAST_RATE if phase.messages else phase.rate or 0.0 for phase in scenario.phases)
    return max(1, min(os.cpu_count() or 1, math.ceil(highest / OF_ONE_PROCESS)))


def _judged(course: Course, stage: Stage, keep: bool) -> tuple[Found, Judges]:
    """Return what the journals tell, and the database too where it is ours and stopped."""
    streams = streams_of(course.finals)
    found = judged(streams, readers_of(course.finals))
    data = stage.stopped()
    if data is None:
        return found, "journals"
    found = both(found, audit(data, streams, course.run))
    if keep:
        journals = [journal for final in course.finals for journal in final.journals]
        # What a timer of the flow did after the clients had gone was shown to nobody; losses are the tallies' business.
        found.findings += judge(read_log(data), journals, complete=False)
    return found, "journals and database"


# ---- the command line


def _parser(console: Console) -> Parser:
    parser = console.parser(
        "loadtest",
        Text(
            "压测：默认另起一个全新的 kefu，结束后写出报告。",
            "Load test: by default a kefu of its own on fresh data; leaves a report.",
        ),
    )
    parser.word(
        "scenario",
        f"场景：{'、'.join(shipped())}；或一个 .yaml 文件",
        f"the scenario: {', '.join(shipped())}; or a .yaml file",
        nargs="?",
        metavar="SCENARIO",
    )
    config_option(parser)
    for names, metavar, kind, zh, en in _OPTIONS:
        parser.flag(*names, metavar=metavar, type=kind, zh=zh, en=en)
    parser.flag(
        "--i-own-this-host",
        action="store_true",
        zh="目标不是本机，但归我管",
        en="the target is another machine, and it is mine",
    )
    parser.flag("--list", action="store_true", zh="列出场景", en="list the scenarios")
    return parser


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < 1e9:
        raise ArgumentTypeError(text)
    return number


def _count(text: str) -> int:
    number = int(text)
    if not 0 < number < 1_000_000:
        raise ArgumentTypeError(text)
    return number


_OPTIONS: tuple[tuple[tuple[str, ...], str, Callable[[str], object], str, str], ...] = (
    (
        ("--url",),
        "URL",
        str,
        "压一个正在运行的 kefu，如 http://127.0.0.1:8080",
        "a kefu that runs already, such as http://127.0.0.1:8080",
    ),
    (
        ("--data",),
        "DIR",
        str,
        "它的数据目录：添加客服、测量它的进程",
        "its data directory: to hire agents and to measure its process",
    ),
    (("--visitors",), "N", _count, "最多多少访客", "the most visitors"),
    (("--agents",), "N", _count, "多少客服", "how many agents"),
    (("--rate",), "R", _positive, "每秒最多多少条消息", "the highest rate in messages a second"),
    (("--seconds",), "S", _positive, "总共多少秒", "how many seconds in all"),
    (("--minutes",), "M", _positive, "总共多少分钟", "how many minutes in all"),
    (
        ("--scale",),
        "X",
        _positive,
        "计数的消息的几倍，如 0.1",
        "so much of the counted messages, such as 0.1",
    ),
    (
        ("--processes",),
        "N",
        _count,
        "压测进程数（默认看场景）",
        "generator processes (default: by the scenario)",
    ),
    (
        ("--seed",),
        "N",
        int,
        "随机种子：同样的种子，同样的时刻表",
        "the seed: the same seed, the same schedule",
    ),
    (("-o", "--output"), "FOLDER", str, "结果放哪里", "where the results go"),
)


def _scenario(given: Namespace, console: Console) -> Scenario | None:
    """Return the scenario as the options want it; None after its problems were shown."""
    name = given.scenario
    if name in shipped():
        path = SCENARIOS / f"{name}.yaml"
        scenario, problems = read(path.read_bytes(), path.name, name)
    elif name.endswith((".yaml", ".yml")):
        scenario, problems = read(_file(name), os.path.relpath(name), Path(name).stem)
    else:
        raise UsageError(
            Text(f"没有叫“{name}”的场景。", f"There is no scenario {name!r}."),
            Text(
                f"现有：{'、'.join(shipped())}；或写一个 .yaml 文件。",
                f"There are: {', '.join(shipped())}; or name a .yaml file.",
            ),
        )
    if scenario is None:
        console.note(problems.render(console.language).rstrip("\n"))
        return None
    seconds = given.minutes * 60 if given.minutes else given.seconds
    scenario = scenario.resized(given.visitors, given.agents, given.rate, seconds, given.scale or 1.0)
    for number, key, cause, remedy in unfit(scenario):
        where = scenario.phases[number].name if number >= 0 else key
        raise UsageError(
            Text(f"场景 {name} 的 {where}：{cause.zh}。", f"{where} of the scenario {name}: {cause.en}."),
            Text(f"{remedy.zh}。", f"The remedy: {remedy.en}."),
        )
    return scenario


def _file(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as wrong:
        reason = wrong.strerror or str(wrong)
        raise UsageError(
            Text(f"读不了场景文件 {path}：{reason}。", f"The scenario {path} cannot be read: {reason}."),
            Text("kefu loadtest --list 列出现有的场景。", "kefu loadtest --list shows those that there are."),
        ) from wrong


def _list(console: Console) -> None:
    rows = []
    for name in shipped():
        path = SCENARIOS / f"{name}.yaml"
        scenario, _ = read(path.read_bytes(), path.name, name)
        if scenario is not None:
            rows.append((name, scenario.title, scenario.about))
    lines = [
        f"  {name:<16} {title.say(console.language)}{console.text('：', ': ')}{about.say(console.language)}"
        for name, title, about in rows
    ]
    value = [
        {"name": name, "title": title._asdict(), "about": about._asdict()} for name, title, about in rows
    ]
    console.show("\n".join(lines), {"scenarios": value})


def _typed(arguments: Sequence[str], given: Namespace, seed: int) -> list[str]:
    """Return what to type to repeat the run: the same words, and the seed that was thrown."""
    again = ["kefu", "loadtest", *arguments]
    return again if given.seed is not None else [*again, "--seed", str(seed)]
