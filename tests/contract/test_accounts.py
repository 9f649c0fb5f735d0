"""The Accounts port: staff, logins, invitations, quick replies, visitors."""

import asyncio

import pytest
from msgspec.structs import replace

from appliance.errors import Conflict
from appliance.model import Visitor
from appliance.ports import Invitation, Login, QuickReply, Store
from tests.contract.samples import T0, agent


async def test_agents_are_listed_by_login_disabled_ones_too(store: Store) -> None:
    b, a, z = agent(1, "b"), agent(2, "a"), replace(agent(3, "陈"), disabled=True)
    for one in (b, z, a):
        await store.save_agent(one)
    assert await store.agents() == [a, b, z]
    assert await store.agent(b.id) == b
    assert await store.agent("nobody") is None


async def test_a_password_hash_stays_until_it_is_replaced(store: Store) -> None:
    await store.save_agent(agent(1))
    assert await store.agent_by_login("login-1") == (agent(1), "")
    await store.save_agent(agent(1), "hash")
    renamed = replace(agent(1, "new"), name="新名字")
    await store.save_agent(renamed)
    assert await store.agent_by_login("new") == (renamed, "hash")
    assert await store.agent_by_login("login-1") is None
    await store.save_agent(renamed, "other")
    assert await store.agent_by_login("new") == (renamed, "other")


async def test_a_login_name_belongs_to_one_agent(store: Store) -> None:
    await store.save_agent(agent(1))
    with pytest.raises(Conflict) as caught:
        await store.save_agent(agent(2, "login-1"))
    assert all([*caught.value.cause, *caught.value.remedy])
    assert await store.agents() == [agent(1)]
    await store.save_agent(agent(2))
    with pytest.raises(Conflict):
        await store.save_agent(agent(2, "login-1"))
    assert await store.agent(agent(2).id) == agent(2)


async def test_one_refused_write_does_not_spoil_those_beside_it(store: Store) -> None:
    await store.save_agent(agent(1))
    answers = await asyncio.gather(
        store.save_agent(agent(2)),
        store.save_agent(agent(3, "login-1")),
        store.save_agent(agent(4)),
        return_exceptions=True,
    )
    assert [type(answer) for answer in answers] == [type(None), Conflict, type(None)]
    assert [one.id for one in await store.agents()] == ["agent-1", "agent-2", "agent-4"]


async def test_presence_is_remembered(store: Store) -> None:
    assert await store.presences() == {}
    await store.set_presence("a", "ready", T0)
    await store.set_presence("b", "away", T0)
    await store.set_presence("a", "busy", T0 + 1)
    assert await store.presences() == {"a": "busy", "b": "away"}


async def test_logins_come_back_also_expired_ones(store: Store) -> None:
    login = Login("key", "a", T0, T0 - 1)
    await store.save_login(login)
    assert await store.login("key") == login
    assert await store.login("other") is None


async def test_one_login_or_all_of_an_agent_are_deleted(store: Store) -> None:
    for key, owner in (("k1", "a"), ("k2", "a"), ("k3", "a"), ("k4", "b")):
        await store.save_login(Login(key, owner, T0, T0))
    await store.delete_logins("b", "k1")
    await store.delete_logins("a", "k1")
    assert [bool(await store.login(key)) for key in ("k1", "k2", "k3", "k4")] == [False, True, True, True]
    await store.delete_logins("a")
    assert [bool(await store.login(key)) for key in ("k2", "k3", "k4")] == [False, False, True]


async def test_an_invitation_is_taken_once_by_concurrent_takers(store: Store) -> None:
    invitation = Invitation("key", "a", T0 + 10)
    await store.save_invitation(invitation)
    taken = await asyncio.gather(*(store.take_invitation("key", T0) for _ in range(20)))
    assert [one for one in taken if one is not None] == [invitation]
    assert await store.take_invitation("key", T0) is None


async def test_an_expired_invitation_is_not_taken(store: Store) -> None:
    await store.save_invitation(Invitation("key", "a", T0))
    assert await store.take_invitation("key", T0) is None
    assert await store.take_invitation("key", T0 - 1) is not None


async def test_quick_replies_are_everybodys_and_ones_own(store: Store) -> None:
    shared, own, other = (
        QuickReply("1", "hi", "您好"),
        QuickReply("2", "bye", "再见", "a"),
        QuickReply("3", "x", "", "b"),
    )
    for reply in (shared, own, other):
        await store.save_quick_reply(reply)
    assert await store.quick_replies("a") == [own, shared]
    changed = replace(shared, text="您好！", shortcut="aa")
    await store.save_quick_reply(changed)
    assert await store.quick_replies("a") == [changed, own]
    await store.delete_quick_reply("2")
    await store.delete_quick_reply("unknown")
    assert await store.quick_replies("a") == [changed]


async def test_visitors_and_who_served_them_do_not_disturb_each_other(store: Store) -> None:
    visitor = Visitor("v", "王小明", 2, ("老客户",), True, page="https://shop.example/")
    assert await store.visitor("v") is None
    assert await store.last_agent("v") == ""
    await store.set_last_agent("v", "a")
    assert await store.visitor("v") is None
    await store.save_visitor(visitor, T0)
    await store.set_last_agent("v", "b")
    renamed = replace(visitor, name="王大明")
    await store.save_visitor(renamed, T0)
    assert await store.visitor("v") == renamed
    assert await store.last_agent("v") == "b"
