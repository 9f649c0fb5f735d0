"""A runtime for tests of channels: one visitor's conversation in a log in memory, everything on the loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import ClientSession, web

from appliance.channels.gateway import Admission, History, Link, Upgrade
from appliance.delivery import codes
from appliance.delivery.cards import Card
from appliance.delivery.commands import Marked, Peer, ReadFrom, Submit
from appliance.delivery.events import Event
from appliance.delivery.frames import Ack, Hello, Presenting, Typed, Watch
from appliance.delivery.rate import Rate
from appliance.errors import ProtocolError, Refused, StoreError, Text
from appliance.model import Millis
from appliance.records import Happened, Record
from tests.delivery.log import CHIEF, VISITOR, MemoryLog, card, welcome


class FixedClock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at: Millis = 1_000_000

    def now(self) -> Millis:
        """Return the time the test wants."""
        return self.at


class FakeGateway:
    """Implements channels.gateway.Gateway over one MemoryLog."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.links: list[Link] = []
        self.marks: list[Marked] = []
        self.passed: list[object] = []
        self.left: list[tuple[Link, Millis]] = []
        self.hellos: list[Hello] = []
        self.refuses: ProtocolError | Exception | None = None
        self.read_fails: Exception | None = None
        self.answers = True
        self.rate = Rate(1_000, 10_000)

    def cards(self, peer: Peer) -> list[Card]:
        """Return the one conversation."""
        return [card(head=self.log.head(peer.audience))]

    async def admit(self, hello: Hello, upgrade: Upgrade, link: Link) -> Admission:
        """Let everybody in, unless the test says otherwise."""
        self.hellos.append(hello)
        await asyncio.sleep(0)
        if self.refuses is not None:
            raise self.refuses
        self.links.append(link)
        peer = VISITOR if upgrade.role == "visitor" else CHIEF
        return Admission(peer, welcome(*self.cards(peer), peer=peer), self.rate)

    def submit(self, link: Link, submit: Submit) -> None:
        """Commit at once, ack, publish."""
        if submit.input is None:
            raise Refused("late", Text("晚了", "late"))
        if not self.answers:
            return
        entry = self.log.add(Happened(submit.input))
        link.answer(Ack(submit.frame.cid, entry.conversation, entry.seq, 0))
        event = Event(entry)
        for each in self.links:
            each.publish([event])

    def commit(self, record: Record) -> None:
        """Something happens."""
        event = Event(self.log.add(record))
        for link in list(self.links):
            link.publish([event])

    async def read(self, link: Link, wanted: ReadFrom) -> History:
        """Read the log."""
        await asyncio.sleep(0)
        if self.read_fails is not None:
            raise self.read_fails
        assert link.peer is not None
        audience = link.peer.audience
        entries = self.log.read(audience, wanted.after, wanted.before, wanted.limit)
        return History(entries, self.log.head(audience))

    def mark(self, link: Link, marked: Marked) -> None:
        """Note it."""
        self.marks.append(marked)

    def typing(self, link: Link, frame: Typed) -> None:
        """Note it."""
        self.passed.append(frame)

    def present(self, link: Link, frame: Presenting) -> None:
        """Note it."""
        self.passed.append(frame)

    def watch(self, link: Link, frame: Watch) -> None:
        """Refuse what the test calls foreign."""
        if frame.conversation == "foreign":
            raise Refused("unknown", Text("没有", "none"))
        self.passed.append(frame)

    def leave(self, link: Link, linger: Millis) -> None:
        """Forget the link."""
        self.links.remove(link)
        self.left.append((link, linger))


STORE_FAILS = StoreError(Text("坏了", "broken"))
NOT_SIGNED_IN = ProtocolError(codes.AUTH, Text("谁？", "who?"))


@asynccontextmanager
async def serving(
    routes: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]],
) -> AsyncIterator[tuple[ClientSession, str]]:
    """Serve handlers on 127.0.0.1; yield a client session and the address."""
    app = web.Application()
    for path, handler in routes.items():
        app.router.add_route("*", path, handler)
    runner = web.AppRunner(app, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        async with ClientSession() as client:
            yield client, f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Return when `condition` holds; fail when it does not in time."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event: it happens inside the server
            await asyncio.sleep(0.005)
