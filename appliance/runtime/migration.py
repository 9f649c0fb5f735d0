"""Moves the open conversations over to the live bundle, one input each, and says which of them have no place in it."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from appliance.flow.graph import Graph
from appliance.flow.migrate import unmapped
from appliance.inputs import Migrated
from appliance.model import Snapshot
from appliance.ports import Store
from appliance.runtime.conversations import Conversations
from appliance.runtime.letters import Acked, Outcome
from appliance.runtime.live import Live
from appliance.runtime.reading import read_back


class NoPlace(Struct, frozen=True):
    """So many conversations stand in a state that the live flow does not have."""

    state: str
    count: int


class Moved(Struct, frozen=True):
    """What came of it: `moved` went over (or could), `refused` stay where they are, `kept` were there already."""

    moved: int
    kept: int
    refused: list[NoPlace]


class Migration:
    """Loop only."""

    def __init__(self, live: Live, store: Store, conversations: Conversations) -> None:
        self._live = live
        self._store = store
        self._conversations = conversations

    async def run(self, states: Mapping[str, str], queues: Mapping[str, str], dry_run: bool) -> Any:
        """Move every open conversation that can go over; with `dry_run` only count."""
        target = self._live.now.graph
        moved = kept = 0
        refused: Counter[str] = Counter()
        for owed in await self._store.owed():
            found = await self._read(owed.conversation)
            if found is None or not found[1].open:
                continue
            graph, snapshot = found
            if snapshot.bundle == target.id:
                kept += 1
            elif strange := unmapped(graph, target, snapshot, states):
                refused[" + ".join(strange)] += 1
            elif dry_run or await self._move(
                owed.conversation, Migrated(target.id, dict(states), dict(queues))
            ):
                moved += 1
        return Moved(moved, kept, [NoPlace(state, count) for state, count in sorted(refused.items())])

    async def _read(self, conversation: str) -> tuple[Graph, Snapshot] | None:
        mailbox = self._conversations.resident(conversation)
        graph = mailbox.graph if mailbox is not None else None
        snapshot = mailbox.snapshot if mailbox is not None else None
        if graph is not None and snapshot is not None:
            return graph, snapshot
        restored = await read_back(self._store, self._conversations.graph, conversation, in_doubt=False)
        if restored is None or restored.graph is None or restored.snapshot is None:
            return None
        return restored.graph, restored.snapshot

    async def _move(self, conversation: str, source: Migrated) -> bool:
        """Post the input and wait for its commit."""
        answered: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

        def reply(outcome: Outcome) -> None:
            if not answered.done():
                answered.set_result(outcome)

        self._conversations.post(conversation, source, reply=reply)
        return isinstance(await answered, Acked)
