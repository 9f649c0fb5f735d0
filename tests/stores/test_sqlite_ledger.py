"""The ledger: one statement a batch, and the place in the log where a restart begins to read."""

from collections.abc import Iterator
from pathlib import Path

import apsw
import msgspec
import pytest

from appliance.errors import Conflict
from appliance.model import Heads
from appliance.ports import Unit
from appliance.stores import sqlite_ledger
from appliance.stores.sqlite_file import open_database
from appliance.stores.sqlite_ledger import Keep, Ledger, is_plain
from tests.contract.samples import Draft


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[apsw.Connection]:
    opened = open_database(tmp_path, 0)
    yield opened
    opened.close()


def keep(draft: Draft, seq: int) -> Keep:
    body = msgspec.json.encode(draft.checkpoint(Heads(seq, seq, seq))).decode()
    return Keep(draft.id, seq, draft.bundle, draft.owed(), body)


def store(connection: apsw.Connection, ledger: Ledger, *units: Unit) -> None:
    connection.execute("BEGIN IMMEDIATE")
    assert ledger.store(units) == [None] * len(units)
    connection.execute("COMMIT")


def position(connection: apsw.Connection, ledger: Ledger) -> int:
    """Advance and return meta.checkpoint."""
    ledger.advance()
    return int(connection.execute("SELECT value FROM meta WHERE name = 'checkpoint'").get)


def test_a_plain_unit_only_adds_entries() -> None:
    draft = Draft("c1")
    assert [is_plain(unit) for unit in (draft.unit(), draft.unit(), draft.unit(closes=True))] == [
        False,
        True,
        False,
    ]


def test_plain_units_take_one_statement_for_all(connection: apsw.Connection) -> None:
    drafts = [Draft(f"c{n}") for n in range(10)]
    ledger = Ledger(connection)
    store(connection, ledger, *(draft.unit() for draft in drafts))
    statements: list[str] = []

    def trace(cursor: apsw.Cursor, sql: str, bindings: object) -> bool:
        statements.append(sql)
        return True

    connection.exec_trace = trace
    assert ledger.store_plain([draft.unit() for draft in drafts])
    assert len(statements) == 1
    assert "json_each" in statements[0]
    assert not connection.in_transaction
    assert connection.execute("SELECT count(*) FROM log").get == 20


def test_plain_units_with_a_bad_one_store_nothing(connection: apsw.Connection) -> None:
    good, bad = Draft("c1"), Draft("c2")
    ledger = Ledger(connection)
    store(connection, ledger, good.unit(good.entry(cid="m", sender="s")), bad.unit())
    units = [good.unit(), bad.unit(bad.entry(cid="m", sender="s"))]
    assert not ledger.store_plain(units)
    assert connection.execute("SELECT count(*) FROM log").get == 2
    connection.execute("BEGIN IMMEDIATE")
    assert [type(error) for error in ledger.store(units)] == [type(None), Conflict]
    connection.execute("COMMIT")


def test_rows_are_numbered_without_gaps_also_past_a_bad_unit(connection: apsw.Connection) -> None:
    ledger = Ledger(connection)
    connection.execute("BEGIN IMMEDIATE")
    ledger.store([Draft("c1").unit(), Draft("c1").unit(), Draft("c2").unit(), Draft("c3").unit()])
    connection.execute("COMMIT")
    assert connection.execute("SELECT group_concat(id || conversation) FROM log").get == "1c1,2c2,3c3"


def test_meta_checkpoint_stands_before_the_first_entry_not_covered(connection: apsw.Connection) -> None:
    one, two = Draft("c1"), Draft("c2")
    ledger = Ledger(connection)
    assert position(connection, ledger) == 0
    store(connection, ledger, one.unit(), two.unit(), one.unit(), two.unit())
    assert position(connection, ledger) == 0
    ledger.keep([keep(one, 2)])
    assert position(connection, ledger) == 1
    ledger.keep([keep(two, 1)])
    assert position(connection, ledger) == 3
    ledger.keep([keep(two, 2)])
    assert position(connection, ledger) == 4
    store(connection, ledger, one.unit())
    assert position(connection, ledger) == 4


def test_a_checkpoint_ahead_or_unknown_does_not_move_it(connection: apsw.Connection) -> None:
    draft = Draft("c1")
    ledger = Ledger(connection)
    store(connection, ledger, draft.unit())
    ledger.keep([keep(draft, 2), keep(Draft("c9"), 1), keep(draft, 0)])
    assert position(connection, ledger) == 0
    assert connection.execute("SELECT count(*) FROM checkpoint").get == 0


def test_an_older_checkpoint_does_not_move_it_back(connection: apsw.Connection) -> None:
    draft = Draft("c1")
    ledger = Ledger(connection)
    store(connection, ledger, draft.unit(), draft.unit(), draft.unit())
    ledger.keep([keep(draft, 2)])
    ledger.keep([keep(draft, 1)])
    assert position(connection, ledger) == 2


def test_a_ledger_made_later_knows_the_same(connection: apsw.Connection) -> None:
    drafts = [Draft(f"c{n}") for n in range(4)]
    ledger = Ledger(connection)
    store(connection, ledger, *(draft.unit() for draft in drafts), *(draft.unit() for draft in drafts))
    ledger.keep([keep(drafts[0], 2), keep(drafts[1], 1)])
    ledger.advance()
    again = Ledger(connection)
    assert again._behind == ledger._behind
    assert again._last_row == ledger._last_row
    store(connection, again, *(draft.unit() for draft in drafts))


def test_rowids_are_not_given_out_twice_when_the_newest_rows_are_gone(connection: apsw.Connection) -> None:
    draft, other = Draft("c1"), Draft("c2")
    ledger = Ledger(connection)
    store(connection, ledger, draft.unit())
    ledger.keep([keep(draft, 1)])
    ledger.advance()
    connection.execute("DELETE FROM log")
    again = Ledger(connection)
    store(connection, again, other.unit())
    assert connection.execute("SELECT id FROM log").get == 2


def test_it_asks_to_advance_after_so_many_rows_and_not_again_at_once(
    connection: apsw.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_ledger, "ADVANCE_ROWS", 3)
    draft = Draft("c1")
    ledger = Ledger(connection)
    due = []
    for _ in range(7):
        store(connection, ledger, draft.unit())
        due.append(ledger.must_advance)
        if ledger.must_advance:
            # Nothing is covered, so the position cannot move; that must not make every batch try again.
            ledger.advance()
    assert due == [False, False, True, False, False, True, False]


def test_the_promise_of_the_design_is_kept() -> None:
    assert sqlite_ledger.ADVANCE_ROWS <= 50_000


def test_a_unit_no_store_can_keep_is_refused_alone(connection: apsw.Connection) -> None:
    ledger = Ledger(connection)
    good, bad = Draft("c1"), Draft("c2", opened_at=1 << 70)
    connection.execute("BEGIN IMMEDIATE")
    answers = ledger.store([good.unit(), bad.unit(), Draft("c\ud800").unit(), Draft("c4", "\ud800").unit()])
    connection.execute("COMMIT")
    assert [error is None for error in answers] == [True, False, False, False]
    assert connection.execute("SELECT count(*) FROM conversation").get == 1
