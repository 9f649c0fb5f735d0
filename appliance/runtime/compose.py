"""From a checked configuration to a running appliance: everything is built here, in order, and torn down in reverse.

Nothing is wired late except the two that need each other (conversations post to the desk, the desk posts to conversations),
and the stack guarantees that whatever was opened is closed, however far the start came.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from appliance.buses.local import LocalBus
from appliance.config.spec import Spec
from appliance.dispatch.desk import Desk
from appliance.dispatch.rules import QueueRule
from appliance.flow.compile import graph_of
from appliance.flow.graph import Graph
from appliance.model import Agent, Millis
from appliance.runtime.admission import Admissions, Identities, Settings
from appliance.runtime.cards import Cards
from appliance.runtime.clock import SystemClock
from appliance.runtime.conversations import Conversations
from appliance.runtime.desk import DeskRuntime
from appliance.runtime.entropy import Entropy
from appliance.runtime.facts import Facts
from appliance.runtime.fanout import Fanout
from appliance.runtime.gateway import AppGateway
from appliance.runtime.links import Links
from appliance.runtime.perform import Performer
from appliance.runtime.receipts import Receipts
from appliance.runtime.recovery import Collector, read_back
from appliance.runtime.supervised import Supervised
from appliance.runtime.texts import Texts
from appliance.runtime.timers import Timers
from appliance.stores.lock import acquire
from appliance.stores.sqlite import SqliteStore

_log = logging.getLogger("kefu.compose")


class Appliance:
    """The running appliance, as the edges see it."""

    def __init__(
        self,
        spec: Spec,
        store: SqliteStore,
        clock: SystemClock,
        entropy: Entropy,
        conversations: Conversations,
        cards: Cards,
        desk: DeskRuntime,
        fanout: Fanout,
        links: Links,
        admissions: Admissions,
        gateway: AppGateway,
        recovered: int,
    ) -> None:
        self.spec = spec
        self.store = store
        self.clock = clock
        self.entropy = entropy
        self.conversations = conversations
        self.cards = cards
        self.desk = desk
        self.fanout = fanout
        self.links = links
        self.admissions = admissions
        self.gateway = gateway
        self.recovered = recovered
        """How many conversations were brought back into memory at the start."""


def queue_rules(spec: Spec) -> tuple[QueueRule, ...]:
    """Return the queues of `spec` in the form the desk works with, in the operator's order."""
    return tuple(
        QueueRule(
            name=queue.name,
            vip_first=queue.first == "vip",
            strategy=queue.strategy,
            overflow_to=queue.overflow.to if queue.overflow else "",
            overflow_after=queue.overflow.after if queue.overflow else 0,
            ageing=queue.ageing,
            cap=queue.cap,
            manual=queue.accept == "manual",
            offer_ms=queue.offer,
        )
        for queue in spec.queues
    )


def settings_of(spec: Spec, bundle: str, facts: Facts) -> Settings:
    """Return the live settings that people meet."""

    def greet(now: Millis) -> str:
        try:
            return facts.greeting(spec.welcome.say, now) if spec.welcome.say else ""
        except Exception:
            # A template that compiles may still fail on a value; nobody is turned away for a greeting.
            _log.exception("the greeting %s could not be made", spec.welcome.say)
            return ""

    return Settings(
        site=spec.site.name,
        bundle=bundle,
        message_bytes=spec.limits.message_bytes,
        queues=tuple(queue.name for queue in spec.queues),
        greet=greet,
        menu=spec.welcome.menu,
        sessions=spec.pools.sessions,
        messages_per_minute=spec.limits.messages_per_minute,
    )


@asynccontextmanager
async def compose(
    spec: Spec, graph: Graph, directory: Path, identities: Identities
) -> AsyncIterator[Appliance]:
    """Run the appliance on the data in `directory` for as long as the context lasts.

    Raises StartError or StoreUnusable when it cannot; nothing has been changed then.  Leaving drains: what is under way is
    committed and checkpointed, then the store and its lock are given back.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(acquire(directory))
        store = await SqliteStore.open(
            directory, now=lambda: time.time_ns() // 1_000_000, readers=spec.pools.db
        )
        stack.push_async_callback(store.close)
        clock = SystemClock(await store.newest_time())
        tasks = await stack.enter_async_context(Supervised())
        await store.put(graph.id, graph.source, clock.now())
        yield await _assemble(stack, tasks, spec, graph, store, clock, identities)


async def _assemble(
    stack: AsyncExitStack,
    tasks: asyncio.TaskGroup,
    spec: Spec,
    graph: Graph,
    store: SqliteStore,
    clock: SystemClock,
    identities: Identities,
) -> Appliance:
    loop = asyncio.get_running_loop()
    entropy, bus, links = Entropy(), LocalBus(), Links(spec.limits.sessions_per_visitor)
    desk = Desk(queue_rules(spec), grace=spec.limits.presence_grace)
    texts = Texts({name: message.text for name, message in spec.messages.items()})
    facts = Facts(spec.site.name, spec.hours, texts, desk, graph.is_vip)
    conversations = Conversations(
        store, store, bus, clock, tasks, facts.read, graph_of, spec.limits, spec.storage.snapshot_every
    )
    conversations.adopt(graph.id, graph)
    timers = Timers(loop, clock, conversations.wake)
    agents: dict[str, Agent] = {agent.id: agent for agent in await store.agents()}

    def name_of(agent: str) -> str:
        return agents[agent].name if agent in agents else ""

    async def keep_tags(visitor: str, tags: tuple[str, ...]) -> None:
        await admissions.keep_tags(visitor, tags)

    cards = Cards(store, conversations, name_of)
    fanout = Fanout(links, conversations, cards, desk, tasks, agents.get, store.set_last_agent, keep_tags)
    desk_runtime = DeskRuntime(
        desk,
        clock,
        loop,
        tasks,
        post=conversations.post,
        show_positions=fanout.positions,
        staff_changed=fanout.staff_changed,
        remember=store.set_presence,
    )
    collector = Collector()
    conversations.performer = Performer(collector, fanout, timers.set, conversations.post)
    recovered = await read_back(store, conversations, timers)
    conversations.performer = Performer(desk_runtime, fanout, timers.set, conversations.post)
    collector.restore(desk_runtime, agents.values(), await store.presences())
    receipts = Receipts(tasks, conversations.later, store.mark, fanout.receipts)
    settings = settings_of(spec, graph.id, facts)
    admissions = Admissions(
        settings,
        store,
        store,
        clock,
        entropy,
        identities,
        links,
        conversations,
        cards,
        desk_runtime,
        fanout,
        agents,
    )
    bus.subscribe(fanout.published)
    gateway = AppGateway(
        store, clock, entropy, links, conversations, cards, desk_runtime, fanout, receipts, admissions
    )
    appliance = Appliance(
        spec,
        store,
        clock,
        entropy,
        conversations,
        cards,
        desk_runtime,
        fanout,
        links,
        admissions,
        gateway,
        recovered,
    )

    async def drain() -> None:
        admissions.draining = True
        timers.stop()
        desk_runtime.close()
        receipts.flush()
        await conversations.settled()
        conversations.checkpoint_all()
        conversations.stop()

    stack.push_async_callback(drain)
    timers.start()
    _log.info("bundle %s, %d conversations brought back", graph.id, recovered)
    return appliance
