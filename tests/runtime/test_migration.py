"""Open conversations go over to the live bundle: all that can, counted; what cannot stays where it is."""

from pathlib import Path

from msgspec.structs import replace

from appliance.runtime.migration import Migration, NoPlace
from tests.runtime.people import Page, appliance_on
from tests.runtime.reloading import Room, flow, room
from tests.runtime.test_compose import until

OLD = flow(60)
NEW = OLD.replace("等客服", "等回复")


async def waiting(it: Room) -> tuple[Page, str]:
    visitor = Page(it.appliance, "visitor")
    await visitor.hello()
    visitor.send("你好")
    await until(lambda: visitor.answers)
    (conversation,) = visitor.subscribed
    return visitor, conversation


def migration(it: Room) -> Migration:
    return Migration(it.appliance.live, it.appliance.store, it.appliance.conversations)


async def test_all_that_can_go_over_do_and_the_others_are_counted_by_state(tmp_path: Path) -> None:
    async with room(tmp_path, OLD) as it:
        visitors = [await waiting(it) for _ in range(3)]
        first = visitors[0][1]
        mailbox = it.appliance.conversations.resident(first)
        assert mailbox is not None
        old = it.appliance.live.now.graph.id
        assert (await it.apply(NEW)).live is not None
        new = it.appliance.live.now.graph.id
        counted = await migration(it).run({}, {}, dry_run=True)
        assert (counted.moved, counted.kept, counted.refused) == (3, 0, [])
        assert await it.appliance.store.pinned() == {old: 3}
        before = mailbox.snapshot
        moved = await migration(it).run({}, {}, dry_run=False)
        assert (moved.moved, moved.refused) == (3, [])
        assert await it.appliance.store.pinned() == {new: 3}
        assert before is not None
        assert mailbox.snapshot is not None
        assert mailbox.snapshot.entered == before.entered
        assert [timer.due for timer in mailbox.snapshot.timers] == [timer.due for timer in before.timers]
        again = await migration(it).run({}, {}, dry_run=False)
        assert (again.moved, again.kept) == (0, 3)
        # They go on by the new flow, also after a restart.
        visitors[1][0].send("在吗", visitors[1][1])
        await until(lambda: len(visitors[1][0].answers) == 2)
    async with appliance_on(tmp_path / "data", NEW) as appliance:
        assert appliance.recovered == 3
        restored = appliance.conversations.resident(first)
        assert restored is not None
        assert restored.snapshot is not None
        assert (restored.snapshot.bundle, restored.snapshot.failures) == (new, 0)


async def test_a_state_without_a_counterpart_keeps_its_conversations_until_it_is_named(
    tmp_path: Path,
) -> None:
    async with room(tmp_path, OLD) as it:
        _, conversation = await waiting(it)
        renamed = OLD.replace("等待接入", "先等等")
        assert (await it.apply(renamed)).live is not None
        refused = await migration(it).run({}, {}, dry_run=False)
        assert (refused.moved, refused.refused) == (0, [NoPlace("等待接入", 1)])
        moved = await migration(it).run({"等待接入": "先等等"}, {}, dry_run=False)
        assert (moved.moved, moved.refused) == (1, [])
        mailbox = it.appliance.conversations.resident(conversation)
        assert mailbox is not None
        assert mailbox.snapshot is not None
        assert mailbox.snapshot.active[-1] == "先等等"


async def test_a_parked_one_goes_along_and_a_closed_one_is_left_alone(tmp_path: Path) -> None:
    async with room(tmp_path, OLD) as it:
        _, parked = await waiting(it)
        visitor, closed = await waiting(it)
        mailbox = it.appliance.conversations.resident(parked)
        assert mailbox is not None
        assert mailbox.snapshot is not None
        mailbox.snapshot = replace(mailbox.snapshot, parked=True, timers=())
        visitor.do(closed, "end")
        await until(lambda: "closed" in visitor.kinds())
        assert (await it.apply(OLD.replace("等待接入", "先等等"))).live is not None
        done = await migration(it).run({}, {}, dry_run=False)
        assert (done.moved, done.kept, done.refused) == (1, 0, [])
