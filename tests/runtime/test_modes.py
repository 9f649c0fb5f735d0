"""Everybody who is connected learns what is off, and what is told last is true."""

from pathlib import Path

from appliance.delivery.frames import Mode
from appliance.overload import FEATURES
from tests.runtime.people import Page, appliance_on, hire
from tests.runtime.test_compose import until
from tests.runtime.test_overload import hold


def modes(page: Page) -> list[Mode]:
    return [each for each in page.told if isinstance(each, Mode)]


async def test_staff_learns_why_and_visitors_only_what(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        agent, visitor = await hire(appliance, "a1"), Page(appliance, "visitor")
        await visitor.hello()
        await hold(appliance, 3)
        await until(lambda: modes(visitor) and modes(visitor)[-1].tier == 3)
        assert [mode.tier for mode in modes(agent)] == [1, 2, 3]
        last = modes(agent)[-1]
        assert (last.off, last.cause) == (FEATURES, "operator")
        assert last.load is not None
        assert last.until is not None
        told = modes(visitor)[-1]
        assert (told.off, told.load, told.cause, told.until) == (FEATURES, None, "", None)
        await hold(appliance, 0)
        await until(lambda: modes(visitor)[-1].tier == 0)
        assert modes(visitor)[-1].off == ()


async def test_many_visitors_are_told_in_steps_and_all_of_them_the_truth(tmp_path: Path) -> None:
    async with appliance_on(tmp_path) as appliance:
        crowd = [Page(appliance, "visitor") for _ in range(120)]
        for page in crowd:
            await page.hello()
        await hold(appliance, 3)
        await until(lambda: all(modes(page) and modes(page)[-1].tier == 3 for page in crowd))
        # Who is told late is not told what was true before.
        assert len(modes(crowd[-1])) <= len(modes(crowd[0]))
