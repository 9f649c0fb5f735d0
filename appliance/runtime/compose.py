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
from appliance.dispatch.desk import Desk
from appliance.flow.compile import graph_of
from appliance.model import Agent, Visitor
from appliance.runtime.admission import Admissions, Identities, sends_of
from appliance.runtime.cards import Cards
from appliance.runtime.clock import SystemClock
from appliance.runtime.conversations import Conversations
from appliance.runtime.desk import DeskRuntime
from appliance.runtime.entropy import Entropy
from appliance.runtime.facts import Facts
from appliance.runtime.fanout import Fanout
from appliance.runtime.gateway import AppGateway
from appliance.runtime.guests import Guests
from appliance.runtime.links import Links
from appliance.runtime.live import Live
from appliance.runtime.modes import Modes
from appliance.runtime.overload import Overload
from appliance.runtime.perform import Performer
from appliance.runtime.receipts import Receipts
from appliance.runtime.recovery import Collector, read_back
from appliance.runtime.supervised import Supervised
from appliance.runtime.timers import Timers
from appliance.stores.lock import acquire
from appliance.stores.sqlite import SqliteStore

_log = logging.getLogger("kefu.compose")


class Appliance:
    """The running appliance, as the edges see it."""

    def __init__(
        self,
        live: Live,
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
        tasks: asyncio.TaskGroup,
        overload: Overload,
        recovered: int,
    ) -> None:
        self.live = live
        self.tasks = tasks
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
        self.overload = overload
        self.recovered = recovered
        """How many conversations were brought back into memory at the start."""


@asynccontextmanager
async def compose(live: Live, directory: Path, identities: Identities) -> AsyncIterator[Appliance]:
    """Run the appliance by what is `live` on the data in `directory`, for as long as the context lasts.

    Raises StartError or StoreUnusable when it cannot; nothing has been changed then.  Leaving drains: what is under way is
    committed and checkpointed, then the store and its lock are given back.
    """
    async with AsyncExitStack() as stack:
        stack.enter_context(acquire(directory))
        spec = live.now.spec
        store = await SqliteStore.open(
            directory,
            now=lambda: time.time_ns() // 1_000_000,
            readers=spec.pools.db,
            rate=spec.storage.rate,
        )
        stack.push_async_callback(store.close)
        clock = SystemClock(await store.newest_time())
        tasks = await stack.enter_async_context(Supervised())
        # Not kept in a name: this frame lives as long as the appliance, and its first graph need not.
        await store.put(live.now.graph.id, live.now.graph.source, clock.now())
        yield await _assemble(stack, tasks, live, store, clock, identities)


async def _assemble(
    stack: AsyncExitStack,
    tasks: asyncio.TaskGroup,
    live: Live,
    store: SqliteStore,
    clock: SystemClock,
    identities: Identities,
) -> Appliance:
    loop = asyncio.get_running_loop()
    entropy, bus = Entropy(), LocalBus()

    def is_vip(visitor: Visitor) -> bool:
        return live.now.graph.is_vip_profile(visitor)

    guests = Guests(sends_of(live.now.spec), is_vip)
    links = Links(guests, lambda: live.now.spec.limits.sessions_per_visitor)
    first = live.now
    desk = Desk(first.rules, grace=first.spec.limits.presence_grace)
    overload = Overload(
        live,
        clock,
        entropy,
        loop,
        store.commits,
        store.least_wait_ms,
        lambda: len(links),
    )
    facts = Facts(live, desk, overload.controller)
    conversations = Conversations(
        store,
        store,
        bus,
        clock,
        tasks,
        facts.read,
        graph_of,
        live,
        first.spec.storage.snapshot_every,
        links.of_visitor,
        lambda visitor: overload.tier > 0 and guests.vip(visitor),
    )
    timers = Timers(loop, clock, conversations.wake)
    agents: dict[str, Agent] = {agent.id: agent for agent in await store.agents()}

    def name_of(agent: str) -> str:
        return agents[agent].name if agent in agents else ""

    async def keep_tags(visitor: str, tags: tuple[str, ...]) -> None:
        await admissions.keep_tags(visitor, tags)

    cards = Cards(store, conversations, name_of)
    fanout = Fanout(
        links,
        guests,
        conversations,
        cards,
        desk,
        tasks,
        agents.get,
        store.set_last_agent,
        keep_tags,
        overload,
    )
    desk_runtime = DeskRuntime(
        desk,
        clock,
        loop,
        tasks,
        post=conversations.post,
        show_positions=fanout.positions,
        staff_changed=fanout.staff_changed,
        remember=store.set_presence,
        queue_now=lambda name: live.now.aliases.get(name, name),
    )
    collector = Collector()
    conversations.performer = Performer(collector, fanout, timers.set, conversations.post)
    bus.subscribe(conversations.tally.published)
    conversations.tally.open = sum((await store.pinned()).values())
    recovered = await read_back(store, conversations, timers)
    conversations.performer = Performer(desk_runtime, fanout, timers.set, conversations.post)
    collector.restore(desk_runtime, agents.values(), await store.presences())
    receipts = Receipts(
        tasks,
        conversations.later,
        store.mark,
        fanout.receipts,
        held=lambda: not overload.switches.receipts,
    )
    admissions = Admissions(
        live,
        facts.greeting,
        store,
        store,
        clock,
        entropy,
        identities,
        links,
        guests,
        conversations,
        cards,
        desk_runtime,
        fanout,
        agents,
        overload,
    )
    modes = Modes(links, overload, tasks)
    overload.listen(modes.changed)
    overload.listen(fanout.overload_changed)
    overload.listen(lambda change: receipts.release())
    bus.subscribe(fanout.published)
    gateway = AppGateway(
        live,
        store,
        clock,
        entropy,
        links,
        guests,
        conversations,
        cards,
        desk_runtime,
        fanout,
        receipts,
        admissions,
        overload,
    )
    appliance = Appliance(
        live,
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
        tasks,
        overload,
        recovered,
    )

    async def drain() -> None:
        admissions.draining = True
        timers.stop()
        overload.stop()
        desk_runtime.close()
        receipts.flush()
        await conversations.settled()
        conversations.checkpoint_all()
        conversations.stop()

    stack.push_async_callback(drain)
    timers.start()
    overload.start()
    conversations.tidy()
    _log.info(
        "the conversations are brought back", extra={"bundle": first.graph.id, "conversations": recovered}
    )
    return appliance
