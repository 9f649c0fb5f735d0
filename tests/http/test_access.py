"""Logins: who gets in, for how long, and what ends it."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from appliance.errors import Refused
from appliance.http import access as rules
from appliance.http.access import IDLE, INVITATION, LONGEST, SLIDE, Access, normal_login
from appliance.http.passwords import Passwords
from appliance.model import Agent
from appliance.stores.memory import MemoryStore
from tests.http.house import KEY, PASSWORD, QUICK, T0, Hand

LI = Agent("a-li", "li", "小李")
HERE = "203.0.113.9"


class World:
    """An Access on a store that forgets, with the time in a test's hand."""

    def __init__(self, passwords: Passwords) -> None:
        self.store = MemoryStore()
        self.clock = Hand()
        self.access = Access(self.store, self.clock, passwords, KEY)

    async def hire(self, agent: Agent = LI) -> None:
        await self.store.save_agent(agent)
        await self.access.set_password(agent, PASSWORD)

    async def refused(self, login: str, password: str, address: str = HERE) -> str:
        with pytest.raises(Refused) as caught:
            await self.access.sign_in(login, password, address)
        return caught.value.code


@pytest.fixture
async def world() -> AsyncIterator[World]:
    with Passwords(QUICK) as passwords:
        yield World(passwords)


async def test_the_right_password_opens_a_seat(world: World) -> None:
    await world.hire()
    entered = await world.access.sign_in(" Ｌｉ ", PASSWORD, HERE)
    seat = await world.access.who(entered.cookie)
    assert seat is not None
    assert seat.agent == LI


async def test_the_store_never_holds_what_the_cookie_holds(world: World) -> None:
    await world.hire()
    cookie = (await world.access.sign_in("li", PASSWORD, HERE)).cookie
    seat = await world.access.who(cookie)
    assert seat is not None
    assert seat.key not in cookie
    assert len(bytes.fromhex(seat.key)) == hashlib.sha256().digest_size


async def test_wrong_unknown_disabled_and_invited_look_the_same(world: World) -> None:
    await world.hire()
    await world.hire(Agent("a-off", "off", "", disabled=True))
    await world.store.save_agent(Agent("a-new", "new", ""))
    for login, password in [
        ("li", "wrong password"),
        ("nobody", PASSWORD),
        ("off", PASSWORD),
        ("new", ""),
        ("new", PASSWORD),
    ]:
        with pytest.raises(Refused) as caught:
            await world.access.sign_in(login, password, os.urandom(4).hex())
        assert caught.value is rules.WRONG


async def test_guessing_at_one_login_has_to_wait_even_from_many_addresses(world: World) -> None:
    await world.hire()
    codes = [await world.refused("li", "guess", f"10.0.0.{number}") for number in range(6)]
    assert codes == ["denied"] * 5 + ["rate"]
    with pytest.raises(Refused) as caught:
        await world.access.sign_in("li", PASSWORD, HERE)
    assert caught.value.code == "rate"
    assert caught.value.retry_after == 1_000
    world.clock.time += 1_000
    assert (await world.access.sign_in("li", PASSWORD, HERE)).cookie


async def test_guessing_from_one_address_has_to_wait_even_at_many_logins(world: World) -> None:
    codes = [await world.refused(f"login{number}", "guess") for number in range(11)]
    assert codes == ["denied"] * 10 + ["rate"]
    assert await world.refused("other", "guess", "198.51.100.1") == "denied"


