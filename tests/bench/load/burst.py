"""Readers who stop reading while they are written to most, in a process of its own; bench_burst looks at the server meanwhile.

Reads a Task as a line of JSON from standard input.  After each part it writes a line and waits for one: when everybody was served
and has talked so much that the server's caches are full; after a burst while the hundred are away, and come back; after the same
burst while they are there and do not read.  Then they come back again, must be shown everything, and a Measured is written.  Every
slow reader is an agent with a few visitors who talk and talk.
"""

import asyncio
import itertools
import socket
import sys
import time
from typing import Any

import msgspec
import uvloop
from msgspec import Struct

from tests.bench.load.generator import MOST_OF_ONE, VISITOR_EVERY, Seat
from tools.loadtest.frames import Event, Frame
from tools.loadtest.person import Person

LINE = "您好，订单 20251017 的物流信息已经更新：包裹已到达您所在城市的转运中心，预计明天上午送达，请保持电话畅通。"
SMALL_BUFFER = 4_096
"""The slow keep next to nothing on their own side, or the kernel would hide there what the server holds."""


class Task(Struct, frozen=True):
    """`each` visitors talk to each of the agents with `cookies`: `warm` messages read by all, then `burst` that are not."""

    port: int
    cookies: list[str]
    each: int
    warm: int
    burst: int
    lines: int


class Measured(Struct):
    """What became of it.

    `codes` are the closes that the slow saw.  Of the messages, `declared` were too many for a resume and were named as a gap,
    which a page fills from the history; `missing` counts those that were neither shown nor declared.
    """

    seconds: float
    messages: int
    cut: int
    codes: dict[int, int]
    resumed: int
    declared: int
    missing: int


class Slow:
    """An agent, who may stop reading."""

    def __init__(self, port: int, cookie: str) -> None:
        self.person = Person(port, cookie, keep=False)

    async def come(self) -> None:
        """Connect."""
        await self.person.connect()
        await self.person.welcomed.wait()
        self.person.frame(t="presence", status="ready")

    def transport(self) -> Any:
        """Return the transport of the connection that stands."""
        line = self.person._line
        assert line is not None
        return line.transport

    def stop_reading(self) -> None:
        """Leave everything with the server from now on."""
        sock = self.transport().get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        self.person.deafen()

    async def come_back(self) -> bool:
        """Read again; find out whether the connection was cut, and then come back by the cursors."""
        before = len(self.person.journal.closes)
        self.person.listen()
        for _ in range(40):
            if len(self.person.journal.closes) > before:
                await self.come()
                return True
            await asyncio.sleep(0.05)
        self.person.confirm()
        return False


