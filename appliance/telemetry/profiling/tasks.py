"""What everybody is waiting for: the stacks of all asyncio tasks and threads, taken a few at a time.

`Task.get_stack()` knows the outermost frame of a waiting coroutine only, so the chain of what awaits what is walked here.  Twenty
thousand tasks take a good while; between two handfuls the loop does its other work, so the picture is no instant but a pass.
"""

import asyncio
import gc
import re
import sys
import threading
import time
import weakref
from collections.abc import AsyncIterator, Callable
from types import FrameType
from typing import Any, NamedTuple

from appliance.telemetry.profiling.profile import DEEPEST, Labels, Place, Profile, Tally, places

HANDFUL = 100
"""Tasks that are looked at before the loop gets a turn: about a millisecond."""

Describe = Callable[[FrameType], Labels]
"""Tells more of a task by one of its frames: route, state ...  Never what somebody wrote, nor who."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z -]{0,40}")
_PARTICULAR = re.compile(r" (?:of|from) .*")
_UNNAMED = re.compile(r"Task-\d+")


class Waiting(NamedTuple):
    """A task or thread: its stack, the innermost frame first, and its labels."""

    stack: tuple[Place, ...]
    labels: Labels


def nothing_more(frame: FrameType) -> Labels:
    """Describe nothing."""
    return ()


async def tasks(describe: Describe = nothing_more, handful: int = HANDFUL) -> AsyncIterator[list[Waiting]]:
    """Yield all tasks of the running loop, `handful` at a time; the loop gets a turn after each."""
    loop = asyncio.get_running_loop()
    known = _references()
    for begin in range(0, len(known), handful):
        yield [
            waiting(task, describe)
            for task in (reference() for reference in known[begin : begin + handful])
            if task is not None and not task.done() and task.get_loop() is loop
        ]
        await asyncio.sleep(0)


def _references() -> "list[weakref.ref[asyncio.Task[Any]]]":
    """Return what leads to all tasks without keeping any of them alive.

    `asyncio.all_tasks` looks at each of them in one go: of all that a dump does, that held the loop longest.
    """
    for name in ("_all_tasks", "_scheduled_tasks"):
        known = getattr(getattr(asyncio.tasks, name, None), "data", None)
        if isinstance(known, set):
            return [*known.copy(), *map(weakref.ref, list(getattr(asyncio.tasks, "_eager_tasks", ())))]
    return [weakref.ref(task) for task in asyncio.all_tasks()]


def waiting(task: "asyncio.Task[Any]", describe: Describe = nothing_more) -> Waiting:
    """Return where a task waits."""
    frames = chain(task.get_coro())
    labels: dict[str, str] = {"type": "task", "kind": kind(task)}
    for frame in frames:
        labels.update(describe(frame))
    stack = tuple((frame.f_code, frame.f_lineno or 0) for frame in reversed(frames))
    return Waiting(stack, tuple(labels.items()))


def chain(awaited: Any) -> list[FrameType]:
    """Return the frames of a coroutine and of what it awaits, the outermost first; a future ends the chain."""
    frames: list[FrameType] = []
    while awaited is not None and len(frames) < DEEPEST:
        frame, inner = _step(awaited)
        if frame is not None:
            frames.append(frame)
        elif inner is None:
            inner = _hidden(awaited)
        awaited = inner
    return frames


def _step(awaited: Any) -> tuple[FrameType | None, Any]:
    for frame, inner in (("cr_frame", "cr_await"), ("gi_frame", "gi_yieldfrom"), ("ag_frame", "ag_await")):
        if hasattr(awaited, inner):
            return getattr(awaited, frame, None), getattr(awaited, inner)
    return None, None


def _hidden(awaited: Any) -> Any:
    """Return the generator or coroutine behind one of the wrappers that Python puts round them without telling."""
    if type(awaited).__name__ not in ("async_generator_asend", "async_generator_athrow", "coroutine_wrapper"):
        return None
    return next((each for each in gc.get_referents(awaited) if _step(each) != (None, None)), None)


def kind(task: "asyncio.Task[Any]") -> str:
    """Return what a task does: its name without whom it is for, or where its coroutine comes from."""
    name = task.get_name()
    if _UNNAMED.fullmatch(name):
        return getattr(task.get_coro(), "__qualname__", "task")
    name = _PARTICULAR.sub("", name)
    return name if _PLAIN.fullmatch(name) else "task"


def threads() -> list[Waiting]:
    """Return all threads, with what CPU time each has had; the one that asks stands first."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    here = threading.get_ident()
    found: list[Waiting] = []
    for ident, frame in sys._current_frames().items():  # noqa: SLF001 - the documented way to other threads' stacks
        cpu = time.clock_gettime(time.pthread_getcpuclockid(ident))
        labels = (("type", "thread"), ("kind", names.get(ident, "foreign")), ("cpu", f"{cpu:.1f}s"))
        found.insert(0 if ident == here else len(found), Waiting(places(frame), labels))
    return found


async def everybody(describe: Describe = nothing_more) -> Profile:
    """Return tasks and threads as a profile: how many stand where."""
    tally, at, began = Tally(1), time.time(), time.monotonic()
    async for some in tasks(describe):
        for each in some:
            tally.add(each.stack, (1,), each.labels)
    for each in threads():
        tally.add(each.stack, (1,), tuple(label for label in each.labels if label[0] != "cpu"))
    # Names of a few places when all wait alike, of many when not: then a thread does it beside the loop.
    samples = await asyncio.to_thread(tally.samples)
    return Profile((("tasks", "count"),), samples, at, time.monotonic() - began)


def count() -> int:
    """Return how many tasks there are, with those that are done and still kept: `asyncio.all_tasks` would copy them all."""
    known = getattr(asyncio.tasks, "_all_tasks", None)
    if known is None:
        known = getattr(asyncio.tasks, "_scheduled_tasks", None)
    return len(asyncio.all_tasks() if known is None else known)
