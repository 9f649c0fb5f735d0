"""What `kefu loadtest` and its generator processes say to each other: length-prefixed msgpack over standard input and output."""

import asyncio
from typing import Any

import msgspec
from msgspec import Struct

from tools.loadtest.journal import Journal
from tools.loadtest.meters import Fault, Kept
from tools.loadtest.scenario import Phase
from tools.loadtest.tally import Reader, Stream

HEAD = 4


class Job(Struct, tag="job", frozen=True):
    """The first word to a generator: it is number `number` of `of`, and plays every `of`th visitor.

    `agents` are (number, cookie) of those it plays, `desks` how many there are in all; `run` marks its messages; `sources`: connect from several addresses of loopback; `keep`: whole
    journals for the comparison with the database.  `vips` are (number, signed identity); `gives_up`: who is told to try again
    later does not.
    """

    host: str
    port: int
    number: int
    of: int
    seed: int
    run: str
    agents: list[tuple[int, str]]
    desks: int
    sources: bool
    keep: bool
    stammer: float = 0.0
    vips: list[tuple[int, str]] = []
    gives_up: bool = False
    patience: float = 30.0


class Start(Struct, tag="start", frozen=True):
    """Begin a phase at `at` (perf_counter); `visitors` will be there at its end, `before` were there."""

    number: int
    phase: Phase
    at: float
    before: int
    visitors: int


class Rest(Struct, tag="rest", frozen=True):
    """Send nothing new."""


class Finish(Struct, tag="finish", frozen=True):
    """Say what was found, and go."""


class Came(Struct, tag="came", frozen=True):
    """The agents of this generator are at their desks."""


class Tick(Struct, tag="tick", frozen=True):
    """How it stands, twice a second: sums since the start; `phase` is the last one that ended, -1 none.

    `greeting` counts visitors who still wait for their first agent, `under_way` messages without an answer.
    """

    phase: int
    sums: dict[str, int]
    live: int
    greeting: int
    under_way: int


class Final(Struct, tag="final"):
    """Everything one generator found.  Times in s unless they say otherwise; `backs` are s from the cut to the welcome."""

    seconds: dict[int, dict[str, int]]
    live: dict[int, int]
    latencies: dict[str, Kept]
    slip: bytes
    lag: bytes
    streams: dict[str, Stream]
    readers: list[Reader]
    faults: list[Fault]
    backs: list[float]
    cut: int
    unserved: int
    journals: list[Journal]


Order = Job | Start | Rest | Finish
News = Came | Tick | Final
_encode = msgspec.msgpack.Encoder().encode
orders = msgspec.msgpack.Decoder(Order)
news = msgspec.msgpack.Decoder(News)


def packed(word: Struct) -> bytes:
    """Return the bytes of one word with their length before them."""
    body = _encode(word)
    return len(body).to_bytes(HEAD, "big") + body


async def heard(reader: asyncio.StreamReader, decoder: "msgspec.msgpack.Decoder[Any]") -> Any:
    """Return the next word; raises asyncio.IncompleteReadError when the other side is gone."""
    size = int.from_bytes(await reader.readexactly(HEAD), "big")
    return decoder.decode(await reader.readexactly(size))
