"""The load of bench_core, in a process of its own: visitors in service and their agents, all on real sockets.

Reads a Task as JSON from standard input and writes a Measured as JSON to standard output.  Everybody comes and is served; then
steady rates, which show latencies; then a day's messages as fast as they are taken, which shows the highest rate.  Every
message that was sent is waited for at both ends, so nothing counts that was not stored and delivered.

A steady rate is an open loop: a message counts from the moment at which it was due, not from when the generator got round to
it, so a server that makes its clients wait cannot look quick.
"""

import asyncio
import gc
import itertools
import os
import sys
import time
from collections.abc import Awaitable
from pathlib import Path

import msgspec
import uvloop
from msgspec import Struct

from tools.loadtest.frames import Event, Frame
from tools.loadtest.person import Person

VISITOR_EVERY = 1 / 27
"""A visitor may send 300 frames in 10 s, receive acks included."""

AGENT_EVERY = 1 / 4
"""An agent may send 50 messages in 10 s."""

MOST_OF_ONE = 8
TICK = 0.002
"""Messages of a steady rate are due in bunches, so many seconds apart."""

MOST_WAITING = 4_000
"""So many unanswered messages may be out at a steady rate; what is due beyond them waits, and its clock runs."""

WARM_UP = 2_000
TEXT = "请问订单 20251017 什么时候发货?谢谢 #"


class Task(Struct, frozen=True):
    """What to do: each of `rates` (messages/s) for `seconds`, then `day` messages with `outstanding` always under way."""

    port: int
    pid: int
    visitors: int
    cookies: list[str]
    rates: list[int]
    seconds: float
    day: int
    outstanding: int = 1_000


class Phase(Struct):
    """What was measured in one phase: messages acknowledged, events that arrived at sockets, latencies in ms.

    `cpu` is the processor time of the whole server process in s: what is left to trust on a machine that others use, too.
    """

    seconds: float
    cpu: float
    acked: int
    to_agents: int
    to_visitors: int
    ack_p50: float
    ack_p99: float
    show_p50: float
    show_p99: float


class Measured(Struct):
    """`late` counts messages that had not come back everywhere when the patience was over: it must be zero."""

    served_after: float
    steady: list[Phase]
    day: Phase
    late: int
    closes: list[int]
    refused: list[str]


class Seat:
    """A person of the load: when he may speak next, and how many of his messages are under way."""

    __slots__ = ("conversations", "next_at", "person", "turn", "under_way")

    def __init__(self, person: Person) -> None:
        self.person = person
        self.next_at = 0.0
        self.under_way = 0
        self.conversations: list[str] = []
        self.turn = 0


