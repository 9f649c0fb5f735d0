"""The store of a kefu on one machine: a SQLite file, durable before anybody is told so.

One thread writes (sqlite_writer.py), a few read (sqlite_readers.py); this module is what the rest of kefu sees.
Whoever opens it holds the lock of the data directory (lock.py): two processes must never share the file.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from appliance.errors import StartError, StoreError, StoreUnusable
from appliance.figures import CommitFigures, PoolFigures
from appliance.model import Audience, Checkpoint, Millis
from appliance.ports import Marks, Owed, Stored, Summary, Unit
from appliance.records import Entry
from appliance.stores.lock import prepare
from appliance.stores.sqlite_accounts import SqliteAccounts
from appliance.stores.sqlite_configs import SqliteConfigs
from appliance.stores.sqlite_errors import unusable
from appliance.stores.sqlite_file import DATABASE, open_database
from appliance.stores.sqlite_ledger import Keep
from appliance.stores.sqlite_readers import ENTRIES, Readers, entries
from appliance.stores.sqlite_writer import Writer

_LOAD = f"""
    SELECT c.visitor, c.bundle, c.opened_at, c.closed_at, k.body,
      (SELECT {ENTRIES} FROM log WHERE conversation = c.id AND seq > coalesce(k.seq, 0))
    FROM conversation AS c LEFT JOIN checkpoint AS k ON k.conversation = c.id WHERE c.id = ?
"""  # noqa: S608 - ENTRIES is a constant
_VISIBLE = "SELECT * FROM log WHERE conversation = ? AND seq > ? AND seq < ? AND audience >= ? ORDER BY seq"
_READ_OLDEST = f"SELECT {ENTRIES} FROM ({_VISIBLE} LIMIT ?)"  # noqa: S608 - made of constants
_READ_NEWEST = f"SELECT {ENTRIES} FROM ({_VISIBLE} DESC LIMIT ?)"  # noqa: S608 - made of constants
_FIND = f"SELECT {ENTRIES} FROM log WHERE cid = ? AND sender = ?"  # noqa: S608 - ENTRIES is a constant
_RECENT = f"""
    SELECT {ENTRIES} FROM (
      SELECT * FROM log WHERE conversation = ? AND cid IS NOT NULL ORDER BY seq DESC LIMIT ?
    )
"""  # noqa: S608 - ENTRIES is a constant
_CONVERSATIONS = """
    SELECT json_group_array(json_object('conversation', id, 'visitor', json(profile), 'opened_at', opened_at,
      'closed_at', closed_at) ORDER BY opened_at DESC, id DESC)
    FROM (
      SELECT * FROM conversation WHERE opened_at < ? {} ORDER BY opened_at DESC, id DESC LIMIT ?
    )
"""
_OWED = """
    SELECT json_group_array(json_object('conversation', c.id, 'due', k.due,
      'waiting', json(iif(k.waiting, 'true', 'false')), 'held', json(iif(k.held, 'true', 'false')),
      'ai', json(iif(k.ai, 'true', 'false'))) ORDER BY c.id)
    FROM conversation AS c LEFT JOIN checkpoint AS k ON k.conversation = c.id WHERE c.closed_at IS NULL
"""
# Without the hint, SQLite walks the whole log for an index that spares it the sorting: see sqlite_ledger.py.
_TOUCHED = """
    SELECT json_group_array(DISTINCT log.conversation) FROM log NOT INDEXED
    LEFT JOIN checkpoint AS k ON k.conversation = log.conversation
    WHERE log.id > (SELECT value FROM meta WHERE name = 'checkpoint') AND log.seq > coalesce(k.seq, 0)
"""
_MARK = """
    INSERT INTO mark SELECT value->>0, value->>1, value->>2, value->>3 FROM json_each(?) WHERE true
    ON CONFLICT(conversation, reader)
    DO UPDATE SET delivered = max(delivered, excluded.delivered), read = max(read, excluded.read)
"""
_MARKS = """
    SELECT json_group_array(json_object('reader', reader, 'delivered', delivered, 'read', read) ORDER BY reader)
    FROM mark WHERE conversation = ?
