"""Another configuration goes live: what changes at once, what waits, what goes back, and what is refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from appliance.delivery.cards import Banner
from appliance.errors import ConfigError, Refused, Text
from appliance.runtime.compose import Appliance
from appliance.runtime.place import this_place
from appliance.runtime.preparing import Origin
from appliance.runtime.reload import Reloads
from tests.runtime.people import Page, appliance_on, hire, shortened
from tests.runtime.test_compose import until

TEXT = shortened("100ms")
OTHER = TEXT.replace("您好,请问", "您好!请问")
FLOW = TEXT.replace("time > 10s", "time > 8s")
BROKEN = TEXT.replace("to: 排队,", "to: 排对,")


class House:
    def __init__(self, appliance: Appliance, reloads: Reloads, banners: list[Banner | None]) -> None:
        self.appliance = appliance
        self.reloads = reloads
        self.banners = banners

    async def apply(self, text: str, confirm: int | None = None, **renamed: str) -> bool:
        done = await self.reloads.apply(text, "kefu.yaml", "li", renamed, confirm)
        return done.live is not None

    async def outcomes(self) -> list[tuple[int, str]]:
        return [(entry.id, entry.outcome) for entry in await self.reloads.history()]

    @property
    def greeting(self) -> str:
        return self.appliance.live.now.spec.messages["欢迎语"].text


@asynccontextmanager
async def house(path: Path, text: str = TEXT) -> AsyncIterator[House]:
    file = path / "kefu.yaml"
    file.write_text(text, encoding="utf-8")
    banners: list[Banner | None] = []
    async with appliance_on(path / "data", text) as appliance:
        reloads = Reloads(
            appliance.live,
            appliance.store,
            appliance.conversations,
            appliance.desk,
            appliance.clock,
            appliance.tasks,
            Origin(str(file), lambda: this_place(path / "data", running=True), lambda spec: "secret"),
            lambda spec: None,
            banners.append,
        )
        await reloads.started(text, str(file), "start", {})
        yield House(appliance, reloads, banners)
        reloads.stop()


async def test_texts_are_live_at_once_and_the_flow_for_new_conversations(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        before = here.appliance.live.now.graph.id
        visitor = Page(here.appliance, "visitor")
        await visitor.hello()
        visitor.send("在吗")
        await until(lambda: visitor.answers)
        assert await here.apply(FLOW.replace("您好,请问", "您好!请问"))
        assert here.greeting.startswith("您好!")
        after = here.appliance.live.now.graph.id
        assert after != before
        (conversation,) = visitor.subscribed
        mailbox = here.appliance.conversations.resident(conversation)
        assert mailbox is not None
        assert mailbox.graph is not None
        assert mailbox.graph.id == before
        other = Page(here.appliance, "visitor")
        await other.hello()
        other.send("我也在")
        await until(lambda: other.answers)
        pinned = await here.appliance.store.pinned()
        assert pinned == {before: 1, after: 1}
        assert await here.outcomes() == [(2, "live"), (1, "past")]


async def test_a_broken_one_changes_nothing_and_everybody_is_told(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        before = here.appliance.live.now
        done = await here.reloads.apply(BROKEN, "kefu.yaml", "li", {})
        assert [found.code for found in done.diagnostics] == ["K301"]
        assert here.appliance.live.now is before
        assert here.reloads.counts == {"refused": 1}
        (told,) = here.banners
        assert told is not None
        assert (told.code, "排对" in told.zh, "排对" in told.en) == ("reload_failed", True, True)
        assert await here.outcomes() == [(1, "live")]
        assert await here.apply(OTHER)
        assert here.banners[-1] is None
        assert here.reloads.problem is None


async def test_a_plan_changes_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        before = here.appliance.live.now
        planned = await here.reloads.plan(FLOW, "kefu.yaml", {})
        assert planned.plan is not None
        assert [change.when for change in planned.plan.changes] == ["new"]
        assert planned.plan.affected == 0
        assert (await here.reloads.plan(BROKEN, "kefu.yaml", {})).plan is None
        assert here.appliance.live.now is before
        assert here.reloads.counts == {}
        assert len(await here.reloads.history()) == 1


async def test_what_nobody_confirms_goes_back(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        assert await here.apply(OTHER, confirm=150)
        assert here.greeting.startswith("您好!")
        assert here.banners[-1] is not None
        assert here.banners[-1].code == "unconfirmed"
        await until(lambda: here.reloads.counts["reverted"] == 1)
        assert here.greeting.startswith("您好,")
        assert here.reloads.pending is None
        assert await here.outcomes() == [(3, "live"), (2, "reverted"), (1, "past")]
        with pytest.raises(Refused):
            await here.reloads.confirm()


async def test_what_is_confirmed_stays(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        assert await here.apply(OTHER, confirm=300)
        kept = await here.reloads.confirm()
        assert (kept.id, kept.confirm_by) == (2, None)
        await asyncio.sleep(0.5)
        assert here.greeting.startswith("您好!")
        assert await here.outcomes() == [(2, "live"), (1, "past")]


async def test_while_one_waits_another_goes_back_to_the_same_base(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        assert await here.apply(OTHER, confirm=60_000)
        assert await here.apply(FLOW, confirm=150)
        await until(lambda: here.reloads.counts["reverted"] == 1)
        assert here.greeting.startswith("您好,")
        assert here.appliance.live.now.graph.id == (await here.reloads.history())[-1].bundle


async def test_the_same_text_again_is_no_news_and_confirms_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        assert await here.apply(TEXT)
        assert await here.outcomes() == [(1, "live")]
        assert await here.apply(OTHER, confirm=400)
        assert await here.apply(OTHER)
        assert here.reloads.pending is not None
        await until(lambda: here.reloads.counts["reverted"] == 1)


async def test_rollback_goes_back_to_the_last_that_says_something_else(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        assert await here.apply(OTHER)
        assert (await here.reloads.rollback("li")).live is not None
        assert here.greeting.startswith("您好,")
        assert await here.outcomes() == [(3, "live"), (2, "rolled_back"), (1, "past")]
        with pytest.raises(Refused):
            await here.reloads.rollback("li")
        assert (await here.reloads.rollback("li", to=2)).live is not None
        assert here.greeting.startswith("您好!")
        with pytest.raises(Refused):
            await here.reloads.rollback("li", to=99)


async def test_the_file_is_read_again_and_one_that_is_no_text_is_refused(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        file = tmp_path / "kefu.yaml"
        file.write_text(OTHER, encoding="utf-8")
        assert (await here.reloads.reload("SIGHUP")).live is not None
        assert here.greeting.startswith("您好!")
        file.write_bytes(OTHER.encode("gbk"))
        done = await here.reloads.reload("SIGHUP")
        assert [found.code for found in done.diagnostics] == ["K101"]
        file.unlink()
        with pytest.raises(ConfigError):
            await here.reloads.reload("SIGHUP")
        assert here.greeting.startswith("您好!")
        assert here.reloads.counts == {"applied": 1, "refused": 2}


async def test_what_needs_a_restart_stays_as_it_runs(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        done = await here.reloads.apply(
            TEXT.replace("storage: {", "listen: {port: 9000}\nstorage: {"), "kefu.yaml", "li", {}
        )
        assert done.plan is not None
        assert [change.when for change in done.plan.changes] == ["restart"]
        assert here.appliance.live.now.spec.listen.port == 8080


async def test_a_queue_that_somebody_needs_goes_only_under_another_name(tmp_path: Path) -> None:
    renamed = TEXT.replace("售前", "咨询")
    async with house(tmp_path) as here:
        visitor = Page(here.appliance, "visitor")
        await visitor.hello()
        visitor.send("排队")
        await until(lambda: visitor.answers)
        await until(lambda: len(here.appliance.desk.desk.room.wishes) == 1)
        done = await here.reloads.apply(renamed, "kefu.yaml", "li", {})
        assert [(found.code, "售前" in found.message.zh) for found in done.diagnostics] == [("K610", True)]
        assert await here.apply(renamed, 售前="咨询")
        (wish,) = here.appliance.desk.desk.room.wishes.values()
        assert wish.want.queue == "咨询"
        await hire(here.appliance, "a1")
        await until(lambda: "joined" in visitor.kinds())


async def test_an_unconfirmed_configuration_has_gone_back_by_the_next_start(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        assert await here.apply(OTHER, confirm=3_600_000)
    async with house(tmp_path) as here:
        assert await here.outcomes() == [(3, "live"), (2, "reverted"), (1, "past")]


async def test_a_secret_that_is_not_there_is_no_reason_to_stop(tmp_path: Path) -> None:
    async with house(tmp_path) as here:

        def gone(spec: object) -> str:
            raise ConfigError(Text("没有", "gone"))

        here.reloads._first._origin = Origin("x", here.reloads._origin.here, gone)
        with pytest.raises(ConfigError):
            await here.apply(OTHER)
        assert here.greeting.startswith("您好,")
        assert here.reloads.counts == {"refused": 1}
