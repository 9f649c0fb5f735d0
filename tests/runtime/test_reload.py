"""Another configuration goes live: what changes at once, what stays, what happens when any part of it fails."""

import asyncio
import gc
from hashlib import sha256
from pathlib import Path

import pytest

from appliance.errors import ConfigError, Refused, StoreError, Text
from appliance.history import Config, Outcome
from appliance.runtime.reload import NO_SUCH, NOTHING_WAITS
from tests.runtime.people import Page, hire
from tests.runtime.reloading import FIRST, flow, greeting, room
from tests.runtime.test_compose import until

BROKEN = FIRST.replace("to: 分配客服", "to: 分配客户")


async def test_what_people_meet_changes_at_once(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        before = it.appliance.live.now
        wider = greeting("新春快乐").replace(
            "pools: {db: 4", "limits: {presence_grace: 9s, transfers: 7}\npools: {db: 2"
        )
        wider = wider.replace("name: 山茶小铺", "name: 大铺")
        done = await it.apply(wider)
        assert done.live is not None
        assert it.reloads.live_sha == done.live.sha256 == sha256(wider.encode()).hexdigest()
        now = it.appliance.live.now
        assert now is not before
        assert (now.identity, now.spec.limits.transfers) == ("secret", 7)
        assert now.grants.budget is before.grants.budget
        assert it.appliance.desk.desk.grace == 9_000
        assert it.swapped == [now.spec]
        welcome = await Page(it.appliance, "visitor").hello()
        assert welcome.greeting is not None
        assert welcome.greeting.say.startswith("新春快乐")
        # The flow is the same, so the bundle is, and nobody is pinned to another one.
        assert now.graph.id == before.graph.id
        assert done.plan is not None
        assert done.plan.affected == 0


async def test_who_is_in_a_conversation_keeps_its_flow_and_who_comes_gets_the_new_one(tmp_path: Path) -> None:
    async with room(tmp_path, flow(60)) as it:
        old, fresh = Page(it.appliance, "visitor"), Page(it.appliance, "visitor")
        await old.hello()
        old.send("你好")
        await until(lambda: old.answers)
        before = it.appliance.live.now.graph
        done = await it.apply(flow(70))
        assert done.plan is not None
        assert (done.plan.open, done.plan.affected, done.plan.pinned) == (1, 1, {before.id: 1})
        await fresh.hello()
        fresh.send("你好")
        await until(lambda: fresh.answers)
        (first,), (second,) = old.subscribed, fresh.subscribed
        mailboxes = [it.appliance.conversations.resident(each) for each in (first, second)]
        after = it.appliance.live.now.graph
        assert [mailbox and mailbox.graph for mailbox in mailboxes] == [before, after]
        assert await it.appliance.store.pinned() == {before.id: 1, after.id: 1}
        old.send("还在", first)
        await until(lambda: len(old.answers) == 2)


async def test_a_graph_that_nobody_is_pinned_to_is_not_kept(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        for seconds in range(5, 9):
            await it.apply(flow(seconds))
        gc.collect()
        assert list(it.appliance.conversations._graphs) == [it.appliance.live.now.graph.id]


@pytest.mark.parametrize(
    "bad", [BROKEN, "", "\ttabs", FIRST + "tests:\n  - {name: 错, steps: [0s -> 已结束]}\n"]
)
async def test_a_refused_one_changes_nothing_and_everybody_is_told(tmp_path: Path, bad: str) -> None:
    async with room(tmp_path) as it:
        before, entries = it.appliance.live.now, await it.reloads.history()
        done = await it.apply(bad)
        assert (done.live, done.plan) == (None, None)
        assert done.diagnostics.failed
        assert it.appliance.live.now is before
        assert await it.reloads.history() == entries
        assert it.reloads.problem is not None
        assert it.reloads.counts["refused"] == 1
        banner = it.banners[-1]
        assert banner is not None
        assert banner.code == "reload_failed"
        # The next good one ends the complaint.
        await it.apply(greeting("好了"))
        assert (await it.reloads.state())["problem"] is None
        assert it.banners[-1] is None


async def test_what_the_store_does_not_take_or_the_secret_lacks_never_goes_live(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        before = it.appliance.live.now

        async def refuse(config: Config, former: Outcome = "past") -> Config:
            raise StoreError(Text("满", "full"))

        keep, it.appliance.store.go_live = it.appliance.store.go_live, refuse  # type: ignore[method-assign]
        with pytest.raises(StoreError):
            await it.apply(greeting("新"))
        it.appliance.store.go_live = keep  # type: ignore[method-assign]
        it.trouble = True
        with pytest.raises(ConfigError):
            await it.apply(greeting("新"))
        assert it.appliance.live.now is before
        assert it.swapped == []
        assert await it.outcomes() == ["live"]
        assert it.reloads.counts == {"refused": 2}


async def test_a_plan_says_what_would_change_and_changes_nothing(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        before = it.appliance.live.now
        done = await it.reloads.plan(flow(7, greeting("新")), "kefu.yaml", {})
        assert done.plan is not None
        assert {"messages.欢迎语"} < {change.path for change in done.plan.changes}
        assert {change.when for change in done.plan.changes} == {"live", "new"}
        assert done.plan.bundle_before == before.graph.id != done.plan.bundle_after
        assert (await it.reloads.plan(BROKEN, "kefu.yaml", {})).plan is None
        assert it.appliance.live.now is before
        assert (it.banners, it.reloads.counts, it.reloads.problem) == ([], {}, None)
        assert len(await it.reloads.history()) == 1


async def test_what_needs_a_restart_stays_as_it_runs(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        before = it.appliance.live.now.spec
        text = greeting("新").replace("snapshot_every: 32", "snapshot_every: 9") + "listen: {port: 9}\n"
        done = await it.apply(text)
        assert done.plan is not None
        assert {change.path for change in done.plan.changes if change.when == "restart"} >= {
            "storage.snapshot_every"
        }
        now = it.appliance.live.now.spec
        assert (now.listen, now.storage) == (before.listen, before.storage)


async def test_the_same_again_is_no_news_but_its_secrets_are_read_anew(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        first = await it.apply(greeting("新"), 60_000)
        again = await it.apply(greeting("新"))
        assert first.live is not None
        assert again.live is not None
        assert again.live.id == first.live.id
        assert it.reloads.pending is not None
        assert await it.outcomes() == ["live", "past"]
        assert len(it.swapped) == 2


async def test_what_nobody_confirms_goes_back_and_what_is_confirmed_stays(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        await it.apply(greeting("试"), 50)
        banner = it.banners[-1]
        assert banner is not None
        assert (banner.code, banner.until) == (
            "unconfirmed",
            it.reloads.pending and it.reloads.pending.confirm_by,
        )
        await until(lambda: it.reloads.counts["reverted"])
        assert it.appliance.live.now.texts.render("欢迎语", {}).startswith("您好")
        assert await it.outcomes() == ["live", "reverted", "past"]
        assert (it.reloads.pending, it.banners[-1]) == (None, None)
        kept = await it.apply(greeting("好"), 50)
        confirmed = await it.reloads.confirm()
        assert kept.live is not None
        assert confirmed.id == kept.live.id
        await asyncio.sleep(0.1)
        assert it.appliance.live.now.texts.render("欢迎语", {}).startswith("好")
        with pytest.raises(Refused) as nothing:
            await it.reloads.confirm()
        assert nothing.value is NOTHING_WAITS


async def test_another_one_in_place_of_what_waits_goes_back_to_what_was_confirmed(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        await it.apply(greeting("一"), 60_000)
        await it.apply(greeting("二"), 50)
        await until(lambda: it.reloads.counts["reverted"])
        assert it.appliance.live.now.texts.render("欢迎语", {}).startswith("您好")
        assert await it.outcomes() == ["live", "reverted", "reverted", "past"]


async def test_no_way_back_leads_to_what_nobody_confirmed(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        await it.apply(greeting("一"), 60_000)
        await it.apply(greeting("二"))
        await it.reloads.rollback("tester")
        assert it.appliance.live.now.texts.render("欢迎语", {}).startswith("您好")
        assert await it.outcomes() == ["live", "rolled_back", "reverted", "past"]


async def test_the_same_again_with_a_time_waits_anew_from_now(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        first = await it.apply(greeting("试"), 60_000)
        again = await it.apply(greeting("试"), 600_000)
        assert again.news is False
        assert first.live is not None
        assert first.live.confirm_by is not None
        assert again.live is not None
        assert again.live == it.reloads.pending
        stored = (await it.reloads.history())[0]
        assert stored.confirm_by == again.live.confirm_by
        assert stored.confirm_by is not None
        assert stored.confirm_by > first.live.confirm_by + 500_000
        assert it.reloads.counts["reverted"] == 0
        await it.apply(greeting("试"), 50)
        await until(lambda: it.reloads.counts["reverted"])


async def test_going_back_finds_a_place_for_who_came_meanwhile(tmp_path: Path) -> None:
    async with room(tmp_path, flow(60)) as it:
        await it.apply(flow(60).replace("售前", "咨询"), 60_000, 售前="咨询")
        visitor = Page(it.appliance, "visitor")
        await visitor.hello()
        visitor.send("你好")
        await until(lambda: visitor.answers)
        back = await it.reloads.rollback("tester")
        assert back.live is not None, [each.code for each in back.diagnostics]
        assert it.appliance.live.now.aliases == {"咨询": "售前"}
        chief = await hire(it.appliance, "s1", role="supervisor")
        assert chief.welcome is not None
        assert chief.welcome.desk is not None
        assert [line.queue for line in chief.welcome.desk.waiting] == ["售前"]
        with pytest.raises(Refused):
            await it.reloads.rollback("tester", 10**30)


async def test_a_slip_in_a_renaming_is_refused(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        with pytest.raises(Refused) as old:
            await it.apply(greeting("新"), 售钱="售前")
        assert "售钱" in old.value.cause.zh
        with pytest.raises(Refused) as new:
            await it.apply(greeting("新"), 售前="没有")
        assert "没有" in new.value.cause.zh
        assert await it.outcomes() == ["live"]


async def test_the_same_again_has_nothing_to_wait_for_when_it_was_confirmed(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        await it.apply(greeting("试"))
        again = await it.apply(greeting("试"), 50)
        assert again.live is not None
        assert (again.news, again.live.confirm_by, it.reloads.pending) == (False, None, None)
        await asyncio.sleep(0.1)
        assert it.appliance.live.now.texts.render("欢迎语", {}).startswith("试")


async def test_the_way_back_leads_past_what_says_the_same(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        with pytest.raises(Refused) as none:
            await it.reloads.rollback("tester")
        assert none.value is NO_SUCH
        await it.apply(greeting("一"))
        two = await it.apply(greeting("二"))
        await it.reloads.rollback("tester")
        assert it.appliance.live.now.texts.render("欢迎语", {}).startswith("一")
        await it.reloads.rollback("tester")
        assert it.appliance.live.now.texts.render("欢迎语", {}).startswith("您好")
        assert await it.outcomes() == ["live", "rolled_back", "rolled_back", "past", "past"]
        assert two.live is not None
        named = await it.reloads.rollback("tester", two.live.id)
        assert named.live is not None
        assert it.appliance.live.now.texts.render("欢迎语", {}).startswith("二")


async def test_the_file_is_read_again_and_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        it.file.write_text(greeting("改"))
        done = await it.reloads.reload("SIGHUP")
        assert done.live is not None
        assert (done.live.by, done.live.file) == ("SIGHUP", str(it.file))
        before = it.appliance.live.now
        it.file.write_bytes(FIRST.encode("gbk", "replace"))
        assert (await it.reloads.reload("SIGHUP")).diagnostics.failed
        it.file.unlink()
        with pytest.raises(ConfigError):
            await it.reloads.reload("SIGHUP")
        assert it.appliance.live.now is before
        assert it.reloads.counts["refused"] == 2


async def test_two_at_once_go_live_one_after_the_other(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        await asyncio.gather(*(it.apply(greeting(f"第{number}")) for number in range(5)))
        entries = await it.reloads.history()
        assert [entry.outcome for entry in entries] == ["live"] + ["past"] * 5
        live = await it.appliance.store.config(entries[0].id)
        assert live is not None
        said = live.text[live.text.index("欢迎语: ") + 5 :].splitlines()[0]
        assert it.appliance.live.now.texts.render("欢迎语", {}) == said


async def test_a_start_writes_itself_down_once_and_takes_back_what_nobody_confirmed(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        await it.apply(greeting("试"), 60_000)
    async with room(tmp_path) as it:
        assert it.reloads.pending is None
        assert await it.outcomes() == ["live", "reverted", "past"]
    async with room(tmp_path) as it:
        assert await it.outcomes() == ["live", "reverted", "past"]
        state = await it.reloads.state()
        assert state["live"]["by"] == "start"


async def test_a_queue_that_somebody_needs_goes_only_under_another_name(tmp_path: Path) -> None:
    async with room(tmp_path, flow(60)) as it:
        visitor = Page(it.appliance, "visitor")
        await visitor.hello()
        visitor.send("你好")
        await until(lambda: visitor.answers)
        renamed = flow(60).replace("售前", "咨询")
        done = await it.apply(renamed)
        assert [(each.code, each.severity) for each in done.diagnostics if each.code == "K610"] == [
            ("K610", "error")
        ]
        assert (await it.apply(renamed, 售前="咨询")).live is not None
        assert it.appliance.live.now.aliases == {"售前": "咨询"}
        chief = await hire(it.appliance, "s1", role="supervisor")
        assert chief.welcome is not None
        assert chief.welcome.desk is not None
        assert [line.queue for line in chief.welcome.desk.waiting] == ["咨询"]
