"""The house of mailboxes: finds a conversation's mailbox, opens new ones, supervises what they wait for.

Two tabs of a visitor that write their first words at the same time must meet in one mailbox: who has which conversation open
is known in one place only (runtime/residents.py).
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any
from weakref import WeakValueDictionary

from appliance.conversation.permit import SYSTEM_ACTOR, Actor
from appliance.effects import Effect
from appliance.errors import StoreError, Text
from appliance.flow.graph import Graph
from appliance.flow.scope import Scope
from appliance.inputs import Input, Opened, TimerDue
from appliance.model import Millis, Snapshot, Value
from appliance.ports import Bundles, Bus, Clock, Log, Published
from appliance.records import Entry, Record
from appliance.runtime.letters import Letter, Reply
from appliance.runtime.live import Live
from appliance.runtime.mailbox import Mailbox
from appliance.runtime.perform import Performer
from appliance.runtime.reading import Restored, read_back
from appliance.runtime.residents import Residents
from appliance.runtime.tally import Tally

_log = logging.getLogger("kefu.conversations")

Read = Callable[[str, Scope, str, Millis], Value]


TIDY_EVERY: Millis = 1_000


class Conversations:
    """All conversations, wherever they are.  Loop only."""

    def __init__(
        self,
        log: Log,
        bundles: Bundles,
        bus: Bus,
        clock: Clock,
        tasks: asyncio.TaskGroup,
        read: Read,
        compile_bundle: Callable[[bytes], Graph],
        live: Live,
        checkpoint_every: int = 32,
        connected: Callable[[str], object] = bool,
        favours: Callable[[str], bool] = lambda visitor: False,
    ) -> None:
        """`connected` tells whether a visitor has a page open, `favours` whether he goes before others just now."""
        self.log = log
        self.live = live
        self.checkpoint_every = checkpoint_every
        self.unhandled: Counter[tuple[str, str]] = Counter()
        """How often an input of a kind came to a state (innermost) that does not listen to it."""
        self.favours = favours
        self.performer: Performer | None = None
        """Set by compose as soon as the desk exists: the desk posts here, so one of the two must come first."""
        self._bundles = bundles
        self._bus = bus
        self._clock = clock
        self._tasks = tasks
        self._read = read
        self._compile = compile_bundle
        # A graph lives as long as a mailbox is pinned to it, or the configuration that runs has it.
        self._graphs: WeakValueDictionary[str, Graph] = WeakValueDictionary()
        self.adopt(live.now.graph)
        self.tally = Tally(self.resident)
        self.residents = Residents(lambda: live.now.spec.pools.sessions, connected, self.tally.left)
        self._alarms: set[asyncio.TimerHandle] = set()

    # ---- for the gateway, the desk and the timers

    def post(
        self, conversation: str, source: Input, actor: Actor = SYSTEM_ACTOR, reply: Reply | None = None
    ) -> None:
        """Give an input to a conversation."""
        self._mailbox(conversation).post(Letter(actor, source, self._clock.now(), reply))

    def open(self, conversation: str, source: Opened, actor: Actor, reply: Reply) -> None:
        """Begin a conversation under a new id with the visitor's first message."""
        mailbox = Mailbox(conversation, self, self._graphs[source.bundle])
        self.residents.take_in(mailbox)
        self.residents.opened(source.visitor.id, conversation)
        mailbox.post(Letter(actor, source, self._clock.now(), reply))

    def wake(self, conversation: str) -> None:
        """A timer is due: whatever is due precedes the nudge itself, which changes nothing."""
        self._mailbox(conversation).nudge(self._clock.now())

    def bring(self, conversation: str, then: Callable[[], None]) -> None:
        """Call `then` once the conversation is in memory: now, or when it has been read; also when there is none."""
        mailbox = self.residents.look(conversation)
        if mailbox is not None and mailbox.snapshot is not None:
            then()
        else:
            nudge = Letter(SYSTEM_ACTOR, TimerDue(-1), self._clock.now(), lambda _: then())
            self._mailbox(conversation).post(nudge)

    def resident(self, conversation: str) -> Mailbox | None:
        """Return the mailbox if it is in memory."""
        return self.residents.look(conversation)

    def adopt(self, graph: Graph) -> None:
        """Make a compiled bundle known for as long as somebody holds on to it."""
        self._graphs[graph.id] = graph

    def recover(self, conversation: str) -> None:
        """Bring a conversation into memory; what it is owed is performed when it is there."""
        self._mailbox(conversation).wake()

    def joined_by(self, agent: str) -> list[str]:
        """Return the open conversations that a supervisor has joined."""
        return [each.id for each in self.residents if each.snapshot and agent in each.snapshot.joined]

    @property
    def count(self) -> int:
        """How many conversations are in memory."""
        return len(self.residents)

    def tidy(self) -> None:
        """From now on, let idle conversations leave memory."""
        self.residents.sweep(self._clock.now())
        self.later(TIDY_EVERY, self.tidy)

    async def settled(self) -> None:
        """Return once no mailbox has anything waiting or in flight; one that cannot be read holds nobody up."""
        # Asked only when the appliance starts or stops: an event would cost every message for that.
        while any(not (each.quiet or each.failed_reads) for each in self.residents):  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    def checkpoint_all(self) -> None:
        """Hand the store a checkpoint of everything that is newer than its last one."""
        for mailbox in self.residents:
            mailbox.checkpoint()

    def stop(self) -> None:
        """Drop the delayed retries, so that nothing runs after the store has been closed."""
        for alarm in self._alarms:
            alarm.cancel()
        self._alarms.clear()

    # ---- what mailboxes need (mailbox.House)

    async def graph(self, bundle: str) -> Graph:
        """Return the compiled bundle, from memory or from the store."""
        known = self._graphs.get(bundle)
        if known is None:
            source = await self._bundles.get(bundle)
            if source is None:
                raise StoreError(
                    Text(f"存储里没有流程版本 {bundle}。", f"The store holds no bundle {bundle}."),
                    Text("请从备份恢复数据目录。", "Restore the data directory from a backup."),
                )
            known = self._graphs[bundle] = self._compile(source)
        return known

    def read(self, name: str, scope: Scope, conversation: str, now: Millis) -> Value:
        """Return a fact from outside."""
        return self._read(name, scope, conversation, now)

    def nobody_listened(self, states: tuple[str, ...], source: Input) -> None:
        """Count an event that no state handled: it is never lost, and never unseen."""
        self.unhandled[" + ".join(states), type(source).__name__] += 1

    def committed(
        self,
        conversation: str,
        after: Snapshot | None,
        entries: tuple[Entry, ...],
        effects: list[Effect],
        records: tuple[Record, ...] = (),
    ) -> None:
        """Hand committed entries to the bus and perform the effects; `after` is the conversation after them."""
        if entries and after is not None:
            self._bus.publish(Published(conversation, after.visitor.id, entries, records))
            if not after.open:
                self.residents.closed(after.visitor.id, conversation)
        if effects and self.performer is not None:
            self.performer.perform(conversation, effects)

    def forget(self, conversation: str) -> None:
        """Drop the mailbox of a conversation that has nothing in memory worth keeping."""
        self.residents.forget(conversation)

    async def read_back(self, conversation: str, in_doubt: bool) -> Restored | None:
        """Return the conversation as the store has it, None when there is none."""
        began = time.perf_counter()
        restored = await read_back(self.log, self.graph, conversation, in_doubt)
        if restored is not None and restored.graph is not None and restored.snapshot is not None:
            self.tally.restored(conversation, restored.graph, restored.snapshot)
        self.residents.brought_back(time.perf_counter() - began)
        return restored

    def spawn(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run the coroutine that `work` makes under supervision."""
        self._tasks.create_task(work(), name=f"conversation-{name}")

    def later(self, ms: int, call: Callable[[], None]) -> None:
        """Call after `ms` milliseconds unless the appliance stops before."""

        def ring() -> None:
            self._alarms.discard(alarm)
            call()

        alarm = asyncio.get_running_loop().call_later(ms / 1000, ring)
        self._alarms.add(alarm)

    def _mailbox(self, conversation: str) -> Mailbox:
        mailbox = self.residents.reach(conversation)
        if mailbox is None:
            mailbox = Mailbox(conversation, self)
            self.residents.take_in(mailbox)
        return mailbox
