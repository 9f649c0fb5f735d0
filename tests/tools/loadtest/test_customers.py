"""A simulated customer talks with whoever serves him, and gives up when nobody does."""

import asyncio
import time
from collections import Counter
from random import Random

from appliance.http.signatures import Signatures
from tests.tools.loadtest.waiting import until
from tools.loadtest.customers import Customer, identity
from tools.loadtest.person import Person
from tools.loadtest.serving import Serving
from tools.loadtest.talks import TALKS


def customer(shop: Serving, patience: float) -> Customer:
    return Customer(Person(shop.port), TALKS[0], "en", Random(3), lambda seconds: seconds / 50, patience)


def test_his_identity_is_what_the_site_would_sign() -> None:
    signed = identity("secret", "demo-1", "陈晓雨", 4)
    found = Signatures(b"k", lambda: "secret").signed(signed, time.time_ns() // 1_000_000)
    assert found is not None
    assert (found.name, found.level) == ("陈晓雨", 4)
    assert Signatures(b"k", lambda: "other").signed(signed, time.time_ns() // 1_000_000) is None


async def test_he_says_his_lines_as_he_is_answered(shop: Serving) -> None:
    agent = Person(shop.port, shop.hire("real"))
    await agent.enter()
    agent.frame(t="presence", status="ready")
    tally: Counter[str] = Counter()
    mine = customer(shop, 60)
    heard: list[str] = []

    def on_event(person: Person, conversation: str, event: object) -> None:
        text, cid = getattr(event, "text", ""), getattr(event, "cid", "")
        if text and cid and conversation == mine.person.conversation and text not in heard and text != "yes?":
            heard.append(text)
            if conversation in agent.cards:
                agent.say("yes?", conversation)

    agent.on_event = on_event
    async with asyncio.TaskGroup() as tasks:
        visit = tasks.create_task(mine.visit(tally))
        await until(lambda: mine.person.conversation in agent.cards, "he was not served")
        # What he said before he was served is answered like all the rest.
        agent.say("yes?", mine.person.conversation)
        await asyncio.wait_for(visit, 90)
    assert mine.outcome in ("served", "rated")
    assert heard[:2] == [turn[0].en for turn in TALKS[0].turns][:2]
    assert tally[mine.outcome] == 1
    assert tally["here"] == 0
    agent.leave()


async def test_he_gives_up_where_nobody_serves_him(shop: Serving) -> None:
    tally: Counter[str] = Counter()
    mine = customer(shop, 0.2)
    await asyncio.wait_for(mine.visit(tally), 90)
    assert tally["abandoned"] == 1
    assert mine.person.stopping
