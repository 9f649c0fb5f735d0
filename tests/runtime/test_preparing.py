"""The first phase of a reload by itself: it reads, counts and makes, and what is live goes on."""

from pathlib import Path

from tests.runtime.people import Page
from tests.runtime.reloading import flow, room
from tests.runtime.test_compose import until


async def test_open_conversations_are_counted_by_bundle_and_lost_queues_with_them(tmp_path: Path) -> None:
    async with room(tmp_path, flow(60)) as it:
        for _ in range(3):
            visitor = Page(it.appliance, "visitor")
            await visitor.hello()
            visitor.send("你好")
            await until(lambda visitor=visitor: visitor.answers)  # type: ignore[misc]
        first = it.reloads._first
        before = it.appliance.live.now
        checked = await first.checked(flow(70), "kefu.yaml")
        plan = await first.planned(checked)
        assert (plan.open, plan.affected) == (3, 3)
        assert plan.pinned == {before.graph.id: 3}
        lost = await first.checked(flow(60).replace("售前", "咨询"), "kefu.yaml")
        await first.refuse_lost_queues(lost, {})
        (problem,) = [each for each in lost.diagnostics if each.code == "K610"]
        assert "3" in problem.message.en
        assert it.appliance.live.now is before


async def test_what_is_prepared_has_its_secret_and_shares_the_budget(tmp_path: Path) -> None:
    async with room(tmp_path) as it:
        checked = await it.reloads._first.checked(flow(7), "kefu.yaml")
        made = it.reloads._first.prepared(checked, {})
        assert (made.identity, made.graph) == ("secret", checked.graph)
        assert made.grants.budget is it.appliance.live.now.grants.budget
