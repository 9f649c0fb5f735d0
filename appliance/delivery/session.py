"""The session of one peer, without sockets and without a clock: frames and committed events in, commands out.

It is the same class behind every channel: hello, who may send what how often, heartbeat, slow readers, the end.  How far
the peer was given each conversation is kept beside it, in following.py.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec import structs

from appliance.delivery import codes
from appliance.delivery.codec import decode, encode
from appliance.delivery.codes import CLOSE_CODES, REFUSALS
from appliance.delivery.commands import Admit, Beat, Close, Command, Marked, Peer, ReadFrom, Submit
from appliance.delivery.early import Early, EarlyCall
from appliance.delivery.events import Event
from appliance.delivery.following import Following
from appliance.delivery.frames import (
    TYPING_CHARS,
    Ack,
    Answer,
    ClientFrame,
    Do,
    Got,
    Hello,
    Joined,
    Left,
    Notice,
    Ping,
    Pong,
    Presenting,
    Read,
    Receipts,
    Send,
    ServerFrame,
    Sync,
    Typed,
    Watch,
    Welcome,
)
from appliance.delivery.heartbeat import Heartbeat
from appliance.delivery.intake import count_refusal, input_of, refusal
from appliance.delivery.limits import Limits
from appliance.delivery.outbox import Outbox
from appliance.delivery.packed import Packed, pack
from appliance.delivery.rate import Ceiling, Rate
from appliance.errors import ProtocolError, Refused, Text
from appliance.model import Audience, Millis
from appliance.records import Entry

FLOOD_WINDOW = 10_000
LOOK_AFTER = 5_000
"""A session is looked after at least this often (ms): so late is a slow reader found out at most."""

_NOTHING: tuple[Command, ...] = ()
_NO_CURSORS: Mapping[str, int] = MappingProxyType({})
_NO_RATE = Rate(0, FLOOD_WINDOW)
_NO_ANSWER = Text("心跳没有回应。", "The heartbeat was not answered.")
_NEW, _ADMITTING, _LIVE, _OVER = range(4)


class Session:
    """One peer, from hello to the close.

    `role` is "visitor" or "agent", as the endpoint says.  `spread` (0..1) sets when the first ping goes out, so that
    thousands that came at once are not pinged at once.
    """

    __slots__ = (
        "_cursors",
        "_early",
        "_epoch",
        "_flood",
        "_heartbeat",
        "_limits",
        "_rate",
        "_role",
        "_since",
        "_state",
        "_syncs",
        "following",
        "outbox",
        "peer",
        "refused",
    )

    def __init__(self, role: str, now: Millis, limits: Limits | None = None, spread: float = 1.0) -> None:
        self._limits = limits = limits or Limits()
        self._role = role
        self._state = _NEW
        self._since = now
        self._cursors = _NO_CURSORS
        self._epoch: str | None = None
        self._early: Early | None = None
        self._flood = Ceiling(
            limits.visitor_frames if role == "visitor" else limits.staff_frames, FLOOD_WINDOW
        )
        self._syncs: Ceiling | None = None
        self._rate = _NO_RATE
        self._heartbeat = Heartbeat(limits.ping, limits.pong, now + int(limits.ping * (0.5 + 0.5 * spread)))
        self.outbox = Outbox(limits.outbox_frames, limits.outbox_bytes, limits.budget)
        self.following = Following(Audience.VISITOR if role == "visitor" else Audience.STAFF, self.outbox)
        self.peer: Peer | None = None
        self.refused: dict[str, int] = {}

    @property
    def over(self) -> bool:
        """Return whether the session has ended."""
        return self._state == _OVER

    # ---- the peer's frames

    def receive(self, data: bytes | bytearray | str, now: Millis) -> Sequence[Command]:
        """Take one frame of the peer and return what is to be done about it; a Close ends the session."""
        if self._state == _OVER:
            return _NOTHING
        if self._flood.passed(now):
            return self._fault(codes.LIMIT, "十秒内的数据帧太多。", "Too many frames within ten seconds.")
        try:
            frame = decode(data, self._role)
        except ProtocolError as error:
            return self._end(error.code, error.cause)
        if self._state == _LIVE and self.peer is not None:
            return self._received(frame, self.peer, now)
        if self._state == _NEW and type(frame) is Hello:
            return self._greeted(frame)
        return self._fault(codes.BAD_FRAME, "第一帧必须是 hello。", "The first frame must be hello.")

    def _greeted(self, hello: Hello) -> Sequence[Command]:
        self._state = _ADMITTING
        self._early = Early()
        self._since = 0
        self._cursors = hello.cursors
        self._epoch = hello.epoch
        if hello.page is not None:
            hello = structs.replace(hello, page=hello.page.trimmed())
        return (Admit(hello),)

    def _received(self, frame: ClientFrame, peer: Peer, now: Millis) -> Sequence[Command]:
        match frame:
            case Send() | Do():
                return self._submitted(frame, peer, now)
            case Got():
                return self.following.got(frame.cursors, now)
            case Pong():
                self._heartbeat.answered(frame.n)
                return _NOTHING
            case Ping():
                return (Beat(encode(Pong(frame.n))),)
            case Read():
                seen = min(frame.seq, self.following.position(frame.conversation))
                return (Marked(frame.conversation, 0, seen),) if seen else _NOTHING
            case Typed():
                if frame.conversation not in self.following:
                    return _NOTHING
                return (Typed(frame.conversation, frame.on, frame.text[:TYPING_CHARS]),)
            case Sync():
                return self._synced(frame, now)
            case Presenting():
                return (frame,)
            case Watch():
                if peer.chief:
                    return (frame,)
                self.notice("denied")
                return _NOTHING
            case Hello():
                return self._fault(codes.BAD_FRAME, "hello 只能发一次。", "A second hello is not allowed.")

    def _submitted(self, frame: Send | Do, peer: Peer, now: Millis) -> Sequence[Command]:
        wait = self._rate.take(now)
        if wait:
            self.refuse(frame.cid, Refused("rate", REFUSALS["rate"], retry_after=wait))
            return _NOTHING
        try:
            return (Submit(frame, input_of(frame, peer, self._limits.message_bytes)),)
        except Refused as refused:
            self.refuse(frame.cid, refused)
            return _NOTHING

    def _synced(self, frame: Sync, now: Millis) -> Sequence[Command]:
        if self._syncs is None:
            self._syncs = Ceiling(self._limits.syncs, FLOOD_WINDOW)
        if self._role == "visitor" and frame.conversation not in self.following:
            self.notice("not_yours")
        elif self._syncs.passed(now) or not self.following.sync(frame):
            self.notice("rate")
        return _NOTHING

    # ---- the runtime's answers and news

    def admitted(self, peer: Peer, welcome: Welcome, rate: Rate, now: Millis) -> Sequence[Command]:
        """Welcome the peer, who is known now, and resume all his conversations."""
        if self._state != _ADMITTING:
            return _NOTHING
        self._state = _LIVE
        self.peer = peer
        self._rate = rate
        self.outbox.put_first(encode(welcome))
        cursors = self._cursors if self._epoch == welcome.epoch else {}
        self._cursors = _NO_CURSORS
        early, self._early = self._early or Early(), None
        marks: list[Command] = []
        try:
            for card in welcome.conversations:
                cursor = cursors.get(card.id)
                head = max(card.head, early.heads.get(card.id, 0))
                self.following.follow(card.id, head, cursor, resume=True)
                if cursor:
                    marks.append(Marked(card.id, cursor, 0))
        except ProtocolError as error:
            return self._end(error.code, error.cause)
        early.deliver()
        return marks

    def publish(self, event: Event, now: Millis) -> bool:
        """Pass on a committed event if the peer follows its conversation; return whether there is something to write."""
        if self._state == _LIVE:
            return self.following.publish(event, now)
        if self._early is not None and event.frame(self.following.audience) is not None:
            self._early.heads[event.conversation] = event.seq
        return False

    def join(self, packed: Packed, heads: Mapping[str, int] = _NO_CURSORS) -> None:
        """Show a card (a packed Joined), and follow its conversation from now on; `heads`: see Early."""
        if self._held(lambda early: self.join(packed, early)) or not isinstance(packed.frame, Joined):
            return
        card = packed.frame.conversation
        self.outbox.put(packed.data)
        if card.id not in self.following:
            self.following.follow(card.id, max(card.head, heads.get(card.id, 0)))

    def part(self, conversation: str) -> None:
        """Take the conversation off the peer's list."""
        if not self._held(lambda _: self.part(conversation)) and self.following.unfollow(conversation):
            self.outbox.put(encode(Left(conversation)))

    def answer(self, frame: Answer) -> None:
        """Answer a Submit."""
        if not isinstance(frame, Ack):
            count_refusal(self.refused, frame)
        if self._state == _LIVE:
            self.outbox.put(encode(frame))

    def refuse(self, cid: str, refused: Refused) -> None:
        """Answer a Submit with the refusal."""
        self.answer(refusal(cid, refused))

    def notice(self, code: str) -> None:
        """Tell why something that has no cid was refused."""
        text = REFUSALS.get(code, REFUSALS["invalid"])
        if self._state == _LIVE:
            self.outbox.put(encode(Notice(code, text.zh, text.en, "warn")))

    def tell(self, told: ServerFrame | Packed) -> None:
        """Pass any other frame on; a passing one replaces its forerunner."""
        if self._held(lambda _: self.tell(told)):
            return
        packed = told if isinstance(told, Packed) else pack(told)
        if isinstance(packed.frame, Receipts):
            self.outbox.receipt(packed.frame)
        elif packed.key is None:
            self.outbox.put(packed.data)
        else:
            self.outbox.pass_on(packed.key, packed.data)

    def _held(self, call: EarlyCall) -> bool:
        """Return True when `call` must not go on: it is kept until the peer is welcomed, or the session is over."""
        if self._early is not None and not self._early.keep(call):
            self.outbox.slow = True
        return self._state != _LIVE

    # ---- pages of the log

    def more(self) -> ReadFrom | None:
        """Return the next page to read, None while one is on its way or the outbox has no room for it."""
        return self.following.more() if self._state == _LIVE else None

    def page(
        self, wanted: ReadFrom, entries: Sequence[Entry], head: int, recalled: frozenset[int], now: Millis
    ) -> Sequence[Command]:
        """Take the page that was read for `wanted`."""
        try:
            if self._state == _LIVE:
                self.following.page(wanted, entries, head, recalled, now)
        except ProtocolError as error:
            return self._end(error.code, error.cause)
        return _NOTHING

    def page_refused(self, wanted: ReadFrom, refused: Refused) -> None:
        """Take the refusal of the page that `wanted` asked for."""
        self.following.refused(wanted)
        self.notice(refused.code)

    # ---- time

    def tick(self, now: Millis) -> Sequence[Command]:
        """Do what has come due."""
        limits = self._limits
        if self._state == _NEW and now >= self._since + limits.hello:
            return self._fault(codes.NO_PONG, "迟迟没有收到 hello。", "No hello within the time allowed.")
        if self._state != _LIVE:
            return _NOTHING
        if self.outbox.slow:
            return self._slow("待发数据超过上限", "too much waits to be sent")
        if self.following.unacked(now) >= limits.got:
            return self._slow("迟迟没有确认收到", "it did not confirm what it received")
        if self._heartbeat.failed(now):
            return self._end(codes.NO_PONG, _NO_ANSWER, abort=True)
        if not (number := self._heartbeat.ping(now)):
            return _NOTHING
        # A ping overtakes the outbox: heads would name what still stands there as missing.
        heads = None if self.outbox else self.following.moved()
        return (Beat(encode(Ping(number, heads or None))),)

    def due(self, now: Millis) -> Millis:
        """Return when to tick next, at most LOOK_AFTER ms ahead."""
        if self._state == _NEW:
            return min(now + LOOK_AFTER, self._since + self._limits.hello)
        return min(now + LOOK_AFTER, self._heartbeat.due())

    def grant(self, limits: Limits) -> None:
        """Grant something else from now on."""
        self._limits = limits
        self._heartbeat.every, self._heartbeat.within = limits.ping, limits.pong
        self.outbox.most_frames, self.outbox.most_bytes = limits.outbox_frames, limits.outbox_bytes

    # ---- the end

    def close(self, code: int, retry_after: Millis | None = None) -> Sequence[Command]:
        """End the session on the appliance's own account."""
        row = CLOSE_CODES.get(code)
        return self._end(code, row.meaning if row else Text("", ""), retry_after)

    def _slow(self, zh: str, en: str) -> Sequence[Command]:
        told = Text(f"连接太慢：{zh}。", f"The connection is too slow: {en}.")
        return self._end(codes.SLOW, told, abort=True)

    def _fault(self, code: int, zh: str, en: str) -> Sequence[Command]:
        return self._end(code, Text(zh, en))

    def _end(
        self, code: int, cause: Text, retry_after: Millis | None = None, abort: bool = False
    ) -> Sequence[Command]:
        if self._state == _OVER:
            return _NOTHING
        self._state = _OVER
        self.following.clear()
        self._early = None
        return (Close(code, codes.reason(code, retry_after), cause, abort),)
