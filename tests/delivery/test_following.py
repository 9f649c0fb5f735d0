"""Positions: what a peer was given is always a chain, and what he lacks is wanted once, in turn, with bounds."""

import msgspec
import pytest

from appliance.delivery.events import Event
from appliance.delivery.following import Following
from appliance.delivery.frames import Sync
from appliance.delivery.outbox import Outbox
from appliance.errors import ProtocolError
from appliance.model import Audience
from tests.delivery.log import MemoryLog, noted, said

VISITOR = Audience.VISITOR


def make() -> tuple[Following, Outbox]:
    outbox = Outbox()
    return Following(VISITOR, outbox), outbox


def shown(outbox: Outbox) -> list[dict[str, object]]:
    return [msgspec.json.decode(data) for data in outbox.take_all()]


def answer(following: Following, log: MemoryLog, now: int = 0) -> bool:
    wanted = following.more()
    if wanted is None:
        return False
    entries = log.read(VISITOR, wanted.after, wanted.before, wanted.limit)
    following.page(wanted, entries, log.head(VISITOR), frozenset(), now)
    return True


def test_live_events_pass_when_they_continue_the_chain() -> None:
    following, outbox = make()
    log = MemoryLog()
    following.follow("c1", 0)
    for record in (said("1"), noted("2"), said("3")):
        following.publish(Event(log.add(record)), 0)
    assert [frame["seq"] for frame in shown(outbox)] == [1, 3]
    assert following.position("c1") == 3
    assert not following.reading


def test_events_of_other_conversations_and_old_ones_are_passed_over() -> None:
    following, outbox = make()
    log, other = MemoryLog(), MemoryLog("c2")
    first = Event(log.add(said("1")))
    following.follow("c1", 1, cursor=1)
    assert not following.publish(first, 0)
    assert not following.publish(Event(other.add(said("x"))), 0)
    assert not following.publish(Event(log.add(noted("2"))), 0)
    assert not outbox


def test_a_missed_event_makes_the_session_read_and_live_ones_wait_meanwhile() -> None:
    following, outbox = make()
    log = MemoryLog()
    following.follow("c1", 0)
    log.add(said("1"))
    assert following.publish(Event(log.add(said("2"))), 0)
    assert not outbox
    wanted = following.more()
    assert wanted is not None
    assert (wanted.after, wanted.resume) == (0, True)
    entries = log.read(VISITOR)
    following.publish(Event(log.add(said("3"))), 0)
    following.page(wanted, entries, 2, frozenset(), 0)
    assert following.reading, "what was published while reading is read next"
    assert answer(following, log)
    assert [[event["seq"] for event in frame["events"]] for frame in shown(outbox)] == [[1, 2], [3]]  # type: ignore[attr-defined]
    following.publish(Event(log.add(said("4"))), 0)
    assert [frame["seq"] for frame in shown(outbox)] == [4]


def test_a_cursor_beyond_the_end_is_a_lost_position() -> None:
    following, _ = make()
    with pytest.raises(ProtocolError) as caught:
        following.follow("c1", 3, cursor=4)
    assert caught.value.code == 4010


def test_a_log_that_has_less_than_its_head_says_is_a_lost_position() -> None:
    following, _ = make()
    following.follow("c1", 3)
    for _ in range(2):
        wanted = following.more()
        assert wanted is not None
        following.page(wanted, [], 3, frozenset(), 0)
    wanted = following.more()
    assert wanted is not None
    with pytest.raises(ProtocolError) as caught:
        following.page(wanted, [], 3, frozenset(), 0)
    assert caught.value.code == 4010


def test_pages_come_one_at_a_time_and_only_while_the_outbox_has_room() -> None:
    following, outbox = make()
    following.follow("c1", 3, cursor=1, resume=True)
    following.follow("c2", 3, cursor=1, resume=True)
    outbox.put(b'"' + b"x" * 300_000 + b'"')
    assert following.more() is None
    outbox.take_all()
    first = following.more()
    assert first is not None
    assert following.more() is None
    following.page(first, [], 1, frozenset(), 0)
    second = following.more()
    assert second is not None
    assert {first.conversation, second.conversation} == {"c1", "c2"}


