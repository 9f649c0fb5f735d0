"""Turns what the store holds of a conversation back into the conversation.

Folding sends the logged inputs, with their logged facts, through the same step that ran live.  Nothing is performed.
What the step emits must equal what was logged; when it does not (the step was changed between two versions), the log
wins: the snapshot goes on from the folded state, and the mismatch is reported, loudly.
"""

from collections.abc import Callable, Mapping

from msgspec import Struct

from appliance.conversation.dedup import Sent, Window, fingerprint
from appliance.conversation.numbering import advance
from appliance.flow.graph import Graph
from appliance.flow.migrate import migrated
from appliance.flow.step import step_safely
from appliance.inputs import Migrated
from appliance.model import Heads, Snapshot, Value
from appliance.ports import Stored
from appliance.records import Entry, Happened, decode


class MissingFact(KeyError):
    """The log does not hold a fact that the step wants to read: the step has changed since."""


class Folded(Struct, frozen=True):
    """A conversation read back: its snapshot (None: nothing stored), its heads, and the first mismatch, if any.

    `graph` is the one that it is pinned to at the end; None when nothing had to be folded.
    """

    snapshot: Snapshot | None
    heads: Heads
    graph: Graph | None
    mismatch: str = ""


def recorded(facts: dict[str, Value]) -> Callable[[str, object], Value]:
    """Return the `read` of a step that may only see the recorded `facts`."""

    def read(name: str, scope: object) -> Value:
        try:
            return facts[name]
        except KeyError:
            raise MissingFact(name) from None

    return read


_NO_OTHERS: Mapping[str, Graph] = {}
_MIGRATED = b'{"r":"happened","input":{"in":"migrated"'


def bundles_of(stored: Stored) -> tuple[str, ...]:
    """Return the ids of the bundles that folding needs: where it begins, then where the conversation was moved."""
    first = stored.checkpoint.snapshot.bundle if stored.checkpoint else stored.bundle
    moves = (decode(entry.body) for entry in stored.entries if entry.body.startswith(_MIGRATED))
    others = (
        each.input.bundle for each in moves if isinstance(each, Happened) and isinstance(each.input, Migrated)
    )
    return (first, *others)


def fold(graph: Graph, stored: Stored, others: Mapping[str, Graph] = _NO_OTHERS) -> Folded:
    """Return the conversation in `stored`, folded from its checkpoint on.

    `graph` is that of its bundle then, `others` are those that it was moved to since (see `bundles_of`).
    """
    snapshot = stored.checkpoint.snapshot if stored.checkpoint else None
    heads = stored.checkpoint.heads if stored.checkpoint else Heads()
    mismatch = ""
    entries = stored.entries
    position = 0
    while position < len(entries):
        entry = entries[position]
        record = decode(entry.body)
        if not isinstance(record, Happened):
            mismatch = mismatch or f"seq {entry.seq}: {record.__class__.__name__} follows no input"
            heads = advance(heads, entry)
            position += 1
            continue
        source = record.input
        if type(source) is Migrated and snapshot is not None:
            step = migrated(graph, others[source.bundle], snapshot, source, entry.at)
            graph = others[source.bundle] if step.records else graph
        else:
            step = step_safely(graph, snapshot, source, recorded(record.facts), entry.at)
        snapshot = step.snapshot
        logged = _unit(entries, position)
        if not mismatch and step.records != tuple(decode(each.body) for each in logged):
            mismatch = f"seq {entry.seq}: the step no longer emits what was logged"
        for each in logged:
            heads = advance(heads, each)
        position += len(logged)
    return Folded(snapshot, heads, graph, mismatch)


def _unit(entries: tuple[Entry, ...], start: int) -> list[Entry]:
    """Return the entry of an input and those its step emitted: everything up to the next input."""
    unit = [entries[start]]
    for entry in entries[start + 1 :]:
        if entry.body.startswith(b'{"r":"happened"'):
            break
        unit.append(entry)
    return unit


def window_of(recent: list[Entry], complete: bool) -> Window:
    """Return the dedup window that `recent` (entries with client ids, ascending) gives; `complete`: there are no more.

    Client ids grow with time, so those above all that are remembered are new; the store is asked about the others.
    """
    floor = "" if complete else max((entry.cid for entry in recent if entry.cid), default="")
    window = Window(floor=floor)
    for entry in recent:
        record = decode(entry.body)
        if isinstance(record, Happened) and entry.sender is not None and entry.cid is not None:
            window.remember(entry.sender, entry.cid, Sent(entry.seq, entry.at, fingerprint(record.input)))
    return window
