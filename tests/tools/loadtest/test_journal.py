"""Journals travel between processes as they are."""

import msgspec

from tools.loadtest.journal import Acknowledged, Journal, Said, Shown


def test_a_journal_survives_the_way_to_another_process() -> None:
    journal = Journal(False, "v")
    journal.said["m"] = Said("m", "你好", 1)
    journal.acks.append(Acknowledged("m", "c", 1))
    journal.shown["c"] = [Shown(1, 0, "message", "m", "你好")]
    journal.gaps.append(("c", 2, 3))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(journal), type=Journal) == journal


def test_two_journals_share_nothing() -> None:
    one, other = Journal(True), Journal(True)
    one.closes.append(1006)
    assert other.closes == []
