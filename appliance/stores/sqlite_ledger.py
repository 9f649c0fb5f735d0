"""How units and checkpoints become rows: one statement for a whole batch, and one bad unit singled out of it.

One INSERT ... SELECT FROM json_each(?) stores all entries of a batch, so the interpreter lock is given up once:
executemany takes it back for every row and, beside a busy event loop, stored 25 times fewer rows.  The ledger also
knows which conversations have entries beyond their checkpoint, and from that where a restart has to begin reading.
"""

from collections.abc import Sequence

import apsw
import msgspec
from msgspec import Struct

from appliance.errors import StoreError
from appliance.model import Millis
from appliance.ports import Owed, Unit
from appliance.stores.refusals import malformed, out_of_sequence
from appliance.stores.sqlite_errors import violated

# How many rows may pass before meta.checkpoint follows; reading 50,000 back at boot costs about 20 ms.
ADVANCE_ROWS = 10_000

_LOG = (
    "INSERT INTO log(id, conversation, seq, at, audience, visitor_prev, staff_prev, sender, cid, body) "
    "SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7, value->>8, "
    "value->>9 FROM json_each(?)"
)
_OPEN = (
    "INSERT INTO conversation(id, visitor, profile, bundle, opened_at) "
    "SELECT value->>0, value->>1, value->>2, value->>3, value->>4 FROM json_each(?)"
)
_CLOSE = (
    "UPDATE conversation SET closed_at = batch.value->>1 FROM json_each(?) AS batch "
    "WHERE conversation.id = batch.value->>0 AND closed_at IS NULL"
)
_HEADS = (
    "SELECT json_group_array((SELECT max(seq) FROM log WHERE conversation = batch.value) ORDER BY batch.key) "
    "FROM json_each(?) AS batch"
)
_KEEP = (
    "INSERT INTO checkpoint(conversation, seq, bundle, due, waiting, held, ai, body) "
    "SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7 "
    "FROM json_each(?) "
    "WHERE EXISTS (SELECT 1 FROM log WHERE conversation = value->>0 AND seq = value->>1) "
    "ON CONFLICT(conversation) DO UPDATE SET seq = excluded.seq, bundle = excluded.bundle, due = excluded.due, "
    "waiting = excluded.waiting, held = excluded.held, ai = excluded.ai, body = excluded.body "
    "WHERE excluded.seq >= checkpoint.seq"
)
# Without the hint, SQLite walks the whole log in the order of an index that spares it the sorting: 18 s for 20 million rows.
_BEHIND = (
    "SELECT log.conversation, max(log.seq), min(log.id) FROM log NOT INDEXED "
    "LEFT JOIN checkpoint ON checkpoint.conversation = log.conversation "
    "WHERE log.id > (SELECT value FROM meta WHERE name = 'checkpoint') AND log.seq > coalesce(checkpoint.seq, 0) "
    "GROUP BY log.conversation"
)

_encoder = msgspec.json.Encoder()
_heads_decoder = msgspec.json.Decoder(list[int | None])


class Keep(Struct, frozen=True):
    """A checkpoint on its way to the store, its snapshot already made JSON."""

    conversation: str
    seq: int
    bundle: str
    owed: Owed
    body: str


class Behind(Struct):
    """A conversation with entries beyond its checkpoint: its last seq, and the rowid of the first such entry."""

    head: int
    row: int


class _Rejected(Exception):
    """These units cannot be stored together; `error` is the reason if it is only one."""

    def __init__(self, error: StoreError) -> None:
        super().__init__(str(error))
        self.error = error


def is_plain(unit: Unit) -> bool:
    """Return whether `unit` only adds entries, so that one statement stores it."""
    return unit.opens is None and not unit.closes