class Burst:
    """Everybody."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.slow = [Slow(task.port, cookie) for cookie in task.cookies]
        self.seats = [Seat(Person(task.port)) for _ in range(task.each * len(task.cookies))]
        self.text = LINE * task.lines
        self.acked = 0
        self._seats = {seat.person: seat for seat in self.seats}
        self._shown: set[str] = set()
        self._unseen: dict[str, tuple[str, int]] = {}
        """What was acknowledged and not shown to its agent so far: client id to conversation and seq."""
        for slow in self.slow:
            slow.person.on_event = self._seen

    def _acked(self, person: Person, cid: str, due: float) -> None:
        self.acked += 1
        self._seats[person].under_way -= 1
        if cid not in self._shown:
            told = person.journal.acks[-1]
            self._unseen[cid] = told.conversation, told.seq

    def _seen(self, person: Person, conversation: str, event: Event | Frame) -> None:
        if event.cid:
            self._shown.add(event.cid)
            self._unseen.pop(event.cid, None)

    async def begin(self) -> None:
        """Bring everybody in, and let every visitor be served."""
        for slow in self.slow:
            await slow.come()
        for seat in self.seats:
            seat.person.on_ack = self._acked
            await seat.person.connect()
            await seat.person.welcomed.wait()
            seat.under_way += 1
            seat.person.say("你好")
        async with asyncio.timeout(60):
            while sum(len(slow.person.cards) for slow in self.slow) < len(self.seats):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        for seat in self.seats:
            seat.conversations = list(seat.person.cards)

    async def talk(self, messages: int) -> None:
        """Let each visitor send so many messages, as fast as one may, and wait for all acks."""
        start, end = time.perf_counter(), self.acked + messages * len(self.seats)
        for number in range(messages):
            for seat in self.seats:
                if seat.under_way < MOST_OF_ONE:
                    self._say(seat)
            await asyncio.sleep(max(0.0, start + (number + 1) * VISITOR_EVERY - time.perf_counter()))
        # Who had to wait for his acks makes up for it.
        for seat in itertools.cycle(self.seats):
            if self.acked + sum(each.under_way for each in self.seats) >= end:
                break
            if seat.under_way < MOST_OF_ONE:
                self._say(seat)
                await asyncio.sleep(VISITOR_EVERY / len(self.seats))
            else:
                await asyncio.sleep(0.001)
        async with asyncio.timeout(60):
            while self.acked < end:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    def _say(self, seat: Seat) -> None:
        seat.person.say(self.text, seat.conversations[0])
        seat.under_way += 1

    async def confirm(self) -> None:
        """Send the receive acks that are due, until cancelled."""
        while True:
            for seat in self.seats:
                seat.person.confirm()
            for slow in self.slow:
                slow.person.confirm()
            await asyncio.sleep(0.5)

    def declared(self) -> int:
        """Return how many messages were not shown and lie in gaps that were declared."""
        gaps: dict[str, list[tuple[int, int]]] = {}
        for slow in self.slow:
            for conversation, first, last in slow.person.journal.gaps:
                gaps.setdefault(conversation, []).append((first, last))
        return sum(
            any(first <= seq <= last for first, last in gaps.get(conversation, ()))
            for conversation, seq in self._unseen.values()
        )

    def missing(self) -> int:
        """Return how many messages their agents were neither shown nor told of."""
        return len(self._unseen) - self.declared()

    async def settled(self, within: float) -> int:
        """Wait until everything was shown; return how much was not."""
        end = time.perf_counter() + within
        while (missing := self.missing()) and time.perf_counter() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.5)
        return missing


async def run(task: Task) -> None:
    """Do all of it."""
    burst = Burst(task)
    await burst.begin()
    async with asyncio.TaskGroup() as tasks:
        confirming = tasks.create_task(burst.confirm())
        await burst.talk(task.warm)
        assert not await burst.settled(30), "messages are missing although everybody reads"
        await _say_and_wait()
        for slow in burst.slow:
            slow.person.cut()
        await burst.talk(task.burst)
        await asyncio.gather(*(slow.come() for slow in burst.slow))
        assert not await burst.settled(30), "messages are missing although all came back"
        await _say_and_wait()
        for slow in burst.slow:
            slow.person.journal.closes.clear()
        start = time.perf_counter()
        for slow in burst.slow:
            slow.stop_reading()
        before = burst.acked
        await burst.talk(task.burst)
        seconds = time.perf_counter() - start
        await _say_and_wait()
        resumed = sum(await asyncio.gather(*(slow.come_back() for slow in burst.slow)))
        missing = await burst.settled(60)
        confirming.cancel()
    seen = [code for slow in burst.slow for code in slow.person.journal.closes]
    codes = {code: seen.count(code) for code in set(seen)}
    done = Measured(seconds, burst.acked - before, len(seen), codes, resumed, burst.declared(), missing)
    for person in (*(seat.person for seat in burst.seats), *(slow.person for slow in burst.slow)):
        person.leave()
    sys.stdout.buffer.write(msgspec.json.encode(done) + b"\n")


async def _say_and_wait() -> None:
    sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()
    await asyncio.to_thread(sys.stdin.buffer.readline)


def main() -> None:
    """Read the task, a line, and do it."""
    uvloop.run(run(msgspec.json.decode(sys.stdin.buffer.readline(), type=Task)))


if __name__ == "__main__":
    main()
