"""What strangers and broken clients send over real sockets: each gets one coded answer, and nobody else notices."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import msgspec
import pytest

from tests.faults.crowd import until
from tests.shipped import kefu_yaml
from tools.loadtest.line import HandshakeRefused, Line, dial, text_frame
from tools.loadtest.person import Person
from tools.loadtest.serving import Serving

HELLO = b'{"t":"hello","v":1}'

Come = Callable[..., Awaitable["Stranger"]]


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("bad"), kefu_yaml("200ms")) as running:
        yield running


class Stranger:
    """A client that keeps to nothing: a line, the frames that came, and how it ended."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.ended: list[int] = []
        self.line: Line | None = None

    async def come(self, port: int, hello: bytes = HELLO, **headers: str) -> "Stranger":
        """Connect and, unless `hello` is empty, be welcomed."""
        self.line = await dial(port, "/ws/visitor", self._heard, self._end, headers)
        if hello:
            self.line.send(hello)
            await until(lambda: self.frames, "no welcome")
        return self

    def send(self, data: bytes) -> None:
        """Send a text message."""
        assert self.line is not None
        self.line.send(data)

    def write(self, data: bytes) -> None:
        """Send bytes past the framing."""
        assert self.line is not None
        self.line.write(data)

    async def go(self) -> None:
        """Leave."""
        assert self.line is not None
        self.line.hang_up()
        await until(lambda: self.ended, "the connection is still there")

    async def end(self, within: float = 15.0) -> int:
        """Wait for the close code."""
        await until(lambda: self.ended, "the connection was not closed", within)
        return self.ended[0]

    def _heard(self, data: bytes) -> None:
        found = msgspec.json.decode(data)
        self.frames += found if isinstance(found, list) else [found]

    def _end(self, code: int, reason: str) -> None:
        self.ended.append(code)


@pytest.fixture
async def come(serving: Serving) -> AsyncIterator[Come]:
    """Bring strangers in; they leave after the test."""
    here: list[Stranger] = []

    async def one(hello: bytes = HELLO) -> Stranger:
        here.append(await Stranger().come(serving.port, hello))
        return here[-1]

    yield one
    for stranger in here:
        await stranger.go()


@pytest.fixture
async def person(serving: Serving) -> AsyncIterator[Person]:
    """A visitor who keeps to the protocol."""
    one = Person(serving.port)
    await one.connect()
    await until(one.welcomed.is_set, "no welcome")
    yield one
    one.leave()
    await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (text_frame(b"{"), 4501),
        (text_frame(b'{"t":"dance"}'), 4501),
        (text_frame(b'{"t":"send","cid":7,"conversation":null,"text":"x"}'), 4501),
        (text_frame(b'{"t":"send","cid":"x","conversation":null,"text":"\xed\xa0\x80"}'), 4501),
        (text_frame(b"[" * 30_000), 4501),
        (text_frame(HELLO), 4501),
        (text_frame(b"\x00\x01", opcode=2), 4501),
        (text_frame(b'{"t":"read","conversation":"c","seq":1,"x":"%b"}' % (b"x" * 65_536)), 1009),
        # Not WebSocket: reserved bits, an opcode that does not exist.
        (b"\xf1\x80\0\0\0\0", 1002),
        (b"\x83\x80\0\0\0\0", 1002),
    ],
)
async def test_a_broken_frame_closes_its_own_connection_and_no_other(
    serving: Serving, come: Come, person: Person, data: bytes, code: int
) -> None:
    stranger = await come()
    before = len(serving.log().splitlines())
    stranger.write(data)
    assert await stranger.end() == code
    await until(lambda: len(serving.log().splitlines()) > before, "nothing was logged")
    await asyncio.sleep(0.1)
    lines = serving.log().splitlines()[before:]
    assert len(lines) == 1, lines
    assert f'"code": {code},' in lines[0]
    person.say("我还在")
    await until(lambda: person.journal.acks, "the bystander is not served")
    assert person.journal.closes == []