"""
_NO_END = 1 << 62

_encoder = msgspec.json.Encoder()
_checkpoint = msgspec.json.Decoder(Checkpoint)
_summaries = msgspec.json.Decoder(list[Summary])
_owed = msgspec.json.Decoder(list[Owed])
_marks = msgspec.json.Decoder(list[Marks])
_names = msgspec.json.Decoder(list[str])


class SqliteStore(SqliteAccounts, SqliteConfigs):
    """Log, Accounts, Bundles and Configs (contracts: ports.py) in DIR/kefu.db.  `await SqliteStore.open(...)` makes one."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        super().__init__(writer, readers)
        self._epoch = ""

    @classmethod
    async def open(
        cls, directory: Path, *, now: Callable[[], Millis], readers: int = 4, rate: int = 0
    ) -> "SqliteStore":
        """Open, migrate or make the database in `directory` (made with mode 0700 if missing, the file with 0600).

        At most `rate` rows are committed in a second (0: as many as the disk takes).  Raises StoreUnusable when it is damaged, newer than this program, not ours, or not writable.
        """
        path = directory / DATABASE
        try:
            await asyncio.to_thread(prepare, directory)
        except StartError as error:
            raise StoreUnusable(error.cause, error.remedy) from error
        connection = await asyncio.to_thread(open_database, directory, now())
        try:
            writer = Writer(connection, path, rate)
        except Exception as error:
            connection.close(True)
            raise unusable(error, path) from error
        return cls(writer, Readers(path, readers))

    async def close(self) -> None:
        """Commit what is waiting, let queries finish, release the database.  Idempotent."""
        await self._readers.close()
        await self._writer.stop()

    def resize(self, readers: int) -> None:
        """Let `readers` queries run at once from now on."""
        self._readers.resize(readers)

    @property
    def figures(self) -> PoolFigures:
        """Return what the pool of reading connections counts of itself."""
        figures = self._readers.figures
        figures.idle = max(0, figures.size - figures.used)
        return figures

    @property
    def commits(self) -> CommitFigures:
        """Return what the queue of commits counts of itself."""
        return self._writer.figures

    def least_wait_ms(self) -> float:
        """See Writer.least_wait_ms."""
        return self._writer.least_wait_ms()

    # Log

    def commit(self, unit: Unit, done: Callable[[StoreError | None], None]) -> None:
        """Store `unit` with whatever else arrives meanwhile; `done` is called on the loop once it is on the disk."""
        self._writer.commit(unit, done)

    def checkpoint(self, conversation: str, checkpoint: Checkpoint, owed: Owed) -> None:
        """Store a checkpoint in the background.  It is made JSON at once: one that cannot be, fails here."""
        body = _encoder.encode(checkpoint).decode()
        self._writer.keep(Keep(conversation, checkpoint.heads.seq, checkpoint.snapshot.bundle, owed, body))

    async def load(self, conversation: str) -> Stored | None:
        """Return the conversation with its last checkpoint and all entries after it, as of one moment."""
        row: tuple[str, str, int, int | None, str | None, str] | None = await self._readers.read(
            lambda db: db.execute(_LOAD, (conversation,)).get
        )
        if row is None:
            return None
        visitor, bundle, opened_at, closed_at, body, log = row
        checkpoint = None if body is None else _checkpoint.decode(body)
        return Stored(conversation, visitor, bundle, opened_at, closed_at, checkpoint, tuple(entries(log)))

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
        end = _NO_END if before is None else before
        values = (conversation, after, end, int(audience), max(limit, 0))
        statement = _READ_NEWEST if newest else _READ_OLDEST
        return entries(await self._readers.read(lambda db: db.execute(statement, values).get))

    async def find(self, sender: str, cid: str) -> Entry | None:
        """Return the entry that `sender` sent under client id `cid`, or None."""
        found = entries(await self._readers.read(lambda db: db.execute(_FIND, (cid, sender)).get))
        return found[0] if found else None

    async def recent_cids(self, conversation: str, limit: int = 256) -> list[Entry]:
        """Return the last `limit` entries that carry a client id, ascending."""
        values = (conversation, max(limit, 0))
        return entries(await self._readers.read(lambda db: db.execute(_RECENT, values).get))

    async def open_conversation(self, visitor: str) -> str | None:
        """Return the id of the visitor's open conversation, or None."""
        found: str | None = await self._readers.read(
            lambda db: (
                db.execute(
                    "SELECT id FROM conversation WHERE visitor = ? AND closed_at IS NULL", (visitor,)
                ).get
            )
        )
        return found

    async def conversations(
        self,
        visitor: str | None = None,
        open_only: bool = False,
        before: Millis | None = None,
        limit: int = 50,
    ) -> list[Summary]:
        """Return conversations, newest first; `visitor` in a summary is as he was when he opened it."""
        end = _NO_END if before is None else before
        # The conditions are spelled out only when they are wanted, so that each has its index.
        chosen = "" if visitor is None else "AND visitor = ? "
        chosen += "AND closed_at IS NULL" if open_only else ""
        values = (end, max(limit, 0)) if visitor is None else (end, visitor, max(limit, 0))
        statement = _CONVERSATIONS.format(chosen)
        return _summaries.decode(await self._readers.read(lambda db: db.execute(statement, values).get))

    async def owed(self) -> list[Owed]:
        """Return one Owed for each open conversation, as of its checkpoint; without one, nothing is owed yet."""
        return _owed.decode(await self._readers.read(lambda db: db.execute(_OWED).get))

    async def touched(self) -> list[str]:
        """Return the ids of conversations with entries that their checkpoint does not contain."""
        return _names.decode(await self._readers.read(lambda db: db.execute(_TOUCHED).get))

    async def mark(self, marks: Mapping[str, Sequence[Marks]]) -> None:
        """Raise receipts to the given maxima."""
        rows = [
            (conversation, mark.reader, mark.delivered, mark.read)
            for conversation, readers in marks.items()
            for mark in readers
        ]
        await self._execute(_MARK, (_encoder.encode(rows).decode(),))

    async def marks(self, conversation: str) -> list[Marks]:
        """Return the receipts of all readers of the conversation, by reader."""
        return _marks.decode(await self._readers.read(lambda db: db.execute(_MARKS, (conversation,)).get))

    async def newest_time(self) -> Millis:
        """Return the time of the newest entry, 0 when there is none."""
        found: int | None = await self._readers.read(
            lambda db: db.execute("SELECT at FROM log ORDER BY id DESC LIMIT 1").get
        )
        return found or 0

    async def epoch(self) -> str:
        """Return the epoch, made at random with the database."""
        if not self._epoch:
            # Every welcome tells it, and no database gets another one while it is open.
            self._epoch = await self._readers.read(
                lambda db: db.execute("SELECT value FROM meta WHERE name = 'epoch'").get
            )
        return self._epoch

    def failing(self) -> bool:
        """Return whether the disk did not take the last batch, some seconds ago."""
        return self._writer.failing()

    def queue_depth(self) -> int:
        """Return the number of units given to the writer and not yet answered."""
        return self._writer.queue_depth()
