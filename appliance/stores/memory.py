"""A store that forgets: the same contract as SQLite's in plain dictionaries, for tests and trial runs.

It is judged by the same suite (tests/contract/), so a property test that runs ten thousand conversations on it says
something about the real thing.  Checkpoints are kept as JSON, so that what comes back went through the same door.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec
from msgspec import Struct

from appliance.errors import StoreError
from appliance.inputs import Migrated
from appliance.model import Audience, Checkpoint, Millis, Visitor
from appliance.ports import NEWEST_BUNDLES, Marks, Owed, Stored, Summary, Unit
from appliance.records import Entry, Happened, decode
from appliance.stores.memory_accounts import MemoryAccounts
from appliance.stores.memory_configs import MemoryConfigs
from appliance.stores.refusals import (
    ALREADY_OPEN,
    CID_USED,
    ID_TAKEN,
    closed,
    conflict,
    malformed,
    out_of_sequence,
)

_encoder = msgspec.json.Encoder()
_checkpoint = msgspec.json.Decoder(Checkpoint)


class _Kept(Struct):
    seq: int
    bundle: str
    owed: Owed
    body: bytes


class _Conversation(Struct):
    visitor: Visitor
    bundle: str
    opened_at: Millis
    closed_at: Millis | None
    entries: list[Entry]
    kept: _Kept | None = None

    @property
    def covered(self) -> int:
        """Return the last seq that the checkpoint contains."""
        return self.kept.seq if self.kept else 0

    @property
    def pinned(self) -> str:
        """Return the bundle it is pinned to as of its checkpoint."""
        return self.kept.bundle if self.kept else self.bundle


class MemoryStore(MemoryAccounts, MemoryConfigs):
    """Log, Accounts, Bundles and Configs (contracts: ports.py) until the process ends.

    `later` calls its argument after the current call has returned; the default is the running loop's `call_soon`.
    `trouble`, when a test sets it, is the error that every commit fails with, as on a full disk.
    """

    def __init__(self, *, later: Callable[[Callable[[], None]], object] | None = None) -> None:
        super().__init__()
        self.trouble: StoreError | None = None
        self._later = later or (lambda call: asyncio.get_running_loop().call_soon(call))
        self._epoch = secrets.token_hex(8)
        self._conversations: dict[str, _Conversation] = {}
        self._open: dict[str, str] = {}
        self._sent: dict[tuple[str, str], Entry] = {}
        self._marks: dict[str, dict[str, Marks]] = {}
        self._bundles: dict[str, bytes] = {}
        self._newest = 0
        self._waiting = 0

    # Log

    def commit(self, unit: Unit, done: Callable[[StoreError | None], None]) -> None:
        """Store `unit` now and call `done` later."""
        error = closed() if self._closed else self.trouble or self._refusal(unit)
        if error is None:
            self._store(unit)
        self._waiting += 1

        def answer() -> None:
            self._waiting -= 1
            done(error)

        self._later(answer)

    def _refusal(self, unit: Unit) -> StoreError | None:
        """Return why `unit` cannot be stored, or None."""
        known = self._conversations.get(unit.conversation)
        if not unit.entries:
            return malformed("no entries")
        if unit.opens is not None:
            if known is not None:
                return conflict(ID_TAKEN)
            if unit.opens.id in self._open:
                return conflict(ALREADY_OPEN)
        elif known is None:
            return out_of_sequence(unit.conversation, unit.entries[0].seq, 0)
        head = len(known.entries) if known else 0
        sent: set[tuple[str, str]] = set()
        for entry in unit.entries:
            head += 1
            if entry.seq != head or entry.conversation != unit.conversation:
                return out_of_sequence(entry.conversation, entry.seq, head - 1)
            if entry.cid is None:
                continue
            if entry.sender is None:
                return malformed("a client id without its sender")
            key = (entry.sender, entry.cid)
            if key in self._sent or key in sent:
                return conflict(CID_USED)
            sent.add(key)
        return None

    def _store(self, unit: Unit) -> None:
        first, last = unit.entries[0], unit.entries[-1]
        if unit.opens is not None:
            self._conversations[unit.conversation] = _Conversation(
                unit.opens, unit.bundle, first.at, None, []
            )
            self._open[unit.opens.id] = unit.conversation
        conversation = self._conversations[unit.conversation]
        conversation.entries.extend(unit.entries)
        for entry in unit.entries:
            if entry.sender is not None and entry.cid is not None:
                self._sent[entry.sender, entry.cid] = entry
        self._newest = last.at
        if unit.closes and conversation.closed_at is None:
            conversation.closed_at = last.at
            del self._open[conversation.visitor.id]

    def checkpoint(self, conversation: str, checkpoint: Checkpoint, owed: Owed) -> None:
        """Keep a checkpoint unless it is ahead of its entries or older than the one kept."""
        known = self._conversations.get(conversation)
        seq = checkpoint.heads.seq
        body = _encoder.encode(checkpoint)
        if (
            known is not None
            and max(known.covered, 1) <= seq <= len(known.entries)
            and not (self._closed or self.trouble)
        ):
            known.kept = _Kept(seq, checkpoint.snapshot.bundle, owed, body)

    async def load(self, conversation: str) -> Stored | None:
        """Return the conversation with its last checkpoint and all entries after it."""
        self._refuse_closed()
        known = self._conversations.get(conversation)
        if known is None:
            return None
        return Stored(
            conversation,
            known.visitor.id,
            known.bundle,
            known.opened_at,
            known.closed_at,
            _checkpoint.decode(known.kept.body) if known.kept else None,
            tuple(known.entries[known.covered :]),
        )

    async def read(
        self,
        conversation: str,
        audience: Audience,
        after: int = 0,
        before: int | None = None,
        limit: int = 500,
        newest: bool = False,
    ) -> list[Entry]:
        """Return entries visible to `audience` with after < seq < before, ascending; `newest` takes the last ones."""
        self._refuse_closed()
        known = self._conversations.get(conversation)
        log = known.entries if known else []
        end = len(log) if before is None else max(before - 1, 0)
        visible = [entry for entry in log[max(after, 0) : end] if entry.audience >= audience]
        limit = max(limit, 0)
        return visible[max(len(visible) - limit, 0) :] if newest else visible[:limit]

    async def find(self, sender: str, cid: str) -> Entry | None:
        """Return the entry that `sender` sent under client id `cid`, or None."""
        self._refuse_closed()
        return self._sent.get((sender, cid))

    async def recent_cids(self, conversation: str, limit: int = 256) -> list[Entry]:
        """Return the last `limit` entries that carry a client id, ascending."""
        self._refuse_closed()
        known = self._conversations.get(conversation)
        sent = [entry for entry in known.entries if entry.cid is not None] if known else []
        return sent[max(len(sent) - max(limit, 0), 0) :]

    async def open_conversation(self, visitor: str) -> str | None:
        """Return the id of the visitor's open conversation, or None."""
        self._refuse_closed()
        return self._open.get(visitor)

    async def conversations(
        self,
        visitor: str | None = None,
        open_only: bool = False,
        before: Millis | None = None,
        limit: int = 50,
    ) -> list[Summary]:
        """Return conversations, newest first; `visitor` in a summary is as he was when he opened it."""
        self._refuse_closed()
        chosen = [
            Summary(identity, known.visitor, known.opened_at, known.closed_at)
            for identity, known in self._conversations.items()
            if (visitor is None or known.visitor.id == visitor)
            and not (open_only and known.closed_at is not None)
            and (before is None or known.opened_at < before)
        ]
        chosen.sort(key=lambda summary: (summary.opened_at, summary.conversation), reverse=True)
        return chosen[: max(limit, 0)]

    async def owed(self) -> list[Owed]:
        """Return one Owed for each open conversation, as of its checkpoint; without one, nothing is owed yet."""
        self._refuse_closed()
        return [
            known.kept.owed if known.kept else Owed(identity, None, False, False, False)
            for identity, known in sorted(self._conversations.items())
            if known.closed_at is None
        ]

    async def touched(self) -> list[str]:
        """Return the ids of conversations with entries that their checkpoint does not contain."""
        self._refuse_closed()
        return [
            identity for identity, known in self._conversations.items() if known.covered < len(known.entries)
        ]

    async def mark(self, marks: Mapping[str, Sequence[Marks]]) -> None:
        """Raise receipts to the given maxima."""
        self._refuse_closed()
        for conversation, raised in marks.items():
            readers = self._marks.setdefault(conversation, {})
            for mark in raised:
                old = readers.get(mark.reader, mark)
                readers[mark.reader] = Marks(
                    mark.reader, max(old.delivered, mark.delivered), max(old.read, mark.read)
                )

    async def marks(self, conversation: str) -> list[Marks]:
        """Return the receipts of all readers of the conversation, by reader."""
        self._refuse_closed()
        return [mark for _, mark in sorted(self._marks.get(conversation, {}).items())]

    async def newest_time(self) -> Millis:
        """Return the time of the newest entry, 0 when there is none."""
        self._refuse_closed()
        return self._newest

    async def epoch(self) -> str:
        """Return the epoch, made at random with the store."""
        self._refuse_closed()
        return self._epoch

    def failing(self) -> bool:
        """Return whether a test makes every commit fail."""
        return self.trouble is not None

    def queue_depth(self) -> int:
        """Return the number of units whose `done` is still to be called."""
        return self._waiting

    # Bundles

    async def put(self, bundle_id: str, source: bytes, at: Millis) -> None:
        """Keep `source`; putting the same id again makes it the newest one and changes nothing else."""
        self._refuse_closed()
        self._bundles[bundle_id] = self._bundles.pop(bundle_id, source)

    async def get(self, bundle_id: str) -> bytes | None:
        """Return what was put, or None."""
        self._refuse_closed()
        return self._bundles.get(bundle_id)

    async def in_use(self) -> list[str]:
        """Return the ids that conversations still need."""
        self._refuse_closed()
        used: set[str] = set()
        for known in self._conversations.values():
            tail = known.entries[known.covered :]
            if tail or known.closed_at is None:
                used.add(known.pinned)
                records = (decode(entry.body) for entry in tail)
                sources = [record.input for record in records if isinstance(record, Happened)]
                used.update(source.bundle for source in sources if isinstance(source, Migrated))
        return sorted(used)

    async def pinned(self) -> dict[str, int]:
        """Return how many open conversations are pinned to each bundle."""
        self._refuse_closed()
        return dict(
            Counter(known.pinned for known in self._conversations.values() if known.closed_at is None)
        )

    async def prune(self, keep: Collection[str]) -> None:
        """Forget bundles that no conversation needs."""
        needed = {*await self.in_use(), *keep, *list(self._bundles)[-NEWEST_BUNDLES:]}
        self._bundles = {name: source for name, source in self._bundles.items() if name in needed}
