"""The flusher writes each connection once a turn, and comes back to those whose transport was full."""

import asyncio

import pytest

from appliance.channels.flusher import BLOCKED_PAUSE, Flusher


class Pipe:
    """Something to flush; it is blocked the first `blocked` times."""

    def __init__(self, blocked: int = 0) -> None:
        self.flushed = 0
        self._blocked = blocked

    def flush(self) -> bool:
        """Count."""
        self.flushed += 1
        return self.flushed <= self._blocked


async def test_everything_of_one_turn_is_flushed_at_its_end() -> None:
    flusher = Flusher(asyncio.get_running_loop())
    pipes = [Pipe(), Pipe()]
    for pipe in pipes:
        flusher.add(pipe)
    assert [pipe.flushed for pipe in pipes] == [0, 0]
    await asyncio.sleep(0)
    assert [pipe.flushed for pipe in pipes] == [1, 1]
    flusher.add(pipes[0])
    await asyncio.sleep(0)
    assert [pipe.flushed for pipe in pipes] == [2, 1]


async def test_blocked_ones_are_tried_again() -> None:
    flusher = Flusher(asyncio.get_running_loop())
    pipes = [Pipe(blocked=2), Pipe(blocked=1)]
    for pipe in pipes:
        flusher.add(pipe)
    await asyncio.sleep(0)
    assert [pipe.flushed for pipe in pipes] == [1, 1]
    await asyncio.sleep(BLOCKED_PAUSE * 4)
    assert [pipe.flushed for pipe in pipes] == [3, 2]


async def test_a_failing_one_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Pipe):
        def flush(self) -> bool:
            raise ZeroDivisionError

    flusher = Flusher(asyncio.get_running_loop())
    pipe = Pipe()
    flusher.add(Broken())
    flusher.add(pipe)
    await asyncio.sleep(0)
    assert pipe.flushed == 1
    assert "could not be flushed" in caplog.text
