"""A simulated person keeps to the protocol: he is let in, speaks, is shown everything once, and survives a cut."""

import asyncio
from pathlib import Path

import pytest

from tests.shipped import kefu_yaml
from tests.tools.loadtest.waiting import until
from tools.loadtest.frames import Event, Frame
from tools.loadtest.line import HandshakeRefused, TurnedAway
from tools.loadtest.person import Person
from tools.loadtest.serving import Serving


async def test_a_visitor_and_an_agent_talk(shop: Serving) -> None:
    agent, visitor = Person(shop.port, shop.hire("person")), Person(shop.port, source="127.0.0.5")
    acks: list[float] = []
    visitor.on_ack = lambda person, cid, due: acks.append(due)
    await agent.enter()
    agent.frame(t="presence", status="ready")
    await visitor.enter()
    visitor.say("你好", due=1.5)
    await until(lambda: visitor.conversation in agent.cards, "nobody was served")
    assert acks == [1.5]
    name = visitor.conversation
    assert name is not None
    agent.say("您好", name)
    await until(lambda: any(each.text == "您好" for each in visitor.journal.shown.get(name, [])), "no answer")
    for person in (agent, visitor):
        person.leave()


async def test_a_cut_visitor_is_told_and_comes_back_to_the_same_conversation(shop: Serving) -> None:
    visitor = Person(shop.port)
    ends: list[int] = []
    visitor.on_end = lambda person, code: ends.append(code)
    await visitor.enter()
    visitor.say("one")
    await until(lambda: not visitor.outbox and visitor.cards, "not stored")
    before = visitor.conversation
    visitor.cut()
    await until(lambda: ends == [1006], "the cut was not noticed")
    visitor.say("two")
    assert not visitor.send_again(), "nothing can be sent while he is away"
    await visitor.enter()
    await until(lambda: not visitor.outbox, "what was said in between was not sent")
    assert visitor.conversation == before
    visitor.leave()


async def test_a_deaf_visitor_sees_it_all_when_he_listens(shop: Serving) -> None:
    visitor = Person(shop.port)
    seen: list[str] = []

    def on_event(person: Person, conversation: str, event: Event | Frame) -> None:
        seen.append(event.text)

    visitor.on_event = on_event
    await visitor.enter()
    visitor.deafen()
    visitor.say("unheard")
    await asyncio.sleep(0.3)
    assert "unheard" not in seen
    visitor.listen()
    await until(lambda: "unheard" in seen, "he does not hear again")
    visitor.leave()


async def test_a_closed_door_is_an_error_and_not_a_wait(shop: Serving) -> None:
    with pytest.raises(HandshakeRefused):
        await Person(shop.port, "kefu=nonsense").enter()


async def test_who_is_not_let_in_after_his_hello_hears_why(shop: Serving) -> None:
    visitor = Person(shop.port)
    # A hello in a language that the protocol does not know.
    visitor.lang = "fr"
    with pytest.raises(TurnedAway) as turned:
        await visitor.enter()
    assert turned.value.code == 4501


async def test_an_agent_accepts_what_he_is_offered_where_the_queue_wants_that(tmp_path: Path) -> None:
    config = kefu_yaml("100ms").replace("{first: vip}", "{first: vip, accept: manual}")
    assert "manual" in config
    with Serving(tmp_path, config) as manual:
        agent, visitor = Person(manual.port, manual.hire("agent")), Person(manual.port)
        agent.accepting = True
        await agent.enter()
        agent.frame(t="presence", status="ready")
        await visitor.enter()
        visitor.say("hello")
        await until(lambda: visitor.conversation in agent.cards, "nobody accepted")
        for person in (agent, visitor):
            person.leave()


async def test_who_gives_up_takes_a_later_for_a_no(tmp_path: Path) -> None:
    with Serving(tmp_path, kefu_yaml("100ms", "mailbox: 8, messages_per_minute: 6000")) as shop:
        patient, hasty = Person(shop.port), Person(shop.port)
        hasty.gives_up = True
        refused: list[Person] = []
        patient.on_refused = hasty.on_refused = refused.append
        for person in (patient, hasty):
            await person.enter()
            person.say("first")
            await until(lambda: person.cards and not person.outbox, "not stored")  # noqa: B023  # awaited at once
            for number in range(30):
                person.say(f"{number}", person.conversation)
        await until(lambda: not hasty.outbox and not patient.outbox, "it does not end")
        assert refused
        assert set(refused) == {hasty}
        assert len(hasty.journal.refused) == len(refused)
        assert not patient.journal.refused
        assert len(patient.journal.acks) == 31
