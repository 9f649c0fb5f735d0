"""The whole appliance without sockets, on real SQLite: a conversation from first word to rating, over restarts."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.delivery.frames import Ack, Queue, Refused
from appliance.delivery.frames import Desk as DeskFrame
from appliance.errors import StartError
from tests.runtime.people import Page, appliance_on, hire, shortened


async def until(holds: Callable[[], object], within: float = 5.0) -> None:
    """Wait for something that the appliance does in its own time."""
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.01)


async def test_a_conversation_from_first_word_to_rating(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        agent = await hire(appliance, "a1")
        visitor = Page(appliance, "visitor")
        welcome = await visitor.hello()
        assert welcome.greeting is not None
        assert "您好" in welcome.greeting.say
        assert welcome.conversations == []
        visitor.send("有人吗")
        await until(lambda: visitor.answers)
        (conversation,) = visitor.subscribed
        assert isinstance(visitor.answers[0], Ack)
        await until(lambda: conversation in agent.subscribed)
        await until(lambda: "joined" in visitor.kinds())
        agent.send("您好,我是客服", conversation)
        await until(lambda: "您好,我是客服" in visitor.texts())
        agent.do(conversation, "close")
        await until(lambda: "rating_asked" in visitor.kinds())
        await until(lambda: agent.parted == [conversation])
        visitor.do(conversation, "rate", score=5, comment="好")
        await until(lambda: "closed" in visitor.kinds())
        seqs = [event["seq"] for event in visitor.shown]
        previous = [event["prev"] for event in visitor.shown]
        assert previous == [0, *seqs[:-1]]


async def test_waiting_visitors_see_their_place_and_staff_the_desk(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        watcher = await hire(appliance, "s1", role="supervisor")
        appliance.desk.agent_status("s1", "busy")
        visitors = [Page(appliance, "visitor") for _ in range(2)]
        for page in visitors:
            await page.hello()
            page.send("排队")
            await until(lambda page=page: page.answers)  # type: ignore[misc]
        await until(
            lambda: [frame.position for frame in visitors[1].told if isinstance(frame, Queue)][-1:] == [2]
        )
        await until(
            lambda: any(isinstance(each, DeskFrame) and len(each.waiting) == 2 for each in watcher.told)
        )
        (conversation,) = visitors[1].subscribed
        watcher.do(conversation, "take")
        await until(lambda: conversation in watcher.subscribed)
        await until(
            lambda: [frame.position for frame in visitors[0].told if isinstance(frame, Queue)][-1:] == [1]
        )


async def test_a_restart_keeps_everything(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        agent, visitor = await hire(appliance, "a1"), Page(appliance, "visitor")
        welcome = await visitor.hello()
        visitor.send("第一句")
        await until(lambda: agent.subscribed)
        (conversation,) = agent.subscribed
        agent.send("在的", conversation)
        await until(lambda: agent.answers)
    async with appliance_on(tmp_path) as appliance:
        assert appliance.recovered == 1
        again = Page(appliance, "visitor")
        card = (await again.hello(token=welcome.token)).conversations[0]
        assert (card.id, card.agent and card.agent.id) == (conversation, "a1")
        back = Page(appliance, "agent", "a1")
        assert [each.id for each in (await back.hello()).conversations] == [conversation]
        again.send("第二句", conversation)
        await until(lambda: "第二句" in back.texts())


async def test_a_returning_customer_finds_his_own_agent(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        pages = [await hire(appliance, name) for name in ("a1", "a2")]
        visitor = Page(appliance, "visitor")
        await visitor.hello()
        served: list[Page] = []
        for _ in range(3):
            visitor.send("又来了")
            await until(lambda: any(page.subscribed for page in pages))
            owner = next(page for page in pages if page.subscribed)
            (conversation,) = owner.subscribed
            owner.do(conversation, "close")
            await until(lambda owner=owner: not owner.subscribed)  # type: ignore[misc]
            visitor.do(conversation, "rate", score=5)
            await until(lambda: visitor.kinds()[-1:] == ["closed"])
            served.append(owner)
        assert served == [served[0]] * 3


async def test_a_transfer_goes_to_whom_it_names_and_nowhere_else(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        first = await hire(appliance, "a1")
        visitor = Page(appliance, "visitor")
        await visitor.hello()
        visitor.send("帮我转一下")
        await until(lambda: first.subscribed)
        (conversation,) = first.subscribed
        second = await hire(appliance, "a2")
        with pytest.raises(Exception, match="no such agent"):
            first.do(conversation, "transfer", to_agent="nobody")
        first.do(conversation, "transfer", to_agent="a2", note="老客户")
        await until(lambda: conversation in second.subscribed)
        await until(lambda: conversation in first.parted)
        first.send("我还能说吗", conversation)
        await until(
            lambda: any(isinstance(each, Refused) and each.code == "not_yours" for each in first.answers)
        )


async def test_signed_levels_count_and_claims_do_not(tmp_path: Path) -> None:
    async with appliance_on(tmp_path, shortened("4m")) as appliance:
        agent = await hire(appliance, "a1")
        plain, vip = Page(appliance, "visitor"), Page(appliance, "visitor")
        await plain.hello(identity="level-9")
        plain.send("我是VIP")
        await vip.hello(identity="signed-u7")
        vip.send("我真是VIP")
        await until(lambda: agent.subscribed)
        (conversation,) = agent.subscribed
        assert list(vip.subscribed) == [conversation]


async def test_a_visitor_cannot_read_or_write_what_is_not_his(tmp_path: Path) -> None:
    from appliance.delivery.commands import ReadFrom
    from appliance.errors import Refused as Refusal

    async with appliance_on(tmp_path) as appliance:
        victim, thief = Page(appliance, "visitor"), Page(appliance, "visitor")
        await victim.hello()
        await thief.hello()
        victim.send("私密")
        await until(lambda: victim.answers)
        (conversation,) = victim.subscribed
        with pytest.raises(Refusal):
            await appliance.gateway.read(thief, ReadFrom(conversation, 0, None, 100, False))
        thief.send("插话", conversation)
        await until(lambda: thief.answers)
        assert isinstance(thief.answers[0], Refused)
        assert thief.answers[0].code == "not_yours"


async def test_a_second_process_on_the_same_data_is_told_who_is_first(tmp_path: Path) -> None:
    async with appliance_on(tmp_path):
        with pytest.raises(StartError) as refusal:
            async with appliance_on(tmp_path):
                pass
    assert refusal.value.remedy.en
