"""Who comes in, as whom, and what he is told first."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from appliance.delivery import codes
from appliance.delivery.frames import Page as PageInfo
from appliance.errors import ProtocolError, StoreError, Text
from appliance.model import Agent
from tests.runtime.people import Page, appliance_on, hire, shortened
from tests.runtime.test_compose import until


async def test_a_visitor_gets_a_token_once_and_is_known_by_it(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        first = await Page(appliance, "visitor").hello()
        assert first.token
        again = await Page(appliance, "visitor").hello(token=first.token)
        assert (again.you.id, again.token) == (first.you.id, None)
        stranger = await Page(appliance, "visitor").hello(token="forged")
        assert stranger.you.id != first.you.id
        assert stranger.token


async def test_the_profile_keeps_the_page_and_only_signed_levels(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        page = PageInfo("https://shop.example.com/a", "山茶", "https://s.example.com")
        welcome = await Page(appliance, "visitor").hello(identity="signed-u1", page=page, lang="en")
        kept = await appliance.store.visitor(welcome.you.id)
        assert kept is not None
        assert (kept.level, kept.signed, kept.page, kept.lang) == (3, True, page.url, "en")
        unsigned = await Page(appliance, "visitor").hello(token=f"token-{welcome.you.id}")
        kept = await appliance.store.visitor(unsigned.you.id)
        assert kept is not None
        assert (kept.level, kept.signed) == (0, False)


async def test_a_page_that_comes_back_replaces_itself_and_a_ninth_page_the_oldest(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        first = Page(appliance, "visitor")
        welcome = await first.hello()
        back = Page(appliance, "visitor")
        assert (await back.hello(token=welcome.token, session=welcome.session)).session == welcome.session
        assert first.closed == codes.REPLACED
        first.leave()
        pages = [Page(appliance, "visitor") for _ in range(8)]
        for page in pages:
            await page.hello(token=welcome.token)
        assert back.closed == codes.REPLACED
        assert all(page.closed is None for page in pages)


async def test_a_session_id_of_somebody_else_takes_nothing_from_him(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        victim, thief = Page(appliance, "visitor"), Page(appliance, "visitor")
        session = (await victim.hello()).session
        assert (await thief.hello(session=session)).session != session
        assert victim.closed is None


async def test_disabled_and_unknown_agents_stay_out(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        page = await hire(appliance, "a1")
        appliance.gateway.agent_changed(msgspec.structs.replace(Agent("a1", "a1", "A1"), disabled=True))
        assert page.closed == codes.AUTH
        await appliance.store.save_agent(Agent("a1", "a1", "A1", disabled=True))
        for agent in ("a1", "nobody"):
            with pytest.raises(ProtocolError) as refusal:
                await Page(appliance, "agent", agent).hello()
            assert refusal.value.code == codes.AUTH


async def test_a_full_or_draining_house_says_when_to_come_back(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        now = appliance.live.now
        narrow = replace(now.spec, limits=replace(now.spec.limits, connections=1))
        appliance.live.now = replace(now, spec=narrow)
        await Page(appliance, "visitor").hello()
        with pytest.raises(ProtocolError) as full:
            await Page(appliance, "visitor").hello()
        assert full.value.code == codes.OVERLOAD
        await hire(appliance, "a1")
        appliance.admissions.draining = True
        with pytest.raises(ProtocolError) as drain:
            await Page(appliance, "agent", "a1").hello()
        assert drain.value.code == codes.DRAIN


async def test_a_visitor_who_signs_in_meanwhile_is_known_to_his_conversation(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        member = Page(appliance, "visitor")
        welcome = await member.hello(token="token-u5")
        member.send("你好")
        await until(lambda: member.answers)
        await Page(appliance, "visitor").hello(token=welcome.token, identity="signed-u5")
        (conversation,) = member.subscribed
        mailbox = appliance.conversations.resident(conversation)
        await until(lambda: mailbox and mailbox.snapshot and mailbox.snapshot.visitor.level == 3)


async def test_a_supervisors_tag_stays_with_the_visitor_and_makes_him_a_vip(tmp_path: Path) -> None:
    async with appliance_on(tmp_path, shortened("4m")) as appliance:
        chief, visitor = await hire(appliance, "s1", role="supervisor"), Page(appliance, "visitor")
        welcome = await visitor.hello()
        visitor.send("你好")
        await until(lambda: visitor.answers)
        (conversation,) = visitor.subscribed
        assert chief.subscribed == {}
        chief.do(conversation, "tag", tags=["VIP"])
        # The flow looks at what is always true again: a VIP does not wait.
        await until(lambda: conversation in chief.subscribed)
        # What is kept of him follows in a task of its own.
        kept = None
        for _ in range(500):
            kept = await appliance.store.visitor(welcome.you.id)
            if kept is not None:
                break
            await asyncio.sleep(0.01)
        assert kept is not None
        assert kept.tags == ("VIP",)


async def test_a_visitor_whom_the_store_keeps_out_leaves_no_link_behind(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:

        async def unreadable() -> str:
            raise StoreError(Text("坏", "broken"))

        appliance.store.epoch = unreadable  # type: ignore[method-assign]
        with pytest.raises(StoreError):
            await Page(appliance, "visitor").hello()
        assert len(appliance.links) == 0


async def test_the_greeting_is_made_when_it_is_said(tmp_path: Path) -> None:
    text = shortened().replace("欢迎语: 您好", "欢迎语: 现在有{{ agents.ready }}位客服在线")
    async with appliance_on(tmp_path, text) as appliance:
        for ready in range(2):
            greeted = (await Page(appliance, "visitor").hello()).greeting
            assert greeted is not None
            assert f"现在有{ready}位客服在线" in greeted.say
            await hire(appliance, f"a{ready}")


async def test_of_a_stranger_who_only_says_hello_nothing_is_kept(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        page = Page(appliance, "visitor")
        welcome = await page.hello(page=PageInfo("https://shop.example.com/a", "山茶", ""))
        assert await appliance.store.visitor(welcome.you.id) is None
        page.send("你好")
        await until(lambda: page.answers)
        (conversation,) = page.subscribed
        found = await appliance.cards.snapshot(conversation)
        assert found is not None
        assert found[0].visitor.title == "山茶"
