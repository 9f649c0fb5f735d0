"""Where the CPU time goes: a signal for every 10 ms that the process computes, and the stack of every thread at that moment.

The kernel's ITIMER_PROF counts the time of all threads, and Python runs the handler on the main thread between two bytecodes.  Each
thread's own CPU clock then says how much of the time was its: the store's writer is not booked on the loop, and a thread that sleeps
in the kernel costs nothing.  Time inside a C function is booked on the line of Python that called it.
"""

import asyncio
import signal
import sys
import threading
import time
from types import FrameType

from appliance.errors import Refused, Text
from appliance.telemetry.profiling.profile import Profile, Tally, places

HERTZ = 100
PERIOD = 1_000_000_000 // HERTZ

BUSY = Refused(
    "conflict",
    Text("已有一次 CPU 采样在进行。", "A CPU profile is being taken already."),
    Text("等它结束后再试。", "Try again when it has ended."),
)
_ELSEWHERE = Refused(
    "unavailable",
    Text("CPU 采样只能在主线程的事件循环上进行。", "CPU profiles need the event loop on the main thread."),
)


class CpuProfiler:
    """One capture at a time, from `start` to `stop`.  Main thread only."""

    def __init__(self) -> None:
        self._tally: Tally | None = None
        self._clocks: dict[int, int] = {}
        self._names: dict[int, str] = {}
        self._at = self._began = 0.0

    @property
    def running(self) -> bool:
        """Whether a capture is being taken."""
        return self._tally is not None

    async def run(self, seconds: float) -> Profile:
        """Return what the next `seconds` were spent on; raises Refused while another capture runs."""
        self.start()
        try:
            await asyncio.sleep(seconds)
        finally:
            profile = self.stop()
        return profile

    def start(self) -> None:
        """Begin a capture."""
        if self._tally is not None:
            raise BUSY
        if threading.current_thread() is not threading.main_thread():
            raise _ELSEWHERE
        self._tally = Tally(2)
        self._clocks = {ident: _cpu_of(ident) for ident in sys._current_frames()}  # noqa: SLF001 - the documented way to other threads' stacks
        self._at, self._began = time.time(), time.monotonic()
        signal.signal(signal.SIGPROF, self._tick)
        # System calls that the signal interrupts are taken up again by the kernel, in C code too.
        signal.siginterrupt(signal.SIGPROF, False)
        signal.setitimer(signal.ITIMER_PROF, 1 / HERTZ, 1 / HERTZ)

    def stop(self) -> Profile:
        """End the capture and return it.  The handler stays: a last signal may be under way, and its default is death."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        tally, self._tally = self._tally, None
        assert tally is not None  # noqa: S101  # only whoever has started stops
        return Profile(
            (("samples", "count"), ("cpu", "nanoseconds")),
            tally.samples(),
            self._at,
            time.monotonic() - self._began,
            ("cpu", "nanoseconds"),
            PERIOD,
        )

    def _tick(self, number: int, interrupted: FrameType | None) -> None:
        tally = self._tally
        if tally is None:
            return
        here = threading.get_ident()
        for ident, frame in sys._current_frames().items():  # noqa: SLF001 - the documented way to other threads' stacks
            now = _cpu_of(ident)
            spent = now - self._clocks.get(ident, 0)
            self._clocks[ident] = now
            if spent > 0:
                stack = places(interrupted if ident == here else frame)
                tally.add(stack, (1, spent), (("thread", self._name(ident)),))

    def _name(self, ident: int) -> str:
        name = self._names.get(ident)
        if name is None:
            self._names.clear()
            self._names.update((thread.ident or 0, thread.name) for thread in threading.enumerate())
            name = self._names.setdefault(ident, "foreign")
        return name


def _cpu_of(ident: int) -> int:
    """Return the CPU time of a thread in ns.  Call it for threads that were just seen alive, with the GIL held since."""
    return time.clock_gettime_ns(time.pthread_getcpuclockid(ident))
