"""The house of mailboxes: finds a conversation's mailbox, opens new ones, supervises what they wait for.

It is also the only index from a visitor to his open conversation: two tabs that write their first words at the same time
must meet in one mailbox.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any
from weakref import WeakValueDictionary

from appliance.conversation.permit import SYSTEM_ACTOR, Actor
from appliance.effects import Effect
from appliance.errors import StoreError, Text
from appliance.flow.graph import Graph
from appliance.flow.scope import Scope
from appliance.inputs import Input, Opened
from appliance.model import Millis, Snapshot, Value
from appliance.ports import Bundles, Bus, Clock, Log, Published
from appliance.records import Entry, Record
from appliance.runtime.letters import Letter, Reply
from appliance.runtime.live import Live
from appliance.runtime.mailbox import Mailbox
from appliance.runtime.perform import Performer

_log = logging.getLogger("kefu.conversations")

Read = Callable[[str, Scope, str, Millis], Value]


class Conversations:
    """All conversations that are in memory.  Loop only."""

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
    ) -> None:
        self.log = log
        self.live = live
        self.checkpoint_every = checkpoint_every
        self.unhandled: Counter[tuple[str, str]] = Counter()
        """How often an input of a kind came to a state (innermost) that does not listen to it."""
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
        self._mailboxes: dict[str, Mailbox] = {}
        self._open_of: dict[str, str] = {}
        self._alarms: set[asyncio.TimerHandle] = set()

    # ---- for the gateway, the desk and the timers

    def post(
        self, conversation: str, source: Input, actor: Actor = SYSTEM_ACTOR, reply: Reply | None = None
    ) -> None:
        """Give an input to a conversation."""
        self._mailbox(conversation).post(Letter(actor, source, self._clock.now(), reply))

    def open(self, conversation: str, source: Opened, actor: Actor, reply: Reply) -> None:
        """Begin a conversation under a new id with the visitor's first message."""
        mailbox = self._mailboxes[conversation] = Mailbox(conversation, self, self._graphs[source.bundle])
        self._open_of[source.visitor.id] = conversation
        mailbox.post(Letter(actor, source, self._clock.now(), reply))

    def wake(self, conversation: str) -> None:
        """A timer is due: whatever is due precedes the nudge itself, which changes nothing."""
        self._mailbox(conversation).nudge(self._clock.now())

    def open_of(self, visitor: str) -> str | None:
        """Return the visitor's open conversation as far as memory knows (see `know_open`)."""
        return self._open_of.get(visitor)

    def know_open(self, visitor: str, conversation: str) -> None:
        """Take down what the store says; memory, when it knows one, is newer."""
        self._open_of.setdefault(visitor, conversation)

    def resident(self, conversation: str) -> Mailbox | None:
        """Return the mailbox if it is in memory."""
        return self._mailboxes.get(conversation)

    def adopt(self, graph: Graph) -> None:
        """Make a compiled bundle known for as long as somebody holds on to it."""
        self._graphs[graph.id] = graph

    def recover(self, conversation: str) -> None:
        """Bring a conversation into memory; what it is owed is performed when it is there."""
        self._mailbox(conversation).wake()

    def joined_by(self, agent: str) -> list[str]:
        """Return the open conversations that a supervisor has joined."""
        return [
            each.id for each in self._mailboxes.values() if each.snapshot and agent in each.snapshot.joined
        ]

    @property
    def count(self) -> int:
        """How many conversations are in memory."""
        return len(self._mailboxes)

    async def settled(self) -> None:
        """Return once no mailbox has anything waiting or in flight; one that cannot be read holds nobody up."""
        # Asked only when the appliance starts or stops: an event would cost every message for that.
        while any(not (each.quiet or each.failed_reads) for each in self._mailboxes.values()):  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    def checkpoint_all(self) -> None:
        """Hand the store a checkpoint of everything that is newer than its last one."""
        for mailbox in self._mailboxes.values():
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
            if not after.open and self._open_of.get(after.visitor.id) == conversation:
                del self._open_of[after.visitor.id]
        if effects and self.performer is not None:
            self.performer.perform(conversation, effects)

    def forget(self, conversation: str) -> None:
        """Drop the mailbox of a conversation that has nothing in memory worth keeping."""
        mailbox = self._mailboxes.get(conversation)
        if mailbox is not None and mailbox.quiet:
            del self._mailboxes[conversation]
            if self._open_of.get(mailbox.visitor) == conversation:
                del self._open_of[mailbox.visitor]

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
        mailbox = self._mailboxes.get(conversation)
        if mailbox is None:
            mailbox = self._mailboxes[conversation] = Mailbox(conversation, self)
        return mailbox
