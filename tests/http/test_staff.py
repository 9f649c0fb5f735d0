"""The rules about staff, whoever applies them."""

import os
from collections.abc import AsyncIterator

import pytest

from appliance.errors import Conflict, Refused
from appliance.http.access import Access
from appliance.http.passwords import Passwords
from appliance.http.staff import AgentChange, NewAgent, Nobody, Staff, shown_name
from appliance.model import Agent
from appliance.stores.memory import MemoryStore
from tests.http.house import KEY, PASSWORD, QUICK, Door, Hand


class World:
    """Staff on a store that forgets."""

    def __init__(self, passwords: Passwords) -> None:
        self.store, self.clock, self.door = MemoryStore(), Hand(), Door()
        self.access = Access(self.store, self.clock, passwords, KEY)
        self.staff = Staff(self.store, self.access, self.clock, os.urandom, lambda: ["售前"], self.door)

    async def hire(self, login: str, **settings: object) -> Agent:
        _, secret = await self.staff.add(NewAgent(login, **settings))  # type: ignore[arg-type]
        return (await self.access.redeem(secret, PASSWORD, "", "here")).agent

    async def cookie(self, login: str) -> str:
        return (await self.access.sign_in(login, PASSWORD, "here")).cookie


@pytest.fixture
async def world() -> AsyncIterator[World]:
    with Passwords(QUICK) as passwords:
        yield World(passwords)


async def test_an_added_agent_is_told_of_invited_and_listed(world: World) -> None:
    agent, secret = await world.staff.add(NewAgent("Li", "小李", skills=("售前",), capacity=3))
    assert world.door.changed == [agent]
    listed = (await world.staff.all())[0]
    assert (listed.login, listed.name, listed.skills, listed.capacity, listed.joined) == (
        "li",
        "小李",
        ("售前",),
        3,
        False,
    )
    await world.access.redeem(secret, PASSWORD, "", "here")
    assert (await world.staff.all())[0].joined
    assert await world.staff.find("LI") == await world.staff.find(agent.id) == agent


@pytest.mark.parametrize("login", ["", " ", "a b", "a/b", "<li>", "l\ni", "\u202eli"])
async def test_an_odd_login_is_refused(world: World, login: str) -> None:
    with pytest.raises(Refused, match="letters"):
        await world.staff.add(NewAgent(login))


async def test_a_login_is_given_once_and_a_queue_must_exist(world: World) -> None:
    await world.staff.add(NewAgent("li"))
    with pytest.raises(Conflict):
        await world.staff.add(NewAgent("LI"))
    with pytest.raises(Refused, match="'VIP'; there are: 售前"):
        await world.staff.add(NewAgent("wang", skills=("VIP",)))
    with pytest.raises(Refused, match="VIP"):
        await world.staff.change(await world.staff.find("li"), AgentChange(caps={"VIP": 1}))
    with pytest.raises(Refused, match="no such agent"):
        await world.staff.find("wang")


async def test_a_change_leaves_what_it_does_not_name(world: World) -> None:
    agent = await world.hire("li", name="小李", skills=("售前",))
    changed, secret = await world.staff.change(agent, AgentChange(capacity=20, name=" \u202e "))
    assert secret is None
    assert (changed.name, changed.skills, changed.capacity, changed.role) == ("小李", ("售前",), 20, "agent")
    assert world.door.changed[-1] == changed
    assert world.door.shown_out == []


@pytest.mark.parametrize(
    "change", [AgentChange(disabled=True), AgentChange(role="supervisor"), AgentChange(reset=True)]
)
async def test_what_takes_rights_away_signs_out_at_once(world: World, change: AgentChange) -> None:
    agent = await world.hire("li")
    cookie = await world.cookie("li")
    _, secret = await world.staff.change(agent, change)
    assert await world.access.who(cookie) is None
    assert world.door.shown_out == [agent.id]
    assert (secret is not None) == change.reset


async def test_after_a_reset_only_the_new_link_lets_him_in(world: World) -> None:
    agent = await world.hire("li")
    _, secret = await world.staff.change(agent, AgentChange(reset=True))
    assert secret is not None
    with pytest.raises(Refused):
        await world.cookie("li")
    assert (await world.access.redeem(secret, PASSWORD, "", "here")).cookie


async def test_a_set_password_signs_out_elsewhere(world: World) -> None:
    agent = await world.hire("li")
    cookie = await world.cookie("li")
    await world.staff.set_password(agent, "another good password")
    assert await world.access.who(cookie) is None
    assert world.door.shown_out == [agent.id]


@pytest.mark.parametrize(
    "change", [AgentChange(disabled=True), AgentChange(role="agent"), AgentChange(reset=True)]
)
async def test_the_last_owner_who_can_sign_in_stays(world: World, change: AgentChange) -> None:
    owner = await world.hire("boss", role="owner")
    await world.staff.add(NewAgent("invited", role="owner"))
    with pytest.raises(Refused, match="at least one owner"):
        await world.staff.change(owner, change)
    await world.hire("second", role="owner")
    assert await world.staff.change(owner, change)


async def test_the_owner_is_made_once_and_invited_until_he_has_a_password(world: World) -> None:
    first, second = await world.staff.owner_link("负责人"), await world.staff.owner_link("负责人")
    assert first
    assert second
    assert first != second
    assert [(agent.login, agent.role) for agent in await world.store.agents()] == [("owner", "owner")]
    await world.access.redeem(second, PASSWORD, "", "here")
    assert await world.staff.owner_link("负责人") is None
    with pytest.raises(Refused):
        await world.access.redeem(first, PASSWORD, "", "here")


async def test_an_agent_whose_login_is_owner_is_no_owner(world: World) -> None:
    await world.hire("owner")
    assert await world.staff.owner_link("Owner")
    assert [(agent.login, agent.role) for agent in await world.store.agents()] == [
        ("owner", "agent"),
        ("owner2", "owner"),
    ]


async def test_offline_nobody_is_told_and_unknown_queues_are_taken(world: World) -> None:
    offline = Staff(world.store, world.access, world.clock, os.urandom, lambda: None, Nobody())
    agent, _ = await offline.add(NewAgent("li", skills=("any",)))
    offline.tell(agent)
    changed, _ = await offline.change(agent, AgentChange(disabled=True))
    assert changed.disabled


def test_a_name_is_one_line_that_turns_nothing_around() -> None:
    assert shown_name(" 小\n李\u202e\0 ") == "小李"
