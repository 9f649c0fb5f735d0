"""Whether heartbeats wait behind messages: on connections whose queue is full, beside connections that have nothing to say.

Each slow reader is an agent who takes what comes in small bites, while two visitors write more than he takes; so his queue grows.  How
late a heartbeat is, is seen from the gaps between two of them; a message carries the moment at which it was written.
"""

import asyncio
import itertools
import socket
import time
from collections.abc import Sequence
from statistics import median

from appliance.runtime.secrets import load_secrets
from tools.claims.findings import Beats, Findings
from tools.claims.house import House, enter, hire, shop, until
from tools.loadtest.customers import identity
from tools.loadtest.frames import Event, Frame
from tools.loadtest.person import Person

BEATS = "ping_every: 1s, pong_within: 2s"
"""They come every 25 s where nobody says otherwise, and are to be answered within 8; two seconds forgive no queue."""

READERS = 4
EACH = 2
BITE = 0.1
"""Seconds between two bites of a slow reader."""

BUFFER = 8_192
EVERY = 0.05
LINES = 45
LINE = "您好，订单 20251017 的物流信息已经更新：包裹已到达您所在城市的转运中心，预计明天上午送达。"
MOST_WAITING = 600_000
"""Bytes before a reader at which his writers pause: at a megabyte he is given up as slow."""

PATIENCE = 8.0
NO_PONG = 4012


class Listener(Person):
    """Somebody who notes when heartbeats come, how long messages took, and how much waited at the most.

    A `slow` one reads only when `bite` lets him.
    """

    def __init__(self, port: int, cookie: str, slow: bool) -> None:
        super().__init__(port, cookie, keep=False)
        self.slow = slow
        self.beats: list[float] = []
        self.waited = 0.0
        self.waiting = 0
        self.written: dict[str, tuple[float, int]] = {}
        """What was acknowledged to its writer and not shown here so far: when it was written, and its bytes."""
        self.seen: set[str] = set()
        self.on_event = _shown

    @property
    def behind(self) -> int:
        """Bytes that wait for him, wherever they are."""
        return sum(size for _, size in self.written.values())

    def begin(self) -> None:
        """Note from now on, and read slowly where that is wanted."""
        self.beats.clear()
        if self.slow and self._line is not None and self._line.transport is not None:
            sock: socket.socket = self._line.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)

    def bite(self) -> None:
        """Take what the kernel holds, and stop again."""
        if self._line is not None:
            self._line.listen()
            asyncio.get_running_loop().call_later(BITE / 20, self._line.deafen)

    def _take(self, frame: Frame) -> None:
        if frame.t == "ping":
            self.beats.append(time.perf_counter())
        super()._take(frame)

    def gaps(self) -> list[float]:
        """Return the seconds between each heartbeat and the next."""
        return [later - earlier for earlier, later in itertools.pairwise(self.beats)]


def _shown(person: Person, _conversation: str, event: Event | Frame) -> None:
    if isinstance(person, Listener) and event.cid:
        person.seen.add(event.cid)
        written = person.written.pop(event.cid, None)
        if written is not None:
            person.waited = max(person.waited, time.perf_counter() - written[0])


async def heartbeat(house: House, seconds: float, found: Findings) -> None:
    """Measure for so many seconds."""
    text = shop().replace("limits: {", f"limits: {{{BEATS}, ")
    async with house.appliance(text) as serving:
        cookies = [
            await asyncio.to_thread(
                hire, serving, f"{name}{n}", EACH, "slow" if name == "slow" else "service"
            )
            for name in ("slow", "idle")
            for n in range(READERS)
        ]
        people = [Listener(serving.port, cookie, n < READERS) for n, cookie in enumerate(cookies)]
        secret = load_secrets(serving.data).identity
        writers = [
            Person(serving.port, identity=identity(secret, f"w{n}", f"w{n}", 1))
            for n in range(EACH * READERS)
        ]
        try:
            found.beats = await _measured(people, writers, seconds)
        finally:
            for person in (*people, *writers):
                person.leave()


async def _measured(people: Sequence[Listener], writers: Sequence[Person], seconds: float) -> Beats:
    slow = [person for person in people if person.slow]
    for person in people:
        person.accepting = True
        await enter(person)
        person.frame(t="presence", status="ready")
    for writer in writers:
        await enter(writer)
        writer.say("你好")
    await until(lambda: sum(len(person.cards) for person in slow) >= len(writers), PATIENCE)
    reader_of = {name: person for person in slow for name in person.cards}

    def acked(writer: Person, cid: str, due: float) -> None:
        reader = reader_of.get(writer.journal.acks[-1].conversation) if writer.journal.acks else None
        if reader is not None and cid not in reader.seen:
            reader.written[cid] = due, size

    size = len((LINE * LINES).encode())
    for writer in writers:
        writer.on_ack = acked
    for person in people:
        person.begin()
    end, due = time.perf_counter() + seconds, time.perf_counter()
    while due < end:
        for person in slow:
            person.bite()
            person.waiting = max(person.waiting, person.behind)
        for writer in writers:
            reader = reader_of.get(writer.conversation or "")
            if len(writer.outbox) < 8 and reader is not None and reader.behind < MOST_WAITING:
                writer.say(LINE * LINES, writer.conversation)
        due += EVERY
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    # Who still waits has waited at least so long.
    now = time.perf_counter()
    oldest = max((now - written for person in slow for written, _ in person.written.values()), default=0.0)
    idle = [gap for person in people if not person.slow for gap in person.gaps()]
    full = [gap for person in slow for gap in person.gaps()]
    usual = median(idle) if idle else 0.0
    return Beats(
        beats=len(full) if idle else 0,
        waiting_bytes=max(person.waiting for person in slow),
        late_ms=max(0.0, max(full, default=0.0) - usual) * 1_000,
        idle_late_ms=max(0.0, max(idle, default=0.0) - usual) * 1_000,
        message_ms=max(oldest, *(person.waited for person in slow)) * 1_000,
        cut=sum(person.journal.closes.count(NO_PONG) for person in slow),
    )
