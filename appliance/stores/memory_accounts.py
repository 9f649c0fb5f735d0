"""Staff, logins and visitors in dictionaries: the Accounts half of the store that forgets."""

from appliance.model import Agent, Millis, Presence, Visitor
from appliance.ports import Invitation, Login, QuickReply
from appliance.stores.refusals import LOGIN_TAKEN, closed, conflict


class MemoryAccounts:
    """The Accounts port (contracts: ports.py) until the process ends."""

    def __init__(self) -> None:
        super().__init__()
        self._agents: dict[str, Agent] = {}
        self._hashes: dict[str, str] = {}
        self._presences: dict[str, Presence] = {}
        self._logins: dict[str, Login] = {}
        self._invitations: dict[str, Invitation] = {}
        self._replies: dict[str, QuickReply] = {}
        self._visitors: dict[str, Visitor] = {}
        self._last_agents: dict[str, str] = {}
        self._closed = False

    async def close(self) -> None:
        """End the service: later calls fail as they do on a closed database."""
        self._closed = True

    def _refuse_closed(self) -> None:
        if self._closed:
            raise closed()

    async def agents(self) -> list[Agent]:
        """Return all agents, by login."""
        self._refuse_closed()
        return sorted(self._agents.values(), key=lambda agent: agent.login)

    async def agent(self, agent_id: str) -> Agent | None:
        """Return one agent."""
        self._refuse_closed()
        return self._agents.get(agent_id)

    async def agent_by_login(self, login: str) -> tuple[Agent, str] | None:
        """Return the agent and his password hash."""
        self._refuse_closed()
        for agent in self._agents.values():
            if agent.login == login:
                return agent, self._hashes[agent.id]
        return None

    async def save_agent(self, agent: Agent, password_hash: str | None = None) -> None:
        """Insert or replace; the hash stays when None.  Raises Conflict when the login is another agent's."""
        self._refuse_closed()
        if any(other.login == agent.login and other.id != agent.id for other in self._agents.values()):
            raise conflict(LOGIN_TAKEN)
        self._agents[agent.id] = agent
        if password_hash is not None:
            self._hashes[agent.id] = password_hash
        self._hashes.setdefault(agent.id, "")

    async def set_presence(self, agent_id: str, presence: Presence, at: Millis) -> None:
        """Remember the status that the agent chose last."""
        self._refuse_closed()
        self._presences[agent_id] = presence

    async def presences(self) -> dict[str, Presence]:
        """Return the remembered status of all agents that have one."""
        self._refuse_closed()
        return dict(self._presences)

    async def save_login(self, login: Login) -> None:
        """Insert a login."""
        self._refuse_closed()
        self._logins[login.key] = login

    async def login(self, key: str) -> Login | None:
        """Return a login, also an expired one."""
        self._refuse_closed()
        return self._logins.get(key)

    async def delete_logins(self, agent_id: str, key: str | None = None) -> None:
        """Delete one login of the agent, or all of them."""
        self._refuse_closed()
        for login in list(self._logins.values()):
            if login.agent == agent_id and key in (None, login.key):
                del self._logins[login.key]

    async def save_invitation(self, invitation: Invitation) -> None:
        """Insert an invitation."""
        self._refuse_closed()
        self._invitations[invitation.key] = invitation

    async def take_invitation(self, key: str, now: Millis) -> Invitation | None:
        """Return and delete an invitation that has not expired."""
        self._refuse_closed()
        invitation = self._invitations.get(key)
        if invitation is None or invitation.expires_at <= now:
            return None
        return self._invitations.pop(key)

    async def quick_replies(self, agent_id: str) -> list[QuickReply]:
        """Return everybody's and the agent's own, by shortcut."""
        self._refuse_closed()
        seen = [reply for reply in self._replies.values() if reply.owner in ("", agent_id)]
        return sorted(seen, key=lambda reply: (reply.shortcut, reply.id))

    async def save_quick_reply(self, reply: QuickReply) -> None:
        """Insert or replace."""
        self._refuse_closed()
        self._replies[reply.id] = reply

    async def delete_quick_reply(self, reply_id: str) -> None:
        """Delete; an unknown id changes nothing."""
        self._refuse_closed()
        self._replies.pop(reply_id, None)

    async def visitor(self, visitor_id: str) -> Visitor | None:
        """Return the visitor's profile as last saved."""
        self._refuse_closed()
        return self._visitors.get(visitor_id)

    async def save_visitor(self, visitor: Visitor, at: Millis) -> None:
        """Insert or replace; who served him last stays."""
        self._refuse_closed()
        self._visitors[visitor.id] = visitor

    async def last_agent(self, visitor_id: str) -> str:
        """Return the id of the agent who served this visitor last, or ""."""
        self._refuse_closed()
        return self._last_agents.get(visitor_id, "")

    async def set_last_agent(self, visitor_id: str, agent_id: str) -> None:
        """Remember who served this visitor last."""
        self._refuse_closed()
        self._last_agents[visitor_id] = agent_id
