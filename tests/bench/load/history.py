"""A long life of an appliance, made in a minute: what it stored of one day is multiplied by SQL.

One conversation is held and closed through the running appliance.  Every copy of it is another visitor's at another time: his id,
the conversation's and the client ids are his own wherever they stand in a row, and so are the times in the columns.  The rows are
therefore what the appliance writes, whatever that will be; nothing here knows a record.
"""

import asyncio
import itertools
from pathlib import Path

import apsw

from appliance.stores.sqlite_file import DATABASE, connect
from tools.loadtest.person import Person
from tools.loadtest.serving import Serving

TALK = 16
"""So many words and as many answers; an agent may say fifty things in ten seconds."""

STEP_MS = 2_000
"""The next conversation begins so much later; the last one, so much before the one that is copied."""

_EARLIER = f"at - (:copies - n) * {STEP_MS}"

AT_ONCE = 20_000
"""Copies a transaction."""

BYTES_A_ROW = 620
"""What a stored message takes on the disk, indexes included; to look whether there is room for all."""

COLUMNS = {
    "conversation": ("id", "visitor", "profile", "bundle", "opened_at", "closed_at"),
    "log": (
        "conversation",
        "seq",
        "at",
        "audience",
        "visitor_prev",
        "staff_prev",
        "sender",
        "cid",
        "body",
    ),
    "checkpoint": ("conversation", "seq", "bundle", "due", "waiting", "held", "ai", "body"),
    "mark": ("conversation", "reader", "delivered", "read"),
    "visitor": ("id", "body", "at", "last_agent"),
}
CLIENT_ID = f"printf('%08x-%04x', ({_EARLIER}) >> 16, ({_EARLIER}) & 65535) || substr(cid, 14)"
"""A UUIDv7 begins with its time; one that is NULL stays so."""

TIMES = frozenset({"opened_at", "closed_at", "at"})
PLAIN = frozenset({"seq", "audience", "visitor_prev", "staff_prev", "bundle", "due", "waiting", "held", "ai"})


async def talk(serving: Serving, cookie: str, turns: int = TALK, close: bool = True) -> None:
    """Hold one conversation, and close it."""
    agent, visitor = Person(serving.port, cookie, keep=True), Person(serving.port, keep=True)
    await agent.connect()
    await agent.welcomed.wait()
    agent.frame(t="presence", status="ready")
    await visitor.connect()
    await visitor.welcomed.wait()
    visitor.say("你好")
    async with asyncio.timeout(20):
        while not agent.cards or visitor.outbox:  # noqa: ASYNC110  # neither has an event
            await asyncio.sleep(0.01)
        name = next(iter(agent.cards))
        for number in range(turns):
            visitor.say(f"请问订单 20251017{number:02} 什么时候发货？谢谢", name)
            agent.say(f"您好，已经在路上了，预计明天到（第 {number} 次查询）。", name)
            while visitor.outbox or agent.outbox:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        visitor.confirm()
        agent.confirm()
        if close:
            agent.act(name, "close")
            # The shipped flow ends when the visitor has said how it was.
            while visitor.journal.shown[name][-1].kind != "closed":
                visitor.act(name, "rate", score=5)
                await asyncio.sleep(0.1)
    visitor.leave()
    agent.leave()
    await asyncio.sleep(0.2)


def multiply(data: Path, messages: int) -> int:
    """Copy the one conversation that is stored in `data` until at least `messages` rows stand in its log; return how many do.

    Nobody may have the directory open.  An error leaves it unusable.
    """
    database = connect(data / DATABASE)
    try:
        rows = database.execute("SELECT count(*) FROM log").get
        copies = -(-messages // rows)
        # Nobody needs this file when the machine goes down meanwhile.
        database.execute("PRAGMA journal_mode = off")
        database.execute("PRAGMA synchronous = off")
        database.execute("PRAGMA cache_size = -1000000")
        for first, after in itertools.pairwise([*range(1, copies, AT_ONCE), copies]):
            database.execute("BEGIN IMMEDIATE")
            for statement in _statements(database):
                database.execute(statement, {"first": first, "after": after, "copies": copies})
            database.execute("COMMIT")
        database.execute("UPDATE meta SET value = (SELECT max(id) FROM log) WHERE name = 'checkpoint'")
        stored = int(database.execute("SELECT max(id) FROM log").get)
        database.execute("PRAGMA synchronous = full")
        database.execute("PRAGMA journal_mode = wal")
        database.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    finally:
        database.close()
    return stored


def _statements(database: apsw.Connection) -> list[str]:
    conversation, visitor = database.execute(
        "SELECT id, visitor FROM conversation ORDER BY rowid LIMIT 1"
    ).get
    return [_copying(table, columns, conversation, visitor) for table, columns in COLUMNS.items()]


def _copying(table: str, columns: tuple[str, ...], conversation: str, visitor: str) -> str:
    """Return the statement that copies the rows of the first conversation for the numbers from :first to before :after."""
    chosen = ", ".join(_copied(column, conversation, visitor, table == "log") for column in columns)
    key, name = ("conversation", conversation) if "conversation" in columns else ("id", conversation)
    if table == "visitor":
        name = visitor
    # The names are ours, and whose conversation it is SQLite has just said.
    copies = "WITH RECURSIVE copy(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM copy WHERE n + 1 < :after)"
    first = f"first AS MATERIALIZED (SELECT * FROM {table} WHERE {key} = '{name}')"  # noqa: S608
    return f"{copies}, {first} INSERT INTO {table}({', '.join(columns)}) SELECT {chosen} FROM copy, first"  # noqa: S608


def _copied(column: str, conversation: str, visitor: str, log: bool) -> str:
    """Return what stands in a copy's column: ids that grow with the number, times that follow, text with both put in."""
    if column in PLAIN:
        return column
    if column in TIMES:
        return _EARLIER.replace("at", column, 1)
    # An id is a time and then chance: the number takes the place of the end.
    told = f"replace({column}, '{conversation}', {_other(conversation)})"
    told = f"replace({told}, '{visitor}', {_other(visitor)})"
    if column == "cid":
        return CLIENT_ID
    return f"replace({told}, ifnull(cid, '~'), ifnull({CLIENT_ID}, ''))" if column == "body" and log else told


def _other(name: str) -> str:
    return f"'{name[:14]}' || printf('%012d', n)"
