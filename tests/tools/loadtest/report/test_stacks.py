"""Collapsed stacks become shares by function."""

from tools.loadtest.report.stacks import moved, weights


def test_own_and_total() -> None:
    found = weights("main;a 3\nmain;a;a;b 1\nnonsense\nx -4\n")
    assert (found["main"].own, found["main"].total) == (0.0, 1.0)
    assert (found["a"].own, found["a"].total) == (0.75, 1.0)


def test_what_changed_most_comes_first() -> None:
    rows = moved(weights("m;idle 9\nm;a 1"), weights("m;idle 1\nm;b 9"))
    assert [row.name for row in rows][:2] == ["b", "idle"]
    assert rows[0].before is None
