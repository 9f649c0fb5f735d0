"""One event of a conversation: by a mailbox as the appliance has it, by a task of its own, by a pool of threads; and bytes when idle."""

import asyncio
import gc
import os
import threading
import time
import tracemalloc
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from math import inf
from typing import Any, cast

from appliance import inputs
from appliance.runtime.mailbox import Mailbox
from tools.claims.findings import Runtime

CONVERSATIONS = 2_000
ROUNDS = 10_000
TURNS = 3
"""The best of some turns counts: what else the machine does only ever makes one slower."""

LETTER = inputs.VisitorSaid("c", "你好")

Call = Callable[[], None]


class Boxed:
    """A conversation that is a queue with one unit in flight, as appliance/runtime/mailbox.py is."""

    __slots__ = ("_busy", "_call", "_waiting")

    def __init__(self, call: Call) -> None:
        self._waiting: deque[object] = deque()
        self._busy = False
        self._call = call

    def post(self, letter: object) -> None:
        """Take a letter in, and go on with it."""
        self._waiting.append(letter)
        if not self._busy:
            while self._waiting:
                self._waiting.popleft()
                self._call()


class Tasked:
    """A conversation that is a task."""

    def __init__(self, call: Call) -> None:
        self._queue: asyncio.Queue[object] = asyncio.Queue()
        self._call = call
        # What is measured is what the house forbids: a task that lives as long as its conversation.
        self._task = asyncio.get_running_loop().create_task(self._live())

    async def _live(self) -> None:
        while True:
            await self._queue.get()
            self._call()

    def post(self, letter: object) -> None:
        """Take a letter in, and wake the task."""
        self._queue.put_nowait(letter)

    def end(self) -> None:
        """Let the task go."""
        self._task.cancel()


class Threaded:
    """A conversation whose events are the work of a pool of threads, one at a time and in order."""

    def __init__(self, pool: ThreadPoolExecutor, call: Call) -> None:
        self._pool = pool
        self._call = call
        self._waiting: deque[object] = deque()
        self._lock = threading.Lock()
        self._busy = False

    def post(self, letter: object) -> None:
        """Take a letter in; a thread goes on with it."""
        with self._lock:
            self._waiting.append(letter)
            if self._busy:
                return
            self._busy = True
        self._pool.submit(self._work)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._busy = False
                    return
                self._waiting.popleft()
            self._call()


async def runtime(rounds: int = ROUNDS, conversations: int = CONVERSATIONS) -> Runtime:
    """Measure all of it; some 100 ns to 50 µs an event."""
    boxes, tasks = weights(conversations)
    threads = os.cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:
        ways: tuple[Callable[[Call], list[Any]], ...] = (
            lambda call: [Boxed(call) for _ in range(conversations)],
            lambda call: [Tasked(call) for _ in range(conversations)],
            lambda call: [Threaded(pool, call) for _ in range(conversations)],
        )
        best = [inf, inf, inf]
        for _ in range(TURNS):
            for place, way in enumerate(ways):
                best[place] = min(best[place], await _time(way, rounds))
    return Runtime(best[0], best[1], best[2], threads, boxes, tasks)


def weights(conversations: int) -> tuple[float, float]:
    """Return the bytes of a real mailbox, and of one that has a task waiting at a queue besides; needs a running loop."""
    # A mailbox asks its house for nothing before the first letter.
    house = cast(Any, None)
    boxes = _weight(lambda number: Mailbox(f"c{number}", house), conversations)
    return boxes, _weight(lambda number: (Mailbox(f"c{number}", house), Tasked(lambda: None)), conversations)


def _weight(make: Callable[[int], object], number: int) -> float:
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        made = [make(each) for each in range(number)]
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    for each in made:
        if isinstance(each, tuple):
            each[1].end()
    return (after - before) / number


async def _time(make: Callable[[Call], list[Any]], rounds: int) -> float:
    """Return ns an event, from the post to the handler's end."""
    handled = 0
    lock = threading.Lock()

    def handle() -> None:
        nonlocal handled
        handled += 1

    def handle_shared() -> None:
        # Several threads count: without the lock they would lose some.
        with lock:
            handle()

    made = make(handle)
    if isinstance(made[0], Threaded):
        made = make(handle_shared)
    await asyncio.sleep(0)
    began = time.perf_counter_ns()
    for first in range(0, rounds, 1_000):
        for number in range(first, min(first + 1_000, rounds)):
            made[number % len(made)].post(LETTER)
        await asyncio.sleep(0)
    while handled < rounds:  # noqa: ASYNC110  # it is what is measured
        await asyncio.sleep(0)
    spent = time.perf_counter_ns() - began
    for each in made:
        if isinstance(each, Tasked):
            each.end()
    await asyncio.sleep(0)
    return spent / rounds
