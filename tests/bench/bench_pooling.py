"""What keeping codecs, buffers and contexts saves in Python, in time and in garbage collections, with it and without.

The value is with pooling, the reference is without, and each line says in a sentence what that comes to.  The collector runs with
Python's own thresholds over a heap as large as that of a busy appliance, so that a collection costs what it costs there; the
appliance itself sets wider ones (cli/memory.py) after it has frozen what it built.  The last lines compare a mailbox a
conversation with a task a conversation.
"""

import asyncio
import gc
import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import msgspec
import uvloop
from msgspec import Struct

from appliance import inputs
from appliance.delivery.codec import decode, encode
from appliance.delivery.frames import Ack, ClientFrame, Send
from appliance.runtime.draft import Draft
from tests.bench.result import Result
from tools.claims.mailboxes import Boxed, Tasked, weights
from tools.claims.pooling import Cyclic

HEAP = 300_000
"""So many objects live that the collector looks at, a tenth of a busy appliance."""

GAIN = 0.95
"""What does not save a twentieth of the time saves nothing that anybody could tell from noise."""

CONVERSATIONS = 10_000
SENT = b'{"t":"send","cid":"0199e0f0-0001-7000-8000-000000000001","conversation":"01k7c","text":"\xe4\xbd\xa0\xe5\xa5\xbd"}'
ACK = Ack("0199e0f0-0001-7000-8000-000000000001", "01k7c", 7, 1_760_000_000_000)

Work = Callable[[], object]


class Cost(Struct):
    """Nanoseconds an operation, collections a million operations, the longest collection in ms."""

    time: float
    collections: float
    pause: float


