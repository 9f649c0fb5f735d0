"""A visitor or an agent at the other end of a socket, who keeps to the protocol like our pages do.

He says hello with his cursors, sends with client ids, sends again what was not acknowledged when he is back, confirms what he
received, and answers pings.  Reconnecting by himself is what `live` does; a load generator uses `connect` once.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from typing import Any

import msgspec

from tools.loadtest.frames import ClientIds, Event, Frame, Pending, decode, hello
from tools.loadtest.journal import Acknowledged, Journal, Said, Shown
from tools.loadtest.line import HandshakeRefused, Line, TurnedAway, dial

MOST_UNACKED = 32
GOT_EVERY = 32


class Person:
    """See the module.  The `on_...` are for generators; `on_ack` gets the client id and when it was due, `on_end` the code."""

    def __init__(
        self,
        port: int,
        cookie: str = "",
        keep: bool = True,
        retry: tuple[float, float] = (0.05, 0.5),
        identity: str | None = None,
        host: str = "127.0.0.1",
        source: str = "",
    ) -> None:
        """`cookie` makes a member of staff of him; `identity` is what a site has signed of a visitor.

        Without `keep` his journal has no texts.  `source` is the address to connect from.
        """
        self.port = port
        self._host = host
        self._source = source
        self.staff = bool(cookie)
        self.journal = Journal(self.staff)
        self.cursors: dict[str, int] = {}
        self.cards: dict[str, Any] = {}
        self.outbox: dict[str, Pending] = {}
        self.welcomed = asyncio.Event()
        self.presence = ""
        self.positions: list[tuple[str, int]] = []
        self.desk: Frame | None = None
        self.lang = "zh"
        self.page: dict[str, str] | None = None
        self.accepting = False
        self.stopping = False
        self.deaf = False
        self.deferred = 0
        """How often he was told to send something later: whatever he said after it may come before it."""
        self.gives_up = False
        """Whether he takes "later" for a no."""
        self.stammer = 0.0
        """This share of the messages is sent twice at once, as by a client whose ack got lost."""
        self.on_ack: Callable[[Person, str, float], None] | None = None
        self.on_refused: Callable[[Person], None] | None = None
        self.on_event: Callable[[Person, str, Event | Frame], None] | None = None
        self.on_end: Callable[[Person, int], None] | None = None
        self._cookie = cookie
        self._identity = identity
        self._keep = keep
        self._retry = retry
        self._token: str | None = None
        self._session: str | None = None
        self._epoch: str | None = None
        self._line: Line | None = None
        self._ended = asyncio.Event()
        self._entered: asyncio.Future[int] | None = None
        self._ids = ClientIds()
        self._unconfirmed: set[str] = set()
        self._since_got = 0
        self._places = 0
        self._held: asyncio.TimerHandle | None = None

    # ---- connecting

    async def connect(self) -> None:
        """Connect and say hello; raises OSError, ConnectionError or HandshakeRefused."""
        self._ended = asyncio.Event()
        path = "/ws/agent" if self.staff else "/ws/visitor"
        headers = {"Cookie": self._cookie} if self._cookie else {}
        self._line = await dial(self.port, path, self._receive, self._end, headers, self._host, self._source)
        who = {"token": self._token, "identity": self._identity}
        where = {"session": self._session, "epoch": self._epoch, "cursors": self.cursors, "page": self.page}
        self._line.send(hello(**who, **where, lang=self.lang))

    async def enter(self) -> None:
        """The same, and wait for the welcome; raises ConnectionError when the server closes before it, too."""
        self._entered = asyncio.get_running_loop().create_future()
        await self.connect()
        code = await self._entered
        if code:
            raise TurnedAway(code)

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
                    self.send_again(older_than=2.0)
            except (OSError, HandshakeRefused, TimeoutError) as error:
                if isinstance(error, HandshakeRefused) and error.status != 503:
                    raise
                self.cut()
            await asyncio.sleep(wait * random.uniform(0.5, 1.5))
            wait = min(most, wait * 2)

    def deafen(self) -> None:
        """Neither read nor answer from now on, as a page whose device has fallen asleep."""
        self.deaf = True
        if self._line is not None:
            self._line.deafen()

    def listen(self) -> None:
        """Read and answer again."""
        self.deaf = False
        if self._line is not None:
            self._line.listen()

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
        self._answered(code)
        if self.on_end is not None:
            self.on_end(self, code)

    # ---- saying

    @property
    def conversation(self) -> str | None:
        """The conversation that was begun or shown last."""
        return next(reversed(self.cards), None)

    def say(self, text: str, conversation: str | None = None, due: float | None = None) -> str:
        """Send a message, or keep it for when the connection is back; return its client id.

        `due` is when it should have been sent (perf_counter); None: now.
        """
        cid = self._ids.next()
        self._places += 1
        if self._keep:
            self.journal.said[cid] = Said(cid, text, self._places)
        return self._post(cid, text, conversation, due)

    def _post(self, cid: str, text: str, conversation: str | None, due: float | None) -> str:
        data = msgspec.json.encode({"t": "send", "cid": cid, "conversation": conversation, "text": text})
        now = time.perf_counter()
        self.outbox[cid] = Pending(data, text, now, now if due is None else due)
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

    def send_again(self, older_than: float = 0.0) -> bool:
        """Send everything again that has no ack, unless some of it was sent within `older_than` s; return whether it was."""
        if not self.welcomed.is_set() or self._line is None or self._held is not None:
            return False
        now = time.perf_counter()
        if any(now - pending.sent_at < older_than for pending in self.outbox.values()):
            return False
        for pending in list(self.outbox.values()):
            pending.sent_at = now
            self._line.send(pending.data)
        return True

    # ---- hearing

    def _receive(self, data: bytes) -> None:
        found = decode(data)
        if type(found) is list:
            for frame in found:
                self._take(frame)
        else:
            self._take(found)

    def _take(self, frame: Frame) -> None:
        match frame.t:
            case "event":
                self._live(frame)
            case "ack":
                self._acked(frame)
            case "events":
                self._page(frame)
            case "ping" if not self.deaf:
                self.frame(t="pong", n=frame.n)
            case "joined":
                self.cards[frame.conversation["id"]] = frame.conversation
            case "left":
                self.cards.pop(frame.conversation, None)
            case "welcome":
                self._welcome(frame)
            case "refused":
                self._refused(frame)
            case "retry":
                self._retried(frame)
            case "offer" if self.accepting:
                self.act(frame.conversation, "accept", visit=frame.visit)
            case "queue":
                self.positions.append((frame.conversation, frame.position))
            case "desk":
                self.desk = frame

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
            self.on_ack(self, frame.cid, pending.due)

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
        self._answered(0)
        self._release()

    def _answered(self, code: int) -> None:
        """The hello was answered: with a welcome (0), or with the end of the connection."""
        if self._entered is not None and not self._entered.done():
            self._entered.set_result(code)

    def _forget(self) -> None:
        """Nothing that was shown counts any more."""
        self.cursors.clear()
        self.journal.shown.clear()

    def _refused(self, frame: Frame) -> None:
        pending = self.outbox.get(frame.cid)
        if pending is None:
            self.journal.refused.append((frame.cid, frame.code))
        elif frame.code == "closed" and not self.staff:
            self._post(frame.cid, pending.text, None, pending.due)
        elif frame.retry_after is not None and not self.gives_up:
            self._retried(frame)
        else:
            del self.outbox[frame.cid]
            self.journal.refused.append((frame.cid, frame.code))
            if self.on_refused is not None:
                self.on_refused(self)

    def _retried(self, frame: Frame) -> None:
        """Hold everything back for a while: what was said later would overtake."""
        if frame.cid in self.outbox and self._held is None:
            self.deferred += 1
            wait = (frame.retry_after or 0) / 1000
            self._held = asyncio.get_running_loop().call_later(wait, self._release)

    def _release(self) -> None:
        if self._held is not None:
            self._held.cancel()
            self._held = None
        self.send_again()
