"""A short working day: conversations of several outcomes, agents who come and go, every tier, good and bad files."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tests.faults.crowd import Crowd, crowd, until
from tools.loadtest.person import Person
from tools.loadtest.serving import Serving

TIER_SECONDS = 3.0
"""How long each tier is held: three samples of a Prometheus that looks every second."""

RATING_SECONDS = 2.0
"""How long a visitor may think about his rating in the configuration of the day."""


def full(config: str) -> str:
    """Return the shipped file so that a short day has in it what else takes long: who does not rate is let go, and told so."""
    for old, new in (
        ("        after: {10m: {to: 已结束}}\n", f"        after: {{{RATING_SECONDS:g}s: {{to: 已结束}}}}\n"),
        ("客服结束: {to: 评价}\n", "客服结束: {to: 评价, action: {say: 还在吗}}\n"),
    ):
        assert config.count(old) == 1, f"kefu.yaml no longer has {old!r} once"
        config = config.replace(old, new)
    return config


async def working_day(serving: Serving, config: str, in_tier: Callable[[int], None]) -> None:
    """Drive the appliance through everything that the dashboards show; `in_tier` looks round while a tier is held.

    `config` is the text of its kefu.yaml.
    """
    cookies = [serving.hire(f"agent{number}", 3) for number in range(3)]
    async with crowd(serving.port, 6, cookies, stammer=0.2) as group:
        await group.all_served()
        await group.said(100)
        await profiles(serving)
        async with waiting(serving.port, 5):
            for tier in (1, 2, 3, 2, 1, 0):
                await held(serving, tier, in_tier)
                await group.said(20)
        await presences(group)
        await lost(group)
        group.talking = False
        await too_much(group)
        await endings(group)
        await reloads(serving, config)
    assert serving.admin("POST", "/admin/overload", {"tier": None})[0] == 200


async def profiles(serving: Serving) -> None:
    """Somebody looks where the time and the memory go."""
    for asked in ("profile?seconds=1&debug=1", "heap?seconds=1&gc=1&debug=1", "goroutine?debug=1"):
        status, told, _ = await asyncio.to_thread(serving.admin, "GET", f"/debug/pprof/{asked}")
        assert status == 200, told


async def held(serving: Serving, tier: int, in_tier: Callable[[int], None]) -> None:
    """Hold a tier while people talk and type."""
    status, _, _ = await asyncio.to_thread(
        serving.admin, "POST", "/admin/overload", {"tier": tier, "seconds": 60}
    )
    assert status == 200
    await until(lambda: serving.status()["overload"]["tier"] == tier, f"tier {tier} was not reached")
    await asyncio.sleep(TIER_SECONDS)
    await asyncio.to_thread(in_tier, tier)


@asynccontextmanager
async def waiting(port: int, visitors: int) -> AsyncIterator[None]:
    """Let more visitors wait than agents can take."""
    people = [Person(port) for _ in range(visitors)]
    for each in people:
        await each.enter()
        each.say("有人吗")
    await until(lambda: all(each.journal.acks for each in people), "the queue was not joined")
    yield
    for each in people:
        each.leave()


async def presences(group: Crowd) -> None:
    """Agents are busy and away for a while."""
    for agent, status in zip(group.agents, ("ready", "busy", "away"), strict=True):
        agent.frame(t="presence", status=status)
    await asyncio.sleep(2.5)
    for agent in group.agents:
        agent.frame(t="presence", status="ready")


async def lost(group: Crowd) -> None:
    """One visitor's network is gone, and he comes back."""
    acks = group.acks
    group.visitors[0].cut()
    await until(lambda: group.acks > acks + 20, "nobody talks any more")


async def too_much(group: Crowd) -> None:
    """Somebody pastes a whole book, and it is sent back."""
    visitor = group.visitors[0]
    visitor.say("很长的一段话" * 2_000, visitor.conversation)
    await until(lambda: visitor.journal.refused, "the book was taken")


async def endings(group: Crowd) -> None:
    """One visitor ends his conversation himself; agents close the others; all but one of those visitors rate."""
    ends, _, *others = group.visitors
    ended = ends.conversation
    assert ended is not None
    ends.act(ended, "end")
    rated = {each.conversation: each for each in others if each.conversation is not None}
    for agent in group.agents:
        for name in list(agent.cards):
            if name != ended:
                agent.act(name, "close")
    await asyncio.sleep(1)
    for number, (name, visitor) in enumerate(rated.items()):
        visitor.act(name, "rate", score=5 - number % 2)
    await asyncio.sleep(RATING_SECONDS + 2)


async def reloads(serving: Serving, config: str) -> None:
    """A file that is refused, then one that is taken."""
    for text, wanted in (("kefu: 99\n", 422), (config.replace("site:", "# changed\nsite:", 1), 200)):
        (serving.data.parent / "kefu.yaml").write_text(text, encoding="utf-8")
        status, told, _ = await asyncio.to_thread(serving.admin, "POST", "/admin/config/reload")
        assert status == wanted, told
        await asyncio.sleep(1.5)
