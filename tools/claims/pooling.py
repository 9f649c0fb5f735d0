"""What keeping a decoder or a context saves in Python, and what a cycle in a context costs the collector, in this process.

Each pair is measured in turns, so that what else the machine does meets both alike.
"""

import gc
import itertools
import threading
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import msgspec

from appliance.delivery.codec import decode, encode
from appliance.delivery.frames import Ack, ClientFrame
from appliance.effects import Effect
from appliance.records import Entry, Record
from appliance.runtime.draft import Draft
from tools.claims.findings import Codec, Cost, Pooling

SENT = b'{"t":"send","cid":"0199e0f0-0001-7000-8000-000000000001","conversation":"01k7c","text":"\xe4\xbd\xa0\xe5\xa5\xbd"}'
ACK = Ack("0199e0f0-0001-7000-8000-000000000001", "01k7c", 7, 1_760_000_000_000)
ROUNDS = 5_000
TURNS = 3
THREADS = 4

Work = Callable[[], object]


class Cyclic:
    """The context of a message as it is often written: what it holds knows it."""

    __slots__ = ("effects", "entries", "records", "replies")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.records: list[Record] = []
        self.effects: list[Effect] = []
        self.replies = [self.reply]

    def reply(self) -> None:
        """Answer."""


class Pool:
    """A pool of one, the best that a pool can be: taking from it costs an attribute."""

    def __init__(self) -> None:
        self._draft = Draft()

    def use(self) -> object:
        """Use the context for a message, and empty it again."""
        draft = self._draft
        filled(draft)
        draft.entries.clear()
        draft.records.clear()
        draft.effects.clear()
        draft.replies.clear()
        draft.sent.clear()
        draft.opens, draft.closes, draft.saves = None, False, False
        return draft


def filled(context: Any) -> object:
    """Put into a context what a message puts there."""
    context.entries.append(SENT)
    context.records.append(SENT)
    context.effects.append(SENT)
    context.replies.append(SENT)
    return context


def pooling(rounds: int = ROUNDS, turns: int = TURNS) -> Pooling:
    """Return what each way costs; about 100 ns to 10 µs an operation."""
    works: dict[str, Work] = {
        "kept_decoder": lambda: decode(SENT, "agent"),
        "made_decoder": lambda: msgspec.json.Decoder(ClientFrame).decode(SENT),
        "kept_context": Pool().use,
        "made_context": lambda: filled(Draft()),
        "cyclic_context": lambda: filled(Cyclic()),
    }
    found: dict[str, list[Cost]] = {name: [] for name in works}
    for _ in range(turns):
        for name, work in works.items():
            found[name].append(cost(work, rounds))
    return Pooling(**{name: _middle(costs) for name, costs in found.items()})


def cost(work: Work, rounds: int) -> Cost:
    """Return what one call costs, by Python's own thresholds of the collector."""
    collections = 0

    def collected(phase: str, _: dict[str, int]) -> None:
        nonlocal collections
        collections += phase == "start"

    thresholds = gc.get_threshold()
    gc.collect()
    gc.set_threshold(700, 10, 10)
    gc.callbacks.append(collected)
    try:
        began = time.perf_counter_ns()
        for _ in itertools.repeat(None, rounds):
            work()
        spent = time.perf_counter_ns() - began
    finally:
        gc.callbacks.remove(collected)
        gc.set_threshold(*thresholds)
    return Cost(spent / rounds, collections * 1_000_000 / rounds)


def _middle(costs: Sequence[Cost]) -> Cost:
    return Cost(median(each.ns for each in costs), median(each.collections for each in costs))


def codec(calls: int = 5_000, threads: int = THREADS) -> Codec:
    """Let many threads use the appliance's codec at once, and count what came out wrong."""
    wrong: list[int] = []
    right_frame, right_bytes = decode(SENT, "agent"), encode(ACK)

    def use() -> None:
        wrong.append(
            sum(decode(SENT, "agent") != right_frame or encode(ACK) != right_bytes for _ in range(calls))
        )

    running = [threading.Thread(target=use) for _ in range(threads)]
    for each in running:
        each.start()
    for each in running:
        each.join()
    return Codec(threads, 2 * calls * threads, sum(wrong) + 2 * calls * (threads - len(wrong)))
