"""A simulated clerk of `kefu demo`: answers his customers one after the other, and anybody real who comes to him, too."""

import asyncio
from collections.abc import Callable
from random import Random

from appliance.errors import KefuError, Language, Text
from tools.loadtest.frames import Event, Frame
from tools.loadtest.line import HandshakeRefused
from tools.loadtest.person import Person
from tools.loadtest.talks import GENERIC, GREETING

Pause = Callable[[float], float]
MOST_WAITING = 200


class ClerkDismissed(KefuError):
    """A simulated clerk cannot come back."""


class Clerk:
    """`answer_of(conversation)` is what to say to a simulated customer: "" when he has left, None for a real person."""

    def __init__(
        self,
        person: Person,
        name: str,
        language: Language,
        dice: Random,
        pause: Pause,
        answer_of: Callable[[str], str | None],
    ) -> None:
        self.person = person
        self.answered = 0
        self._name = name
        self._language: Language = language
        self._dice = dice
        self._pause = pause
        self._answer_of = answer_of
        self._mine: set[str] = set()
        self._greeted: dict[str, int] = {}
        self._asked: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        person.lang = language
        person.accepting = True
        person.on_event = self._on_event

    def _on_event(self, person: Person, conversation: str, event: Event | Frame) -> None:
        said = event.kind == "message" and event.cid and event.cid not in self._mine
        if said and not self._asked.full():
            self._asked.put_nowait(conversation)

    async def work(self) -> None:
        """Be at the desk, ready, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._be_there())
            tasks.create_task(self._tidy())
            await self.person.welcomed.wait()
            self.person.frame(t="presence", status="ready")
            while True:
                await self._answer(await self._asked.get())

    async def _be_there(self) -> None:
        """Stay connected; raises ClerkDismissed when somebody has disabled him meanwhile."""
        try:
            await self.person.live()
        except HandshakeRefused as refused:
            raise ClerkDismissed(
                Text(
                    f"模拟客服{self._name}进不来了（HTTP {refused.status}）：他被停用了吗？",
                    f"The simulated clerk {self._name} is not let in (HTTP {refused.status}): was he disabled?",
                ),
                Text("再运行一次 kefu demo 就会重新请他。", "Run kefu demo again: it calls him back."),
            ) from refused

    async def _tidy(self) -> None:
        """Close what nobody is in any more: a closed page would keep its place for a quarter of an hour."""
        while True:
            await asyncio.sleep(max(1.0, self._pause(5.0)))
            for conversation in list(self.person.cards):
                if self._answer_of(conversation) == "":
                    self.person.act(conversation, "close")

    async def _answer(self, conversation: str) -> None:
        if conversation not in self.person.cards:
            return
        text = self._answer_of(conversation)
        if text is None:
            text = self._made_up(conversation)
        if not text:
            return
        await asyncio.sleep(self._pause(self._dice.uniform(1, 3)))
        self.person.frame(t="typing", conversation=conversation, on=True)
        await asyncio.sleep(self._pause(1 + 0.05 * len(text)))
        if conversation in self.person.cards:
            self._mine.add(self.person.say(text, conversation))
            self.answered += 1

    def _made_up(self, conversation: str) -> str:
        number = self._greeted.get(conversation, -1) + 1
        self._greeted[conversation] = number
        if not number:
            return GREETING.say(self._language).format(name=self._name)
        return GENERIC[min(number - 1, len(GENERIC) - 1)].say(self._language)
