"""The compact journal tells exactly what whole journals would: losses, doubles, breaks of order."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.loadtest.tally import Mark, Reader, Stream, View, judged, mark_of, marked, numbers


def test_a_mark_is_read_as_it_was_written() -> None:
    assert mark_of(marked("你好 #1", "r", "v12", 255, 1_000_000), "c", "r") == Mark("v12", 255, 1_000_000)
    assert mark_of(marked("hi", "r", "a3", 1, 0), "c9", "r") == Mark("a3/c9", 1, 0)
    for other in ("", "hello", "order #12", "x #r.v1.2", "x #r.v1.zz.0", "x #q.v1.1.0", "#"):
        assert mark_of(other, "c", "r") is None


@given(st.lists(st.integers(1, 30), max_size=60))
def test_a_view_knows_as_much_as_the_whole_list(shown: list[int]) -> None:
    view = View()
    for number in shown:
        view.take(number)
    counted = Counter(shown)
    assert view.doubled == sum(count - 1 for count in counted.values())
    assert view.unseen(30) == set(range(1, 31)) - set(shown)
    firsts = list(dict.fromkeys(shown))
    late = [n for place, n in enumerate(firsts) if any(before > n for before in firsts[:place])]
    assert view.disordered == len(late)


def seen(*shown: int) -> View:
    view = View()
    for number in shown:
        view.take(number)
    return view


STREAMS = {"v0": Stream(3), "a0/c": Stream(1)}


def readers(visitor: View, agent: View) -> list[Reader]:
    return [Reader("v0", {"v0": visitor, "a0/c": seen(1)}), Reader("a0", {"v0": agent, "a0/c": seen(1)})]


def test_when_all_is_well_nothing_is_found() -> None:
    assert judged(STREAMS, readers(seen(1, 2, 3), seen(1, 2, 3))).findings == []


@pytest.mark.parametrize(
    ("visitor", "agent", "counts", "words"),
    [
        (seen(1, 2, 3), seen(1, 3), (1, 0, 0), "never shown: 2"),
        (seen(1, 2), seen(1, 2, 3), (1, 0, 0), "never shown: 3"),
        (seen(1, 2, 3), seen(1, 2, 2, 3), (0, 1, 0), "twice"),
        (seen(1, 2, 3), seen(2, 1, 3), (0, 0, 1), "out of order"),
        (seen(1, 2, 3), seen(1, 2, 3, 4), (0, 0, 0), "who sent 3"),
    ],
)
def test_what_went_wrong_is_found(
    visitor: View, agent: View, counts: tuple[int, int, int], words: str
) -> None:
    found = judged(STREAMS, readers(visitor, agent))
    assert (found.lost, found.duplicated, found.out_of_order) == counts
    assert words in found.findings[0]


def test_what_was_refused_or_is_open_is_not_owed_and_an_order_that_was_put_off_not_judged() -> None:
    streams = {**STREAMS, "v0": Stream(3, refused=[2], open=[3])}
    assert judged(streams, readers(seen(1), seen(1))).findings == []
    streams = {**STREAMS, "v0": Stream(3, ordered=False)}
    assert judged(streams, readers(seen(2, 1, 3), seen(1, 2, 3))).findings == []


def test_who_was_told_of_a_gap_is_no_witness_against_kefu() -> None:
    gapped = Reader("a0", {"v0": seen(1), "a0/c": seen(1)}, {"v0"})
    visitor = Reader("v0", {"v0": seen(1, 2, 3), "a0/c": seen(1)})
    assert judged(STREAMS, [visitor, gapped]).findings == []
    # The visitor himself still is one, and so is a second agent.
    visitor.views["v0"] = seen(1, 3)
    assert judged(STREAMS, [visitor, gapped]).lost == 1
    visitor.views["v0"] = seen(1, 2, 3)
    assert judged(STREAMS, [visitor, gapped, Reader("a1", {"v0": seen(1, 2)})]).lost == 1


def test_a_message_that_a_second_agent_saw_is_not_lost() -> None:
    both = [*readers(seen(1, 2, 3), seen(1, 2)), Reader("a1", {"v0": seen(1, 2, 3)})]
    assert judged(STREAMS, both).findings == []


def test_of_a_visitor_whom_nobody_served_only_his_own_page_tells() -> None:
    assert judged({"v0": Stream(2)}, [Reader("v0", {"v0": seen(1, 2)})]).findings == []
    assert judged({"v0": Stream(2)}, [Reader("v0", {"v0": seen(1)})]).lost == 1


def test_a_stranger_in_the_stream_is_told() -> None:
    assert "sent none" in judged({}, [Reader("v0", {"v9": seen(1)})]).findings[0]


def test_many_numbers_are_cut() -> None:
    assert numbers(set(range(1, 13))) == "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more"
