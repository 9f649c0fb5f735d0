"""A visitor or an agent at the other end of a socket, who keeps to the protocol like our pages do.

He says hello with his cursors, sends with client ids, sends again what was not acknowledged when he is back, confirms what he
received, and answers pings.  Reconnecting by himself is what `live` does; a load generator uses `connect` once.
"""

import asyncio
import contextlib
import json
import random
import time
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from tools.loadtest.journal import Acknowledged, Journal, Said, Shown
from tools.loadtest.line import HandshakeRefused, Line, dial

MOST_UNACKED = 32
GOT_EVERY = 32


class Event(Struct, gc=False):
    """One event within `events`."""

    seq: int
    prev: int
    kind: str
    at: int = 0
    cid: str = ""
    text: str = ""


class Frame(Struct, gc=False):
    """Any frame of the server: the fields that a client looks at, of all of them."""

    t: str
    cid: str = ""
    conversation: Any = None
    seq: int = 0
    prev: int = 0
    at: int = 0
    kind: str = ""
    text: str = ""
    events: list[Event] | None = None
    after: int = 0
    head: int = 0
    gap: dict[str, int] | None = None
    code: str = ""
    retry_after: int | None = None
    n: int = 0
    session: str = ""
    epoch: str = ""
    token: str | None = None
    you: Any = None
    conversations: Any = None
    presence: str = ""
    position: int = 0
    greeting: Any = None
    waiting: Any = None


_decode = msgspec.json.Decoder(Frame | list[Frame]).decode


