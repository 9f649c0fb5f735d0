"""A simulated clerk answers his customers with their talk, and a real person with a greeting."""

import asyncio
from random import Random

import pytest

from appliance.cli import told_of
from tests.tools.loadtest.waiting import until
from tools.loadtest.clerks import Clerk
from tools.loadtest.person import Person
from tools.loadtest.serving import Serving
from tools.loadtest.talks import GENERIC


async def test_he_answers_simulated_and_real_customers(shop: Serving) -> None:
    known: dict[str, str] = {}
    clerk = Clerk(
        Person(shop.port, shop.hire("clerk")), "Amy", "en", Random(1), lambda seconds: seconds / 50, known.get
    )
    real, simulated = Person(shop.port), Person(shop.port)
    async with asyncio.TaskGroup() as tasks:
        working = tasks.create_task(clerk.work())
        for person in (real, simulated):
            await person.enter()
            person.say("hi")
        await until(lambda: real.cards and simulated.cards, "no conversation began")
        known[str(simulated.conversation)] = "the very answer"

        def answers(person: Person) -> list[str]:
            shown = person.journal.shown.get(str(person.conversation), [])
            return [event.text for event in shown if event.text and event.cid and event.text != "hi"]

        await until(lambda: any("I am Amy" in text for text in answers(real)), "the real one has no answer")
        real.say("hi")
        await until(lambda: GENERIC[0].en in answers(real), "the real one has no second answer")
        simulated.say("hi")
        await until(lambda: "the very answer" in answers(simulated), "the simulated one has no answer")
        known[str(simulated.conversation)] = ""
        mine = str(simulated.conversation)
        await until(lambda: mine not in clerk.person.cards, "he keeps whom nobody is behind any more")
        assert real.conversation in clerk.person.cards
        working.cancel()
    for person in (clerk.person, real, simulated):
        person.leave()
    assert clerk.answered >= 3


async def test_one_who_was_disabled_meanwhile_says_so(shop: Serving) -> None:
    cookie = shop.hire("gone")
    shop.dismiss("gone")
    clerk = Clerk(Person(shop.port, cookie), "Amy", "en", Random(1), lambda seconds: 0.0, lambda name: None)
    with pytest.raises(BaseExceptionGroup) as failed:
        await clerk.work()
    error = next(told_of(failed.value))
    assert "Amy" in error.say("zh")
    assert "kefu demo" in error.say("en")
