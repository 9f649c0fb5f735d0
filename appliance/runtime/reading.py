"""Reads a conversation back from the store: what a mailbox does before its first turn, and after a failed commit."""

import logging
from collections.abc import Awaitable, Callable, Sequence

from msgspec import Struct

from appliance.conversation.dedup import Window, fingerprint
from appliance.conversation.fold import Folded, bundles_of, fold, window_of
from appliance.errors import StoreError
from appliance.flow.graph import Graph
from appliance.model import Heads, Millis, Snapshot
from appliance.ports import Log
from appliance.records import Entry, Happened, decode
from appliance.runtime.letters import CONFLICT, RETRY, Acked, Letter, Outcome

CIDS_READ_BACK = 256

_log = logging.getLogger("kefu.mailbox")


class Restored(Struct):
    """A conversation as a mailbox needs it; `saved` is the seq of its checkpoint, `at` the time of its last entry.

    `graph` is None for a closed one of which nothing is to be folded: its bundle may be gone, and nothing needs it.
    """

    graph: Graph | None
    visitor: str
    snapshot: Snapshot | None
    heads: Heads
    window: Window
    saved: int
    at: Millis
    mismatch: str


async def read_back(
    log: Log, graph_of: Callable[[str], Awaitable[Graph]], conversation: str, in_doubt: bool
) -> Restored | None:
    """Return the conversation folded up to its last entry, None when there is none.

    `in_doubt` keeps every unknown client id a question for the store (after a commit that hit the unique index).
    """
    stored = await log.load(conversation)
    if stored is None:
        return None
    if stored.closed_at is not None and stored.checkpoint is not None and not stored.entries:
        folded = Folded(stored.checkpoint.snapshot, stored.checkpoint.heads, None)
    else:
        bundles = bundles_of(stored)
        graphs = {bundle: await graph_of(bundle) for bundle in bundles}
        folded = fold(graphs[bundles[0]], stored, graphs)
    recent = await log.recent_cids(conversation, CIDS_READ_BACK)
    last = stored.entries[-1].at if stored.entries else 0
    return Restored(
        folded.graph,
        stored.visitor,
        folded.snapshot,
        folded.heads,
        _window(recent, in_doubt),
        stored.checkpoint.heads.seq if stored.checkpoint else 0,
        max(last, folded.snapshot.last_at if folded.snapshot else 0),
        folded.mismatch,
    )


def _window(recent: list[Entry], in_doubt: bool) -> Window:
    window = window_of(recent, complete=len(recent) < CIDS_READ_BACK)
    window.in_doubt = in_doubt
    return window


def first_ack(found: Entry, letter: Letter) -> Outcome:
    """Return the ack of what the store holds under this client id, or the conflict when it says something else."""
    record = decode(found.body)
    same = isinstance(record, Happened) and fingerprint(record.input) == fingerprint(letter.input)
    return Acked(found.conversation, found.seq, found.at) if same else CONFLICT


async def answer_conflict(log: Log, conversation: str, letters: Sequence[Letter]) -> None:
    """Answer letters whose unit hit the unique index: a client id was stored before, perhaps in another conversation.

    Then its first ack is due again; the others may ask again.
    """
    for letter in letters:
        cid = getattr(letter.input, "cid", "")
        try:
            found = await log.find(letter.actor.id, cid) if cid else None
        except StoreError as trouble:
            _log.warning("cannot look up a client id", extra={"conversation": conversation, "error": trouble})
            found = None
        if letter.reply is not None:
            letter.reply(first_ack(found, letter) if found else RETRY)
