"""Staff, logins and visitors in SQLite: small facts, written through the one writer, read beside it."""

import apsw
import msgspec

from appliance.model import Agent, Millis, Presence, Visitor
from appliance.ports import Invitation, Login, QuickReply
from appliance.stores.sqlite_readers import Readers
from appliance.stores.sqlite_writer import Writer

_encoder = msgspec.json.Encoder()
_agent = msgspec.json.Decoder(Agent)
_agents = msgspec.json.Decoder(list[Agent])
_visitor = msgspec.json.Decoder(Visitor)
_quick_replies = msgspec.json.Decoder(list[QuickReply])
_presences = msgspec.json.Decoder(dict[str, Presence])


class SqliteAccounts:
    """The Accounts port (contracts: ports.py) over a writer and its readers."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    async def agents(self) -> list[Agent]:
        """Return all agents, by login."""
        answer: str = await self._readers.read(
            lambda db: db.execute("SELECT json_group_array(json(body) ORDER BY login) FROM agent").get
        )
        return _agents.decode(answer)

    async def agent(self, agent_id: str) -> Agent | None:
        """Return one agent."""
        body: str | None = await self._readers.read(
            lambda db: db.execute("SELECT body FROM agent WHERE id = ?", (agent_id,)).get
        )
        return None if body is None else _agent.decode(body)

    async def agent_by_login(self, login: str) -> tuple[Agent, str] | None:
        """Return the agent and his password hash."""
        row: tuple[str, str] | None = await self._readers.read(
            lambda db: db.execute("SELECT body, password_hash FROM agent WHERE login = ?", (login,)).get
        )
        return None if row is None else (_agent.decode(row[0]), row[1])

    async def save_agent(self, agent: Agent, password_hash: str | None = None) -> None:
        """Insert or replace; the hash stays when None.  Raises Conflict when the login is another agent's."""
        row = (agent.id, agent.login, password_hash, _encoder.encode(agent).decode())
        await self._execute(
            "INSERT INTO agent(id, login, password_hash, body) VALUES (?1, ?2, coalesce(?3, ''), ?4) "
            "ON CONFLICT(id) DO UPDATE SET login = ?2, password_hash = coalesce(?3, password_hash), body = ?4",
            row,
        )

    async def set_presence(self, agent_id: str, presence: Presence, at: Millis) -> None:
        """Remember the status that the agent chose last."""
        await self._execute("INSERT OR REPLACE INTO presence VALUES (?, ?, ?)", (agent_id, presence, at))

    async def presences(self) -> dict[str, Presence]:
        """Return the remembered status of all agents that have one."""
        answer: str = await self._readers.read(
            lambda db: db.execute("SELECT json_group_object(agent, status) FROM presence").get
        )
        return _presences.decode(answer)

    async def save_login(self, login: Login) -> None:
        """Insert a login."""
        row = (login.key, login.agent, login.expires_at, login.created_at)
        await self._execute("INSERT OR REPLACE INTO login VALUES (?, ?, ?, ?)", row)

    async def login(self, key: str) -> Login | None:
        """Return a login, also an expired one."""
        row: tuple[str, str, int, int] | None = await self._readers.read(
            lambda db: (
                db.execute("SELECT key, agent, expires_at, created_at FROM login WHERE key = ?", (key,)).get
            )
        )
        return None if row is None else Login(*row)

    async def delete_logins(self, agent_id: str, key: str | None = None) -> None:
        """Delete one login of the agent, or all of them."""
        await self._execute(
            "DELETE FROM login WHERE agent = ?1 AND (?2 IS NULL OR key = ?2)", (agent_id, key)
        )

    async def save_invitation(self, invitation: Invitation) -> None:
        """Insert an invitation."""
        row = (invitation.key, invitation.agent, invitation.expires_at)
        await self._execute("INSERT OR REPLACE INTO invitation VALUES (?, ?, ?)", row)

    async def take_invitation(self, key: str, now: Millis) -> Invitation | None:
        """Return and delete an invitation that has not expired.  The one writer makes takers queue."""

        def take(db: apsw.Connection) -> tuple[str, str, int] | None:
            row: tuple[str, str, int] | None = db.execute(
                "DELETE FROM invitation WHERE key = ? AND expires_at > ? RETURNING key, agent, expires_at",
                (key, now),
            ).get
            return row

        row = await self._writer.write(take)
        return None if row is None else Invitation(*row)

    async def quick_replies(self, agent_id: str) -> list[QuickReply]:
        """Return everybody's and the agent's own, by shortcut."""
        answer: str = await self._readers.read(
            lambda db: (
                db.execute(
                    "SELECT json_group_array(json_object('id', id, 'shortcut', shortcut, 'text', text, 'owner', owner) "
                    "ORDER BY shortcut, id) FROM quick_reply WHERE owner IN ('', ?)",
                    (agent_id,),
                ).get
            )
        )
        return _quick_replies.decode(answer)

    async def save_quick_reply(self, reply: QuickReply) -> None:
        """Insert or replace."""
        row = (reply.id, reply.shortcut, reply.text, reply.owner)
        await self._execute("INSERT OR REPLACE INTO quick_reply VALUES (?, ?, ?, ?)", row)

    async def delete_quick_reply(self, reply_id: str) -> None:
        """Delete; an unknown id changes nothing."""
        await self._execute("DELETE FROM quick_reply WHERE id = ?", (reply_id,))

    async def visitor(self, visitor_id: str) -> Visitor | None:
        """Return the visitor's profile as last saved."""
        body: str | None = await self._readers.read(
            lambda db: db.execute("SELECT body FROM visitor WHERE id = ?", (visitor_id,)).get
        )
        return None if body is None else _visitor.decode(body)

    async def save_visitor(self, visitor: Visitor, at: Millis) -> None:
        """Insert or replace; who served him last stays."""
        await self._execute(
            "INSERT INTO visitor(id, body, at) VALUES (?1, ?2, ?3) ON CONFLICT(id) DO UPDATE SET body = ?2, at = ?3",
            (visitor.id, _encoder.encode(visitor).decode(), at),
        )

    async def last_agent(self, visitor_id: str) -> str:
        """Return the id of the agent who served this visitor last, or ""."""
        agent: str | None = await self._readers.read(
            lambda db: db.execute("SELECT last_agent FROM visitor WHERE id = ?", (visitor_id,)).get
        )
        return agent or ""

    async def set_last_agent(self, visitor_id: str, agent_id: str) -> None:
        """Remember who served this visitor last."""
        await self._execute(
            "INSERT INTO visitor(id, last_agent) VALUES (?1, ?2) ON CONFLICT(id) DO UPDATE SET last_agent = ?2",
            (visitor_id, agent_id),
        )

    async def _execute(self, statement: str, row: tuple[str | int | bytes | None, ...]) -> None:
        def work(db: apsw.Connection) -> None:
            db.execute(statement, row)

        await self._writer.write(work)
