"""A burst to readers who stop reading, in the middle of a crowd: what the appliance and the kernel's sockets grow by meanwhile.

Each slow reader is an agent with a few visitors who write as fast as visitors may.  First the same is written while they are away, and
they come back for it: caches that grow only once have grown then.  Then it is written to agents who are there and read nothing.
Afterwards they read again and must be shown, or be told of, everything.
"""

import asyncio
import socket
import time
from collections.abc import Sequence

from msgspec import Struct

from appliance.errors import KefuError, Text
from appliance.runtime.secrets import load_secrets
from tools.claims.house import enter, hire, until
from tools.loadtest.customers import identity
from tools.loadtest.frames import Event, Frame
from tools.loadtest.machine import kernel_bytes, rss_bytes
from tools.loadtest.person import Person
from tools.loadtest.results import Burst
from tools.loadtest.serving import Serving

EACH = 4
"""Visitors of one slow reader."""

EVERY = 0.04
"""Seconds between two messages of one visitor, who may send 25 in a second."""

LINE = "您好，订单 20251017 的物流信息已经更新：包裹已到达您所在城市的转运中心，预计明天上午送达，请保持电话畅通。"
LINES = 6
"""So many sentences has a message: about a kilobyte."""

SMALL_BUFFER = 4_096
"""The slow keep next to nothing on their own side, or the kernel would hide there what the server holds."""

LOOK = 0.2
PATIENCE = 10.0
SLOW = "slow"


class MessagesMissing(KefuError):
    """A slow reader came back and was not shown everything."""


class Size(Struct, frozen=True):
    """So many `readers` who stop reading; `warm` s in which they are away, `slow` s in which they are there and do not read."""

    readers: int
    warm: float
    slow: float

    @property
    def back(self) -> float:
        """Seconds within which the readers must have been shown everything, once they read again."""
        return max(PATIENCE, 3 * self.slow)

    @property
    def seconds(self) -> float:
        """About what it takes when nothing stalls."""
        return self.warm + self.slow + 3.0


class Slow(Person):
    """An agent who may stop reading."""

    def stop_reading(self) -> None:
        """Leave everything with the server from now on."""
        if self._line is not None and self._line.transport is not None:
            sock: socket.socket = self._line.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        self.deafen()


class Scene:
    """The slow readers and who writes to them; everybody of the crowd is somebody else's."""

    def __init__(self, serving: Serving, cookies: Sequence[str]) -> None:
        self._serving = serving
        secret = load_secrets(serving.data).identity
        self.readers = [Slow(serving.port, cookie, keep=False) for cookie in cookies]
        self.writers = [
            Person(serving.port, identity=identity(secret, f"w{n}", f"w{n}", 1))
            for n in range(EACH * len(cookies))
        ]
        self._unseen: dict[str, tuple[str, int]] = {}
        self._seen: set[str] = set()
        self._away = False
        for reader in self.readers:
            reader.accepting = True
            reader.on_event = self._shown
        for writer in self.writers:
            writer.on_ack = self._acked

    def _acked(self, person: Person, cid: str, _due: float) -> None:
        if cid not in self._seen and person.journal.acks:
            told = person.journal.acks[-1]
            self._unseen[cid] = told.conversation, told.seq

    def _shown(self, _person: Person, _conversation: str, event: Event | Frame) -> None:
        if event.cid:
            self._seen.add(event.cid)
            self._unseen.pop(event.cid, None)

    async def come(self) -> None:
        """Bring everybody in, and let every writer be served."""
        for reader in self.readers:
            await enter(reader)
            reader.frame(t="presence", status="ready")
        for writer in self.writers:
            await enter(writer)
            writer.say("你好")
        await until(self._all_served, PATIENCE)

    def _all_served(self) -> bool:
        return sum(len(reader.cards) for reader in self.readers) >= len(self.writers)

    async def talk(self, seconds: float) -> None:
        """Let the writers write for so long, none with too much under way."""
        end, text = time.monotonic() + seconds, LINE * LINES
        due = time.monotonic()
        while due < end:
            for writer in self.writers:
                if len(writer.outbox) < 8:
                    writer.say(text, writer.conversation)
            due += EVERY
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def tend(self) -> None:
        """Send the receive acks that are due, and bring back whoever was cut, until cancelled."""
        while True:
            for person in (*self.readers, *self.writers):
                if not person.deaf:
                    person.confirm()
            for reader in self.readers:
                if not self._away and not reader.deaf and not reader.welcomed.is_set():
                    await enter(reader)
                    reader.frame(t="presence", status="ready")
            await asyncio.sleep(0.2)

    async def talk_to_nobody(self, seconds: float) -> None:
        """Let the writers write while the readers are away, who come back for it."""
        self._away = True
        for reader in self.readers:
            reader.cut()
        await self.talk(seconds)
        self._away = False
        await until(lambda: not self.missing(), PATIENCE)

    def missing(self) -> int:
        """Return how many messages their readers were neither shown nor told of as a gap."""
        gaps = [gap for reader in self.readers for gap in reader.journal.gaps]
        return sum(
            not any(name == where and first <= seq <= last for name, first, last in gaps)
            for where, seq in self._unseen.values()
        )

    def leave(self) -> None:
        """Let everybody go."""
        for person in (*self.readers, *self.writers):
            person.leave()


async def burst(serving: Serving, size: Size, everybody: asyncio.Event) -> Burst:
    """Bring readers and writers in, wait for `everybody`, and do it beside whatever else goes on there; raises MessagesMissing."""
    cookies = [await asyncio.to_thread(hire, serving, f"{SLOW}{n}", EACH, SLOW) for n in range(size.readers)]
    scene = Scene(serving, cookies)
    try:
        await scene.come()
        async with asyncio.TaskGroup() as tasks:
            tending = tasks.create_task(scene.tend())
            await everybody.wait()
            found = await _measured(scene, serving.pid, size)
            tending.cancel()
    finally:
        scene.leave()
    if scene.missing():
        raise MessagesMissing(
            Text(
                f"{scene.missing()} 条消息在 {size.back:g} 秒内没有补给慢读者。",
                f"{scene.missing()} messages were not shown to slow readers within {size.back:g} s.",
            ),
            Text("请报告给开发者。", "Report it to the developers."),
        )
    return found


async def _measured(scene: Scene, pid: int, size: Size) -> Burst:
    await scene.talk_to_nobody(size.warm)
    before, highest = _memory(pid), [_memory(pid)]
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(_watch(pid, highest))
        for reader in scene.readers:
            reader.stop_reading()
        await scene.talk(size.slow)
        for reader in scene.readers:
            reader.listen()
        await until(lambda: not scene.missing(), size.back)
        watching.cancel()
    most = max(highest, key=sum)
    return Burst(size.readers, before[0], most[0], before[1], most[1])


async def _watch(pid: int, found: list[tuple[int, int]]) -> None:
    while True:
        await asyncio.sleep(LOOK)
        found.append(_memory(pid))


def _memory(pid: int) -> tuple[int, int]:
    return rss_bytes(pid), kernel_bytes() or 0