class Load:
    """Everybody, and what they measure."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.visitors = [Seat(Person(task.port, keep=False)) for _ in range(task.visitors)]
        self.agents = [Seat(Person(task.port, cookie, keep=False)) for cookie in task.cookies]
        self.under_way = 0
        self.acked = self.to_agents = self.to_visitors = 0
        self.ack_times: list[float] = []
        self.show_times: list[float] = []
        self._sent_at: dict[str, float] = {}
        self._numbers = itertools.count()
        self._seats = {seat.person: seat for seat in (*self.visitors, *self.agents)}
        for person in self._seats:
            person.on_ack = self._on_ack
            person.on_event = self._on_staff_event if person.staff else self._on_visitor_event

    # ---- what comes back

    def _on_ack(self, person: Person, cid: str, sent_at: float) -> None:
        self.acked += 1
        self.under_way -= 1
        self._seats[person].under_way -= 1
        self.ack_times.append(time.perf_counter() - sent_at)

    def _on_staff_event(self, person: Person, conversation: str, event: Event | Frame) -> None:
        self.to_agents += 1
        self._arrived(event.cid, staff=True)

    def _on_visitor_event(self, person: Person, conversation: str, event: Event | Frame) -> None:
        self.to_visitors += 1
        self._arrived(event.cid, staff=False)

    def _arrived(self, cid: str, staff: bool) -> None:
        """Only the other side's view counts: `_sent_at` is keyed by who must be shown the message."""
        sent_at = self._sent_at.pop(f"{staff:d}{cid}", None)
        if sent_at is not None:
            self.show_times.append(time.perf_counter() - sent_at)

    # ---- what goes out

    def say(self, seat: Seat, now: float) -> None:
        """Let one person say something where he is, which was due at `now`."""
        seat.turn = (seat.turn + 1) % len(seat.conversations)
        cid = seat.person.say(f"{TEXT}{next(self._numbers)}", seat.conversations[seat.turn], now)
        self._sent_at[f"{not seat.person.staff:d}{cid}"] = now
        seat.under_way += 1
        self.under_way += 1

    async def begin(self) -> float:
        """Bring everybody in and let every visitor be served; return the seconds it took."""
        start = time.perf_counter()
        for agent in self.agents:
            await agent.person.connect()
            await agent.person.welcomed.wait()
            agent.person.frame(t="presence", status="ready")
        for chunk in _chunks(self.visitors):
            for seat in chunk:
                await seat.person.connect()
            for seat in chunk:
                await seat.person.welcomed.wait()
                self.under_way += 1
                seat.under_way += 1
                seat.person.say("你好")
            await asyncio.sleep(0)
        while sum(len(agent.person.cards) for agent in self.agents) < len(self.visitors):
            if time.perf_counter() - start > 60:
                raise TimeoutError("not everybody was served")
            await asyncio.sleep(0.02)
        await self.settle(20)
        for seat in self._seats.values():
            seat.conversations = list(seat.person.cards)
        return time.perf_counter() - start

    async def settle(self, within: float) -> int:
        """Wait until every message came back; return how many did not."""
        end = time.perf_counter() + within
        # An event would cost every message for what is asked twice.
        while (self.under_way or self._sent_at) and time.perf_counter() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return max(self.under_way, len(self._sent_at))

    async def confirm(self) -> None:
        """Send the receive acks that are due, spread over each second, until cancelled."""
        people = list(self._seats)
        while True:
            for first in range(20):
                for person in people[first::20]:
                    person.confirm()
                await asyncio.sleep(0.05)

    async def steady(self, rate: int, seconds: float) -> None:
        """Offer `rate` messages a second, whatever comes back."""
        start = time.perf_counter()
        ring = itertools.cycle(self.visitors)
        ticks, sent = 0, 0
        while (now := time.perf_counter()) < start + seconds:
            self._agents_speak(now)
            while start + ticks * TICK <= now and self.under_way < MOST_WAITING:
                due = start + ticks * TICK
                ticks += 1
                while sent < ticks * TICK * rate:
                    self.say(next(ring), due)
                    sent += 1
            await asyncio.sleep(max(0.0, start + ticks * TICK - time.perf_counter()))

    async def peak(self, messages: int) -> None:
        """Keep `outstanding` messages under way until so many have been sent and answered."""
        ring = itertools.cycle(self.visitors)
        count, most, end = len(self.visitors), self.task.outstanding, self.acked + messages
        while self.acked + self.under_way < end:
            now = time.perf_counter()
            self._agents_speak(now)
            for _ in range(count):
                if self.under_way >= most or self.acked + self.under_way >= end:
                    break
                seat = next(ring)
                if seat.next_at <= now and seat.under_way < MOST_OF_ONE:
                    seat.next_at = max(seat.next_at, now - 0.5) + VISITOR_EVERY
                    self.say(seat, now)
            await asyncio.sleep(0.001)
        while self.under_way:  # noqa: ASYNC110  # asked once a day, while an event would cost every message
            await asyncio.sleep(0.001)

    def _agents_speak(self, now: float) -> None:
        for seat in self.agents:
            if seat.next_at <= now and seat.conversations:
                seat.next_at = now + AGENT_EVERY
                self.say(seat, now)

    async def measure(self, phase: Awaitable[None]) -> Phase:
        """Run a phase and return what it showed."""
        self.acked = self.to_agents = self.to_visitors = 0
        self.ack_times, self.show_times = [], []
        start, cpu = time.perf_counter(), cpu_seconds(self.task.pid)
        await phase
        seconds, cpu = time.perf_counter() - start, cpu_seconds(self.task.pid) - cpu
        acked, to_agents, to_visitors = self.acked, self.to_agents, self.to_visitors
        return Phase(
            seconds,
            cpu,
            acked,
            to_agents,
            to_visitors,
            *(
                _percentile(times, part)
                for times in (self.ack_times, self.show_times)
                for part in (0.5, 0.99)
            ),
        )


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used, in user and kernel mode."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _chunks(seats: list[Seat]) -> list[list[Seat]]:
    return [seats[first : first + 50] for first in range(0, len(seats), 50)]


def _percentile(times: list[float], part: float) -> float:
    if not times:
        return 0.0
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000


async def run(task: Task) -> Measured:
    """Do all of it."""
    load = Load(task)
    served_after = await load.begin()
    gc.collect()
    gc.disable()
    async with asyncio.TaskGroup() as tasks:
        confirming = tasks.create_task(load.confirm())
        await load.steady(WARM_UP, 0.5)
        late = await load.settle(10)
        steady: list[Phase] = []
        for rate in task.rates:
            steady.append(await load.measure(load.steady(rate, task.seconds)))
            late += await load.settle(20)
        day = await load.measure(load.peak(task.day))
        late += await load.settle(20)
        confirming.cancel()
    people = [seat.person for seat in (*load.visitors, *load.agents)]
    closes = [code for person in people for code in person.journal.closes]
    refused = sorted({code for person in people for _, code in person.journal.refused})
    for person in people:
        person.leave()
    return Measured(served_after, steady, day, late, closes, refused)


def main() -> None:
    """Read the task, do it, write what was measured."""
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(run(task))))


if __name__ == "__main__":
    main()
