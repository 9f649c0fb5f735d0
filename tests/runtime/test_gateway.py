"""Frames find their conversation, and nobody gets at what is not his."""

from pathlib import Path

import pytest

from appliance.delivery.commands import Marked, ReadFrom, Submit
from appliance.delivery.frames import Ack, Desk, Do, Notice, Receipts, Refused, Typed, Typing, Watch
from appliance.errors import Refused as Refusal
from appliance.model import Audience
from appliance.runtime import gateway as gateway_module
from tests.runtime.people import Page, appliance_on, hire, shortened
from tests.runtime.test_compose import until


async def test_two_tabs_that_speak_at_once_meet_in_one_conversation(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        first = Page(appliance, "visitor")
        token = (await first.hello()).token
        second = Page(appliance, "visitor")
        await second.hello(token=token)
        first.send("一", cid="x1")
        second.send("二", cid="x2")
        await until(lambda: first.answers and second.answers)
        assert isinstance(first.answers[0], Ack)
        assert isinstance(second.answers[0], Ack)
        assert first.answers[0].conversation == second.answers[0].conversation
        assert first.texts() == second.texts() == ["一", "二"]


async def test_only_supervisors_watch_and_watching_ends(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        owner, colleague = await hire(appliance, "a1"), Page(appliance, "visitor")
        await colleague.hello()
        colleague.send("你好")
        await until(lambda: owner.subscribed)
        (conversation,) = owner.subscribed
        plain, chief = await hire(appliance, "a2"), await hire(appliance, "s1", role="supervisor")
        with pytest.raises(Refusal):
            appliance.gateway.watch(plain, Watch(conversation, True))
        appliance.gateway.watch(chief, Watch(conversation, True))
        await until(lambda: conversation in chief.subscribed)
        owner.send("我在", conversation)
        await until(lambda: "我在" in chief.texts())
        chief.send("我插一句", conversation)
        await until(lambda: any(isinstance(each, Refused) for each in chief.answers))
        chief.do(conversation, "join")
        await until(lambda: len(chief.answers) == 2)
        chief.send("现在可以了", conversation)
        await until(lambda: "现在可以了" in colleague.texts())
        appliance.gateway.watch(chief, Watch(conversation, False))
        assert conversation in chief.parted


async def test_a_page_of_history_knows_what_was_recalled_after_it(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        visitor = Page(appliance, "visitor")
        await visitor.hello()
        visitor.send("说错了")
        await until(lambda: visitor.answers)
        (conversation,) = visitor.subscribed
        visitor.send("对的", conversation)
        visitor.do(conversation, "recall", seq=1)
        await until(lambda: "recalled" in visitor.kinds())
        history = await appliance.gateway.read(visitor, ReadFrom(conversation, 0, 2, 100, False))
        assert 1 in history.recalled
        assert [entry.seq for entry in history.entries] == [1]


async def test_a_visitor_who_is_gone_for_good_has_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_module, "GONE_AFTER", 50)
    text = shortened("4m").replace("        on: {用户结束:", "        on: {用户离开: {to: 已结束}, 用户结束:")
    async with appliance_on(tmp_path, text) as appliance:
        visitor = Page(appliance, "visitor")
        token = (await visitor.hello()).token
        visitor.send("你好")
        await until(lambda: visitor.answers)
        (conversation,) = visitor.subscribed
        visitor.leave()
        back = Page(appliance, "visitor")
        assert (await back.hello(token=token)).conversations[0].closed_at is None
        back.leave()
        await until(lambda: appliance.conversations.resident(conversation) is None)
        last = Page(appliance, "visitor")
        assert (await last.hello(token=token)).conversations[0].closed_at is not None


async def test_an_agent_with_an_open_page_stays_when_another_page_closes(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        first = await hire(appliance, "a1")
        second = Page(appliance, "agent", "a1")
        await second.hello()
        first.leave()
        visitor = Page(appliance, "visitor")
        await visitor.hello()
        visitor.send("你好")
        await until(lambda: second.subscribed)


async def test_a_supervisor_who_only_watches_leaves_no_trace_for_the_visitor(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        gateway = appliance.gateway
        owner, visitor = await hire(appliance, "a1"), Page(appliance, "visitor")
        await visitor.hello()
        visitor.send("你好")
        await until(lambda: owner.subscribed)
        (conversation,) = owner.subscribed
        chief = await hire(appliance, "s1", role="supervisor")
        gateway.watch(chief, Watch(conversation, True))
        await until(lambda: conversation in chief.subscribed)

        def act(page: Page) -> None:
            gateway.typing(page, Typed(conversation, True))
            gateway.mark(page, Marked(conversation, 1, 1))

        def seen() -> set[str]:
            told = (each for each in visitor.told if isinstance(each, Typing | Receipts))
            return {each.who if isinstance(each, Typing) else each.reader for each in told}

        act(chief)
        act(owner)
        await until(lambda: any(isinstance(each, Receipts) for each in visitor.told))
        assert seen() == {"a1"}
        card = await appliance.cards.card(conversation, Audience.VISITOR, "visitor")
        assert card is not None
        assert {line.reader for line in card.receipts} <= {"a1"}
        chief.do(conversation, "join")
        await until(lambda: chief.answers)
        act(chief)
        await until(lambda: len([each for each in visitor.told if isinstance(each, Receipts)]) > 1)
        assert seen() == {"a1", "s1"}


async def test_a_resent_take_is_acknowledged_again(tmp_path: Path) -> None:
    async with appliance_on(tmp_path, shortened("100ms")) as appliance:
        chief, visitor = await hire(appliance, "s1", role="supervisor"), Page(appliance, "visitor")
        appliance.desk.agent_status("s1", "busy")
        await visitor.hello()
        visitor.send("你好")
        await until(lambda: visitor.answers)
        (conversation,) = visitor.subscribed
        await until(
            lambda: any(
                isinstance(each, Desk) and each.waiting and each.waiting[0].asking for each in chief.told
            )
        )
        for _ in range(2):
            appliance.gateway.submit(chief, Submit(Do("take-1", conversation, "take"), None))
            await until(lambda: conversation in chief.subscribed)
        await until(lambda: len(chief.answers) == 2)
        assert all(isinstance(answer, Ack) for answer in chief.answers)


async def test_a_supervisor_who_joined_finds_the_conversation_after_a_reload(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        owner, visitor = await hire(appliance, "a1"), Page(appliance, "visitor")
        await visitor.hello()
        visitor.send("你好")
        await until(lambda: owner.subscribed)
        (conversation,) = owner.subscribed
        chief = await hire(appliance, "s1", role="supervisor")
        appliance.desk.agent_status("s1", "busy")
        chief.do(conversation, "join")
        await until(lambda: conversation in chief.subscribed)
        chief.leave()
        back = Page(appliance, "agent", "s1")
        assert [card.id for card in (await back.hello()).conversations] == [conversation]


async def test_watching_what_does_not_exist_is_answered(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        chief = await hire(appliance, "s1", role="supervisor")
        appliance.gateway.watch(chief, Watch("nowhere", True))
        await until(lambda: any(isinstance(each, Notice) and each.code == "unknown" for each in chief.told))
