"""The generator processes, seen from the parent: started, ordered about, listened to, and never left behind."""

import asyncio
import contextlib
import sys
from collections.abc import Sequence
from types import TracebackType

from appliance.errors import KefuError, Text
from tools.loadtest.serving import REPOSITORY, clean_environment
from tools.loadtest.wire import Came, Final, Job, Order, Tick, heard, news, packed

END_SECONDS = 10.0
LARGEST_WORD = 2**30
LAST_WORDS = 2_000


class GeneratorFailed(KefuError):
    """A generator process ended before its time."""


class Member:
    """One generator process.  `tick` is the last that was heard of it; `final` what it found."""

    def __init__(self, number: int, process: asyncio.subprocess.Process) -> None:
        self.number = number
        self.process = process
        self.came = False
        self.tick = Tick(-1, {}, 0, 0, 0)
        self.final: asyncio.Future[Final] = asyncio.get_running_loop().create_future()

    def order(self, word: Order) -> None:
        """Tell it something."""
        if self.process.stdin is not None:
            self.process.stdin.write(packed(word))

    async def listen(self) -> None:
        """Take its news until it has said everything; raises GeneratorFailed when it ends before."""
        if self.process.stdout is None:
            return
        try:
            while not self.final.done():
                match await heard(self.process.stdout, news):
                    case Came():
                        self.came = True
                    case Tick() as tick:
                        self.tick = tick
                    case Final() as final:
                        self.final.set_result(final)
        except asyncio.IncompleteReadError as gone:
            raise await self._failed() from gone

    async def _failed(self) -> GeneratorFailed:
        said = b""
        if self.process.stderr is not None:
            said = (await self.process.stderr.read())[-LAST_WORDS:]
        code = await self.process.wait()
        told = said.decode(errors="replace").strip()
        return GeneratorFailed(
            Text(
                f"第 {self.number + 1} 个压测进程退出了（{code}）：\n{told}\n",
                f"Load generator {self.number + 1} ended ({code}):\n{told}\n",
            ),
            Text(
                "内存或文件数不够时用更少的 --visitors；否则请报告给开发者。",
                "Use fewer --visitors where memory or files ran out; else report it to the developers.",
            ),
        )


class Fleet:
    """All generator processes, for as long as the context lasts."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs
        self._tasks = asyncio.TaskGroup()
        self.members: list[Member] = []

    async def __aenter__(self) -> "Fleet":
        await self._tasks.__aenter__()
        try:
            for job in self._jobs:
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "tools.loadtest.worker",
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                    cwd=REPOSITORY,
                    env=clean_environment(),
                    process_group=0,
                    limit=LARGEST_WORD,
                )
                member = Member(job.number, process)
                self.members.append(member)
                member.order(job)
                self._tasks.create_task(member.listen())
        except BaseException:
            await self._kill()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._tasks.__aexit__(kind, error, trace)
            for member in self.members:
                if member.process.stdin is not None:
                    member.process.stdin.close()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(member.process.wait(), END_SECONDS)
        finally:
            await self._kill()

    async def _kill(self) -> None:
        for member in self.members:
            if member.process.returncode is None:
                member.process.kill()
            # The pipes are closed when the end is noticed, not before.
            await member.process.wait()

    def order(self, word: Order) -> None:
        """Tell all of them."""
        for member in self.members:
            member.order(word)

    @property
    def came(self) -> bool:
        """Whether every agent of every process is at his desk."""
        return all(member.came for member in self.members)

    async def finals(self) -> list[Final]:
        """Return what all of them found."""
        return [await member.final for member in self.members]

    # ---- how it stands in all of them

    def sum(self, name: str) -> int:
        """Return a sum since the start: "offered", "acked" ..."""
        return sum(member.tick.sums.get(name, 0) for member in self.members)

    @property
    def live(self) -> int:
        """Who is connected, agents included."""
        return sum(member.tick.live for member in self.members)

    @property
    def greeting(self) -> int:
        """Visitors who wait for their first agent."""
        return sum(member.tick.greeting for member in self.members)

    @property
    def under_way(self) -> int:
        """Messages without an answer."""
        return sum(member.tick.under_way for member in self.members)

    @property
    def phase(self) -> int:
        """The last phase that ended everywhere."""
        return min((member.tick.phase for member in self.members), default=-1)
