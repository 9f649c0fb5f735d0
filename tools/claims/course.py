"""Runs the measurements one after the other, each within its time, and lets nothing that fails stop the others.

What could not be measured keeps its reason: it ran out of time, it was interrupted, it failed.  Whatever happens, what was measured
before is there to be shown.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from appliance.cli import told_of
from appliance.errors import Text
from tools.claims.findings import Findings

RAN_OUT = Text("时间不够", "ran out of time")
INTERRUPTED = Text("被中断", "interrupted")
LEAST = 0.5
"""With less time than this nothing is begun."""


class Measurement(Struct, frozen=True):
    """One measurement: it fills `parts` of the findings, takes `least` seconds to tell anything and may take `most`."""

    title: Text
    parts: tuple[str, ...]
    least: float
    most: float
    work: Callable[[Findings], Awaitable[None]]


class Course:
    """All measurements of one call of `kefu claims`; `seconds` is what all together may take."""

    def __init__(self, measurements: Sequence[Measurement], seconds: float) -> None:
        self.findings = Findings()
        self.interrupted = False
        self.now: Text | None = None
        """What is being measured."""
        self.done = 0
        self.of = len(measurements)
        self._measurements = measurements
        self._seconds = seconds
        self._began = time.monotonic()
        self._task: asyncio.Task[None] | None = None

    @property
    def spent(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._began

    @property
    def left(self) -> float:
        """Seconds until all must be over."""
        return self._seconds - self.spent

    def interrupt(self) -> None:
        """End the measurement at hand and begin no other."""
        self.interrupted = True
        if self._task is not None:
            self._task.cancel()

    async def run(self) -> Findings:
        """Measure everything that there is time for."""
        self._began = time.monotonic()
        for each in self._measurements:
            self.now = each.title
            if self.interrupted:
                self._missing(each, INTERRUPTED)
            elif self.left < max(LEAST, each.least):
                self._missing(each, RAN_OUT)
            else:
                await self._measure(each)
            self.done += 1
        self.now = None
        return self.findings

    async def _measure(self, each: Measurement) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                self._task = tasks.create_task(self._work(each))
        except* Exception as failed:
            self._missing(each, reason(failed))
        finally:
            self._task = None
        # A task that was cancelled from outside ends its group in silence.
        if self.interrupted:
            self._missing(each, INTERRUPTED)

    async def _work(self, each: Measurement) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(each.most, self.left)):
                await each.work(self.findings)
            return
        self._missing(each, RAN_OUT)

    def _missing(self, each: Measurement, why: Text) -> None:
        for part in each.parts:
            if getattr(self.findings, part) is None:
                self.findings.missing.setdefault(part, why)


def reason(failed: BaseException) -> Text:
    """Return in one line why something could not be measured."""
    told = next(told_of(failed), None)
    if told is not None:
        first = Text(told.cause.zh.splitlines()[0], told.cause.en.splitlines()[0])
        return Text(f"测量失败：{first.zh}", f"the measurement failed: {first.en}")
    while isinstance(failed, BaseExceptionGroup):
        failed = failed.exceptions[0]
    shown = f"{type(failed).__name__}: {failed}".splitlines()[0]
    return Text(f"测量失败：{shown}", f"the measurement failed: {shown}")
