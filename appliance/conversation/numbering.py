"""Gives records their place in the log: seq, and for each audience the seq that came before.

`prev` is what lets a client notice a hole without counting records it may not see: it shows an event when `prev` is its
own cursor, and asks for what lies between otherwise.
"""

from collections.abc import Iterable
from typing import Final

from appliance.model import Audience, Heads, Millis
from appliance.records import Entry, Record, audience, encode, sender_and_cid

_VISITOR: Final = Audience.VISITOR
"""Finding a member of an enum costs ten times the comparison, and every record is asked."""


def number(
    conversation: str, visitor: str, heads: Heads, records: Iterable[Record], at: Millis
) -> tuple[list[Entry], Heads]:
    """Return the entries of `records`, numbered on from `heads`, and the heads after them.

    `visitor` becomes the sender of what the visitor sent; `at` is the time of all of them, in ms.
    """
    seq, seen_by_visitor, seen_by_staff = heads.seq, heads.visitor, heads.staff
    entries: list[Entry] = []
    for record in records:
        seq += 1
        seen_by = audience(record)
        sent = sender_and_cid(record)
        entries.append(
            Entry(
                conversation,
                seq,
                at,
                seen_by,
                encode(record),
                seen_by_visitor,
                seen_by_staff,
                (sent[0] or visitor) if sent else None,
                sent[1] if sent else None,
            )
        )
        if seen_by:
            seen_by_staff = seq
            if seen_by is _VISITOR:
                seen_by_visitor = seq
    return entries, Heads(seq, seen_by_visitor, seen_by_staff)


def advance(heads: Heads, entry: Entry) -> Heads:
    """Return the heads after an entry that was read back from the store."""
    return Heads(
        entry.seq,
        entry.seq if entry.audience is _VISITOR else heads.visitor,
        entry.seq if entry.audience else heads.staff,
    )
