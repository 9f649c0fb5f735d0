"""The overload ladder at work on a whole appliance: what each tier holds back, and that nothing of it is lost."""

import logging
from pathlib import Path

import pytest
from msgspec import structs

from appliance.config.spec import Threshold
from appliance.delivery.commands import Marked
from appliance.delivery.frames import Ack, Desk, Receipts, Refused, Typed, Typing
from appliance.errors import ProtocolError
from appliance.errors import Refused as Refusal
from appliance.model import Presence
from appliance.overload import Change
from appliance.runtime.compose import Appliance
from tests.runtime.people import Page, appliance_on, hire
from tests.runtime.test_compose import until

HOUR = 3_600_000


async def hold(appliance: Appliance, tier: int) -> None:
    appliance.overload.force(tier, HOUR, "test")
    await until(lambda: appliance.overload.tier == tier)


async def talking(appliance: Appliance, **hello: object) -> tuple[Page, Page, str]:
    """Return a visitor, his agent, and their conversation."""
    agent, visitor = await hire(appliance, "a1"), Page(appliance, "visitor")
    await visitor.hello(**hello)
    visitor.send("你好")
    await until(lambda: agent.subscribed)
    (conversation,) = agent.subscribed
    return visitor, agent, conversation


async def test_it_measures_itself(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        measured = appliance.overload.measured()
        assert 0 < measured.memory < 1
        assert 0 < measured.files < 1
        await until(lambda: appliance.overload.controller.load.components["memory"] > 0)
        state = appliance.overload.state()
        assert (state["tier"], state["off"], state["forced"]["by"]) == (0, [], "tests")
        appliance.overload.automatic("test")
        assert appliance.overload.state()["forced"] is None
        assert [rung["tier"] for rung in state["thresholds"]] == [1, 2, 3]
        assert set(state["components"]) == {"loop", "commit", "cpu", "outbound", "memory", "files"}


async def test_at_tier_1_receipts_are_held_and_shown_later_and_nobody_sees_typing(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        visitor, agent, conversation = await talking(appliance)
        await hold(appliance, 1)
        told = len(visitor.told)
        appliance.gateway.typing(agent, Typed(conversation, True))
        appliance.gateway.mark(agent, Marked(conversation, 1, 0))
        appliance.gateway.mark(agent, Marked(conversation, 1, 1))
        await until(lambda: appliance.overload.suppressed["read_receipts"] >= 2)
        assert appliance.overload.suppressed["typing"] == 1
        assert not [each for each in visitor.told[told:] if isinstance(each, Receipts | Typing)]
        await hold(appliance, 0)
        await until(lambda: any(isinstance(each, Receipts) and each.read == 1 for each in visitor.told))


async def test_receipts_that_are_held_survive_a_stop(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        _, agent, conversation = await talking(appliance)
        await hold(appliance, 1)
        appliance.gateway.mark(agent, Marked(conversation, 1, 1))
        await until(lambda: appliance.overload.suppressed["read_receipts"])
    async with appliance_on(tmp_path) as again:
        marks = await again.store.marks(conversation)
        assert [(mark.reader, mark.read) for mark in marks if mark.read] == [("a1", 1)]


async def test_from_tier_2_news_may_wait_but_not_for_a_vip(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        visitor, agent, conversation = await talking(appliance)
        vip = Page(appliance, "visitor")
        await vip.hello(identity="signed-kim")
        vip.send("我是会员")
        await until(lambda: len(agent.subscribed) == 2)
        other = next(each for each in agent.subscribed if each != conversation)
        for tier, waits in ((0, 0), (2, 2_000), (3, 2_000), (0, 0)):
            await hold(appliance, tier)
            visitor.within.clear()
            vip.within.clear()
            agent.within.clear()
            agent.send(f"第 {tier} 档", conversation)
            agent.send(f"第 {tier} 档", other)
            await until(lambda: visitor.within and vip.within)
            assert visitor.within == [waits]
            assert vip.within == [0]
            assert set(agent.within) == {250 if tier == 3 else 0}
        assert visitor.texts() == ["你好", "第 0 档", "第 2 档", "第 3 档", "第 0 档"]


async def test_at_tier_3_the_desk_is_not_shown_at_each_change(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        agent = await hire(appliance, "a1")
        await hold(appliance, 3)
        shown = sum(isinstance(each, Desk) for each in agent.told)
        chosen: tuple[Presence, ...] = ("busy", "ready", "busy")
        for times, status in enumerate(chosen, start=1):
            appliance.desk.agent_status("a1", status)
            await until(lambda: appliance.overload.suppressed["presence"] >= times)  # noqa: B023  # awaited at once
        assert sum(isinstance(each, Desk) for each in agent.told) == shown
        await hold(appliance, 0)
        await until(lambda: sum(isinstance(each, Desk) for each in agent.told) > shown)
        last = [each for each in agent.told if isinstance(each, Desk)][-1]
        assert [line.status for line in last.agents] == ["busy"]


async def test_at_tier_3_strangers_come_later_and_nobody_else(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        known = Page(appliance, "visitor")
        token = (await known.hello()).token
        await hold(appliance, 3)
        with pytest.raises(ProtocolError) as turned_away:
            await Page(appliance, "visitor").hello()
        assert turned_away.value.code == 1013
        assert turned_away.value.retry_after is not None
        assert 5_000 <= turned_away.value.retry_after <= 15_000
        await Page(appliance, "visitor").hello(token=token)
        await Page(appliance, "visitor").hello(identity="signed-kim")
        await hire(appliance, "a9")
        assert appliance.overload.suppressed["new_visitors"] == 1


async def test_whoever_comes_under_load_is_told(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        await hold(appliance, 2)
        welcome = await Page(appliance, "visitor").hello()
        assert welcome.mode is not None
        assert (welcome.mode.tier, welcome.mode.load, welcome.mode.cause) == (2, None, "")
        agent = await hire(appliance, "a1")
        assert agent.welcome is not None
        assert agent.welcome.mode is not None
        assert agent.welcome.mode.cause == "operator"
        assert agent.welcome.mode.until is not None


async def test_a_queue_that_grows_takes_no_more_and_says_when(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        visitor, agent, conversation = await talking(appliance)
        commits = appliance.store.commits
        # One message that takes ten seconds is too much to wait for.
        visitor.send("一")
        commits.last_wait, commits.each = 0.3, 10.0
        with pytest.raises(Refusal) as refused:
            visitor.send("二")
        assert refused.value.code == "full"
        assert refused.value.retry_after is not None
        assert 1_000 <= refused.value.retry_after <= 10_000
        commits.last_wait, commits.each = 0.3, 10.0
        agent.send("客服不拦", conversation)
        await until(lambda: "客服不拦" in visitor.texts())
        assert appliance.overload.suppressed["messages"] == 1
        assert not any(isinstance(each, Refused) for each in agent.answers)
        commits.last_wait = 0.0
        visitor.send("二")
        await until(lambda: sum(isinstance(each, Ack) for each in visitor.answers) == 3)
        await until(lambda: appliance.overload.in_hand == 0)


async def test_only_under_load_a_vip_goes_before_others(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        plain, vip = Page(appliance, "visitor"), Page(appliance, "visitor")
        await plain.hello()
        await vip.hello(identity="signed-kim")
        assert plain.peer is not None
        assert vip.peer is not None
        favours = appliance.conversations.favours
        assert not favours(vip.peer.id)
        await hold(appliance, 1)
        assert favours(vip.peer.id)
        assert not favours(plain.peer.id)
        vip.send("在吗")
        await until(lambda: vip.answers)


async def test_thresholds_of_another_configuration_count_at_once(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        now = appliance.live.now
        rungs = (Threshold(0.5, 0.4, "read_receipts_off"),)
        appliance.live.now = structs.replace(now, spec=structs.replace(now.spec, thresholds=rungs))
        await until(lambda: appliance.overload.state()["thresholds"][0]["enter"] == 0.5)
        assert len(appliance.overload.state()["thresholds"]) == 1


async def test_a_change_is_told_to_all_listeners_whatever_one_does(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with appliance_on(tmp_path) as appliance:
        heard: list[Change] = []

        def broken(change: Change) -> None:
            raise RuntimeError("a defect")

        appliance.overload.listen(broken)
        appliance.overload.listen(heard.append)
        with caplog.at_level(logging.INFO, "kefu.overload"):
            await hold(appliance, 2)
        assert [change.after for change in heard] == [1, 2]
        assert any((vars(it).get("before"), vars(it).get("after")) == (1, 2) for it in caplog.records)
        assert appliance.overload.changes == {(0, 1): 1, (1, 2): 1}
        assert [each["to"] for each in appliance.overload.state()["history"]] == [1, 2]
