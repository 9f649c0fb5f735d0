"""A small appliance without edges for the tests of floor 4: the shipped flow, a memory store, a clock by hand."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from appliance import inputs
from appliance.conversation.permit import SYSTEM_ACTOR, Actor
from appliance.effects import Effect
from appliance.errors import StoreError, Text
from appliance.flow.compile import graph_of
from appliance.flow.graph import Graph
from appliance.model import Millis, Snapshot, Value, Visitor
from appliance.ports import Published, Unit
from appliance.records import Entry
from appliance.runtime.check import check_text
from appliance.runtime.conversations import Conversations
from appliance.runtime.letters import Outcome
from appliance.runtime.live import Live, Prepared, prepare
from appliance.runtime.perform import Performer
from appliance.runtime.supervised import Supervised
from appliance.stores.memory import MemoryStore

SHIPPED = Path(__file__).parents[2] / "kefu.yaml"
VISITOR = Actor("visitor", "v1")
AGENT = Actor("agent", "a1", "李")


def shipped_graph() -> Graph:
    return shipped().graph


def shipped(text: str = "") -> Prepared:
    """The shipped file, or `text`, as a configuration that can run."""
    checked = check_text(text or SHIPPED.read_text(), "kefu.yaml", environment=None)
    assert checked.spec is not None, checked.diagnostics.render("en")
    assert checked.graph is not None, checked.diagnostics.render("en")
    return prepare(checked.spec, checked.graph)


class HandClock:
    def __init__(self, now: Millis = 1_000_000) -> None:
        self.time = now

    def now(self) -> Millis:
        return self.time


class ListBus:
    def __init__(self) -> None:
        self.published: list[Published] = []

    def publish(self, published: Published) -> None:
        self.published.append(published)

    def subscribe(self, listener: Callable[[Published], None]) -> Callable[[], None]:
        raise AssertionError("nobody subscribes here")


class Told:
    """Takes down what the desk, the timers and the signals are told."""

    def __init__(self) -> None:
        self.desk: list[tuple[str, Effect]] = []
        self.due: dict[str, Millis | None] = {}
        self.reminded: list[tuple[str, str]] = []
        self.offers: list[str] = []

    def take(self, conversation: str, effect: Effect) -> None:
        self.desk.append((conversation, effect))

    def set_timer(self, conversation: str, due: Millis | None) -> None:
        self.due[conversation] = due

    def remind(self, conversation: str, agent: str) -> None:
        self.reminded.append((conversation, agent))

    def show_offer(self, conversation: str, offer: Effect) -> None:
        self.offers.append(conversation)


class FailingStore(MemoryStore):
    """Refuses the next commits on demand, as a full disk does."""

    refuse = 0
    refused: type[StoreError] = StoreError

    def commit(self, unit: Unit, done: Callable[[StoreError | None], None]) -> None:
        if self.refuse:
            self.refuse -= 1
            asyncio.get_running_loop().call_soon(done, self.refused(Text("满", "full")))
        else:
            super().commit(unit, done)


class Desktop:
    """Conversations with everything around them in plain sight."""

    def __init__(self, store: FailingStore, tasks: asyncio.TaskGroup, live: Live) -> None:
        self.store = store
        self.live = live
        self.graph = live.now.graph
        self.clock = HandClock()
        self.bus = ListBus()
        self.told = Told()
        self.facts: dict[str, Value] = {"hours.open": True, "ai.on": False}
        self.conversations = Conversations(
            store, store, self.bus, self.clock, tasks, self.read, graph_of, live
        )
        self.conversations.performer = Performer(
            self.told, self.told, self.told.set_timer, self.conversations.post
        )
        self.answers: list[Outcome] = []

    def read(self, name: str, scope: object, conversation: str, now: Millis) -> Value:
        return f"<{name}>" if name.startswith("message:") else self.facts[name]

    def opening(self, conversation: str = "c1", cid: str = "0001", text: str = "你好") -> inputs.Opened:
        return inputs.Opened(
            conversation=conversation, visitor=Visitor("v1", "王"), bundle=self.graph.id, cid=cid, text=text
        )

    def open(self, conversation: str = "c1", cid: str = "0001", text: str = "你好") -> None:
        self.conversations.open(
            conversation, self.opening(conversation, cid, text), VISITOR, self.answers.append
        )

    def say(self, cid: str, text: str = "在吗", conversation: str = "c1") -> None:
        self.conversations.post(conversation, inputs.VisitorSaid(cid, text), VISITOR, self.answers.append)

    def system(self, source: inputs.Input, conversation: str = "c1") -> None:
        self.conversations.post(conversation, source, SYSTEM_ACTOR)

    def snapshot(self, conversation: str = "c1") -> Snapshot:
        mailbox = self.conversations.resident(conversation)
        assert mailbox is not None
        assert mailbox.snapshot is not None
        return mailbox.snapshot

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        await self.conversations.settled()

    def entries(self, conversation: str = "c1") -> list[Entry]:
        return [
            entry
            for each in self.bus.published
            if each.conversation == conversation
            for entry in each.entries
        ]


@asynccontextmanager
async def desktop(store: FailingStore | None = None) -> AsyncIterator[Desktop]:
    """A fresh desktop, or one started again over `store`; its tasks end with it."""
    live = Live(shipped())
    store = store or FailingStore()
    await store.put(live.now.graph.id, live.now.graph.source, 0)
    async with Supervised() as tasks:
        desk = Desktop(store, tasks, live)
        yield desk
        await desk.settle()
        desk.conversations.stop()