async def test_what_may_not_be_said_is_refused_with_its_cid_and_the_connection_goes_on(come: Come) -> None:
    stranger = await come()
    for cid, text, code in (
        ("c1", "x" * 8_193, "too_long"),
        ("c2", "好" * 2_731, "too_long"),
        ("c3", " \n ", "invalid"),
        ("c4", "a\0b", "invalid"),
    ):
        stranger.send(msgspec.json.encode({"t": "send", "cid": cid, "conversation": None, "text": text}))
        await until(lambda: stranger.frames[-1]["t"] == "refused", "no refusal")
        refused = stranger.frames.pop()
        assert (refused["cid"], refused["code"]) == (cid, code)
        assert refused["zh"]
        assert refused["en"]
        assert "retry_after" not in refused
    stranger.send(msgspec.json.encode({"t": "send", "cid": "c5", "conversation": None, "text": "好" * 2_730}))
    await until(
        lambda: any(frame["t"] == "ack" and frame["cid"] == "c5" for frame in stranger.frames), "no ack"
    )
    assert stranger.ended == []


async def test_the_same_cid_with_other_words_is_a_conflict_and_with_the_same_the_same_ack(come: Come) -> None:
    stranger = await come()
    for text in ("一", "一", "二"):
        stranger.send(msgspec.json.encode({"t": "send", "cid": "same", "conversation": None, "text": text}))

    def answers() -> list[dict[str, Any]]:
        return [frame for frame in stranger.frames if frame["t"] in ("ack", "refused")]

    await until(lambda: len(answers()) == 3, "not all were answered")
    first, second, third = answers()
    assert first == second
    assert (third["t"], third["code"]) == ("refused", "conflict")


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "",
        "http://127.0.0.1:{port}.evil.example",
        "https://127.0.0.1:{port}x",
        "file://",
    ],
)
@pytest.mark.parametrize("path", ["/ws/visitor", "/ws/agent"])
async def test_a_foreign_origin_is_turned_away_before_the_upgrade(
    serving: Serving, path: str, origin: str
) -> None:
    with pytest.raises(HandshakeRefused) as refused:
        await _knock(serving.port, path, Origin=origin.format(port=serving.port))
    assert refused.value.status == 403


async def test_an_agent_without_a_login_is_turned_away_before_the_upgrade(serving: Serving) -> None:
    for cookie in ("", "kefu=forged.forged", "kefu=" + "A" * 43 + "." + "B" * 22):
        with pytest.raises(HandshakeRefused) as refused:
            await _knock(serving.port, "/ws/agent", Cookie=cookie)
        assert refused.value.status == 401


async def _knock(port: int, path: str, **headers: str) -> Line:
    return await dial(port, path, lambda data: None, lambda code, reason: None, headers)


async def test_who_says_nothing_is_shown_out_after_ten_seconds(come: Come) -> None:
    began = time.monotonic()
    stranger = await come(b"")
    assert await stranger.end(within=30) == 4012
    assert time.monotonic() - began >= 10


async def test_a_cursor_beyond_the_end_is_told_that_its_position_is_lost(person: Person) -> None:
    person.say("第一句")
    await until(lambda: person.journal.acks and person.conversation, "no ack")
    assert person.conversation is not None
    person.cut()
    await until(lambda: person.journal.closes, "still there")
    person.cursors[person.conversation] = 1_000
    await person.connect()
    await until(lambda: 4010 in person.journal.closes, "the impossible cursor was believed")
    assert person.cursors == {}
    await person.connect()
    await until(lambda: person.cursors, "nothing was shown anew")


async def test_a_conversation_of_another_is_neither_read_nor_written(come: Come, person: Person) -> None:
    person.say("私密")
    await until(lambda: person.conversation, "no conversation")
    thief = await come()
    name = person.conversation
    thief.send(msgspec.json.encode({"t": "send", "cid": "t1", "conversation": name, "text": "插话"}))
    thief.send(msgspec.json.encode({"t": "sync", "conversation": name, "after": 0}))
    thief.send(msgspec.json.encode({"t": "typing", "conversation": name, "on": True}))
    thief.send(msgspec.json.encode({"t": "do", "cid": "t2", "conversation": name, "act": "end"}))
    await until(lambda: len(thief.frames) >= 4, "not everything was answered")
    told = {(frame["t"], frame.get("code")) for frame in thief.frames[1:]}
    assert told == {("refused", "not_yours"), ("notice", "not_yours")}
    assert "私密" not in str(thief.frames)
