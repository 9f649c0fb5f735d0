"""The long poll, for networks whose proxies eat WebSockets: the same session, one request long.

Every poll is a resume by its cursors, which are also its receive acks, so nothing is kept here between two polls.  What a
client sends along is answered in the same response, after its commit.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta, Raw, Struct

from appliance.channels.gateway import POLL_PRESENCE, Gateway, Upgrade
from appliance.channels.link import RETRY_AFTER, SessionLink
from appliance.delivery import codes
from appliance.delivery.commands import Close, Command, Submit
from appliance.delivery.frames import Answer, Hello
from appliance.delivery.limits import Limits
from appliance.delivery.session import Session
from appliance.ports import Clock

WAIT_MS = 25_000
ACK_MS = 5_000
"""A send is answered in the response that carried it, even of a poll that waits for nothing else: so long for its commit."""

BODY_BYTES = 1_048_576
BODY: web.RequestKey[bytes] = web.RequestKey("poll", bytes)
"""The body, where whoever let the poll in has read it already."""

MOST_FRAMES = 64

logger = logging.getLogger("kefu.channels")

_STATUS = {
    codes.DRAIN: 503,
    codes.OVERLOAD: 503,
    codes.SLOW: 503,
    codes.POSITION_LOST: 410,
    codes.NO_PONG: 408,
    codes.TOO_BIG: 413,
    codes.AUTH: 401,
    codes.BAD_FRAME: 400,
    codes.ORIGIN: 403,
    codes.REPLACED: 409,
    codes.LIMIT: 429,
}


class Poll(Struct, frozen=True):
    """The body of a poll: a hello, frames to go with it, and how long (ms) to wait for news."""

    hello: Raw
    frames: Annotated[list[Raw], Meta(max_length=MOST_FRAMES)] = []
    wait: Annotated[int, Meta(ge=0, le=WAIT_MS)] = WAIT_MS


_decoder = msgspec.json.Decoder(Poll)


class PollLink(SessionLink):
    """One poll.  `wake` ends the waiting."""

    __slots__ = ("_unanswered", "_waiter", "ended")

    def __init__(self, session: Session, gateway: Gateway, clock: Clock, upgrade: Upgrade) -> None:
        super().__init__(session, gateway, clock, upgrade)
        self._unanswered: set[str] = set()
        self._waiter: asyncio.Future[None] | None = None
        self.ended: Close | None = None

    def wake(self) -> None:
        """Let the poll look whether it may answer."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def beat(self, data: bytes) -> None:
        """Answer a ping in the response like everything else."""
        self.session.outbox.put(data)

    def shut(self, close: Close) -> None:
        """Answer the poll with the close."""
        self.ended = close
        self.wake()

    def perform(self, commands: Iterable[Command]) -> Hello | None:
        """Remember which sends are under way, then do what the session asks for."""
        commands = tuple(commands)
        self._unanswered.update(command.frame.cid for command in commands if isinstance(command, Submit))
        return super().perform(commands)

    def answer(self, frame: Answer) -> None:
        """See channels.gateway.Link."""
        self._unanswered.discard(frame.cid)
        super().answer(frame)

    async def wait(self, known: int, wait: int) -> None:
        """Return when more than `known` frames are there and every send is answered, at the latest after `wait` ms.

        Answers are waited for at least ACK_MS.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        await self._catch_up()
        outbox = self.session.outbox
        while self.ended is None and not outbox.slow and (len(outbox) <= known or self._unanswered):
            patience = max(wait, ACK_MS) if self._unanswered else wait
            remaining = began + patience / 1000 - loop.time()
            if remaining <= 0:
                return
            self._waiter = loop.create_future()
            handle = loop.call_later(remaining, self.wake)
            try:
                await self._waiter
            finally:
                handle.cancel()
                self._waiter = None
            # One turn of the loop later, what belongs to the same commit has arrived as well.
            await asyncio.sleep(0)
            await self._catch_up()

    async def _catch_up(self) -> None:
        while (wanted := self.session.more()) is not None:
            await self.read(wanted)


class LongPollChannel:
    """All polls that are under way."""

    def __init__(self, gateway: Gateway, clock: Clock, limits: Callable[[], Limits] = Limits) -> None:
        self._gateway = gateway
        self._clock = clock
        self._limits = limits
        self._polls: set[PollLink] = set()
        self.draining = False
        self.refused: dict[str, int] = {}
        """Requests that were answered with a refusal, by its code."""

    def __len__(self) -> int:
        return len(self._polls)

    def staff(self) -> Iterable[SessionLink]:
        """Return the polls of agents."""
        return tuple(link for link in self._polls if link.upgrade.role == "agent")

    async def serve(self, request: web.Request, upgrade: Upgrade) -> web.Response:
        """Answer one poll; Origin and cookie were checked by the caller."""
        if self.draining:
            return _refusal(codes.DRAIN, None)
        if request.content_length is not None and request.content_length > BODY_BYTES:
            return _refusal(codes.TOO_BIG, None)
        body = request[BODY] if BODY in request else await request.read()
        try:
            poll = _decoder.decode(body)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            logger.warning(
                "a poll is malformed",
                extra={"role": upgrade.role, "remote": upgrade.remote, "error": type(error).__name__},
            )
            return _refusal(codes.BAD_FRAME, None)
        session = Session(upgrade.role, self._clock.now(), self._limits())
        session.refused = self.refused
        link = PollLink(session, self._gateway, self._clock, upgrade)
        self._polls.add(link)
        try:
            await self._run(link, poll)
            if link.ended is None and session.outbox.slow:
                link.close(codes.SLOW)
            if link.ended is not None:
                return _refusal(link.ended.code, link.ended.reason)
            return _response(session.outbox.take_all())
        finally:
            self._polls.discard(link)
            session.close(1000)
            link.leave(POLL_PRESENCE)

    async def _run(self, link: PollLink, poll: Poll) -> None:
        session, clock = link.session, self._clock
        hello = link.perform(session.receive(bytes(poll.hello), clock.now()))
        if hello is None:
            if link.ended is None:
                link.close(codes.BAD_FRAME)
            return
        await link.admit(hello)
        # A new page, or a list that differs from what the client knows, is news by itself.
        news = hello.session is None or session.following.names() != set(hello.cursors)
        for frame in poll.frames:
            link.perform(session.receive(bytes(frame), clock.now()))
        await link.wait(0 if news else 1, poll.wait)

    def close_all(self) -> None:
        """Answer every waiting poll with 1012 and refuse new ones."""
        self.draining = True
        for link in list(self._polls):
            link.close(codes.DRAIN)


def _response(frames: Sequence[bytes]) -> web.Response:
    return web.Response(
        body=b'{"frames":[%b]}' % b",".join(frames),
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def _refusal(code: int, reason: str | None) -> web.Response:
    row = codes.CLOSE_CODES.get(code, codes.CLOSE_CODES[codes.OVERLOAD])
    status = _STATUS[row.code]
    headers = {"Cache-Control": "no-store"}
    if status in (503, 429):
        wait = int(reason) if reason and reason.isdigit() else RETRY_AFTER
        headers["Retry-After"] = str(-(-wait // 1000))
    error = {"code": row.name, "close": row.code, "zh": row.meaning.zh, "en": row.meaning.en}
    return web.Response(
        status=status,
        body=msgspec.json.encode({"error": error}),
        content_type="application/json",
        headers=headers,
    )
