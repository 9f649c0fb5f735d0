"""What a client reads of the server's frames, and the client ids that it writes into its own.

One struct for all frames: a client looks at few fields, and a union of structs would cost every message its choice.
"""

import random
import time
from typing import Any

import msgspec
from msgspec import Struct


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
    visit: int = 0
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
    """Of a desk: who waits."""


decode = msgspec.json.Decoder(Frame | list[Frame]).decode
"""Returns the frame, or the frames, of one text message; raises msgspec.DecodeError."""


def hello(**told: Any) -> bytes:
    """Return the first frame of a client, with what he tells of himself and how far he has read."""
    return msgspec.json.encode({"t": "hello", "v": 1, **told})


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
    due: float
    """When it was to be sent: latency counts from there, however often it is sent."""
