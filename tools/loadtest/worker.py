"""A generator process of `kefu loadtest`: hears orders on standard input, plays its share, tells what it found on standard output.

Run as `python -m tools.loadtest.worker` by tools/loadtest/fleet.py.  It ends when its standard input does, so that none is left
behind by a parent that was killed.
"""

import asyncio
import contextlib
import gc
import os
import signal
import sys
import time

from appliance.cli.run import run_loop
from tools.loadtest.load import Load
from tools.loadtest.loopback import open_many_files
from tools.loadtest.phases import Player
from tools.loadtest.wire import Came, Finish, Job, Rest, Start, heard, orders, packed

TICK = 0.5
COLLECT = (50_000, 20, 100)


class Worker:
    """The process: orders in, news out."""

    def __init__(self, reader: asyncio.StreamReader, out: int) -> None:
        self._reader = reader
        self._out = out

    def _tell(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._out, data) :]

    async def run(self) -> None:
        """Do what is ordered until the end."""
        job = await heard(self._reader, orders)
        async with asyncio.TaskGroup() as tasks:
            load = Load(job, tasks)
            await self._agents_come(load, job)
            self._tell(packed(Came()))
            load.spawn(load.tend())
            load.spawn(self._ticks(load))
            try:
                # A parent that is gone wants to know nothing more.
                with contextlib.suppress(asyncio.IncompleteReadError):
                    await self._obey(load)
            finally:
                load.part()

    async def _agents_come(self, load: Load, job: Job) -> None:
        for number, cookie in job.agents:
            await load.come(load.agent(number, cookie), time.perf_counter(), None)
        # What the agents' arrival took is no part of the run.
        load.forget_start()

    async def _obey(self, load: Load) -> None:
        player = Player(load)
        # A pause of the collector would be counted as one of kefu: it looks seldom, and never at what is there already.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT)
        while True:
            match await heard(self._reader, orders):
                case Start() as start:
                    load.spawn(player.play(start))
                case Rest():
                    load.resting = True
                case Finish():
                    # The last receive acks are owed like all others.
                    for seat in load.people:
                        seat.person.confirm()
                    self._tell(packed(load.final()))
                    return

    async def _ticks(self, load: Load) -> None:
        while True:
            await asyncio.sleep(TICK)
            self._tell(packed(load.tick()))


async def serve() -> None:
    """Connect standard input and work."""
    reader = asyncio.StreamReader(limit=2**26)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    with contextlib.suppress(asyncio.IncompleteReadError):
        await Worker(reader, sys.stdout.fileno()).run()


def main() -> None:
    """Run the process; Ctrl-C at the terminal is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    open_many_files()
    run_loop(serve())


if __name__ == "__main__":
    main()
