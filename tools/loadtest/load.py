"""The people of one generator process and what they measure: open-loop, every message with the moment when it was due."""

import asyncio
import time
from collections.abc import Coroutine, Iterable
from random import Random

from tools.loadtest.frames import Event, Frame
from tools.loadtest.line import HandshakeRefused, TurnedAway
from tools.loadtest.meters import Faults, Meter, Seconds
from tools.loadtest.person import MOST_UNACKED, Person
from tools.loadtest.scenario import Phase
from tools.loadtest.seat import Seat, Words
from tools.loadtest.tally import mark_of
from tools.loadtest.wire import Final, Job, Tick

FROM_ONE_ADDRESS = 5_000
LAG_EVERY = 0.05
ASK_AGAIN = 11.0
"""Seconds after which a visitor whom nobody serves says another word, as people do (and as the shipped flow expects)."""

FILLER = "请问我的订单什么时候发货？我昨天下午下的单，还没有看到物流信息，麻烦帮我看一下，谢谢。"
MARK_BYTES = 36


def _code_of(error: Exception) -> int:
    """Return the close code that an attempt to come amounts to: a refused handshake says that the server is full."""
    if isinstance(error, TurnedAway):
        return error.code
    return 1013 if isinstance(error, HandshakeRefused) else 1006


