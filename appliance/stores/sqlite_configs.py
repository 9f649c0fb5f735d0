"""Configurations and bundles in SQLite: what was live, and what conversations are pinned to."""

import hashlib
from collections.abc import Collection
from pathlib import Path

import apsw
import msgspec

from appliance.history import MOST_CONFIGS, Config, Outcome
from appliance.model import Millis
from appliance.ports import NEWEST_BUNDLES
from appliance.stores.sqlite_errors import trouble
from appliance.stores.sqlite_file import DATABASE, connect_reader
from appliance.stores.sqlite_readers import Readers
from appliance.stores.sqlite_writer import Writer

_PINNED = """
    SELECT json_group_object(bundle, number) FROM (
      SELECT coalesce(k.bundle, c.bundle) AS bundle, count(*) AS number
      FROM conversation AS c LEFT JOIN checkpoint AS k ON k.conversation = c.id
      WHERE c.closed_at IS NULL GROUP BY 1 ORDER BY 1
    )
"""
# A closed conversation needs its bundle until its last entries are in a checkpoint, too; and one that was moved since its
# last checkpoint needs the bundle that it was moved to.  Open and touched ones are asked for apart: with an OR, SQLite looks at
# every conversation that there ever was.
_NEEDED = """
    SELECT coalesce(k.bundle, c.bundle) AS id FROM conversation AS c LEFT JOIN checkpoint AS k ON k.conversation = c.id
    WHERE c.closed_at IS NULL
    UNION SELECT coalesce(k.bundle, c.bundle)
    FROM conversation AS c LEFT JOIN checkpoint AS k ON k.conversation = c.id
    WHERE c.id IN (
      SELECT log.conversation FROM log LEFT JOIN checkpoint AS kept ON kept.conversation = log.conversation
      WHERE log.id > (SELECT value FROM meta WHERE name = 'checkpoint') AND log.seq > coalesce(kept.seq, 0)
    )
    UNION SELECT body ->> '$.input.bundle' FROM log
    WHERE id > (SELECT value FROM meta WHERE name = 'checkpoint')
    AND body GLOB '{"r":"happened","input":{"in":"migrated",*'
"""
_IN_USE = f"SELECT json_group_array(id ORDER BY id) FROM ({_NEEDED})"  # noqa: S608 - made of constants
_PRUNE = f"""
    DELETE FROM bundle WHERE id NOT IN ({_NEEDED}) AND id NOT IN (SELECT value FROM json_each(?))
    AND id NOT IN (SELECT id FROM bundle ORDER BY rowid DESC LIMIT {NEWEST_BUNDLES})
"""  # noqa: S608 - made of constants
_CONFIGS = """
    SELECT json_group_array(json_object('id', id, 'at', at, 'by', by, 'file', file, 'text', {text}, 'sha256', sha256,
      'bundle', bundle, 'summary', json(summary), 'aliases', json(aliases), 'outcome', outcome,
      'confirm_by', confirm_by) ORDER BY id DESC) FROM config
"""
_LISTED = _CONFIGS.format(text="''")
_WHOLE = _CONFIGS.format(text="text")
_FORGET = f"""
    DELETE FROM config WHERE outcome <> 'live' AND id NOT IN (SELECT id FROM config ORDER BY id DESC LIMIT {MOST_CONFIGS})
    AND id <> (SELECT coalesce(max(id), 0) FROM config WHERE outcome = 'past')
"""  # noqa: S608 - made of constants

_encoder = msgspec.json.Encoder()
_configs = msgspec.json.Decoder(list[Config])
_names = msgspec.json.Decoder(list[str])
_counts = msgspec.json.Decoder(dict[str, int])


class SqliteConfigs:
    """The Configs and Bundles ports (contracts: ports.py) over a writer and its readers."""

    _writer: Writer
    _readers: Readers

    async def go_live(self, config: Config, former: Outcome = "past") -> Config:
        """Make `config` the one that is live; return it with its id."""

        def work(db: apsw.Connection) -> Config:
            db.execute("UPDATE config SET outcome = ?, confirm_by = NULL WHERE outcome = 'live'", (former,))
            digest = hashlib.sha256(config.text.encode()).hexdigest()
            values = (config.at, config.by, config.file, config.text, digest, config.bundle)
            tables = (_json(config.summary), _json(config.aliases))
            number = db.execute(
                "INSERT INTO config(at, by, file, text, sha256, bundle, summary, aliases, outcome, confirm_by) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'live', ?) RETURNING id",
                (*values, *tables, config.confirm_by),
            ).get
            db.execute(_FORGET)
            return msgspec.structs.replace(config, id=number, outcome="live", sha256=digest)

        return await self._writer.write(work)

    async def confirm(self, config: int, until: Millis | None = None) -> None:
        """The live configuration need not be confirmed any more, or only `until` then."""
        await self._writer.write(
            lambda db: db.execute("UPDATE config SET confirm_by = ? WHERE id = ?", (until, config)).get
        )

    async def configs(self) -> list[Config]:
        """Return what is kept, newest first, without the texts."""
        return _configs.decode(await self._readers.read(lambda db: db.execute(_LISTED).get))

    async def config(self, config: int) -> Config | None:
        """Return one configuration, text included."""
        found = _configs.decode(
            await self._readers.read(lambda db: db.execute(f"{_WHOLE} WHERE id = ?", (config,)).get)
        )
        return found[0] if found else None

    # Bundles

    async def put(self, bundle_id: str, source: bytes, at: Millis) -> None:
        """Keep `source`; putting the same id again makes it the newest one and changes nothing else."""

        def work(db: apsw.Connection) -> None:
            known = db.execute("SELECT source, at FROM bundle WHERE id = ?", (bundle_id,)).get
            db.execute("DELETE FROM bundle WHERE id = ?", (bundle_id,))
            db.execute("INSERT INTO bundle VALUES (?, ?, ?)", (bundle_id, *(known or (source, at))))

        await self._writer.write(work)

    async def get(self, bundle_id: str) -> bytes | None:
        """Return what was put, or None."""
        found: bytes | None = await self._readers.read(
            lambda db: db.execute("SELECT source FROM bundle WHERE id = ?", (bundle_id,)).get
        )
        return found

    async def in_use(self) -> list[str]:
        """Return the ids that conversations still need."""
        return _names.decode(await self._readers.read(lambda db: db.execute(_IN_USE).get))

    async def pinned(self) -> dict[str, int]:
        """Return how many open conversations are pinned to each bundle."""
        # Asked behind everything that was given to the writer, checkpoints included.
        answer: str = await self._writer.write(lambda db: db.execute(_PINNED).get)
        return _counts.decode(answer)

    async def prune(self, keep: Collection[str]) -> None:
        """Forget bundles that no conversation needs."""
        kept = _json(list(keep))
        await self._writer.write(lambda db: db.execute(_PRUNE, (kept,)).get)


def read_configs(directory: Path) -> list[Config]:
    """Return what the database in `directory` keeps, newest first and with the texts; [] where it keeps none yet.

    Only reads: for a start that has yet to decide whether it comes about.  Call it with the lock of the directory held.
    Raises StoreError when the database cannot be read.
    """
    path = directory / DATABASE
    if not path.exists():
        return []
    try:
        connection = connect_reader(path)
        try:
            known = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'config'").get
            return _configs.decode(connection.execute(_WHOLE).get) if known else []
        finally:
            connection.close()
    except (apsw.Error, OSError) as error:
        raise trouble(error, path) from error


def _json(value: object) -> str:
    return _encoder.encode(value).decode()
