"""Passwords are argon2id, verified off the loop, renewed when the parameters grow, and refused when they are weak."""

import asyncio

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from appliance.errors import Refused
from appliance.http import passwords
from appliance.http.passwords import Passwords, check_password
from tests.http.house import PASSWORD, QUICK


async def test_a_hash_verifies_its_password_only() -> None:
    with Passwords(QUICK) as found:
        stored = await found.hash(PASSWORD)
        assert await found.verify(stored, PASSWORD) == (True, None)
        assert await found.verify(stored, PASSWORD + " ") == (False, None)
        assert await found.verify(stored, "") == (False, None)


async def test_nobody_has_the_empty_hash_whatever_he_types() -> None:
    with Passwords(QUICK) as found:
        assert await found.verify("", "nobody has this password") == (False, None)
        assert await found.verify("no hash", PASSWORD) == (False, None)


async def test_a_hash_with_old_parameters_is_renewed() -> None:
    with Passwords(QUICK) as found:
        old = PasswordHasher(time_cost=2, memory_cost=32, parallelism=1).hash(PASSWORD)
        right, fresh = await found.verify(old, PASSWORD)
        assert right
        assert fresh is not None
        assert await found.verify(fresh, PASSWORD) == (True, None)


async def test_the_shipped_parameters_are_those_that_are_documented() -> None:
    with Passwords() as found:
        parameters = extract_parameters(await found.hash(PASSWORD))
    assert (parameters.type, parameters.time_cost, parameters.memory_cost) == (Type.ID, 3, 32 * 1024)


async def test_a_flood_is_refused_and_not_queued(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MOST_WAITING", 3)
    with Passwords(QUICK) as found:
        outcomes = await asyncio.gather(*(found.hash(PASSWORD) for _ in range(8)), return_exceptions=True)
        refused = [each for each in outcomes if isinstance(each, Refused)]
        assert len(refused) == 5
        assert refused[0].retry_after
        assert await found.hash(PASSWORD)


@pytest.mark.parametrize("password", ["", "short", "a" * 257, "aaaaaaaaaaaa", "ababababab", "Li.Ming@1"])
def test_weak_ones_are_refused(password: str) -> None:
    with pytest.raises(Refused):
        check_password(password, "li.ming@1")


@pytest.mark.parametrize("password", [PASSWORD, "一二三四五六七八", "12345678x"])
def test_good_ones_are_not(password: str) -> None:
    check_password(password, "li")
