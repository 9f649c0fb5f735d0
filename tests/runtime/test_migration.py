"""Open conversations go over to the live bundle where they stand; those without a place there stay, and are counted."""

from pathlib import Path

from appliance.runtime.migration import Migration, Moved, NoPlace
from tests.runtime.people import Page
from tests.runtime.test_compose import until
from tests.runtime.test_reload import FLOW, TEXT, House, house

RENAMED = TEXT.replace("等待接入", "候着").replace("name: 参考规则", "name: 规则")


async def somebody(here: House) -> str:
    visitor = Page(here.appliance, "visitor")
    await visitor.hello()
    visitor.send("在吗")
    await until(lambda: visitor.answers)
    return next(iter(visitor.subscribed))


def migration(here: House) -> Migration:
    return Migration(here.appliance.live, here.appliance.store, here.appliance.conversations)


async def test_everybody_who_has_a_place_goes_over(tmp_path: Path) -> None:
    async with house(tmp_path, TEXT.replace("after: {100ms", "after: {4m")) as here:
        conversation = await somebody(here)
        assert await here.apply(FLOW.replace("after: {100ms", "after: {4m"))
        new = here.appliance.live.now.graph.id
        assert await migration(here).run({}, {}, dry_run=True) == Moved(1, 0, [])
        mailbox = here.appliance.conversations.resident(conversation)
        assert mailbox is not None
        before = mailbox.snapshot
        assert before is not None
        assert before.bundle != new
        assert await migration(here).run({}, {}, dry_run=False) == Moved(1, 0, [])
        after = mailbox.snapshot
        assert after is not None
        assert (after.bundle, after.active, after.entered) == (new, before.active, before.entered)
        assert [timer.due for timer in after.timers] == [timer.due for timer in before.timers]
        assert await migration(here).run({}, {}, dry_run=False) == Moved(0, 1, [])
        assert await here.appliance.store.pinned() == {new: 1}


async def test_a_state_without_a_counterpart_is_counted_and_can_be_named(tmp_path: Path) -> None:
    slow = TEXT.replace("after: {100ms", "after: {4m")
    async with house(tmp_path, slow) as here:
        await somebody(here)
        assert await here.apply(RENAMED.replace("after: {100ms", "after: {4m"))
        assert await migration(here).run({}, {}, dry_run=False) == Moved(0, 0, [NoPlace("等待接入", 1)])
        assert await migration(here).run({"等待接入": "候着"}, {}, dry_run=False) == Moved(1, 0, [])


async def test_a_moved_conversation_comes_back_after_a_restart(tmp_path: Path) -> None:
    slow = TEXT.replace("after: {100ms", "after: {4m")
    async with house(tmp_path, slow) as here:
        conversation = await somebody(here)
        assert await here.apply(FLOW.replace("after: {100ms", "after: {4m"))
        assert await migration(here).run({}, {}, dry_run=False) == Moved(1, 0, [])
        new = here.appliance.live.now.graph.id
    async with house(tmp_path, FLOW.replace("after: {100ms", "after: {4m")) as here:
        mailbox = here.appliance.conversations.resident(conversation)
        assert mailbox is not None
        assert mailbox.snapshot is not None
        assert mailbox.snapshot.bundle == new
