"""Fake pages on a real appliance: links that take down what they are shown, and identities anybody can read."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from appliance.channels.gateway import Upgrade
from appliance.delivery.commands import Peer, Submit
from appliance.delivery.events import Event
from appliance.delivery.frames import Answer, Do, Hello, Joined, Send, ServerFrame, Welcome
from appliance.delivery.intake import input_of
from appliance.delivery.packed import Packed
from appliance.model import Agent, Millis, Visitor
from appliance.runtime.compose import Appliance, compose
from appliance.runtime.live import Live
from tests.runtime.house import SHIPPED, shipped


class OpenIdentities:
    """Tokens that say whose they are: good enough where access itself is not under test."""

    def visitor_of(self, token: str) -> str | None:
        return token.removeprefix("token-") if token.startswith("token-") else None

    def token_for(self, visitor: str, now: Millis) -> str:
        return f"token-{visitor}"

    def signed(self, identity: str, now: Millis) -> Visitor | None:
        if not identity.startswith("signed-"):
            return None
        return Visitor(identity.removeprefix("signed-"), "会员", level=3, signed=True)


class Page:
    """One connected peer; `shown` are events as the wire has them, `told` every other frame."""

    def __init__(self, appliance: Appliance, role: str, agent: str = "") -> None:
        self.appliance = appliance
        self.upgrade = Upgrade("agent" if role == "agent" else "visitor", agent)
        self.peer: Peer | None = None
        self.welcome: Welcome | None = None
        self.subscribed: dict[str, object] = {}
        self.shown: list[dict[str, object]] = []
        self.told: list[ServerFrame] = []
        self.answers: list[Answer] = []
        self.parted: list[str] = []
        self.closed: int | None = None
        self.within: list[int] = []
        self._cids = 0

    async def hello(self, **fields: object) -> Welcome:
        admission = await self.appliance.gateway.admit(Hello(v=1, **fields), self.upgrade, self)  # type: ignore[arg-type]
        self.peer, self.welcome = admission.peer, admission.welcome
        for card in admission.welcome.conversations:
            self.subscribed[card.id] = card
        return admission.welcome

    def send(self, text: str, conversation: str | None = None, cid: str = "", menu: str = "") -> str:
        cid = cid or self._cid()
        self._submit(Send(cid, conversation, text, menu))
        return cid

    def do(self, conversation: str, act: str, **fields: object) -> str:
        cid = self._cid()
        self._submit(Do(cid, conversation, act, **fields))  # type: ignore[arg-type]
        return cid

    def leave(self, linger: Millis = 0) -> None:
        self.appliance.gateway.leave(self, linger)

    def kinds(self) -> list[object]:
        return [event["kind"] for event in self.shown]

    def texts(self) -> list[object]:
        return [event["text"] for event in self.shown if event["kind"] == "message"]

    def _submit(self, frame: Send | Do) -> None:
        assert self.peer is not None
        self.appliance.gateway.submit(self, Submit(frame, input_of(frame, self.peer)))

    def _cid(self) -> str:
        self._cids += 1
        return f"{id(self):x}-{self._cids:04}"

    # ---- channels.gateway.Link

    def publish(self, events: Sequence[Event], within: int = 0) -> None:
        assert self.peer is not None
        self.within.append(within)
        for event in events:
            frame = event.frame(self.peer.audience) if event.conversation in self.subscribed else None
            if frame is not None:
                self.shown.append(msgspec.json.decode(frame))

    def join(self, frame: Packed) -> None:
        assert isinstance(frame.frame, Joined)
        self.subscribed[frame.frame.conversation.id] = frame.frame.conversation

    def part(self, conversation: str) -> None:
        self.subscribed.pop(conversation, None)
        self.parted.append(conversation)

    def answer(self, frame: Answer) -> None:
        self.answers.append(frame)

    def tell(self, frame: ServerFrame | Packed) -> None:
        self.told.append(frame.frame if isinstance(frame, Packed) else frame)

    def close(self, code: int, retry_after: Millis | None = None) -> None:
        self.closed = code


def shortened(seconds: str = "1s") -> str:
    """The shipped file with its waiting times before assignment shortened, open around the clock."""
    text = SHIPPED.read_text()
    text = text.replace("mon-sun: 09:00-23:00", "mon-sun: 00:00-24:00").replace(
        "  2026-10-01..2026-10-03: closed\n", ""
    )
    text = text.replace("after: {20s: {to: 分配客服", f"after: {{{seconds}: {{to: 分配客服")
    text = text.replace("  2026-11-10..2026-11-11: 00:00-24:00\n", "")
    return text[: text.index("tests:")]


@asynccontextmanager
async def appliance_on(directory: Path, text: str = "") -> AsyncIterator[Appliance]:
    """The whole appliance without sockets on the data in `directory`.

    Tier 0 is held: a machine that is busy with other things would switch off what a test looks at.
    """
    live = Live(shipped(text or shortened("100ms")))
    async with compose(live, directory, OpenIdentities()) as appliance:
        appliance.overload.force(0, 3_600_000, "tests")
        yield appliance


async def hire(appliance: Appliance, agent: str, role: str = "agent", capacity: int = 3) -> Page:
    """A new agent, signed in and ready."""
    hired = Agent(agent, agent, agent.upper(), role=role, capacity=capacity)  # type: ignore[arg-type]
    await appliance.store.save_agent(hired)
    appliance.gateway.agent_changed(hired)
    page = Page(appliance, "agent", agent)
    await page.hello()
    appliance.desk.agent_status(agent, "ready")
    return page