class ClientIds:
    """UUIDv7s that grow, also within a millisecond and over restarts of the client."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> str:
        """Return the next one."""
        number = (time.time_ns() // 1_000_000) << 80 | 7 << 76 | 2 << 62 | random.getrandbits(62)
        if number <= self._last:
            number = self._last + 1
        self._last = number
        text = f"{number:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Pending(Struct):
    """A message without an ack."""

    data: bytes
    text: str
    sent_at: float


class Person:
    """See the module.  `on_ack(person, cid, sent_at)` and `on_event(person, conversation, event)` are for generators."""

    def __init__(
        self,
        port: int,
        cookie: str = "",
        keep: bool = True,
        retry: tuple[float, float] = (0.05, 0.5),
        identity: str | None = None,
    ) -> None:
        """`cookie` makes a member of staff of him; `identity` is what a site has signed of a visitor."""
        self.port = port
        self.staff = bool(cookie)
        self.journal = Journal(self.staff)
        self.cursors: dict[str, int] = {}
        self.cards: dict[str, Any] = {}
        self.outbox: dict[str, Pending] = {}
        self.welcomed = asyncio.Event()
        self.presence = ""
        self.positions: list[tuple[str, int]] = []
        self.desk: Frame | None = None
        self.stopping = False
        self.deaf = False
        self.stammer = 0.0
        """How often, of one, a message is sent twice at once, as a client does whose ack got lost."""
        self.on_ack: Callable[[Person, str, float], None] | None = None
        self.on_event: Callable[[Person, str, Event | Frame], None] | None = None
        self._cookie = cookie
        self._identity = identity
        self._keep = keep
        self._retry = retry
        self._token: str | None = None
        self._session: str | None = None
        self._epoch: str | None = None
        self._line: Line | None = None
        self._ended = asyncio.Event()
        self._ids = ClientIds()
        self._unconfirmed: set[str] = set()
        self._since_got = 0
        self._places = 0
        self._held: asyncio.TimerHandle | None = None

    # ---- connecting

    async def connect(self) -> None:
        """Connect and wait for the welcome; raises OSError, ConnectionError or HandshakeRefused."""
        self._ended = asyncio.Event()
        path = "/ws/agent" if self.staff else "/ws/visitor"
        headers = {"Cookie": self._cookie} if self._cookie else {}
        self._line = await dial(self.port, path, self._receive, self._end, headers)
        hello: dict[str, Any] = {
            "t": "hello",
            "v": 1,
            "token": self._token,
            "identity": self._identity,
            "session": self._session,
            "epoch": self._epoch,
            "cursors": self.cursors,
            "lang": "zh",
        }
        self._line.send(json.dumps(hello).encode())

    async def live(self) -> None:
        """Be there until `leave`: connect, connect again, and send again what was not acknowledged for two seconds."""
        least, most = self._retry
        wait = least
        while not self.stopping:
            try:
                async with asyncio.timeout(10):
                    await self.connect()
                    await self.welcomed.wait()
                wait = least
                while not self._ended.is_set():
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(0.5):
                            await self._ended.wait()
                    self.confirm()
                    self._send_again(older_than=2.0)
            except (OSError, HandshakeRefused, TimeoutError) as error:
                if isinstance(error, HandshakeRefused) and error.status != 503:
                    raise
                self.cut()
            await asyncio.sleep(wait * random.uniform(0.5, 1.5))
            wait = min(most, wait * 2)

    def cut(self) -> None:
        """Drop the connection."""
        if self._line is not None:
            self._line.hang_up()

    def leave(self) -> None:
        """Drop the connection for good."""
        self.stopping = True
        self.cut()

    def _end(self, code: int, reason: str) -> None:
        self.journal.closes.append(code)
        self.welcomed.clear()
        if code == 4010:
            self._forget()
        self._ended.set()

    # ---- saying

    @property
    def conversation(self) -> str | None:
        """The conversation that was begun or shown last."""
        return next(reversed(self.cards), None)

    def say(self, text: str, conversation: str | None = None) -> str:
        """Send a message, or keep it for when the connection is back; return its client id."""
        cid = self._ids.next()
        self._places += 1
        if self._keep:
            self.journal.said[cid] = Said(cid, text, self._places)
        return self._post(cid, text, conversation)

    def _post(self, cid: str, text: str, conversation: str | None) -> str:
        data = msgspec.json.encode({"t": "send", "cid": cid, "conversation": conversation, "text": text})
        self.outbox[cid] = Pending(data, text, time.perf_counter())
        if self.welcomed.is_set() and self._line is not None and self._held is None:
            self._line.send(data)
            if self.stammer and random.random() < self.stammer:
                self._line.send(data)
        return cid

    def act(self, conversation: str, act: str, **fields: Any) -> str:
        """Send an act."""
        cid = self._ids.next()
        self.frame(t="do", cid=cid, conversation=conversation, act=act, **fields)
        return cid

    def frame(self, **fields: Any) -> None:
        """Send any frame."""
        if self._line is not None:
            self._line.send(msgspec.json.encode(fields))

    def confirm(self) -> None:
        """Send the receive acks that are due."""
        if self._unconfirmed and self._line is not None and not self.deaf:
            cursors = {name: self.cursors[name] for name in self._unconfirmed if name in self.cursors}
            self._unconfirmed.clear()
            self._since_got = 0
            self._line.send(msgspec.json.encode({"t": "got", "cursors": cursors}))

    def _send_again(self, older_than: float = 0.0) -> None:
        if not self.welcomed.is_set() or self._line is None or self._held is not None:
            return
        now = time.perf_counter()
        if any(now - pending.sent_at < older_than for pending in self.outbox.values()):
            return
        for pending in list(self.outbox.values()):
            pending.sent_at = now
            self._line.send(pending.data)

    # ---- hearing

    def _receive(self, data: bytes) -> None:
        found = _decode(data)
        if type(found) is list:
            for frame in found:
                self._take(frame)
        else:
            self._take(found)

    def _take(self, frame: Frame) -> None:
        kind = frame.t
        if kind == "event":
            self._live(frame)
        elif kind == "ack":
            self._acked(frame)
        else:
            other = _OTHERS.get(kind)
            if other is not None:
                other(self, frame)

    def _live(self, frame: Frame) -> None:
        name = frame.conversation
        cursor = self.cursors.get(name, 0)
        if frame.prev == cursor and frame.seq > cursor:
            self._show(name, frame)
        elif frame.seq <= cursor:
            self.journal.ignored += 1
        else:
            self.journal.holes += 1
            self.frame(t="sync", conversation=name, after=cursor)

    def _show(self, name: str, event: Event | Frame) -> None:
        self.cursors[name] = event.seq
        self._unconfirmed.add(name)
        self._since_got += 1
        if self._since_got >= GOT_EVERY:
            self.confirm()
        if self._keep:
            shown = Shown(event.seq, event.prev, event.kind, event.cid, event.text)
            self.journal.shown.setdefault(name, []).append(shown)
        if self.on_event is not None:
            self.on_event(self, name, event)

    def _acked(self, frame: Frame) -> None:
        pending = self.outbox.pop(frame.cid, None)
        if self._keep:
            self.journal.acks.append(Acknowledged(frame.cid, frame.conversation, frame.seq))
        if pending is not None and self.on_ack is not None:
            self.on_ack(self, frame.cid, pending.sent_at)

    def _page(self, frame: Frame) -> None:
        name = frame.conversation
        cursor = self.cursors.get(name, 0)
        if frame.gap is not None and frame.gap["to"] > cursor:
            self.journal.gaps.append((name, frame.gap["from"], frame.gap["to"]))
            cursor = self.cursors[name] = frame.gap["to"]
        # Only the first event may follow a gap; all others continue the chain.
        after_gap = frame.gap is not None
        for event in frame.events or ():
            if event.seq <= self.cursors.get(name, 0):
                self.journal.ignored += 1
            elif after_gap or event.prev == self.cursors.get(name, 0):
                self._show(name, event)
            else:
                self.journal.holes += 1
            after_gap = False

    def _welcome(self, frame: Frame) -> None:
        if frame.epoch != self._epoch:
            self._forget()
        self._epoch, self._session = frame.epoch, frame.session
        self._token = frame.token or self._token
        self.journal.who = frame.you["id"]
        self.presence = frame.presence
        self.desk = None
        self.cards = {card["id"]: card for card in frame.conversations}
        self.welcomed.set()
        self._release()

    def _forget(self) -> None:
        """Nothing that was shown counts any more."""
        self.cursors.clear()
        self.journal.shown.clear()

    def _joined(self, frame: Frame) -> None:
        self.cards[frame.conversation["id"]] = frame.conversation

    def _left(self, frame: Frame) -> None:
        self.cards.pop(frame.conversation, None)

    def _refused(self, frame: Frame) -> None:
        pending = self.outbox.get(frame.cid)
        if pending is None:
            self.journal.refused.append((frame.cid, frame.code))
        elif frame.code == "closed" and not self.staff:
            self._post(frame.cid, pending.text, None)
        elif frame.retry_after is not None:
            self._retried(frame)
        else:
            del self.outbox[frame.cid]
            self.journal.refused.append((frame.cid, frame.code))

    def _retried(self, frame: Frame) -> None:
        """Hold everything back for a while: what was said later would overtake."""
        if frame.cid in self.outbox and self._held is None:
            wait = (frame.retry_after or 0) / 1000
            self._held = asyncio.get_running_loop().call_later(wait, self._release)

    def _release(self) -> None:
        if self._held is not None:
            self._held.cancel()
            self._held = None
        self._send_again()

    def _pinged(self, frame: Frame) -> None:
        if not self.deaf:
            self.frame(t="pong", n=frame.n)

    def _placed(self, frame: Frame) -> None:
        self.positions.append((frame.conversation, frame.position))

    def _desk(self, frame: Frame) -> None:
        self.desk = frame

    def _status(self, frame: Frame) -> None:
        pass


_OTHERS: dict[str, Callable[[Person, Frame], None]] = {
    "events": Person._page,
    "welcome": Person._welcome,
    "joined": Person._joined,
    "left": Person._left,
    "refused": Person._refused,
    "retry": Person._retried,
    "ping": Person._pinged,
    "queue": Person._placed,
    "desk": Person._desk,
}
