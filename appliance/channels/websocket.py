"""All WebSocket connections: they are let in, watched by one wheel, and drained."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from types import TracebackType

from aiohttp import web

from appliance.channels.connection import CLOSE_WAIT_MS, Connection
from appliance.channels.fallback import read_on
from appliance.channels.flusher import Flusher
from appliance.channels.gateway import Gateway, Upgrade
from appliance.channels.hotsocket import hand_over
from appliance.channels.link import SessionLink
from appliance.channels.wheel import Wheel
from appliance.delivery import codes
from appliance.delivery.commands import ReadFrom
from appliance.delivery.frames import FRAME_BYTES, Hello
from appliance.delivery.limits import Limits
from appliance.delivery.session import Session
from appliance.delivery.stream import PART_BYTES
from appliance.figures import ChannelFigures
from appliance.ports import Clock

CLOSES_A_SECOND = 2_000
DRAIN_STEP = 0.05
GOLDEN = 0.618_033_988_749_895
MOST_PAGES = 8
TAKING_STEPS = 5
TAKING_STEP = 0.05
"""So many pages of the log are read at once, and each counts until its reader has taken most of it, if he is quick about it: a
crowd that comes back together must not all have theirs in memory.
"""

HEAVY_BYTES = 1_048_576
RELIEF_MS = 10_000
"""When so much has waited, memory that is free again is worth giving back, so long after nothing waits any more."""

logger = logging.getLogger("kefu.channels")


class _Relief:
    """Has freed memory given back to the system, once."""

    def __init__(self, give_back: Callable[[], None]) -> None:
        self._give_back = give_back
        self.due = False

    def tick(self) -> None:
        """Give it back."""
        self.due = False
        self._give_back()


class WebSocketChannel:
    """Implements connection.Home.  `async with` owns the timer and the tasks; leaving it cuts what is still connected.

    With `hot` a connection is taken from aiohttp after its handshake (hotsocket.py), without it stays there (fallback.py).
    `give_back` is called some time after much has waited for slow readers, or for a crowd that came back: what it took is free
    again, but not yet the system's.
    """

    def __init__(
        self,
        gateway: Gateway,
        clock: Clock,
        limits: Callable[[], Limits] = Limits,
        hot: bool = True,
        give_back: Callable[[], None] = lambda: None,
    ) -> None:
        self.gateway = gateway
        self.clock = clock
        self._limits = limits
        self._carry = hand_over_now if hot else read_on
        self.connections: dict[Connection, None] = {}
        """All that are connected, in the order in which they came."""
        self._staff: dict[Connection, None] = {}
        self._count = 0
        self._tasks = asyncio.TaskGroup()
        self._pages = asyncio.Semaphore(MOST_PAGES)
        self._looking = self._heavy = False
        self._relief = _Relief(give_back)
        self.figures = ChannelFigures()
        self.draining = False

    async def __aenter__(self) -> "WebSocketChannel":
        loop = asyncio.get_running_loop()
        self.wheel = Wheel(loop)
        self.flusher = Flusher(loop, self.figures)
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for connection in list(self.connections):
            connection.perform(connection.session.close(codes.DRAIN))
            connection.cut()
        self.wheel.stop()
        # The pages under way are waited for; an error of the caller goes on as it is, not in a group.
        await self._tasks.__aexit__(None, None, None)

    def __len__(self) -> int:
        return len(self.connections)

    def by_role(self) -> dict[str, int]:
        """Return how many are connected, as "visitor" or "agent"."""
        return {"visitor": len(self.connections) - len(self._staff), "agent": len(self._staff)}

    def staff(self) -> Iterable[SessionLink]:
        """Return the connections of agents."""
        return tuple(self._staff)

    def regrant(self) -> None:
        """Grant everybody who is connected what is granted now."""
        limits = self._limits()
        for connection in self.connections:
            connection.session.grant(limits)

    async def serve(self, request: web.Request, upgrade: Upgrade) -> web.StreamResponse:
        """Shake hands with a peer whose handshake, Origin and cookie were checked by the caller."""
        if self.draining:
            return web.Response(status=503, headers={"Retry-After": "5"})
        self._count += 1
        session = Session(upgrade.role, self.clock.now(), self._limits(), self._count * GOLDEN % 1)
        session.refused = self.figures.refused
        return await self._carry(request, Connection(self, session, upgrade), FRAME_BYTES)

    # ---- connection.Home

    def opened(self, connection: Connection) -> None:
        """See connection.Home."""
        self.connections[connection] = None
        if connection.upgrade.role == "agent":
            self._staff[connection] = None

    def gone(self, connection: Connection) -> None:
        """See connection.Home."""
        del self.connections[connection]
        self._staff.pop(connection, None)

    def waits(self) -> None:
        """See connection.Home."""
        if not self._looking:
            self._looking = True
            self.wheel.after(0, self)

    def tick(self) -> None:
        """Look after the budget of all that waits, once for every turn of the wheel."""
        self._looking = False
        budget = self._limits().budget
        if budget is not None and budget.used >= HEAVY_BYTES:
            self._heavy = True
        if budget is not None and budget.look(len(self.connections)):
            self.waits()
        elif self._heavy:
            self._heavy = False
            if not self._relief.due:
                self._relief.due = True
                self.wheel.after(RELIEF_MS, self._relief)

    def admit(self, connection: Connection, hello: Hello) -> None:
        """See connection.Home."""
        self._tasks.create_task(self._admit(connection, hello), name="admission")

    async def _admit(self, connection: Connection, hello: Hello) -> None:
        try:
            await connection.admit(hello)
        except Exception as error:
            # One peer's hello must not take the channel down with it.
            connection.failed(error)
        if connection.session.over:
            # He went while it was found out who he is.
            connection.leave(0)
        connection.admitted()

    def fetch(self, connection: Connection, wanted: ReadFrom) -> None:
        """See connection.Home: rare (a resume, a gap), hence a task."""
        self._tasks.create_task(self._fetch(connection, wanted), name="page")

    async def _fetch(self, connection: Connection, wanted: ReadFrom) -> None:
        if self._pages.locked():
            self._heavy = True
            self.waits()
        async with self._pages:
            await connection.read(wanted)
            for _ in range(TAKING_STEPS):
                if connection.session.outbox.size < PART_BYTES:
                    break
                await asyncio.sleep(TAKING_STEP)

    # ---- the end

    async def drain(self, seconds: float = 10.0) -> None:
        """Refuse new connections and close all with 1012, spread over at most `seconds`, then wait for their ends."""
        self.draining = True
        going = list(self.connections)
        steps = max(1, int(min(seconds, len(going) / CLOSES_A_SECOND) / DRAIN_STEP))
        for step in range(steps):
            for connection in going[step::steps]:
                connection.close(codes.DRAIN)
            await asyncio.sleep(DRAIN_STEP)
        for _ in range(int(CLOSE_WAIT_MS / 1000 / DRAIN_STEP) + 1):
            if not self.connections:
                return
            await asyncio.sleep(DRAIN_STEP)


async def hand_over_now(request: web.Request, connection: Connection, most_bytes: int) -> web.StreamResponse:
    """Take the connection from aiohttp; it lives on by itself."""
    return hand_over(request, connection, most_bytes)
