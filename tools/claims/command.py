"""`kefu claims`: what the reference system says, what our benches recorded and what this machine shows, side by side."""

import asyncio
import contextlib
import os
import signal
import tempfile
import time
from argparse import ArgumentTypeError
from collections.abc import Sequence
from pathlib import Path

from appliance.cli.console import FINE, Console, UsageError, as_json, write_bytes
from appliance.errors import KefuError, Text
from tools.claims.course import Course
from tools.claims.house import House
from tools.claims.page import html
from tools.claims.peers import Sentry
from tools.claims.plan import FULL_SECONDS, NEEDS_FULL, QUICK_SECONDS, Sizes, plan, sizes
from tools.claims.report import Report, told
from tools.claims.rows import TABLE, Asked, rows
from tools.claims.text import text
from tools.loadtest.machine import environment
from tools.loadtest.progress import StatusLine

DRAW_EVERY = 0.5
FORMS = (".html", ".json")
NOT_ASKED = Text("这次没有要求测", "not asked for this time")


def command(arguments: Sequence[str], console: Console) -> int:
    """Measure and show the table; 0 whatever stands in it, so that a script tells it from a failure by the JSON."""
    parser = console.parser(
        "claims",
        Text(
            "参照系统的说法、我们的基准、这台机器上的实测，逐条对照。只用本机回环地址，什么也不留下；按 Ctrl+C 也会显示已测到的。",
            "What the reference system says, what our benches recorded, what this machine shows. Loopback only, nothing is left behind; Ctrl+C shows what there is.",
        ),
    )
    parser.flag("--quick", action="store_true", zh="一分钟以内（默认几分钟：含最忙的一天和 19,000 个连接）", en="within a minute (default: some minutes, with the record day and 19,000 connections)")  # fmt: skip
    parser.flag("-o", "--output", metavar="FILE", action="append", default=[], zh="另存为 .html 或 .json，可写多次", en="also write it to a .html or .json file; may be given again")  # fmt: skip
    parser.flag("--seconds", type=_positive, metavar="S", zh="总共最多多少秒，来不及的记“未测”", en="the most seconds it may take; what does not fit is “not tested”")  # fmt: skip
    parser.flag("--scale", type=_share, metavar="X", default=1.0, zh="人数的几分之几（试用），如 0.1", en="so much of the people, such as 0.1 (to try it out)")  # fmt: skip
    parser.flag("--only", metavar="ROW", action="append", default=[], zh="只测这一条（名字见 --json 的 key），可写多次", en="measure only this row (its key in --json); may be given again")  # fmt: skip
    given = parser.parse_args(arguments)
    parts = _parts(given.only)
    for path in given.output:
        _writable(path)
    load = os.getloadavg()[0]
    started_at, began = time.time_ns() // 1_000_000, time.monotonic()
    most = given.seconds or (QUICK_SECONDS if given.quick else FULL_SECONDS)
    try:
        course = asyncio.run(_measured(sizes(given.quick, given.scale), most, parts, console))
    except asyncio.CancelledError:
        # Whoever presses Ctrl+C twice wants no table.
        raise KeyboardInterrupt from None
    report = Report(
        started_at,
        time.monotonic() - began,
        given.quick,
        "interrupted" if course.interrupted else "complete",
        environment("sqlite", same_machine=True),
        rows(course.findings),
        load,
    )
    console.show(text(report, console.language), told(report))
    for path in given.output:
        page = html(report) if path.endswith(".html") else as_json(told(report)) + "\n"
        write_bytes(path, page.encode())
    return FINE


async def _measured(size: Sizes, seconds: float, parts: set[str], console: Console) -> Course:
    """Measure what fills `parts`, everything where none are named."""
    sentry = Sentry()
    with tempfile.TemporaryDirectory(prefix="kefu-claims-") as folder:
        everything = plan(House(Path(folder), sentry), size)
        wanted = [each for each in everything if not parts or parts.intersection(each.parts)]
        course = Course(wanted, seconds)
        for each in everything:
            if each not in wanted:
                course.findings.missing.update(dict.fromkeys(each.parts, NOT_ASKED))
        _hear(course, console)
        async with asyncio.TaskGroup() as tasks:
            beside = [tasks.create_task(sentry.keep()), tasks.create_task(_tell(course, console))]
            try:
                await course.run()
            finally:
                for task in beside:
                    task.cancel()
    course.findings.peers = sentry.peers()
    if not size.day and not parts:
        course.findings.missing["day"] = NEEDS_FULL
    return course


def _hear(course: Course, console: Console) -> None:
    """Ctrl+C, and what ends a process in order, ends the measuring; a second time it gives everything up."""
    loop, this = asyncio.get_running_loop(), asyncio.current_task()

    def ended() -> None:
        if course.interrupted and this is not None:
            this.cancel()
            return
        console.note(
            console.text("正在收尾，马上显示已测到的……", "Ending; what was measured is shown at once ...")
        )
        course.interrupt()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with contextlib.suppress(ValueError, RuntimeError):
            # Only the main thread of a process hears signals.
            loop.add_signal_handler(number, ended)


async def _tell(course: Course, console: Console) -> None:
    status = StatusLine(console.err)
    try:
        while True:
            if course.now is not None and status.due:
                status.draw(progress(course, console))
            await asyncio.sleep(DRAW_EVERY)
    finally:
        status.done()


def progress(course: Course, console: Console) -> str:
    """Return the line that says what is being measured."""
    what = course.now.say(console.language) if course.now else ""
    return f"{min(course.done + 1, course.of)}/{course.of}  {course.spent:.0f} s  {what}"


def _parts(keys: Sequence[str]) -> set[str]:
    """Return the parts of the findings that the rows with these keys are judged by."""
    known = {each.key: each.part for each in TABLE if isinstance(each, Asked)}
    for key in keys:
        if key not in known:
            raise UsageError(
                Text(f"没有可测的一条叫“{key}”。", f"There is no row {key!r} that can be measured."),
                Text(f"现有：{'、'.join(known)}。", f"There are: {', '.join(known)}."),
            )
    return {known[key] for key in keys}


def _writable(path: str) -> None:
    """Refuse early what cannot be written: nobody wants to learn that after minutes of measuring."""
    if Path(path).suffix not in FORMS:
        raise UsageError(
            Text(f"不知道 {path} 该是什么格式。", f"The ending of {path} names no format."),
            Text("用 .html 或 .json。", "Use .html or .json."),
        )
    try:
        with open(path, "ab"):
            pass
    except OSError as wrong:
        reason = wrong.strerror or str(wrong)
        raise KefuError(
            Text(f"写不了 {path}：{reason}。", f"{path} cannot be written: {reason}."),
            Text("换一个路径。", "Choose another path."),
        ) from wrong


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < 1e6:
        raise ArgumentTypeError(text)
    return number


def _share(text: str) -> float:
    number = float(text)
    if not 0 < number <= 1:
        raise ArgumentTypeError(text)
    return number