async def test_guesses_sent_all_at_once_are_counted_all_the_same(world: World) -> None:
    await world.hire()
    tries = [world.access.sign_in("li", "guess", HERE) for _ in range(12)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    codes = [each.code for each in outcomes if isinstance(each, Refused)]
    assert codes.count("denied") == 5
    assert codes.count("rate") == 7


async def test_a_whole_office_signs_in_from_one_address(world: World) -> None:
    for number in range(30):
        await world.hire(Agent(f"a{number}", f"login{number}", ""))
        assert (await world.access.sign_in(f"login{number}", PASSWORD, HERE)).cookie


@pytest.mark.parametrize(
    "cookie", [None, "", "x", ".", "x.y", "é", "a" * 43 + "." + "b" * 22, "a" * 500, "\0.\0"]
)
async def test_an_invented_cookie_never_reaches_the_store(world: World, cookie: str | None) -> None:
    # A closed store would raise.
    await world.store.close()
    assert await world.access.who(cookie) is None


async def test_a_cookie_sealed_with_another_key_is_nobodys(world: World) -> None:
    await world.hire()
    cookie = (await world.access.sign_in("li", PASSWORD, HERE)).cookie
    with Passwords(QUICK) as passwords:
        other = Access(world.store, world.clock, passwords, b"o" * 32)
        assert await other.who(cookie) is None


async def test_an_idle_login_ends_after_twelve_hours(world: World) -> None:
    await world.hire()
    cookie = (await world.access.sign_in("li", PASSWORD, HERE)).cookie
    world.clock.time += IDLE - 1
    assert await world.access.who(cookie)
    world.clock.time += IDLE
    assert await world.access.who(cookie) is None


async def test_a_used_login_goes_on_but_never_longer_than_thirty_days(world: World) -> None:
    await world.hire()
    cookie = (await world.access.sign_in("li", PASSWORD, HERE)).cookie
    end = T0 + LONGEST
    while world.clock.time + IDLE - 1 < end:
        world.clock.time += IDLE - 1
        assert await world.access.who(cookie), world.clock.time
    world.clock.time = end - 1
    assert await world.access.who(cookie)
    world.clock.time = end
    assert await world.access.who(cookie) is None


async def test_the_end_is_written_at_most_every_few_minutes(world: World) -> None:
    await world.hire()
    cookie = (await world.access.sign_in("li", PASSWORD, HERE)).cookie
    seat = await world.access.who(cookie)
    assert seat is not None
    before = await world.store.login(seat.key)
    world.clock.time += SLIDE - 1
    await world.access.who(cookie)
    assert await world.store.login(seat.key) == before
    world.clock.time += 1
    await world.access.who(cookie)
    after = await world.store.login(seat.key)
    assert after is not None
    assert after.expires_at == world.clock.time + IDLE


async def test_signing_out_ends_this_login_only_and_revoking_all(world: World) -> None:
    await world.hire()
    cookies = [(await world.access.sign_in("li", PASSWORD, HERE)).cookie for _ in range(3)]
    seat = await world.access.who(cookies[0])
    assert seat is not None
    await world.access.sign_out(seat)
    assert [await world.access.who(cookie) is not None for cookie in cookies] == [False, True, True]
    await world.access.revoke(LI.id)
    assert [await world.access.who(cookie) for cookie in cookies] == [None, None, None]


async def test_a_new_password_and_being_disabled_end_every_login(world: World) -> None:
    await world.hire()
    cookie = (await world.access.sign_in("li", PASSWORD, HERE)).cookie
    await world.access.set_password(LI, "another good password")
    assert await world.access.who(cookie) is None
    cookie = (await world.access.sign_in("li", "another good password", HERE)).cookie
    await world.store.save_agent(replace(LI, disabled=True))
    assert await world.access.who(cookie) is None


async def test_a_one_time_link_works_once(world: World) -> None:
    await world.store.save_agent(LI)
    secret = await world.access.invite(LI)
    entered = await world.access.redeem(secret, PASSWORD, "李四", HERE)
    assert entered.agent.name == "李四"
    assert await world.access.who(entered.cookie)
    with pytest.raises(Refused, match="used already"):
        await world.access.redeem(secret, PASSWORD, "", HERE)
    assert (await world.access.sign_in("li", PASSWORD, HERE)).cookie


async def test_of_two_links_the_first_used_ends_the_other(world: World) -> None:
    await world.store.save_agent(LI)
    first, second = await world.access.invite(LI), await world.access.invite(LI)
    outcomes = await asyncio.gather(
        world.access.redeem(first, PASSWORD, "", HERE),
        world.access.redeem(second, PASSWORD + "2", "", HERE),
        return_exceptions=True,
    )
    assert sum(isinstance(each, Refused) for each in outcomes) == 1


async def test_a_weak_password_does_not_use_up_the_link(world: World) -> None:
    await world.store.save_agent(LI)
    secret = await world.access.invite(LI)
    with pytest.raises(Refused, match="characters"):
        await world.access.redeem(secret, "short", "", HERE)
    assert (await world.access.redeem(secret, PASSWORD, "", HERE)).cookie


async def test_a_link_expires_and_does_not_work_for_the_disabled(world: World) -> None:
    await world.store.save_agent(LI)
    secret = await world.access.invite(LI)
    world.clock.time += INVITATION
    with pytest.raises(Refused):
        await world.access.redeem(secret, PASSWORD, "", HERE)
    secret = await world.access.invite(LI)
    await world.store.save_agent(replace(LI, disabled=True))
    with pytest.raises(Refused):
        await world.access.redeem(secret, PASSWORD, "", HERE)


async def test_guessing_links_has_to_wait(world: World) -> None:
    codes = []
    for _ in range(12):
        with pytest.raises(Refused) as caught:
            await world.access.redeem("guess", PASSWORD, "", HERE)
        codes.append(caught.value.code)
    assert codes == ["denied"] * 10 + ["rate"] * 2


async def test_an_old_hash_is_renewed_at_the_next_login(world: World) -> None:
    with Passwords(type(QUICK)(time_cost=2, memory_cost=64, parallelism=1)) as older:
        await world.store.save_agent(LI, await older.hash(PASSWORD))
    assert (await world.access.sign_in("li", PASSWORD, HERE)).cookie
    found = await world.store.agent_by_login("li")
    assert found is not None
    assert not QUICK.check_needs_rehash(found[1])


def test_logins_that_look_the_same_are_the_same() -> None:
    assert normal_login(" ＬＩ ") == normal_login("Li") == "li"
    assert len(normal_login("x" * 10_000)) == 64


async def test_guessing_strangers_do_not_lock_out_who_signed_in_here_before(world: World) -> None:
    await world.hire()
    await world.access.sign_in("li", PASSWORD, HERE)
    for number in range(6):
        await world.refused("li", "guess", f"10.0.0.{number}")
    assert await world.refused("li", PASSWORD, "198.51.100.7") == "rate"
    assert (await world.access.sign_in("li", PASSWORD, HERE)).cookie
    # It is no licence to guess from there: the address has its own count.
    codes = [await world.refused("li", "guess") for _ in range(11)]
    assert codes == ["denied"] * 10 + ["rate"]


async def test_of_the_places_where_people_signed_in_the_latest_are_remembered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_REMEMBERED", 2)
    await world.hire()
    for place in ("10.0.0.1", "10.0.0.2", "10.0.0.1", "10.0.0.3"):
        await world.access.sign_in("li", PASSWORD, place)
    for number in range(5):
        await world.refused("li", "guess", f"10.1.0.{number}")
    assert await world.refused("li", PASSWORD, "10.0.0.2") == "rate"
    assert (await world.access.sign_in("li", PASSWORD, "10.0.0.1")).cookie
