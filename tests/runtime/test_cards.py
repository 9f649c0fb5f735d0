"""Cards show a list what it needs, and a visitor nothing that is for staff."""

from pathlib import Path

import msgspec

from appliance.model import Audience
from tests.runtime.people import Page, appliance_on, hire
from tests.runtime.test_compose import until


async def test_a_visitor_sees_no_staff_field_and_staff_sees_all(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        agent, visitor = await hire(appliance, "a1"), Page(appliance, "visitor")
        await visitor.hello()
        visitor.send("第一句")
        await until(lambda: agent.subscribed)
        (conversation,) = agent.subscribed
        visitor.send("第二句", conversation)
        await until(lambda: len(visitor.answers) == 2)
        for_staff = await appliance.cards.card(conversation, Audience.STAFF, "a1")
        assert for_staff is not None
        assert (for_staff.unread, for_staff.last and for_staff.last.text) == (2, "第二句")
        assert for_staff.state == "等客服"
        assert for_staff.why is not None
        assert for_staff.why["load"] == "0/3"
        assert for_staff.visitor is not None
        for_visitor = await appliance.cards.card(conversation, Audience.VISITOR, "visitor")
        assert for_visitor is not None
        shown = msgspec.to_builtins(for_visitor)
        assert not {"visitor", "state", "queue", "why", "tags", "waiting_since"} & set(shown)
        assert for_visitor.unread == 0
        assert for_visitor.agent is not None


async def test_panels_survive_a_reload_and_end_with_the_conversation(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        agent, visitor = await hire(appliance, "a1"), Page(appliance, "visitor")
        await visitor.hello()
        visitor.send("你好")
        await until(lambda: agent.subscribed)
        (conversation,) = agent.subscribed
        agent.do(conversation, "close")
        await until(lambda: "rating_asked" in visitor.kinds())
        card = await appliance.cards.card(conversation, Audience.VISITOR, "visitor")
        assert card is not None
        assert card.rating_asked
        visitor.do(conversation, "rate", score=4)
        await until(lambda: "closed" in visitor.kinds())
        card = await appliance.cards.card(conversation, Audience.VISITOR, "visitor")
        assert card is not None
        assert (card.rating_asked, card.closed_at is not None) == (False, True)


async def test_a_recalled_last_line_shows_no_text(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        visitor = Page(appliance, "visitor")
        await visitor.hello()
        visitor.send("说错了")
        await until(lambda: visitor.answers)
        (conversation,) = visitor.subscribed
        visitor.do(conversation, "recall", seq=1)
        await until(lambda: "recalled" in visitor.kinds())
        card = await appliance.cards.card(conversation, Audience.STAFF, "a1")
        assert card is not None
        assert card.last is not None
        assert (card.last.kind, card.last.text) == ("recalled", "")


async def test_an_unknown_conversation_has_no_card(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        assert await appliance.cards.card("nowhere", Audience.STAFF, "a1") is None
