"""The database's word: row by row, and still every loss, double and broken chain is found."""

import pytest
from msgspec.structs import replace

from tools.loadtest.audit import audited, both
from tools.loadtest.oracle import VISITOR, Row
from tools.loadtest.tally import Found, Stream, marked


def row(conversation: str, seq: int, text: str) -> Row:
    return Row(conversation, seq, VISITOR, seq - 1, seq - 1, "x", f"{conversation}{seq}", text, "said", seq)


LOG = [
    row("c", 1, marked("hi", "r", "v0", 1, 5)),
    row("c", 2, marked("yes", "r", "a0", 1, 5)),
    row("c", 3, marked("hi", "r", "v0", 2, 5)),
    row("d", 1, marked("hi", "r", "v0", 3, 5)),
]
STREAMS = {"v0": Stream(3), "a0/c": Stream(1)}


def test_the_true_log_has_no_findings() -> None:
    assert audited(LOG, STREAMS, "r") == Found()


@pytest.mark.parametrize(
    ("log", "counts", "words"),
    [
        (LOG[:3], (1, 0, 0), "not in the database: 3"),
        ([*LOG, row("d", 2, LOG[3].text)], (0, 1, 0), "stored twice"),
        ([LOG[0], LOG[1], replace(LOG[3], conversation="c", seq=3, visitor_prev=2, staff_prev=2), replace(LOG[2], conversation="d", seq=1, visitor_prev=0, staff_prev=0)], (0, 0, 1), "stored out of order"),
        ([LOG[0], LOG[1], replace(LOG[2], seq=4), LOG[3]], (0, 0, 1), "where 3 belongs"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(log: list[Row], counts: tuple[int, int, int], words: str) -> None:
    found = audited(log, STREAMS, "r")
    assert (found.lost, found.duplicated, found.out_of_order) == counts
    assert words in found.findings[0]


def test_one_loss_seen_by_both_is_one_loss() -> None:
    one, other = Found(1, 0, 0, ["by the clients"]), Found(1, 2, 0, ["by the database"])
    assert both(one, other) == Found(1, 2, 0, ["by the clients", "by the database"])
