"""Measurements one after the other: what fails, what takes too long and what is interrupted costs only its own rows."""

import asyncio
from collections.abc import Awaitable, Callable

from appliance.errors import StartError, Text
from tests.tools.claims.sample import DESK, LEFT
from tools.claims.course import INTERRUPTED, RAN_OUT, Course, Measurement
from tools.claims.findings import Findings

TITLE = Text("测", "measure")


def measurement(
    part: str, work: Callable[[Findings], Awaitable[None]], least: float = 0.0, most: float = 5.0
) -> Measurement:
    """Return one that fills a part."""
    return Measurement(TITLE, (part,), least, most, work)


async def desk(found: Findings) -> None:
    found.desk = DESK


async def left(found: Findings) -> None:
    found.left = LEFT


async def slow(found: Findings) -> None:
    await asyncio.sleep(60)


async def test_all_are_measured_in_their_order() -> None:
    course = Course([measurement("desk", desk), measurement("left", left)], 10.0)
    found = await course.run()
    assert (found.desk, found.left, found.missing) == (DESK, LEFT, {})
    assert (course.done, course.of, course.now, course.interrupted) == (2, 2, None, False)


async def test_one_that_fails_says_why_and_stops_no_other() -> None:
    async def fails(found: Findings) -> None:
        raise StartError(Text("端口被占。\n细节", "The port is taken.\ndetails"))

    async def breaks(found: Findings) -> None:
        raise ValueError("no figure")

    found = await Course(
        [measurement("desk", fails), measurement("pools", breaks), measurement("left", left)], 10.0
    ).run()
    assert found.left == LEFT
    assert found.missing["desk"] == Text("测量失败：端口被占。", "the measurement failed: The port is taken.")
    assert found.missing["pools"].en == "the measurement failed: ValueError: no figure"


async def test_one_that_takes_too_long_is_given_up() -> None:
    found = await Course([measurement("desk", slow, most=0.05), measurement("left", left)], 10.0).run()
    assert found.missing == {"desk": RAN_OUT}
    assert found.left == LEFT


async def test_what_there_is_no_time_for_is_not_begun() -> None:
    begun = []

    async def begins(found: Findings) -> None:
        begun.append(found)

    found = await Course([measurement("desk", begins, least=20.0), measurement("left", left)], 10.0).run()
    assert not begun
    assert found.missing == {"desk": RAN_OUT}
    assert found.left == LEFT


async def test_all_together_keep_to_the_time() -> None:
    course = Course([measurement("desk", slow), measurement("left", slow)], 0.6)
    found = await course.run()
    assert course.spent < 3.0
    assert found.missing == {"desk": RAN_OUT, "left": RAN_OUT}


async def test_an_interruption_keeps_what_was_measured_and_lets_go_in_order() -> None:
    ended = []

    async def tidy(found: Findings) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("tidied")

    course = Course([measurement("desk", desk), measurement("left", tidy), measurement("pools", slow)], 90.0)
    asyncio.get_running_loop().call_later(0.05, course.interrupt)
    found = await course.run()
    assert ended == ["tidied"]
    assert (course.interrupted, found.desk) == (True, DESK)
    assert found.missing == {"left": INTERRUPTED, "pools": INTERRUPTED}
