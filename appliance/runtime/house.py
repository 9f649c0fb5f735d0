"""What a mailbox needs of the appliance around it; runtime/conversations.py is it."""

from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from appliance.effects import Effect
from appliance.flow.graph import Graph
from appliance.flow.scope import Scope
from appliance.inputs import Input
from appliance.model import Millis, Snapshot, Value
from appliance.ports import Log
from appliance.records import Entry, Record
from appliance.runtime.live import Live
from appliance.runtime.reading import Restored


class House(Protocol):
    """What a mailbox needs of the appliance around it (runtime/conversations.py)."""

    log: Log
    live: Live
    """The configuration that runs."""

    checkpoint_every: int
    """Entries between two checkpoints of a conversation."""

    async def graph(self, bundle: str) -> Graph:
        """Return the compiled bundle, from memory or from the store."""
        ...

    def read(self, name: str, scope: Scope, conversation: str, now: Millis) -> Value:
        """Return a fact from outside."""
        ...

    def favours(self, visitor: str) -> bool:
        """Return whether his units go before those of others just now."""
        ...

    def nobody_listened(self, states: tuple[str, ...], source: Input) -> None:
        """Count an event that none of the innermost `states`, nor any around them, handled."""
        ...

    def committed(
        self,
        conversation: str,
        after: Snapshot | None,
        entries: tuple[Entry, ...],
        effects: list[Effect],
        records: tuple[Record, ...] = (),
    ) -> None:
        """Hand committed entries to the bus and perform the effects; `after` is the conversation after them."""
        ...

    async def read_back(self, conversation: str, in_doubt: bool) -> Restored | None:
        """Return the conversation as the store has it, None when there is none (runtime/reading.py)."""
        ...

    def forget(self, conversation: str) -> None:
        """Drop the mailbox of a conversation that has nothing in memory worth keeping."""
        ...

    def spawn(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run the coroutine that `work` makes under supervision."""
        ...

    def later(self, ms: int, call: Callable[[], None]) -> None:
        """Call after `ms` milliseconds unless the appliance stops before."""
        ...
