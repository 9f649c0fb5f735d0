"""Plays one phase in one generator process: who comes when, who speaks when, as fast as it goes where that is wanted."""

import asyncio
import itertools
import math
import time
from collections.abc import Iterator
from random import Random

from tools.loadtest.load import Load, filler_of
from tools.loadtest.scenario import AGENT_RATE, VISITOR_RATE, offered
from tools.loadtest.schedule import arrivals, merged, moments
from tools.loadtest.seat import Seat
from tools.loadtest.wire import Start

STEP = 0.001
"""The loop looks at the clock so often at least: nothing is late by more than this for want of looking."""

TURN = 0.003
"""Seconds for which whoever is behind goes on sending before he listens."""

MOST_OF_ONE = 8
"""Messages of one visitor under way where it goes as fast as it can."""

COME, VISITOR, AGENT = range(3)


class Player:
    """Plays the phases of this process one after the other."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._looked = 0.0
        self._turns: Iterator[Seat] = iter(())
        self._desks: Iterator[tuple[Seat, str]] = iter(())

    async def play(self, start: Start) -> None:
        """Play a phase to its end, or until the load rests."""
        load, phase, job = self._load, start.phase, self._load.job
        if start.number == 0:
            load.zero = start.at
        dice = Random(f"{job.seed} phase {start.number} {job.number}")
        await asyncio.sleep(max(0.0, start.at - time.perf_counter()))
        if phase.cut:
            load.cut_all()
        deaf = [seat for seat in load.visitors if dice.random() < phase.deaf]
        for seat in deaf:
            seat.deaf_until = math.inf
            seat.person.deafen()
        newcomers = [n for n in range(start.before, start.visitors) if n % job.of == job.number]
        seats = [load.visitor(number) for number in newcomers]
        if phase.messages is not None:
            await self._fast(start, dice)
        else:
            await self._scheduled(start, seats, dice)
        for seat in deaf:
            seat.deaf_until = time.perf_counter()
            seat.person.listen()
        if phase.greet:
            await self._all_greeted(seats)
        load.phase_done = start.number

    async def _all_greeted(self, seats: list[Seat]) -> None:
        # An event would cost every message of the run for what is asked a few hundred times.
        while not self._load.resting and any(not seat.greeted for seat in seats):  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    # ---- by the schedule

    async def _scheduled(self, start: Start, seats: list[Seat], dice: Random) -> None:
        load, phase = self._load, start.phase
        share = _share(load.job.number, load.job.of, start.visitors) / max(1, start.visitors)
        agents = _share(load.job.number, load.job.of, load.job.desks) / max(1, load.job.desks)
        plan = merged(
            arrivals(len(seats), phase.seconds, dice),
            moments(offered(phase, start.visitors) * share, phase.seconds, phase.pace, dice),
            moments(phase.agent_rate * agents, phase.seconds, phase.pace, dice),
        )
        coming = iter(seats)
        filler = filler_of(phase.bytes)
        for offset, kind in plan:
            due = start.at + offset
            if not await self._until(due):
                return
            if kind == COME:
                load.spawn(load.come(next(coming), due, phase))
            elif kind == VISITOR:
                self._visitor_speaks(filler, due, dice if phase.think else None)
            else:
                self._agent_speaks(filler, due)
        await self._until(start.at + phase.seconds)

    async def _until(self, due: float) -> bool:
        """Wait until `due`; return False when the load rests."""
        while (now := time.perf_counter()) < due:
            await asyncio.sleep(min(max(due - now, STEP), 0.1))
            self._looked = time.perf_counter()
            if self._load.resting:
                return False
        # Whoever is behind must still let the answers in now and then, but not after each word: that would hold him up.
        if now - self._looked > TURN:
            await asyncio.sleep(0)
            self._looked = time.perf_counter()
        return not self._load.resting

    def _visitor_speaks(self, filler: str, due: float, dice: Random | None) -> None:
        """The next visitor in turn speaks; with `dice` any of them, as people do who think for themselves.

        Who is cut off speaks, too: what he says waits for him to be back, and its latency with it.
        """
        seat = dice.choice(self._load.visitors) if dice and self._load.visitors else None
        if seat is None or not seat.arrived:
            seat = self._next_visitor()
        if seat is not None and not seat.person.deaf:
            self._load.say(seat, filler, due, seat.person.conversation)

    def _next_visitor(self) -> Seat | None:
        for _ in range(2):
            for seat in self._turns:
                if not seat.person.deaf:
                    return seat
            self._turns = iter([seat for seat in self._load.visitors if seat.arrived])
        return None

    def _agent_speaks(self, filler: str, due: float) -> None:
        for _ in range(2):
            for seat, conversation in self._desks:
                if conversation in seat.person.cards:
                    self._load.say(seat, filler, due, conversation)
                    return
            self._desks = iter(_round([(seat, list(seat.person.cards)) for seat in self._load.agents]))

    # ---- as fast as it goes

    async def _fast(self, start: Start, dice: Random) -> None:
        """Keep `outstanding` messages under way until all are sent; a message is due when there is room for it."""
        load, phase = self._load, start.phase
        missing = _share(load.job.number, load.job.of, phase.messages or 0)
        most = max(1, _share(load.job.number, load.job.of, phase.outstanding))
        filler = filler_of(phase.bytes)
        agents = _share(load.job.number, load.job.of, load.job.desks) / max(1, load.job.desks)
        speaking = moments(
            min(phase.agent_rate * agents, len(load.agents) * AGENT_RATE), 86_400, "even", dice
        )
        next_agent = next(speaking, None)
        ring, free_at = itertools.cycle(load.visitors), dict.fromkeys(load.visitors, 0.0)
        while missing and load.visitors and not load.resting:
            now = time.perf_counter()
            while next_agent is not None and start.at + next_agent <= now:
                self._agent_speaks(filler, start.at + next_agent)
                next_agent = next(speaking, None)
            room = most - (load.seconds.sums["offered"] - load.seconds.sums["acked"])
            for _ in range(len(load.visitors)):
                if room <= 0 or not missing:
                    break
                seat = next(ring)
                if free_at[seat] <= now and len(seat.person.outbox) < MOST_OF_ONE:
                    free_at[seat] = max(free_at[seat], now - 0.5) + 1 / VISITOR_RATE
                    load.say(seat, filler, now, seat.person.conversation)
                    missing -= 1
                    room -= 1
            await asyncio.sleep(STEP)
        while not load.resting and any(seat.under_way for seat in load.visitors):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def _share(number: int, of: int, whole: int) -> int:
    """Return how many of `whole` things fall to process `number` of `of`."""
    return whole // of + (number < whole % of)


def _round(desks: list[tuple[Seat, list[str]]]) -> Iterator[tuple[Seat, str]]:
    """Yield each agent's conversations in turns of the agents, so that none speaks twice at once."""
    for place in itertools.count():
        found = [(seat, held[place]) for seat, held in desks if place < len(held)]
        if not found:
            return
        yield from found
