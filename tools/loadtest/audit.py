"""The database's word on a load of any size: row by row, never all at once.

tools/loadtest/oracle.py compares whole journals with the whole log, which is sharper and needs both in memory; this one needs
the compact journals only, so 870,000 messages are judged in the memory of one conversation.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

from tools.loadtest.oracle import Row, broken_chains, rows_of
from tools.loadtest.tally import Found, Stream, View, mark_of, numbers, tell


def audit(data: Path, streams: Mapping[str, Stream], run: str) -> Found:
    """Compare the log of a stopped appliance with what was sent and acknowledged; raises DamagedLog."""
    return audited(rows_of(data), streams, run)


def audited(rows: Iterable[Row], streams: Mapping[str, Stream], run: str) -> Found:
    """The same for rows in the order of conversation and seq."""
    found = Found()
    stored: dict[str, View] = {}
    for conversation, its in groupby(rows, lambda row: row.conversation):
        mine = list(its)
        for sentence in broken_chains(conversation, mine):
            found.out_of_order += 1
            tell(found, sentence)
        for row in mine:
            mark = mark_of(row.text, conversation, run) if row.text else None
            if mark is not None and mark.stream in streams:
                stored.setdefault(mark.stream, View()).take(mark.number)
    for name, stream in streams.items():
        _compare(found, name, stream, stored.get(name, View()))
    return found


def _compare(found: Found, name: str, stream: Stream, view: View) -> None:
    lost = view.unseen(stream.said) - set(stream.refused) - set(stream.open)
    if lost:
        found.lost += len(lost)
        tell(found, f"{name}: acknowledged and not in the database: {numbers(lost)}")
    if view.doubled:
        found.duplicated += view.doubled
        tell(found, f"{name}: {view.doubled} messages are stored twice")
    if view.disordered and stream.ordered:
        found.out_of_order += view.disordered
        tell(found, f"{name}: {view.disordered} messages are stored out of order")


def both(journals: Found, database: Found) -> Found:
    """Return what either found: counts are not added, because one loss is seen by both."""
    return Found(
        max(journals.lost, database.lost),
        max(journals.duplicated, database.duplicated),
        max(journals.out_of_order, database.out_of_order),
        [*journals.findings, *database.findings],
    )
