"""Conversations leave memory and come back, and nobody notices."""

from pathlib import Path

from msgspec.structs import replace

from appliance import inputs
from appliance.conversation.permit import Actor
from appliance.delivery.commands import Marked
from appliance.delivery.frames import Ack, Receipts, Typed, Typing
from appliance.delivery.frames import Refused as RefusedFrame
from appliance.model import Visitor
from appliance.runtime.compose import Appliance
from appliance.runtime.residents import IDLE, SWEEP
from tests.runtime.house import AGENT, desktop
from tests.runtime.people import Page, appliance_on, hire
from tests.runtime.test_compose import until
from tests.runtime.test_mailbox import serve


def narrow(appliance: Appliance, size: int) -> None:
    """Let the configuration that runs allow `size` conversations in memory."""
    now = appliance.live.now
    appliance.live.now = replace(now, spec=replace(now.spec, pools=replace(now.spec.pools, sessions=size)))


async def served(appliance: Appliance, agent: Page, *visitors: Page) -> list[str]:
    """Let visitors come and be served; return their conversations."""
    for place, visitor in enumerate(visitors, start=1):
        await visitor.hello()
        visitor.send("你好")
        await until(lambda place=place: len(agent.subscribed) == place)  # type: ignore[misc]
    return list(agent.subscribed)


def asleep(appliance: Appliance, conversation: str) -> bool:
    return appliance.conversations.resident(conversation) is None


def send_off(appliance: Appliance, *conversations: str) -> None:
    """Let time pass until those leave who were idle."""
    appliance.conversations.residents.sweep(appliance.clock.now() + IDLE)
    assert all(asleep(appliance, conversation) for conversation in conversations)


