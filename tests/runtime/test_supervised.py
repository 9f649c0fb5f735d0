"""One failing task is logged and ends alone; the group still waits for the others."""

import asyncio
import logging

import pytest

from appliance.runtime.supervised import Supervised


async def test_a_failure_is_logged_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    async def fail() -> None:
        raise ValueError("broken")

    async def work() -> None:
        await asyncio.sleep(0.01)
        done.append("worked")

    with caplog.at_level(logging.ERROR):
        async with Supervised() as tasks:
            tasks.create_task(fail(), name="bad one")
            tasks.create_task(work(), name="good one")
    assert done == ["worked"]
    assert vars(caplog.records[-1])["task"] == "bad one"
    assert "broken" in caplog.text