def run(quick: bool) -> list[Result]:
    """Measure; `quick` repeats less."""
    rounds, turns = (5_000, 2) if quick else (200_000, 5)
    heap = [(number, [number]) for number in range(HEAP // 10 if quick else HEAP)]
    results: list[Result] = []
    with Path(os.devnull).open("wb", buffering=0) as nowhere:
        for name, pooled, made in _pairs(nowhere.fileno()):
            with_it, without = _turns(pooled, made, rounds, turns)
            results += _rows(name, with_it, without)
    heap.clear()
    return [*results, *uvloop.run(_conversations(max(rounds, 20_000)))]


# ---- codecs, buffers, contexts


def _pairs(nowhere: int) -> list[tuple[str, Work, Work]]:
    """Return what is measured: its name, the work with pooling and the same work without."""
    buffer = bytearray(4_096)
    encoder = msgspec.json.Encoder()
    pool = _Contexts()

    def in_place() -> None:
        encoder.encode_into(ACK, buffer)
        os.write(nowhere, buffer)

    def copied() -> None:
        encoder.encode_into(ACK, buffer)
        os.write(nowhere, bytes(buffer))

    def fresh() -> None:
        os.write(nowhere, encoder.encode(ACK))

    return [
        (
            "decoder kept (made for each frame)",
            lambda: decode(SENT, "agent"),
            lambda: msgspec.json.Decoder(ClientFrame).decode(SENT),
        ),
        (
            "decoder kept (msgspec.json.decode)",
            lambda: decode(SENT, "agent"),
            lambda: msgspec.json.decode(SENT, type=ClientFrame),
        ),
        ("encoder kept (made for each frame)", lambda: encode(ACK), lambda: msgspec.json.Encoder().encode(ACK)),
        ("buffer kept, written in place", in_place, fresh),
        ("buffer kept, copied to be written", copied, fresh),
        ("frame kept and set anew", pool.frame, _new_frame),
        ("context of a message kept and cleared", pool.context, Draft),
        ("context without a cycle (with one)", Draft, Cyclic),
    ]  # fmt: skip


class _Contexts:
    """A pool of one, the best that a pool can be: taking from it costs an attribute."""

    def __init__(self) -> None:
        self._frame = _Settable()
        self._draft = Draft()

    def frame(self) -> object:
        """Return the frame with other values."""
        frame = self._frame
        frame.cid, frame.conversation, frame.text, frame.menu = "k", "01k7c", "你好", ""
        return frame

    def context(self) -> object:
        """Return the context of a unit, empty again."""
        draft = self._draft
        draft.entries.clear()
        draft.records.clear()
        draft.effects.clear()
        draft.replies.clear()
        draft.sent.clear()
        draft.opens, draft.closes, draft.saves = None, False, False
        return draft


class _Settable(Struct, gc=False):
    """What Send would be if it could be set."""

    cid: str = ""
    conversation: str | None = None
    text: str = ""
    menu: str = ""


def _new_frame() -> object:
    return Send("k", "01k7c", "你好", "")


def _turns(pooled: Work, made: Work, rounds: int, turns: int) -> tuple[Cost, Cost]:
    """Return the costs of both, medians of turns that they take in turn."""
    found: tuple[list[Cost], list[Cost]] = ([], [])
    for _ in range(turns):
        for work, costs in zip((pooled, made), found, strict=True):
            costs.append(_cost(work, rounds))
    return _middle(found[0]), _middle(found[1])


def _middle(costs: list[Cost]) -> Cost:
    return Cost(
        median(each.time for each in costs),
        median(each.collections for each in costs),
        max(each.pause for each in costs),
    )


def _cost(work: Work, rounds: int) -> Cost:
    pauses: list[float] = []
    began = 0.0

    def collected(phase: str, _: dict[str, int]) -> None:
        nonlocal began
        if phase == "start":
            began = time.perf_counter()
        else:
            pauses.append((time.perf_counter() - began) * 1_000)

    gc.collect()
    gc.callbacks.append(collected)
    try:
        start = time.perf_counter_ns()
        for _ in range(rounds):
            work()
        spent = time.perf_counter_ns() - start
    finally:
        gc.callbacks.remove(collected)
    return Cost(spent / rounds, len(pauses) * 1_000_000 / rounds, max(pauses, default=0.0))


def _rows(name: str, with_it: Cost, without: Cost) -> list[Result]:
    return [
        Result(
            name=f"pooling.{name}: time",
            value=with_it.time,
            unit="ns",
            reference=without.time,
            note=f"{verdict(with_it.time, without.time)} {collected(with_it, without)}",
        ),
        Result(
            name=f"pooling.{name}: collections",
            value=with_it.collections,
            unit="per million",
            reference=without.collections,
        ),
        Result(
            name=f"pooling.{name}: longest pause", value=with_it.pause, unit="ms", reference=without.pause
        ),
    ]


def verdict(value: float, reference: float) -> str:
    """Say what `value`, with pooling, comes to beside `reference`, without."""
    ratio = value / reference
    if ratio > 1 / GAIN:
        return f"Pooling costs here: {ratio:.1f} times the time of making it anew."
    if ratio > GAIN:
        return "Pooling gains nothing here."
    return f"Pooling saves {1 - ratio:.0%} of the time."


def collected(with_it: Cost, without: Cost) -> str:
    """Say what pooling does to the collector's work."""
    if with_it.collections == without.collections == 0:
        return "The collector has nothing to do either way."
    told = f"{with_it.collections:,.0f} collections a million, {without.collections:,.0f} without"
    return f"{told}; the longest took {with_it.pause:.2f} ms and {without.pause:.2f} ms."


# ---- a mailbox or a task a conversation


async def _conversations(rounds: int) -> list[Result]:
    boxes, tasks = weights(CONVERSATIONS)
    box_time, task_time = await _event_times(rounds)
    return [
        Result(name="mailbox.memory of an idle conversation (task)", value=boxes, unit="bytes", reference=tasks),
        Result(name="mailbox.time of an event (task)", value=box_time, unit="ns", reference=task_time),
    ]  # fmt: skip


async def _event_times(rounds: int) -> tuple[float, float]:
    """Return nanoseconds an event, from the post to the handler's end."""
    handled = 0

    def handle() -> None:
        nonlocal handled
        handled += 1

    boxed = [Boxed(handle) for _ in range(CONVERSATIONS)]
    tasked = [Tasked(handle) for _ in range(CONVERSATIONS)]
    await asyncio.sleep(0)
    letter = inputs.VisitorSaid("c", "你好")
    found: list[float] = []
    for conversations in (boxed, tasked):
        handled, start = 0, time.perf_counter_ns()
        for first in range(0, rounds, 1_000):
            for number in range(first, first + 1_000):
                conversations[number % CONVERSATIONS].post(letter)
            await asyncio.sleep(0)
        while handled < rounds:  # noqa: ASYNC110  # it is what is measured
            await asyncio.sleep(0)
        found.append((time.perf_counter_ns() - start) / rounds)
    for each in tasked:
        each.end()
    await asyncio.sleep(0)
    return found[0], found[1]
