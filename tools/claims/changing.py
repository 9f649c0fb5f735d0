"""A change of the rules while people are served: VIPs first, from two files that differ by a few lines; and a kill in the middle of it all.

Before the change an ordinary customer who came first is served first; after it the VIP is, although he came second.  Nobody's
connection is closed by the change.
"""

import asyncio
import difflib
import time
from collections.abc import Callable
from functools import partial

from appliance.errors import KefuError, Text
from appliance.runtime.check import check_text
from appliance.runtime.secrets import load_secrets
from tools.claims.findings import Change, Findings, Killed
from tools.claims.house import House, enter, hire, shop, started, until
from tools.loadtest.customers import identity
from tools.loadtest.oracle import judge, read_log
from tools.loadtest.person import Person
from tools.loadtest.serving import Serving

BEFORE, AFTER = "first-come.yaml", "vip-first.yaml"
PATIENCE = 8.0
VIP = 3
TALKERS = 20
TALK_EVERY = 0.05


class NotApplied(KefuError):
    """The change was refused, or nobody was served."""


def changed_lines(before: str, after: str) -> int:
    """Return how many lines of `after` are new or other than in `before`, tests and remarks not counted."""
    ours, theirs = (_rules(text) for text in (before, after))
    marks = difflib.ndiff(ours, theirs)
    return sum(line.startswith("+ ") for line in marks)


def _rules(text: str) -> list[str]:
    return [line for line in text.partition("\nlimits:")[0].splitlines() if not line.startswith("#")]


def fails_without(before: str, after: str) -> bool:
    """Return whether the tests of `after` fail on the rules of `before`."""
    mixed = before.partition("\ntests:")[0] + "\ntests:" + after.partition("\ntests:")[2]
    return not check_text(mixed, "kefu.yaml", environment=None).passed


async def change(house: House, kill_after: float, found: Findings) -> None:
    """Change the rules of a running appliance; then let people talk for `kill_after` s and kill it."""
    before, after = shop(BEFORE), shop(AFTER)
    began = time.perf_counter()
    check_text(after, AFTER, environment=None)
    check_ms = (time.perf_counter() - began) * 1_000
    async with house.appliance(before) as serving:
        cookie = await asyncio.to_thread(hire, serving, "agent", 1)
        desk = Desk(serving, cookie)
        try:
            await desk.open()
            first = await desk.served_first()
            began = time.perf_counter()
            await asyncio.to_thread(_apply, serving, after)
            live_ms = (time.perf_counter() - began) * 1_000
            second = await desk.served_first()
            found.change = Change(
                changed_lines(before, after),
                check_ms,
                live_ms,
                fails_without(before, after),
                first,
                second,
                desk.cut,
            )
        finally:
            desk.leave()
        found.killed = await killed(serving, kill_after)


def _apply(serving: Serving, text: str) -> None:
    status, told, _ = serving.admin("POST", "/admin/config/apply", {"text": text, "by": "claims"})
    if status != 200 or not told.get("ok"):
        raise NotApplied(
            Text("改动没有生效。", f"The change did not go live: {told}."),
            Text("请报告给开发者。", "Report it."),
        )


class Desk:
    """One agent with room for one conversation, and each time an ordinary customer who comes before a VIP."""

    def __init__(self, serving: Serving, cookie: str) -> None:
        self._serving = serving
        self._agent = Person(serving.port, cookie)
        self._people: list[Person] = []
        self._stays = Person(serving.port)

    @property
    def cut(self) -> int:
        """Connections that were closed although nobody wanted that."""
        return sum(len(person.journal.closes) for person in (self._agent, self._stays, *self._people))

    async def open(self) -> None:
        """Let the agent come, and somebody who is only there."""
        await enter(self._agent)
        await enter(self._stays)

    async def served_first(self) -> str:
        """Let Ann write, then a VIP; return whom the agent gets who was away meanwhile: "vip" or "first"."""
        agent = self._agent
        agent.frame(t="presence", status="away")
        secret = load_secrets(self._serving.data).identity
        number = len(self._people)
        ann = Person(self._serving.port)
        vip = Person(self._serving.port, identity=identity(secret, f"vip{number}", "Bo", VIP))
        self._people += [ann, vip]
        for person in (ann, vip):
            await enter(person)
            person.say("你好")
            await _sure(partial(_stands, person), "said")
        # Longer than an ordinary customer waits before anybody is asked for.
        await asyncio.sleep(1.4)
        agent.frame(t="presence", status="ready")
        agent.accepting = True
        await _sure(lambda: bool(agent.cards), "served")
        served = agent.conversation
        agent.accepting = False
        agent.frame(t="presence", status="away")
        for person in (ann, vip):
            person.act(person.conversation or "", "end")
        await _sure(lambda: not agent.cards, "closed")
        return "vip" if served == vip.conversation else "first"

    def leave(self) -> None:
        """Let all go."""
        for person in (self._agent, self._stays, *self._people):
            person.leave()


def _stands(person: Person) -> bool:
    """Return whether what he said is stored and has a conversation."""
    return not person.outbox and person.conversation is not None


async def _sure(seen: Callable[[], object], what: str) -> None:
    if not await until(seen, PATIENCE):
        raise NotApplied(
            Text(f"等不到：{what}。", f"It did not come to this: {what}."),
            Text("请报告给开发者。", "Report it."),
        )


async def killed(serving: Serving, seconds: float) -> Killed:
    """Let people talk, kill the appliance in the middle of it, and compare what was acknowledged with the database."""
    people = [Person(serving.port) for _ in range(TALKERS)]
    for person in people:
        await enter(person)
    end, number = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        for person in people:
            person.say(f"第 {number} 句", person.conversation)
        number += 1
        await asyncio.sleep(TALK_EVERY)
    for person in people * 3:
        person.say("最后一句", person.conversation)
    # So short that some of it is on its way to the disk.
    await asyncio.sleep(0.004)
    serving.kill()
    for person in people:
        person.leave()
    acked = sum(len({ack.cid for ack in person.journal.acks}) for person in people)
    await started(serving)
    return await asyncio.to_thread(_compared, serving, people, acked)


def _compared(serving: Serving, people: list[Person], acked: int) -> Killed:
    serving.stop()
    findings = judge(read_log(serving.data), [person.journal for person in people], complete=False)
    return Killed(acked, sum("lost" in finding for finding in findings), findings)