def filler_of(size: int) -> str:
    """Return so much of a sentence that a message with its mark has about `size` bytes."""
    text = (FILLER * (size // len(FILLER.encode()) + 1)).encode()[: max(3, size - MARK_BYTES)]
    return text.decode(errors="ignore")


class Load:
    """Everybody whom this process plays."""

    def __init__(self, job: Job, tasks: asyncio.TaskGroup) -> None:
        self.job = job
        self.visitors: list[Seat] = []
        self.agents: list[Seat] = []
        self.seconds = Seconds()
        self.live: dict[int, int] = {}
        self.meters = {name: Meter() for name in ("ack", "ack_vip", "show", "handshake")}
        self.slip, self.lag = Meter(), Meter()
        self.faults = Faults()
        self.backs: list[float] = []
        self.cut = 0
        self.here = 0
        self.zero = time.perf_counter()
        """When the run began; the parent sets it with the first phase."""
        self.phase_done = -1
        self.resting = False
        self.leaving = False
        self._tasks = tasks
        self._running: set[asyncio.Task[None]] = set()
        self._seats: dict[Person, Seat] = {}
        self._dice = Random(f"{job.seed} people {job.number}")
        self._vips = dict(job.vips)

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Let something go on beside everything else, until it is done or the run is over."""
        task = self._tasks.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def part(self) -> None:
        """The run is over: whoever is still on his way turns round, everybody leaves."""
        self.leaving = self.resting = True
        for task in list(self._running):
            task.cancel()
        for seat in self.people:
            seat.person.leave()

    # ---- people

    def visitor(self, number: int) -> Seat:
        """Seat the visitor with this number of all."""
        source = f"127.0.0.{2 + number // FROM_ONE_ADDRESS}" if self.job.sources else ""
        identity = self._vips.get(number)
        person = Person(
            self.job.port, keep=self.job.keep, identity=identity, host=self.job.host, source=source
        )
        person.gives_up = self.job.gives_up
        seat = self._seated(f"v{number}", person)
        seat.vip = identity is not None
        self.visitors.append(seat)
        return seat

    def agent(self, number: int, cookie: str) -> Seat:
        """Seat an agent."""
        person = Person(self.job.port, cookie, keep=self.job.keep, host=self.job.host)
        person.accepting = True
        seat = self._seated(f"a{number}", person)
        self.agents.append(seat)
        return seat

    def _seated(self, name: str, person: Person) -> Seat:
        seat = self._seats[person] = Seat(name, person, self._dice, self.job.run)
        person.stammer = self.job.stammer
        person.on_ack = self._on_ack
        person.on_refused = self._on_refused
        person.on_event = self._on_event
        person.on_end = self._on_end
        return seat

    @property
    def people(self) -> Iterable[Seat]:
        """Everybody."""
        return self._seats.values()

    def second(self) -> int:
        """Return the second of the run."""
        return max(0, int(time.perf_counter() - self.zero))

    # ---- coming

    async def come(self, seat: Seat, due: float, phase: Phase | None) -> None:
        """Connect until it works, and begin the conversation where the phase wants that; latency counts from `due`."""
        seat.coming = True
        while not self.leaving:
            try:
                async with asyncio.timeout(self.job.patience):
                    await seat.person.enter()
                # He may have been thrown out again in the same breath.
                if seat.person.welcomed.is_set():
                    break
            except (OSError, HandshakeRefused, TimeoutError) as error:
                self._failed(seat, error)
                await asyncio.sleep(seat.pause(_code_of(error)))
        seat.coming = False
        if self.leaving:
            seat.person.leave()
            return
        self.here += 1
        seat.arrived = True
        took = seat.back()
        second = self.second()
        self.seconds.count("opened", second)
        if took is not None:
            self.backs.append(took)
        else:
            self.meters["handshake"].record(second, max(0.0, time.perf_counter() - due))
        if seat.person.staff:
            seat.person.frame(t="presence", status="ready")
        elif phase is not None and phase.greet and not seat.greeted:
            seat.greeted = True
            seat.asked_at = time.perf_counter()
            self.say(seat, filler_of(phase.bytes), time.perf_counter(), None)

    def _failed(self, seat: Seat, error: Exception) -> None:
        second = self.second()
        self.seconds.count("failed", second)
        if isinstance(error, HandshakeRefused):
            kind, example = f"handshake {error.status}", error.answer[:200].decode(errors="replace")
        elif isinstance(error, TurnedAway):
            kind, example = f"turned away {error.code}", str(error)
        elif isinstance(error, TimeoutError):
            kind, example = "handshake timeout", f"no welcome within {self.job.patience:g} s"
        else:
            kind, example = f"connect {type(error).__name__}", str(error)
        self.faults.add(kind, float(second), f"{seat.name}: {example}")
        seat.person.cut()

    def _on_end(self, person: Person, code: int) -> None:
        seat = self._seats[person]
        if seat.coming:
            return
        self.here -= 1
        if self.leaving:
            return
        if seat.cut_at is None:
            self.faults.add(
                f"close {code}", float(self.second()), f"{seat.name} was disconnected with {code}"
            )
        self.spawn(self._return(seat, code))

    async def _return(self, seat: Seat, code: int) -> None:
        seat.coming = True
        await asyncio.sleep(seat.pause(code))
        seat.person.listen()
        await self.come(seat, time.perf_counter(), None)

    def cut_all(self) -> None:
        """Cut everybody off at once."""
        now = time.perf_counter()
        for seat in self.people:
            if seat.person.welcomed.is_set():
                self.cut += 1
                seat.cut_at = now
                seat.person.cut()

    # ---- saying

    def say(self, seat: Seat, filler: str, due: float, conversation: str | None) -> None:
        """Let one person say something that was due at `due`."""
        now = time.perf_counter()
        second = self.second()
        self.seconds.count("offered", max(0, int(due - self.zero)))
        self.slip.record(second, max(0.0, now - due))
        if seat.say(filler, Words(conversation, due)):
            self.seconds.count("sent", second)

    # ---- hearing

    def _on_ack(self, person: Person, cid: str, due: float) -> None:
        second = self.second()
        self.seconds.count("acked", second)
        took = time.perf_counter() - due
        self.meters["ack"].record(second, took)
        seat = self._seats[person]
        if seat.vip:
            self.meters["ack_vip"].record(second, took)
        if seat.acked(cid):
            self.seconds.count("sent", second)

    def _on_refused(self, person: Person) -> None:
        self.seconds.count("refused", self.second())

    def _on_event(self, person: Person, conversation: str, event: Event | Frame) -> None:
        seat = self._seats[person]
        if event.kind in ("joined", "released"):
            seat.served = event.kind == "joined"
        mark = mark_of(event.text, conversation, self.job.run) if event.text else None
        if mark is None:
            return
        seat.shown(conversation, mark.stream, mark.number)
        if mark.stream.startswith("v") == person.staff:
            # Only the other side's view counts as delivered; everybody sees what he wrote himself, too.
            second = self.second()
            self.seconds.count("delivered", second)
            if mark.due_us and mark.due_us >= seat.deaf_until * 1e6:
                self.meters["show"].record(second, max(0.0, time.perf_counter() - mark.due_us / 1e6))

    # ---- what goes on all the time

    async def tend(self) -> None:
        """Confirm what was received, ask again, send again, and measure the loop, until cancelled."""
        turn = 0
        while True:
            planned = time.perf_counter() + LAG_EVERY
            await asyncio.sleep(LAG_EVERY)
            now = time.perf_counter()
            self.lag.record(self.second(), max(0.0, now - planned))
            turn += 1
            people = list(self.people)
            for seat in people[turn % 20 :: 20]:
                seat.person.confirm()
                seat.send_again(now)
                while seat.held and len(seat.person.outbox) < MOST_UNACKED and seat.say_held():
                    self.seconds.count("sent", self.second())
                if seat.greeted and not seat.served and not self.resting and now - seat.asked_at > ASK_AGAIN:
                    seat.asked_at = now
                    self.say(seat, filler_of(0), now, seat.person.conversation)
            self.live[self.second()] = self.here

    def forget_start(self) -> None:
        """What was measured so far (the agents' coming) is no part of the run."""
        self.seconds, self.faults = Seconds(), Faults()
        self.meters["handshake"] = Meter()

    # ---- what is told

    def refusals(self) -> int:
        """Return how many messages were refused for good."""
        return sum(len(seat.person.journal.refused) for seat in self.people)

    def tick(self) -> Tick:
        """Return how it stands."""
        greeting = sum(seat.greeted and not seat.served for seat in self.visitors)
        under_way = sum(seat.under_way for seat in self.people)
        sums = {**self.seconds.sums, "refused": self.refusals()}
        return Tick(self.phase_done, sums, self.here, greeting, under_way)

    def final(self) -> Final:
        """Return everything."""
        streams = {name: stream for seat in self.people for name, stream in seat.settle().items()}
        for seat in self.people:
            for _, first, last in seat.person.journal.gaps:
                missed = f"{seat.name}: {last - first + 1} events of a conversation are history to ask for"
                self.faults.add("gap", float(self.second()), missed)
            for _, code in seat.person.journal.refused:
                self.faults.add(f"refused {code}", float(self.second()), f"{seat.name}: {code}")
        return Final(
            seconds=dict(self.seconds.rows),
            live=self.live,
            latencies={name: meter.kept() for name, meter in self.meters.items()},
            slip=self.slip.histogram.encode(),
            lag=self.lag.histogram.encode(),
            streams=streams,
            readers=[seat.reader() for seat in self.people if seat.views],
            faults=self.faults.all(),
            backs=self.backs,
            cut=self.cut,
            unserved=sum(seat.greeted and not seat.served for seat in self.visitors),
            journals=[seat.person.journal for seat in self.people] if self.job.keep else [],
        )
