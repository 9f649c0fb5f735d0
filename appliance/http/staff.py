"""Who works here: adding, changing and inviting staff, by the same rules from the console, the command line and offline.

Every change ends what it must end: a disabled agent, a new role or a reset password signs the agent out, because a socket
that is already open would otherwise go on with the old rights.
"""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Protocol

import msgspec
from msgspec import Meta, Struct

from appliance.errors import Refused, Text
from appliance.http.access import Access, normal_login
from appliance.model import Agent, Millis, Role, new_id
from appliance.ports import Accounts, Clock

OWNER_LOGIN = "owner"
OWNER_LINK: Millis = 24 * 3_600_000
MOST_CAPACITY = 500
_LOGIN = re.compile(r"[\w.@+-]{1,64}")

Name = Annotated[str, Meta(max_length=64)]
Names = Annotated[tuple[Name, ...], Meta(max_length=64)]
Count = Annotated[int, Meta(ge=1, le=MOST_CAPACITY)]


class NewAgent(Struct, frozen=True, forbid_unknown_fields=True):
    """An agent to be added."""

    login: Name
    name: Name = ""
    role: Role = "agent"
    skills: Names = ()
    capacity: Count = 8


class AgentChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to change about an agent; None leaves it.  `reset` takes his password and makes a new link."""

    name: Name | None = None
    role: Role | None = None
    skills: Names | None = None
    capacity: Count | None = None
    caps: dict[Name, Count] | None = None
    disabled: bool | None = None
    reset: bool = False


class Listed(Struct, frozen=True):
    """An agent as the list of staff shows him; `joined` tells whether he has set a password."""

    id: str
    login: str
    name: str
    role: Role
    skills: tuple[str, ...]
    capacity: int
    caps: dict[str, int]
    disabled: bool
    joined: bool


class Doorkeeper(Protocol):
    """Whoever tells the running appliance about staff (runtime/gateway.py)."""

    def agent_changed(self, agent: Agent) -> None:
        """An agent was added or changed; a disabled one is shown out."""
        ...

    def show_out(self, agent: str) -> None:
        """End every connection of the agent."""
        ...


class Nobody:
    """The doorkeeper of an appliance that does not run: there is nobody to tell."""

    def agent_changed(self, agent: Agent) -> None:
        """Do nothing."""

    def show_out(self, agent: str) -> None:
        """Do nothing."""


NO_SUCH_AGENT = Refused(
    "unknown",
    Text("没有这位客服。", "There is no such agent."),
    Text("用 kefu agent list 查看。", "See: kefu agent list"),
)
LAST_OWNER = Refused(
    "conflict",
    Text("至少要有一位能登录的负责人。", "There must be at least one owner who can sign in."),
    Text("请先让另一位成员成为负责人。", "Make somebody else an owner first."),
)


class Staff:
    """All rules about staff.  `queues` gives the queues that skills may name; None when they are not known here."""

    def __init__(
        self,
        accounts: Accounts,
        access: Access,
        clock: Clock,
        entropy: Callable[[int], bytes],
        queues: Callable[[], Sequence[str] | None],
        door: Doorkeeper,
    ) -> None:
        self._accounts = accounts
        self._access = access
        self._clock = clock
        self._entropy = entropy
        self._queues = queues
        self._door = door

    async def all(self) -> list[Listed]:
        """Return all staff by login."""
        return [await self.listed(agent) for agent in await self._accounts.agents()]

    async def listed(self, agent: Agent) -> Listed:
        """Return the agent as the list shows him."""
        found = await self._accounts.agent_by_login(agent.login)
        joined = found is not None and found[1] != ""
        return msgspec.convert({**msgspec.structs.asdict(agent), "joined": joined}, Listed)

    async def find(self, who: str) -> Agent:
        """Return the agent with this id or login; raises Refused ("unknown")."""
        agent = await self._accounts.agent(who)
        if agent is None:
            found = await self._accounts.agent_by_login(normal_login(who))
            agent = found[0] if found else None
        if agent is None:
            raise NO_SUCH_AGENT
        return agent

    async def add(self, wanted: NewAgent) -> tuple[Agent, str]:
        """Return the new agent and the secret of his one-time link; raises Refused, or Conflict for a taken login."""
        login = normal_login(wanted.login)
        if not _LOGIN.fullmatch(login):
            raise _invalid(
                "登录名只能用文字、数字和 . _ @ + -。", "A login has letters, digits and . _ @ + - only."
            )
        self._check_queues(wanted.skills)
        agent = Agent(
            id=new_id(self._clock.now(), self._entropy(10)),
            login=login,
            name=shown_name(wanted.name) or login,
            role=wanted.role,
            skills=wanted.skills,
            capacity=wanted.capacity,
        )
        await self._accounts.save_agent(agent)
        self._door.agent_changed(agent)
        return agent, await self._access.invite(agent)

    async def change(self, agent: Agent, change: AgentChange) -> tuple[Agent, str | None]:
        """Return the changed agent and, after a reset, the secret of his new link; raises Refused."""
        self._check_queues([*(change.skills or ()), *(change.caps or ())])
        wanted = {
            field: value
            for field, value in msgspec.structs.asdict(change).items()
            if field != "reset" and value is not None
        }
        if "name" in wanted:
            wanted["name"] = shown_name(wanted["name"]) or agent.name
        changed = msgspec.structs.replace(agent, **wanted)
        if (
            agent.role == "owner"
            and not agent.disabled
            and (changed.role != "owner" or changed.disabled or change.reset)
        ):
            await self._check_other_owner(agent)
        await self._accounts.save_agent(changed)
        if changed.disabled or changed.role != agent.role:
            await self._access.revoke(agent.id)
            self._door.show_out(agent.id)
        self._door.agent_changed(changed)
        return changed, await self.reset(changed) if change.reset else None

    def tell(self, agent: Agent) -> None:
        """Tell the running appliance that this agent's profile changed elsewhere."""
        self._door.agent_changed(agent)

    async def reset(self, agent: Agent) -> str:
        """Take the agent's password, sign him out, and return the secret of a new one-time link."""
        await self._access.take_password(agent)
        self._door.show_out(agent.id)
        return await self._access.invite(agent)

    async def set_password(self, agent: Agent, password: str) -> None:
        """Set the agent's password and sign him out everywhere; raises Refused for a bad one."""
        await self._access.set_password(agent, password)
        self._door.show_out(agent.id)

    async def owner_link(self, name: str) -> str | None:
        """Return the secret of a one-time link for the owner while no owner has a password yet, else None.

        The first call makes the owner's account, with `name`; there never is a default password.
        """
        owners = [agent for agent in await self.all() if agent.role == "owner" and not agent.disabled]
        if any(owner.joined for owner in owners):
            return None
        if owners:
            return await self._access.invite(await self.find(owners[0].id), OWNER_LINK)
        login, number = OWNER_LOGIN, 1
        while await self._accounts.agent_by_login(login) is not None:
            number += 1
            login = f"{OWNER_LOGIN}{number}"
        owner = Agent(new_id(self._clock.now(), self._entropy(10)), login, name, role="owner")
        await self._accounts.save_agent(owner)
        self._door.agent_changed(owner)
        return await self._access.invite(owner, OWNER_LINK)

    async def _check_other_owner(self, agent: Agent) -> None:
        others = [each for each in await self.all() if each.id != agent.id]
        if not any(other.role == "owner" and other.joined and not other.disabled for other in others):
            raise LAST_OWNER

    def _check_queues(self, names: Sequence[str]) -> None:
        known = self._queues()
        unknown = [name for name in names if known is not None and name not in known]
        if unknown and known is not None:
            listed = "、".join(known), ", ".join(known)
            raise _invalid(
                f"没有队列“{unknown[0]}”，现有：{listed[0]}。",
                f"There is no queue {unknown[0]!r}; there are: {listed[1]}.",
            )


def shown_name(name: str) -> str:
    """Return a name fit to be shown: one line, without characters that turn the text around."""
    return "".join(char for char in name if char.isprintable()).strip()


def _invalid(zh: str, en: str) -> Refused:
    return Refused("invalid", Text(zh, en))