def test_a_resume_has_a_budget_and_the_rest_is_a_gap() -> None:
    following, outbox = make()
    logs = {}
    for number in range(6):
        log = logs[f"c{number}"] = MemoryLog(f"c{number}")
        for text in range(500):
            log.add(said(str(text)))
        following.follow(log.conversation, 500, cursor=0, resume=True)
    while (wanted := following.more()) is not None:
        log = logs[wanted.conversation]
        following.page(wanted, log.read(VISITOR, wanted.after, None, wanted.limit), 500, frozenset(), 0)
        outbox_frames = shown(outbox)
        assert outbox_frames[0]["after"] == 0
    last = shown(outbox)
    assert [(frame["conversation"], frame["events"], frame["gap"]) for frame in last] == [
        ("c4", [], {"from": 1, "to": 500}),
        ("c5", [], {"from": 1, "to": 500}),
    ]
    assert following.position("c5") == 500
    assert following.got(dict.fromkeys(logs, 500), 1)
    assert following.unacked(99_999) == 0, "a gap leaves nothing to confirm"


def test_without_a_cursor_the_newest_hundred_come() -> None:
    following, _ = make()
    following.follow("c1", 900, resume=True)
    wanted = following.more()
    assert wanted is not None
    assert (wanted.after, wanted.limit) == (0, 100)


def test_sync_rewinds_and_history_does_not() -> None:
    following, outbox = make()
    log = MemoryLog()
    following.follow("c1", 0)
    for text in range(5):
        following.publish(Event(log.add(said(str(text)))), 0)
    shown(outbox)
    assert following.sync(Sync("c1", 0, before=3, limit=1))
    assert answer(following, log)
    (history,) = shown(outbox)
    assert [event["seq"] for event in history["events"]] == [2]  # type: ignore[attr-defined]
    assert history["gap"] == {"from": 1, "to": 1}
    assert following.position("c1") == 5
    assert following.sync(Sync("c1", 2))
    assert following.position("c1") == 2
    assert answer(following, log)
    (again,) = shown(outbox)
    assert [event["seq"] for event in again["events"]] == [3, 4, 5]  # type: ignore[attr-defined]


def test_a_sync_during_a_read_is_served_from_where_the_peer_says_he_is() -> None:
    following, outbox = make()
    log = MemoryLog()
    for text in range(5):
        log.add(said(str(text)))
    following.follow("c1", 5, cursor=3)
    wanted = following.more()
    assert wanted is not None
    following.sync(Sync("c1", 1))
    following.page(wanted, log.read(VISITOR, 3), 5, frozenset(), 0)
    assert not outbox
    assert answer(following, log)
    (frame,) = shown(outbox)
    assert [event["seq"] for event in frame["events"]] == [2, 3, 4, 5]  # type: ignore[attr-defined]


def test_history_requests_are_bounded() -> None:
    following, _ = make()
    following.follow("c1", 0)
    taken = [following.sync(Sync("c1", 0, before=9)) for _ in range(40)]
    assert taken.count(True) == 18
    assert not taken[-1]


def test_a_page_of_a_conversation_that_was_left_is_dropped() -> None:
    following, outbox = make()
    log = MemoryLog()
    log.add(said("1"))
    following.follow("c1", 1)
    wanted = following.more()
    assert wanted is not None
    assert following.unfollow("c1")
    assert not following.unfollow("c1")
    following.page(wanted, log.read(VISITOR), 1, frozenset(), 0)
    assert not outbox
    assert not following.reading


def test_a_refused_page_ends_the_following() -> None:
    following, _ = make()
    following.follow("c1", 3)
    wanted = following.more()
    assert wanted is not None
    following.refused(wanted)
    assert "c1" not in following
    assert following.more() is None


def test_acks_are_clamped_counted_once_and_stop_the_clock() -> None:
    following, _ = make()
    log = MemoryLog()
    following.follow("c1", 0)
    assert following.unacked(50_000) == 0
    following.publish(Event(log.add(said("1"))), 1_000)
    following.publish(Event(log.add(said("2"))), 2_000)
    assert following.unacked(5_000) == 4_000
    (mark,) = following.got({"c1": 1, "foreign": 9}, 6_000)
    assert (mark.conversation, mark.delivered, mark.read) == ("c1", 1, 0)
    assert following.unacked(7_000) == 1_000, "a step forward, but not all"
    assert following.got({"c1": 1}, 8_000) == []
    assert following.unacked(8_000) == 2_000, "the same ack again is no progress"
    (mark,) = following.got({"c1": 999}, 9_000)
    assert mark.delivered == 2
    assert following.unacked(99_000) == 0


def test_moved_positions_are_told_once() -> None:
    following, _ = make()
    following.follow("c1", 0)
    following.publish(Event(MemoryLog().add(said("1"))), 0)
    assert following.moved() == {"c1": 1}
    assert following.moved() == {}
