"""The judge of fault tests: compares what the clients wrote down with what the database holds.

Unique client ids and a dense seq make it linear.  It returns findings in words and none when all is well; test_oracle.py
shows for each of them a story in which it is found.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from appliance.errors import StoreError, Text
from tools.loadtest.journal import Journal, Shown

VISITOR, STAFF = 2, 1


class DamagedLog(StoreError):
    """SQLite finds its own file broken: there is nothing to compare with."""

    def __init__(self, data: Path, verdict: str) -> None:
        super().__init__(
            Text(
                f"{data / 'kefu.db'} 没有通过 SQLite 的完整性检查：{verdict}。",
                f"{data / 'kefu.db'} fails SQLite's integrity check: {verdict}.",
            ),
            Text("保留这个目录，把它报告给开发者。", "Keep the directory and report it to the developers."),
        )


class Row(Struct, frozen=True):
    """One row of the log; `cid` and `text` are read out of the body, not trusted from the columns."""

    conversation: str
    seq: int
    audience: int
    visitor_prev: int
    staff_prev: int
    sender: str
    cid: str
    text: str
    what: str
    at: int

    def prev(self, audience: int) -> int:
        """Return the seq before it that `audience` may see."""
        return self.visitor_prev if audience == VISITOR else self.staff_prev


def rows_of(data: Path) -> Iterator[Row]:
    """Yield the log of a stopped appliance by conversation and seq; raises DamagedLog."""
    with closing(sqlite3.connect(f"file:{data / 'kefu.db'}?mode=ro&immutable=1", uri=True)) as database:
        verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            raise DamagedLog(data, verdict)
        found = database.execute(
            "SELECT conversation, seq, audience, visitor_prev, staff_prev, coalesce(sender, ''), body, at "
            "FROM log ORDER BY conversation, seq"
        )
        for columns in found:
            yield _row(*columns)


def read_log(data: Path) -> list[Row]:
    """Return the whole log of a stopped appliance, by conversation and seq; raises DamagedLog."""
    return list(rows_of(data))


def _row(
    conversation: str,
    seq: int,
    audience: int,
    visitor_prev: int,
    staff_prev: int,
    sender: str,
    body: str,
    at: int,
) -> Row:
    record: dict[str, Any] = msgspec.json.decode(body)
    source = record.get("input", record)
    what = source.get("in") or record["r"]
    cid, text = source.get("cid", ""), source.get("text", "")
    return Row(conversation, seq, audience, visitor_prev, staff_prev, sender, cid, text, what, at)


def judge(log: Sequence[Row], journals: Iterable[Journal], complete: bool = True) -> list[str]:
    """Return everything that is wrong.  `complete`: everybody had time to receive all that is his."""
    findings: list[str] = []
    by_conversation: dict[str, list[Row]] = defaultdict(list)
    by_cid: dict[str, list[Row]] = defaultdict(list)
    for row in log:
        by_conversation[row.conversation].append(row)
        if row.cid:
            by_cid[row.cid].append(row)
    for conversation, rows in by_conversation.items():
        findings += broken_chains(conversation, rows)
    for cid, rows in by_cid.items():
        if len(rows) > 1:
            findings.append(f"stored twice: {cid} as {[(row.conversation, row.seq) for row in rows]}")
    for journal in journals:
        findings += _acks(journal, by_cid)
        findings += _order(journal, by_conversation)
        for conversation, shown in journal.shown.items():
            findings += _view(journal, conversation, shown, by_conversation.get(conversation, []), complete)
    return findings


def broken_chains(conversation: str, rows: Sequence[Row]) -> list[str]:
    """Return where seq is not dense from 1, or a row does not name its predecessor of either audience."""
    findings = []
    visitor = staff = 0
    for place, row in enumerate(rows, start=1):
        if row.seq != place:
            findings.append(f"{conversation}: seq {row.seq} where {place} belongs")
            return findings
        if (row.visitor_prev, row.staff_prev) != (visitor, staff):
            findings.append(
                f"{conversation}: {row.seq} names {row.visitor_prev}/{row.staff_prev}, not {visitor}/{staff}"
            )
        if row.audience >= STAFF:
            staff = row.seq
        if row.audience >= VISITOR:
            visitor = row.seq
    return findings


def _acks(journal: Journal, by_cid: dict[str, list[Row]]) -> list[str]:
    """What was acknowledged is stored, where the ack said, as it was written; and one message has one ack."""
    findings = []
    answers: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for ack in journal.acks:
        answers[ack.cid].add((ack.conversation, ack.seq))
    for cid, places in answers.items():
        said = journal.said.get(cid)
        if said is None:
            continue  # an act: its row has no words to compare
        if len(places) > 1:
            findings.append(f"{journal.who}: {cid} was acknowledged as {sorted(places)}")
        rows = by_cid.get(cid, [])
        if not rows:
            findings.append(f"{journal.who}: lost, though acknowledged: {cid} {said.text!r}")
        elif (rows[0].conversation, rows[0].seq) not in places:
            findings.append(
                f"{journal.who}: {cid} was acknowledged as {sorted(places)}, stored as {rows[0].seq}"
            )
        elif rows[0].text != said.text or rows[0].sender != journal.who:
            findings.append(f"{journal.who}: {cid} is stored as {rows[0].sender}: {rows[0].text!r}")
    return findings


def _order(journal: Journal, by_conversation: dict[str, list[Row]]) -> list[str]:
    """Within a conversation one person's messages are stored in the order in which he wrote them."""
    findings = []
    for conversation, rows in by_conversation.items():
        places = [journal.said[row.cid].place for row in rows if row.cid in journal.said]
        if places != sorted(places):
            findings.append(f"{journal.who}: out of order in {conversation}: {places}")
    return findings


def _view(
    journal: Journal, conversation: str, shown: Sequence[Shown], rows: Sequence[Row], complete: bool
) -> list[str]:
    """What a client was shown is what the log holds for him: each once, in order, and all of it."""
    audience = STAFF if journal.staff else VISITOR
    name = f"{journal.who} in {conversation}"
    findings = [f"{name}: shown twice: {seq}" for seq, count in _counted(shown) if count > 1]
    seqs = [event.seq for event in shown]
    if seqs != sorted(seqs):
        findings.append(f"{name}: shown out of order: {seqs}")
    mine = {row.seq: row for row in rows if row.audience >= audience}
    for event in shown:
        row = mine.get(event.seq)
        if row is None:
            findings.append(f"{name}: shown {event.seq}, which is not in the log or not for him")
        elif row.prev(audience) != event.prev or (event.cid and event.cid != row.cid):
            findings.append(f"{name}: {event.seq} was shown as something else")
        elif event.text and row.text != event.text:
            findings.append(f"{name}: {event.seq} was shown as {event.text!r}, stored as {row.text!r}")
    hidden = {
        seq for whose, first, last in journal.gaps if whose == conversation for seq in range(first, last + 1)
    }
    last = max(mine) if complete and mine else max(seqs, default=0)
    missing = sorted(seq for seq in mine if seq <= last and seq not in hidden and seq not in set(seqs))
    if missing:
        findings.append(f"{name}: never shown: {missing}")
    return findings


def _counted(shown: Sequence[Shown]) -> list[tuple[int, int]]:
    return list(Counter(event.seq for event in shown).items())
