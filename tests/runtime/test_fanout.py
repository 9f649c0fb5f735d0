"""Passing signals reach those they are for, and nobody else."""

from pathlib import Path

from appliance.conversation.numbering import number
from appliance.delivery.cards import Banner
from appliance.delivery.commands import Marked
from appliance.delivery.frames import (
    Desk,
    Offer,
    Presenting,
    Receipts,
    Remind,
    Status,
    Typed,
    Typing,
    Unoffer,
)
from appliance.inputs import Opened
from appliance.model import Heads, Visitor
from appliance.ports import Published
from appliance.records import Happened, Said
from tests.runtime.people import Page, appliance_on, hire, shortened
from tests.runtime.test_compose import until


async def test_unsent_words_are_for_the_owner_only(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        agent, visitor = await hire(appliance, "a1"), Page(appliance, "visitor")
        await visitor.hello()
        visitor.send("你好")
        await until(lambda: agent.subscribed)
        (conversation,) = agent.subscribed
        chief = await hire(appliance, "s1", role="supervisor")
        appliance.fanout.show_card(conversation, [chief], "s1")
        await until(lambda: conversation in chief.subscribed)
        appliance.gateway.typing(visitor, Typed(conversation, True, "其实我想问"))
        seen = {
            page: [each for each in page.told if isinstance(each, Typing)][-1].text for page in (agent, chief)
        }
        assert seen == {agent: "其实我想问", chief: ""}
        appliance.gateway.typing(agent, Typed(conversation, True, "答"))
        shown = [each for each in visitor.told if isinstance(each, Typing)][-1]
        assert (shown.who, shown.text) == ("a1", "")


async def test_a_transfer_takes_the_conversation_off_the_page_of_who_gave_it(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        first, visitor = await hire(appliance, "a1"), Page(appliance, "visitor")
        await visitor.hello()
        visitor.send("你好")
        await until(lambda: first.subscribed)
        (conversation,) = first.subscribed
        second = await hire(appliance, "a2")
        first.do(conversation, "transfer", to_agent="a2")
        await until(lambda: conversation in second.subscribed)
        # A store that reads slowly brings the changed card of the transfer after the page has let go.
        visitor.send("还在吗")
        await until(lambda: "还在吗" in second.texts())
        assert conversation not in first.subscribed
        assert "还在吗" not in first.texts()


async def test_receipts_are_shown_to_the_other_side(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        agent, visitor = await hire(appliance, "a1"), Page(appliance, "visitor")
        await visitor.hello()
        visitor.send("你好")
        await until(lambda: agent.subscribed)
        (conversation,) = agent.subscribed
        appliance.gateway.mark(agent, Marked(conversation, 1, 1))
        await until(lambda: any(isinstance(each, Receipts) for each in visitor.told))
        receipt = next(each for each in visitor.told if isinstance(each, Receipts))
        assert (receipt.reader, receipt.delivered, receipt.read) == ("a1", 1, 1)


async def test_a_chosen_status_shows_on_every_page_of_the_agent(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        first = await hire(appliance, "a1")
        second = Page(appliance, "agent", "a1")
        await second.hello()
        appliance.gateway.present(second, Presenting("busy"))
        assert any(isinstance(each, Status) and each.status == "busy" for each in first.told)


async def test_offers_are_shown_accepted_declined_and_taken_back(tmp_path: Path) -> None:
    text = shortened("100ms").replace("售前: {first: vip}", "售前: {first: vip, accept: manual}")
    async with appliance_on(tmp_path, text) as appliance:
        first, second = await hire(appliance, "a1"), await hire(appliance, "a2")
        visitor = Page(appliance, "visitor")
        await visitor.hello()
        visitor.send("你好")
        await until(lambda: any(isinstance(each, Offer) for page in (first, second) for each in page.told))
        asked, other = (
            (first, second) if any(isinstance(each, Offer) for each in first.told) else (second, first)
        )
        offer = next(each for each in asked.told if isinstance(each, Offer))
        assert visitor.subscribed.keys() == {offer.conversation}
        asked.do(offer.conversation, "decline", visit=offer.visit)
        await until(lambda: any(isinstance(each, Offer) for each in other.told))
        await until(lambda: any(isinstance(each, Unoffer) for each in asked.told))
        again = next(each for each in other.told if isinstance(each, Offer))
        other.do(again.conversation, "accept", visit=again.visit)
        await until(lambda: again.conversation in other.subscribed)


async def test_a_silent_agent_is_reminded(tmp_path: Path) -> None:
    text = shortened("100ms").replace(
        "after: {1m: {action: {remind: 客服}}", "after: {100ms: {action: {remind: 客服}}"
    )
    async with appliance_on(tmp_path, text) as appliance:
        agent, visitor = await hire(appliance, "a1"), Page(appliance, "visitor")
        await visitor.hello()
        visitor.send("你好")
        await until(lambda: any(isinstance(each, Remind) for each in agent.told))


async def test_what_is_to_be_known_of_the_configuration_is_for_chiefs_only(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        agent, chief = await hire(appliance, "a1"), await hire(appliance, "s1", role="supervisor")
        banner = Banner("unconfirmed", "等待确认", "to be confirmed", 1_000, 61_000)
        appliance.fanout.show_banner(banner)

        def shown(page: Page) -> list[Banner | None]:
            return [each.banner for each in page.told if isinstance(each, Desk)]

        await until(lambda: shown(chief) and shown(agent))
        assert shown(chief)[-1] == banner
        assert set(shown(agent)) == {None}
        # Who comes later sees it, too.
        owner = await hire(appliance, "o1", role="owner")
        assert owner.welcome is not None
        assert owner.welcome.desk is not None
        assert owner.welcome.desk.banner == banner
        late = await hire(appliance, "a2")
        assert late.welcome is not None
        assert late.welcome.desk is not None
        assert late.welcome.desk.banner is None
        appliance.fanout.show_banner(None)
        assert shown(chief)[-1] is None


async def test_what_another_process_committed_is_shown_like_our_own(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        page = Page(appliance, "visitor")
        await page.hello()
        assert page.peer is not None
        # Nothing but entries comes over a bus: no mailbox is in memory here, and no record is at hand.
        opened = Opened(
            conversation="c9", visitor=Visitor(page.peer.id), bundle="b", cid="k1", text="从另一个进程来"
        )
        records = (Happened(opened, to=("等待接入",)), Said("system", "欢迎"))
        entries, _ = number("c9", page.peer.id, Heads(), records, 5)
        appliance.fanout.published(Published("c9", page.peer.id, tuple(entries)))
        assert appliance.conversations.resident("c9") is None
        assert list(page.subscribed) == ["c9"]
        assert page.texts() == ["从另一个进程来", "欢迎"]
