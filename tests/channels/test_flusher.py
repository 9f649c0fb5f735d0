"""The flusher writes each connection once a turn."""

import asyncio

import pytest

from appliance.channels.flusher import Flusher


class Pipe:
    """Something to flush."""

    def __init__(self) -> None:
        self.flushed = 0

    def flush(self) -> None:
        """Count."""
        self.flushed += 1


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


async def test_each_write_is_counted_with_its_wait() -> None:
    flusher = Flusher(asyncio.get_running_loop())
    for _ in range(3):
        flusher.add(Pipe())
    await asyncio.sleep(0)
    direct = flusher.figures.direct
    assert direct.count == 3
    assert 0 <= direct.total < 3


async def test_a_failing_one_harms_no_other(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Pipe):
        def flush(self) -> None:
            raise ZeroDivisionError

    flusher = Flusher(asyncio.get_running_loop())
    pipe = Pipe()
    flusher.add(Broken())
    flusher.add(pipe)
    await asyncio.sleep(0)
    assert pipe.flushed == 1
    assert "could not be flushed" in caplog.text
