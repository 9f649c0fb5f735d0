"""Each thing the oracle looks for is found in a story in which it went wrong, and nothing is found in the true one."""

from collections.abc import Callable

import msgspec
import pytest
from msgspec.structs import replace

from tools.loadtest.journal import Acknowledged, Journal, Said, Shown
from tools.loadtest.oracle import STAFF, VISITOR, Row, judge


def story() -> tuple[list[Row], Journal, Journal]:
    """A visitor says two things, the desk notes something for staff, the agent answers."""
    log = [
        Row("c", 1, VISITOR, 0, 0, "v", "m1", "one", "opened", 10),
        Row("c", 2, STAFF, 1, 1, "", "", "", "offered", 11),
        Row("c", 3, VISITOR, 1, 2, "v", "m2", "two", "visitor_said", 12),
        Row("c", 4, VISITOR, 3, 3, "a", "n1", "yes?", "agent_said", 13),
    ]
    visitor = Journal(False, "v")
    visitor.said = {"m1": Said("m1", "one", 1), "m2": Said("m2", "two", 2)}
    visitor.acks = [Acknowledged("m1", "c", 1), Acknowledged("m2", "c", 3), Acknowledged("m2", "c", 3)]
    visitor.shown = {
        "c": [
            Shown(1, 0, "message", "m1", "one"),
            Shown(3, 1, "message", "m2", "two"),
            Shown(4, 3, "message", "n1", "yes?"),
        ]
    }
    agent = Journal(True, "a")
    agent.said = {"n1": Said("n1", "yes?", 1)}
    agent.acks = [Acknowledged("n1", "c", 4)]
    agent.shown = {
        "c": [
            Shown(1, 0, "message", "m1", "one"),
            Shown(2, 1, "why"),
            Shown(3, 2, "message", "m2", "two"),
            Shown(4, 3, "message", "n1", "yes?"),
        ]
    }
    return log, visitor, agent


def test_the_true_story_has_no_findings() -> None:
    log, visitor, agent = story()
    assert judge(log, [visitor, agent]) == []


def _lost(log: list[Row], visitor: Journal, agent: Journal) -> None:
    del log[3], visitor.shown["c"][2], agent.shown["c"][3]


def _doubled(log: list[Row], visitor: Journal, agent: Journal) -> None:
    log.append(Row("c", 5, VISITOR, 4, 4, "v", "m2", "two", "visitor_said", 14))
    for journal in (visitor, agent):
        journal.shown["c"].append(Shown(5, 4, "message", "m2", "two"))


def _reordered(log: list[Row], visitor: Journal, agent: Journal) -> None:
    visitor.said["m1"].place, visitor.said["m2"].place = 2, 1


def _hole(log: list[Row], visitor: Journal, agent: Journal) -> None:
    log[3] = replace(log[3], seq=5)


def _broken_chain(log: list[Row], visitor: Journal, agent: Journal) -> None:
    log[3] = replace(log[3], visitor_prev=1)


def _two_acks(log: list[Row], visitor: Journal, agent: Journal) -> None:
    visitor.acks.append(Acknowledged("m2", "c", 4))


def _wrong_ack(log: list[Row], visitor: Journal, agent: Journal) -> None:
    agent.acks = [Acknowledged("n1", "c", 3)]


def _other_words(log: list[Row], visitor: Journal, agent: Journal) -> None:
    log[3] = replace(log[3], text="no")
    for journal in (visitor, agent):
        journal.shown["c"][-1] = msgspec.structs.replace(journal.shown["c"][-1], text="no")


def _shown_twice(log: list[Row], visitor: Journal, agent: Journal) -> None:
    visitor.shown["c"].append(visitor.shown["c"][-1])


def _shown_out_of_order(log: list[Row], visitor: Journal, agent: Journal) -> None:
    agent.shown["c"].reverse()


def _never_shown(log: list[Row], visitor: Journal, agent: Journal) -> None:
    del agent.shown["c"][2]


def _last_one_missing(log: list[Row], visitor: Journal, agent: Journal) -> None:
    del agent.shown["c"][3]


def _peeped(log: list[Row], visitor: Journal, agent: Journal) -> None:
    visitor.shown["c"].insert(1, Shown(2, 1, "why"))


def _shown_as_another(log: list[Row], visitor: Journal, agent: Journal) -> None:
    visitor.shown["c"][1] = Shown(3, 1, "message", "m3", "two")


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        (_lost, "a: lost, though acknowledged: n1 'yes?'"),
        (_doubled, "stored twice: m2 as [('c', 3), ('c', 5)]"),
        (_reordered, "v: out of order in c: [2, 1]"),
        (_hole, "c: seq 5 where 4 belongs"),
        (_broken_chain, "c: 4 names 1/3, not 3/3"),
        (_two_acks, "v: m2 was acknowledged as [('c', 3), ('c', 4)]"),
        (_wrong_ack, "a: n1 was acknowledged as [('c', 3)], stored as 4"),
        (_other_words, "a: n1 is stored as a: 'no'"),
        (_shown_twice, "v in c: shown twice: 4"),
        (_shown_out_of_order, "a in c: shown out of order: [4, 3, 2, 1]"),
        (_never_shown, "a in c: never shown: [3]"),
        (_last_one_missing, "a in c: never shown: [4]"),
        (_peeped, "v in c: shown 2, which is not in the log or not for him"),
        (_shown_as_another, "v in c: 3 was shown as something else"),
    ],
)
def test_each_fault_is_found(fault: Callable[[list[Row], Journal, Journal], None], finding: str) -> None:
    log, visitor, agent = story()
    fault(log, visitor, agent)
    assert finding in judge(log, [visitor, agent])


def test_a_declared_gap_is_no_loss() -> None:
    log, visitor, agent = story()
    del agent.shown["c"][0:2]
    agent.gaps = [("c", 1, 2)]
    assert judge(log, [visitor, agent]) == []