class Ledger:
    """The log as its only writer sees it.  After a failed transaction it is worthless: make a new one."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._last_row = self._number("SELECT coalesce(max(id), 0) FROM log")
        # Rowids up to meta.checkpoint were given out even if the rows are gone since.
        advanced = self._number("SELECT value FROM meta WHERE name = 'checkpoint'")
        self._last_row = max(self._last_row, advanced)
        self._tried = self._last_row
        self._behind: dict[str, Behind] = {}
        for conversation, head, row in connection.execute(_BEHIND):
            self._behind[conversation] = Behind(head, row)

    def _number(self, query: str) -> int:
        return int(self._connection.execute(query).get)

    @property
    def must_advance(self) -> bool:
        """Whether enough rows have passed to let meta.checkpoint follow the log again."""
        return self._last_row - self._tried >= ADVANCE_ROWS

    def store_plain(self, units: Sequence[Unit]) -> bool:
        """Store plain units outside a transaction, in one self-committing statement.

        Returns False, with nothing stored, when one of them is bad: `store` then finds out which.
        """
        try:
            self._store_all(units)
        except _Rejected:
            return False
        return True

    def store(self, units: Sequence[Unit]) -> list[StoreError | None]:
        """Store `units` inside the open transaction; return each one's error.

        A batch with a bad unit is halved until the unit stands alone, so that all others are stored, in their order.
        """
        if not units:
            return []
        self._connection.execute("SAVEPOINT part")
        try:
            self._store_all(units)
        except _Rejected as rejected:
            self._connection.execute("ROLLBACK TO part")
            self._connection.execute("RELEASE part")
            if len(units) == 1:
                return [rejected.error]
            half = len(units) // 2
            return self.store(units[:half]) + self.store(units[half:])
        self._connection.execute("RELEASE part")
        return [None] * len(units)

    def _store_all(self, units: Sequence[Unit]) -> None:
        heads = self._heads(units)
        first_rows: dict[str, int] = {}
        opens: list[tuple[str, str, str, str, Millis]] = []
        closes: dict[str, Millis] = {}
        rows: list[tuple[object, ...]] = []
        row = self._last_row
        try:
            for unit in units:
                conversation, entries = unit.conversation, unit.entries
                if not entries:
                    raise _Rejected(malformed("no entries"))
                head = heads.get(conversation, 0)
                if unit.opens is not None:
                    profile = _encoder.encode(unit.opens).decode()
                    opens.append((conversation, unit.opens.id, profile, unit.bundle, entries[0].at))
                elif not head:
                    raise _Rejected(out_of_sequence(conversation, entries[0].seq, 0))
                first_rows.setdefault(conversation, row + 1)
                for entry in entries:
                    head += 1
                    row += 1
                    if entry.seq != head or entry.conversation != conversation:
                        raise _Rejected(out_of_sequence(entry.conversation, entry.seq, head - 1))
                    rows.append(
                        (
                            row,
                            conversation,
                            head,
                            entry.at,
                            entry.audience,
                            entry.visitor_prev,
                            entry.staff_prev,
                            entry.sender,
                            entry.cid,
                            entry.body.decode(),
                        )
                    )
                heads[conversation] = head
                if unit.closes:
                    closes.setdefault(conversation, entries[-1].at)
            # Openings come before closings: two open conversations of one visitor are then refused here, and the
            # halving decides by the true order.
            self._execute_rows(_OPEN, opens)
            self._execute_rows(_LOG, rows)
            self._execute_rows(_CLOSE, list(closes.items()))
        except apsw.ConstraintError as error:
            raise _Rejected(violated(error)) from error
        except (ValueError, OverflowError, TypeError, AttributeError) as error:
            raise _Rejected(malformed(str(error))) from error
        self._last_row = row
        for conversation, first in first_rows.items():
            behind = self._behind.get(conversation)
            if behind is None:
                self._behind[conversation] = Behind(heads[conversation], first)
            else:
                behind.head = heads[conversation]

    def _execute_rows(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        if rows:
            self._connection.execute(statement, (_encoder.encode(rows).decode(),))

    def _heads(self, units: Sequence[Unit]) -> dict[str, int]:
        """Return the last stored seq of the conversations of `units`; one not named has none."""
        heads: dict[str, int] = {}
        unknown: dict[str, None] = {}
        for unit in units:
            behind = self._behind.get(unit.conversation)
            if behind is not None:
                heads[unit.conversation] = behind.head
            elif unit.opens is None:
                unknown[unit.conversation] = None
        if unknown:
            # One row for all of them: every row fetched would hand the interpreter lock over once more.
            try:
                question = _encoder.encode(list(unknown)).decode()
            except (UnicodeError, TypeError) as error:
                raise _Rejected(malformed(str(error))) from error
            answer = self._connection.execute(_HEADS, (question,)).get
            for conversation, head in zip(unknown, _heads_decoder.decode(answer), strict=True):
                heads[conversation] = head or 0
        return heads

    def keep(self, checkpoints: Sequence[Keep]) -> None:
        """Store checkpoints inside the open transaction: never ahead of their entries, never an older over a newer."""
        rows = [
            (k.conversation, k.seq, k.bundle, k.owed.due, k.owed.waiting, k.owed.held, k.owed.ai, k.body)
            for k in checkpoints
        ]
        self._execute_rows(_KEEP, rows)
        for keep in checkpoints:
            self._note_kept(keep.conversation, keep.seq)

    def _note_kept(self, conversation: str, seq: int) -> None:
        behind = self._behind.get(conversation)
        if behind is None or seq > behind.head:
            return
        if seq == behind.head:
            del self._behind[conversation]
            return
        row = self._connection.execute(
            "SELECT id FROM log WHERE conversation = ? AND seq = ?", (conversation, seq + 1)
        ).get
        behind.row = max(behind.row, row)

    def advance(self) -> None:
        """Move meta.checkpoint to the row before the first entry that no checkpoint contains."""
        position = min((behind.row for behind in self._behind.values()), default=self._last_row + 1) - 1
        self._connection.execute("UPDATE meta SET value = ? WHERE name = 'checkpoint'", (position,))
        self._tried = self._last_row
