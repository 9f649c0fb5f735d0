"""A simulated customer of `kefu demo`: comes, asks, waits, answers, thanks, rates, or loses patience, like anybody else."""

import asyncio
import base64
import contextlib
import hmac
import json
import time
from collections import Counter
from collections.abc import Callable
from random import Random

from appliance.errors import Language
from tools.loadtest.frames import Event, Frame
from tools.loadtest.person import Person
from tools.loadtest.talks import COMMENTS, STILL_THERE, THANKS, Talk

ASK_AGAIN = 12.0
"""Seconds after which he asks whether anybody is there: flows have clocks of their own, which no --speed changes."""

IDENTITY_SECONDS = 3_600
Pause = Callable[[float], float]


def identity(secret: str, who: str, name: str, level: int) -> str:
    """Return what the site of the shop would sign for this customer: a JWT with HS256."""
    claims = {"sub": who, "name": name, "level": level, "exp": int(time.time()) + IDENTITY_SECONDS}
    head, body = (_base64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    tag = hmac.digest(secret.encode(), f"{head}.{body}".encode(), "sha256")
    return f"{head}.{body}.{_base64(tag)}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Customer:
    """One visit.  `pause` turns a person's seconds into ours; `patience` is in our seconds, for flows keep their own clocks."""

    def __init__(
        self, person: Person, talk: Talk, language: Language, dice: Random, pause: Pause, patience: float
    ) -> None:
        self.person = person
        self.talk = talk
        self.turn = 0
        self.outcome = ""
        self._language: Language = language
        self._dice = dice
        self._pause = pause
        self._patience = patience
        self._served = asyncio.Event()
        self._answered = asyncio.Event()
        self._mine: set[str] = set()
        person.lang = language
        person.page = {
            "url": f"https://shop.example.com{talk.path}",
            "title": talk.page.say(language),
            "referrer": "https://www.example.com/search",
        }
        person.on_event = self._on_event

    @property
    def answer(self) -> str:
        """What a clerk says to his last line."""
        return self.talk.turns[min(self.turn, len(self.talk.turns) - 1)][1].say(self._language)

    def _on_event(self, person: Person, conversation: str, event: Event | Frame) -> None:
        if event.kind == "joined":
            self._served.set()
        elif event.kind == "released":
            self._served.clear()
        elif event.kind == "message" and event.cid and event.cid not in self._mine:
            self._answered.set()

    async def visit(self, tally: Counter[str]) -> None:
        """Come, and go again whatever happens; counts how it ended in `tally`."""
        tally["here"] += 1
        try:
            async with asyncio.TaskGroup() as tasks:
                life = tasks.create_task(self.person.live())
                try:
                    async with asyncio.timeout(30):
                        await self.person.welcomed.wait()
                    self.outcome = await self._talk()
                except TimeoutError:
                    self.outcome = "no connection"
                self.person.leave()
                life.cancel()
        finally:
            tally["here"] -= 1
            tally[self.outcome or "left"] += 1

    async def _talk(self) -> str:
        await asyncio.sleep(self._pause(self._dice.uniform(2, 6)))
        await self._say(self.talk.turns[0][0].say(self._language))
        if not await self._wait_for_service():
            return self._give_up()
        for number in range(len(self.talk.turns)):
            self.turn = number
            if number:
                await self._say(self.talk.turns[number][0].say(self._language))
            if not await self._heard(self._answered):
                return self._give_up()
            self._answered.clear()
        if self._dice.random() < 0.7:
            await self._say(THANKS.say(self._language))
        return await self._part()

    def _give_up(self) -> str:
        """Lose patience: half of them say so, the others simply close the page."""
        if self._dice.random() < 0.5:
            self.end()
        return "abandoned"

    def end(self) -> None:
        """Click "end", so that nobody waits for him any more."""
        name = self.person.conversation
        if name is not None:
            self.person.act(name, "end")

    async def _wait_for_service(self) -> bool:
        """Wait for an agent, and ask once whether anybody is there."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(self._patience, ASK_AGAIN * self._dice.uniform(0.9, 1.5))):
                await self._served.wait()
        if not self._served.is_set():
            await self._say(STILL_THERE.say(self._language))
        return await self._heard(self._served)

    async def _heard(self, event: asyncio.Event) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                await event.wait()
        except TimeoutError:
            return False
        return True

    async def _say(self, text: str) -> None:
        """Type as long as people do, then send."""
        name = self.person.conversation
        if name is not None:
            self.person.frame(t="typing", conversation=name, on=True, text=text[: len(text) // 2])
        await asyncio.sleep(self._pause(1.5 + 0.12 * len(text) * self._dice.uniform(0.7, 1.3)))
        self._mine.add(self.person.say(text, name))

    async def _part(self) -> str:
        name = self.person.conversation
        if name is None:
            return "served"
        await asyncio.sleep(self._pause(self._dice.uniform(1, 4)))
        self.end()
        if self._dice.random() < 0.6:
            await asyncio.sleep(self._pause(self._dice.uniform(2, 6)))
            score, comment = self._dice.choice(COMMENTS)
            self.person.act(name, "rate", score=score, comment=comment.say(self._language))
            await asyncio.sleep(self._pause(2.0))
            return "rated"
        await asyncio.sleep(self._pause(1.0))
        return "served"
