"""Visitors and agents who chat both ways for as long as they are let, whatever becomes of the server."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from tools.loadtest.journal import Journal
from tools.loadtest.person import Person

MOST_UNACKED = 8


class Crowd:
    """`talking` lets everybody speak; nobody leaves before the end of `crowd`."""

    def __init__(self, visitors: Sequence[Person], agents: Sequence[Person]) -> None:
        self.visitors = visitors
        self.agents = agents
        self.talking = True

    @property
    def people(self) -> list[Person]:
        """Everybody."""
        return [*self.visitors, *self.agents]

    @property
    def journals(self) -> list[Journal]:
        """What they saw."""
        return [person.journal for person in self.people]

    @property
    def acks(self) -> int:
        """How many messages were acknowledged so far."""
        return sum(len(journal.acks) for journal in self.journals)

    async def said(self, more: int) -> None:
        """Wait until `more` messages have been acknowledged from now on."""
        before = self.acks
        await until(lambda: self.acks > before + more, "nobody talks any more")

    async def all_served(self) -> None:
        """Wait until every visitor's conversation is an agent's."""
        await until(
            lambda: (
                sum(len(agent.cards) for agent in self.agents) >= len(self.visitors)
                and all(visitor.cards for visitor in self.visitors)
            ),
            "not everybody was served",
        )

    async def quiet(self) -> None:
        """Let nobody speak any more, and wait until everybody is there and all that was said is acknowledged."""
        self.talking = False
        await until(
            lambda: all(person.welcomed.is_set() for person in self.people), "somebody did not come back"
        )
        await until(
            lambda: not any(person.outbox for person in self.people), "something was never acknowledged"
        )

    async def calm(self) -> None:
        """Let nobody speak any more, and wait until all that was said is acknowledged and shown to both sides."""
        await self.quiet()
        heads: dict[str, int] = {}
        for journal in self.journals:
            for ack in journal.acks:
                heads[ack.conversation] = max(ack.seq, heads.get(ack.conversation, 0))

        def converged() -> bool:
            return all(
                person.cursors.get(name, 0) >= heads.get(name, 0)
                for person in self.people
                for name in person.cards
            )

        await until(converged, "the views did not converge")
        # Passing news may still be on the way: what the oracle compares is what is there a moment later.
        await asyncio.sleep(0.5)

    async def _visitor_talks(self, person: Person, pause: float) -> None:
        number = 0
        while not person.stopping:
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))
            if self.talking and len(person.outbox) < MOST_UNACKED and (number == 0 or person.journal.acks):
                number += 1
                person.say(f"访客的话 {person.journal.who} {number}", person.conversation)

    async def _agent_talks(self, person: Person) -> None:
        number = 0
        while not person.stopping:
            # An agent may send 50 messages in 10 s.
            await asyncio.sleep(random.uniform(0.2, 0.35))
            if self.talking and person.cards and len(person.outbox) < MOST_UNACKED:
                number += 1
                person.say(f"客服的话 {person.journal.who} {number}", random.choice(list(person.cards)))


@asynccontextmanager
async def crowd(
    port: int,
    visitors: int,
    cookies: Sequence[str],
    pause: float = 0.04,
    stammer: float = 0.05,
    person: type[Person] = Person,
) -> AsyncIterator[Crowd]:
    """Bring everybody in, agents ready; at the end all of them leave."""
    group = Crowd([person(port) for _ in range(visitors)], [person(port, cookie) for cookie in cookies])
    for each in group.people:
        each.stammer = stammer
    async with asyncio.TaskGroup() as tasks:
        lives = [tasks.create_task(agent.live()) for agent in group.agents]
        for agent in group.agents:
            await asyncio.wait_for(agent.welcomed.wait(), 20)
            agent.frame(t="presence", status="ready")
        lives += [tasks.create_task(visitor.live()) for visitor in group.visitors]
        lives += [tasks.create_task(group._visitor_talks(visitor, pause)) for visitor in group.visitors]
        lives += [tasks.create_task(group._agent_talks(agent)) for agent in group.agents]
        try:
            yield group
        finally:
            for each in group.people:
                each.leave()
            for life in lives:
                life.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*lives, return_exceptions=False)


async def until(holds: Callable[[], object], complaint: str, within: float = 30.0) -> None:
    """Wait for something that happens in its own time."""
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, complaint
        await asyncio.sleep(0.02)