async def test_the_idle_leave_and_their_next_word_brings_them_back(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        agent, visitor = await hire(appliance, "a1"), Page(appliance, "visitor")
        (conversation,) = await served(appliance, agent, visitor)
        residents = appliance.conversations.residents
        residents.sweep(appliance.clock.now() + IDLE // 2)
        assert not asleep(appliance, conversation)
        send_off(appliance, conversation)
        assert residents.figures.left == 1
        before = residents.figures.misses
        # It is still his open conversation: a message that names none goes there and opens no other.
        visitor.send("还在吗")
        await until(lambda: "还在吗" in agent.texts())
        assert len(agent.subscribed) == 1
        assert not asleep(appliance, conversation)
        assert residents.figures.misses == before + 1
        assert residents.figures.waited > 0


async def test_a_resent_message_is_acknowledged_again_and_not_stored_again(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        agent, visitor = await hire(appliance, "a1"), Page(appliance, "visitor")
        (conversation,) = await served(appliance, agent, visitor)
        cid = visitor.send("退款", conversation)
        await until(lambda: "退款" in agent.texts())
        send_off(appliance, conversation)
        visitor.send("退款", conversation, cid=cid)

        def acks() -> list[Ack]:
            return [each for each in visitor.answers if isinstance(each, Ack) and each.cid == cid]

        await until(lambda: len(acks()) == 2)
        assert acks()[0] == acks()[1]
        assert agent.texts().count("退款") == 1


async def test_what_passes_without_being_logged_brings_them_back_too(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        agent, visitor = await hire(appliance, "a1"), Page(appliance, "visitor")
        (conversation,) = await served(appliance, agent, visitor)
        send_off(appliance, conversation)
        appliance.gateway.typing(visitor, Typed(conversation, True, "我想"))
        await until(lambda: any(isinstance(each, Typing) and each.text == "我想" for each in agent.told))
        send_off(appliance, conversation)
        appliance.gateway.mark(agent, Marked(conversation, 2, 2))
        await until(lambda: any(isinstance(each, Receipts) for each in visitor.told))


async def test_a_clock_that_runs_out_finds_them_in_the_store(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        agent, visitor = await hire(appliance, "a1"), Page(appliance, "visitor")
        (conversation,) = await served(appliance, agent, visitor)
        send_off(appliance, conversation)
        appliance.conversations.wake(conversation)
        await until(lambda: not asleep(appliance, conversation))
        await appliance.conversations.settled()
        mailbox = appliance.conversations.resident(conversation)
        assert mailbox is not None
        assert mailbox.snapshot is not None
        assert mailbox.snapshot.held is not None


async def test_his_desk_knows_an_agent_whose_conversation_sleeps(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        agent, visitor = await hire(appliance, "a1"), Page(appliance, "visitor")
        (conversation,) = await served(appliance, agent, visitor)
        send_off(appliance, conversation)
        # His answer to the offer was lost on the way: the resent click is acknowledged, for the conversation is his.
        cid = agent.do(conversation, "take")
        await until(lambda: any(isinstance(each, Ack) and each.cid == cid for each in agent.answers))
        # A refusal that is found only after the conversation was read is an answer, too.
        cid = agent.do("unknown-conversation", "take")
        await until(lambda: any(isinstance(each, RefusedFrame) and each.cid == cid for each in agent.answers))


async def test_others_make_room_and_who_waits_or_is_joined_stays(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        agent = await hire(appliance, "a1", capacity=3)
        chief = await hire(appliance, "boss", role="supervisor", capacity=0)
        visitors = [Page(appliance, "visitor") for _ in range(5)]
        first, second, third = await served(appliance, agent, *visitors[:3])
        chief.do(first, "join")
        await until(lambda: first in chief.subscribed)
        narrow(appliance, 3)
        for visitor in visitors[3:]:
            await visitor.hello()
            visitor.send("排队")
        await until(lambda: len(appliance.desk.desk.room.wishes) == 2)
        assert not asleep(appliance, first)
        assert [asleep(appliance, each) for each in (second, third)] == [True, True]
        # Those who wait are in nobody's way, however many they are: they are never sent off.
        appliance.conversations.residents.sweep(appliance.clock.now() + IDLE)
        assert len(appliance.conversations.residents) == 3
        assert appliance.conversations.joined_by("boss") == [first]


async def test_the_index_of_a_visitor_who_has_gone_leaves_with_his_conversation(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        agent, visitor = await hire(appliance, "a1"), Page(appliance, "visitor")
        (conversation,) = await served(appliance, agent, visitor)
        token = visitor.welcome.token if visitor.welcome else ""
        assert visitor.peer is not None
        visitor.leave()
        send_off(appliance, conversation)
        assert appliance.conversations.residents.open_of(visitor.peer.id) is None
        back = Page(appliance, "visitor")
        await back.hello(token=token)
        back.send("我回来了")
        await until(lambda: "我回来了" in agent.texts())
        assert list(back.subscribed) == [conversation]


async def test_a_sweep_looks_at_so_many_and_no_more() -> None:
    async with desktop() as desk:
        for number in range(SWEEP + 5):
            visitor = Visitor(f"v{number}")
            opening = replace(desk.opening(f"c{number}", f"{number:04}"), visitor=visitor)
            actor = Actor("visitor", visitor.id)
            desk.conversations.open(f"c{number}", opening, actor, desk.answers.append)
        await desk.settle()
        # All of them wait at the desk, so all stay; those that were looked at stand behind the others now.
        desk.conversations.residents.sweep(desk.clock.now() + IDLE)
        assert desk.conversations.count == SWEEP + 5
        assert next(iter(desk.conversations.residents)).id == f"c{SWEEP}"


async def test_what_is_newer_than_the_checkpoint_is_handed_to_the_store_first() -> None:
    async with desktop() as desk:
        desk.open()
        await desk.settle()
        await serve(desk)
        stored = await desk.store.load("c1")
        assert stored is not None
        behind = len(stored.entries)
        assert behind
        desk.conversations.residents.sweep(desk.clock.now() + IDLE)
        assert desk.conversations.resident("c1") is None
        stored = await desk.store.load("c1")
        assert stored is not None
        assert not stored.entries
        desk.conversations.post("c1", inputs.AgentSaid("a1", "a-1", "在的"), AGENT, desk.answers.append)
        await desk.settle()
        assert desk.entries()[-1].cid == "a-1"
