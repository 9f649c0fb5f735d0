"""The load of bench_core, in a process of its own: visitors in service and their agents, all on real sockets.

Reads a Task as JSON from standard input and writes a Measured as JSON to standard output.  Three phases: everybody comes and
is served; a steady rate, which shows latencies; a closed loop, which shows the highest rate.  Every message that was sent is
waited for at both ends, so nothing counts that was not stored and delivered.
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
TEXT = "请问订单 20251017 什么时候发货?谢谢 #"


class Task(Struct, frozen=True):
    """What to do.  `outstanding` messages are always under way in the closed loop; times in seconds."""

    port: int
    pid: int
    visitors: int
    cookies: list[str]
    steady_rate: int = 2_000
    steady_seconds: float = 5.0
    peak_seconds: float = 10.0
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
    steady: Phase
    peak: Phase
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
        """Let one person say something where he is."""
        seat.turn = (seat.turn + 1) % len(seat.conversations)
        cid = seat.person.say(f"{TEXT}{next(self._numbers)}", seat.conversations[seat.turn])
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
        ring = itertools.cycle([*self.visitors])
        sent = 0
        while (now := time.perf_counter()) < start + seconds:
            self._agents_speak(now)
            while sent < (now - start) * rate:
                self.say(next(ring), now)
                sent += 1
            await asyncio.sleep(0.002)

    async def peak(self, seconds: float) -> None:
        """Keep `outstanding` messages under way."""
        end = time.perf_counter() + seconds
        ring = itertools.cycle(self.visitors)
        count, most = len(self.visitors), self.task.outstanding
        while (now := time.perf_counter()) < end:
            self._agents_speak(now)
            for _ in range(count):
                if self.under_way >= most:
                    break
                seat = next(ring)
                if seat.next_at <= now and seat.under_way < MOST_OF_ONE:
                    seat.next_at = max(seat.next_at, now - 0.5) + VISITOR_EVERY
                    self.say(seat, now)
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
        await load.steady(task.steady_rate, 0.5)
        steady = await load.measure(load.steady(task.steady_rate, task.steady_seconds))
        late = await load.settle(10)
        await load.peak(0.5)
        peak = await load.measure(load.peak(task.peak_seconds))
        late += await load.settle(20)
        confirming.cancel()
    people = [seat.person for seat in (*load.visitors, *load.agents)]
    closes = [code for person in people for code in person.journal.closes]
    refused = sorted({code for person in people for _, code in person.journal.refused})
    for person in people:
        person.leave()
    return Measured(served_after, steady, peak, late, closes, refused)


def main() -> None:
    """Read the task, do it, write what was measured."""
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(run(task))))


if __name__ == "__main__":
    main()
