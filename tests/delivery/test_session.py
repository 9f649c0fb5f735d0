"""Playbooks of the session: what comes in (>>), what is asked of the channel, what stands in the outbox (<<)."""

import msgspec

from appliance.delivery import frames
from appliance.delivery.commands import Admit, Beat, Command, Marked, ReadFrom, Submit
from appliance.delivery.limits import Limits
from appliance.delivery.packed import pack
from appliance.delivery.rate import Rate
from appliance.errors import Refused, Text
from appliance.inputs import AgentSaid, VisitorSaid
from tests.delivery.log import AGENT, CHIEF, VISITOR, card, said, welcome
from tests.delivery.playbook import Playbook, closed


def test_hello_welcome_resume_live() -> None:
    book = Playbook()
    for text in "123":
        book.log.add(said(text))
    assert book.live(card(head=3), cursors={"c1": 1}) == [Marked("c1", 1, 0)]
    assert book.read() == ReadFrom("c1", 1, None, 500, resume=True)
    book.commit(said("4"))
    assert [(frame["t"], frame.get("seq")) for frame in book.out()] == [
        ("welcome", None),
        ("events", None),
        ("event", 4),
    ]
    assert book.session.peer == VISITOR


def test_another_epoch_drops_the_cursors() -> None:
    book = Playbook()
    book.log.add(said("1"))
    assert book.live(card(head=1), cursors={"c1": 900}, epoch="old") == []
    wanted = book.read()
    assert wanted is not None
    assert (wanted.after, wanted.limit) == (0, 100)


def test_a_cursor_beyond_the_head_is_position_lost() -> None:
    closed(Playbook().live(card(head=1), cursors={"c1": 2}), 4010)


def test_nothing_but_hello_comes_first_and_only_once() -> None:
    closed(Playbook() >> {"t": "ping", "n": 1}, 4501)
    book = Playbook()
    book >> {"t": "hello", "v": 1}
    closed(book >> {"t": "ping", "n": 1}, 4501)
    book = Playbook()
    book.live()
    closed(book >> {"t": "hello", "v": 1}, 4501)


def test_a_malformed_frame_ends_the_session_once() -> None:
    book = Playbook()
    book.live()
    closed(list(book.session.receive(b"{", 0)), 4501)
    assert book.session.over
    assert book >> {"t": "ping", "n": 1} == []
    assert list(book.session.close(1012)) == []


def test_a_frame_too_big_ends_the_session() -> None:
    closed(list(Playbook().session.receive(b" " * 70_000, 0)), 1009)


def test_without_hello_the_connection_ends_after_ten_seconds() -> None:
    book = Playbook()
    assert book.session.due(0) == 5_000
    assert list(book.session.tick(9_999)) == []
    assert book.session.due(9_000) == 10_000
    closed(list(book.session.tick(10_000)), 4012)


def test_a_long_page_is_cut_on_the_way_in() -> None:
    (admit,) = Playbook() >> {"t": "hello", "v": 1, "page": {"url": "u" * 9_000}}
    assert isinstance(admit, Admit)
    assert admit.hello.page is not None
    assert len(admit.hello.page.url) == 2_048


def test_what_happens_while_the_peer_is_admitted_comes_after_the_welcome_and_nothing_falls_between() -> None:
    book = Playbook()
    book.log.add(said("1"))
    (admit,) = book >> {"t": "hello", "v": 1, "epoch": "e1", "cursors": {"c1": 1}}
    book.session.tell(frames.Remind("c1"))
    book.session.join(pack(frames.Joined(card("c2"))))
    book.session.join(pack(frames.Joined(card("c3"))))
    book.session.part("c3")
    book.commit(said("2"))
    # The card was read before the commit.
    book.session.admitted(VISITOR, welcome(card(head=1)), Rate(10, 10_000), 0)
    assert book.read() is not None
    assert [frame["t"] for frame in book.out()] == ["welcome", "remind", "joined", "joined", "left", "events"]
    assert book.session.following.names() == {"c1", "c2"}
    assert isinstance(admit, Admit)


def test_too_much_before_the_welcome_makes_the_peer_slow() -> None:
    book = Playbook()
    book >> {"t": "hello", "v": 1}
    for _ in range(300):
        book.session.tell(frames.Remind("c1"))
    book.session.admitted(VISITOR, welcome(), Rate(10, 10_000), 0)
    closed(list(book.session.tick(0)), 4008)


def test_a_send_becomes_an_input() -> None:
    book = Playbook()
    book.live()
    (submit,) = book >> {"t": "send", "cid": "k", "conversation": None, "text": "你好"}
    assert submit == Submit(frames.Send("k", None, "你好"), VisitorSaid("k", "你好"))
    agent = Playbook(AGENT)
    agent.live()
    (submit,) = agent >> {"t": "send", "cid": "k", "conversation": "c1", "text": "好"}
    assert isinstance(submit, Submit)
    assert submit.input == AgentSaid("a1", "k", "好", "小李")


def test_answers_reach_the_outbox_in_order() -> None:
    book = Playbook()
    book.live(card())
    book.out()
    book.session.answer(frames.Ack("k", "c1", 1, 5))
    book.commit(said("1"))
    book.session.answer(frames.Retry("k2", 100))
    assert [frame["t"] for frame in book.out()] == ["ack", "event", "retry"]
    assert book.session.refused == {"retry": 1}


def test_a_message_too_long_is_refused_with_its_cid_and_the_connection_goes_on() -> None:
    book = Playbook()
    book.live()
    book.out()
    assert book >> {"t": "send", "cid": "k", "conversation": None, "text": "x" * 9_000} == []
    (refused,) = book.out()
    assert (refused["t"], refused["cid"], refused["code"]) == ("refused", "k", "too_long")
    assert refused["zh"]
    assert "retry_after" not in refused
    assert not book.session.over


def test_the_eleventh_send_is_refused_with_a_time() -> None:
    book = Playbook()
    book.live(rate=Rate(10, 10_000))
    book.out()
    sends = [book >> {"t": "send", "cid": str(n), "conversation": None, "text": "x"} for n in range(11)]
    assert [len(commands) for commands in sends] == [1] * 10 + [0]
    (refused,) = book.out()
    assert (refused["code"], refused["cid"], refused["retry_after"]) == ("rate", "10", 10_000)
    assert book.session.refused == {"rate": 1}


def test_a_flood_of_frames_ends_the_session() -> None:
    book = Playbook(limits=Limits(visitor_frames=5))
    book.live()
    for _ in range(4):
        book >> {"t": "got", "cursors": {}}
    closed(book >> {"t": "got", "cursors": {}}, 4504)


def test_got_and_read_become_marks_within_what_was_given() -> None:
    book = Playbook()
    book.live(card())
    book.commit(said("1"))
    assert book >> {"t": "got", "cursors": {"c1": 7, "x": 1}} == [Marked("c1", 1, 0)]
    assert book >> {"t": "read", "conversation": "c1", "seq": 9} == [Marked("c1", 0, 1)]
    assert book >> {"t": "read", "conversation": "x", "seq": 9} == []


def test_typing_is_cut_and_only_for_own_conversations() -> None:
    book = Playbook()
    book.live(card())
    (typed,) = book >> {"t": "typing", "conversation": "c1", "on": True, "text": "x" * 900}
    assert typed == frames.Typed("c1", True, "x" * 500)
    assert book >> {"t": "typing", "conversation": "x", "on": True} == []


def test_a_visitor_cannot_sync_what_is_not_his_and_nobody_too_often() -> None:
    book = Playbook(limits=Limits(syncs=2))
    book.live(card())
    book.out()
    book >> {"t": "sync", "conversation": "foreign", "after": 0}
    assert [(frame["t"], frame["code"]) for frame in book.out()] == [("notice", "not_yours")]
    assert book.session.more() is None
    for _ in range(3):
        book >> {"t": "sync", "conversation": "c1", "after": 0}
    assert [frame["code"] for frame in book.out()] == ["rate"]


def test_staff_may_ask_for_any_history_and_the_gateway_decides() -> None:
    book = Playbook(AGENT)
    book.live()
    book.out()
    book >> {"t": "sync", "conversation": "old", "after": 0, "before": 50, "limit": 10}
    wanted = book.session.more()
    assert wanted == ReadFrom("old", 0, 50, 10, resume=False)
    assert wanted is not None
    book.session.page_refused(wanted, Refused("denied", Text("不行", "no")))
    assert [frame["code"] for frame in book.out()] == ["denied"]


def test_watch_is_for_supervisors() -> None:
    book = Playbook(AGENT)
    book.live()
    book.out()
    assert book >> {"t": "watch", "conversation": "c1", "on": True} == []
    assert [frame["code"] for frame in book.out()] == ["denied"]
    chief = Playbook(CHIEF)
    chief.live()
    assert chief >> {"t": "watch", "conversation": "c1", "on": True} == [frames.Watch("c1", True)]
    assert chief >> {"t": "presence", "status": "busy"} == [frames.Presenting("busy")]


def test_join_follows_and_part_ends_it() -> None:
    book = Playbook()
    book.live()
    book.out()
    book.session.join(pack(frames.Joined(card())))
    book.commit(said("1"))
    book.session.join(pack(frames.Joined(card(head=1))))
    book.session.part("c1")
    book.session.part("c1")
    book.commit(said("2"))
    assert [frame["t"] for frame in book.out()] == ["joined", "event", "joined", "left"]


def test_joining_a_conversation_with_a_history_reads_it() -> None:
    book = Playbook(AGENT)
    book.live()
    book.out()
    book.log.add(said("1"))
    book.session.join(pack(frames.Joined(card(head=1))))
    assert book.read() is not None
    joined, events = book.out()
    assert [event["seq"] for event in events["events"]] == [1]
    assert joined["t"] == "joined"


def test_passing_frames_are_replaced_and_receipts_merged() -> None:
    book = Playbook(AGENT)
    book.live()
    book.out()
    book.session.tell(frames.Status("busy"))
    book.session.tell(pack(frames.Status("ready")))
    book.session.tell(frames.Receipts("c1", "visitor", 3, 1))
    book.session.tell(frames.Receipts("c1", "visitor", 2, 2))
    assert book.out() == [
        {"t": "receipts", "conversation": "c1", "reader": "visitor", "delivered": 3, "read": 2},
        {"t": "presence", "status": "ready"},
    ]


def test_the_heartbeat_is_not_delayed_by_a_full_outbox() -> None:
    book = Playbook()
    book.live(card())
    for _ in range(200):
        book.commit(said("x" * 1_000))
        book >> {"t": "got", "cursors": {"c1": len(book.log.entries)}}
    waiting = len(book.session.outbox)
    (beat,) = book.session.tick(25_000)
    assert isinstance(beat, Beat)
    assert msgspec.json.decode(beat.data) == {"t": "ping", "n": 1}, (
        "no heads while events still stand in the outbox"
    )
    assert len(book.session.outbox) == waiting
    book.now = 25_100
    assert book >> {"t": "ping", "n": 7} == [Beat(b'{"t":"pong","n":7}')]


def test_a_ping_tells_what_moved() -> None:
    book = Playbook()
    book.live(card())
    book.commit(said("1"))
    book >> {"t": "got", "cursors": {"c1": 1}}
    book.out()
    (beat,) = book.session.tick(25_000)
    assert isinstance(beat, Beat)
    assert msgspec.json.decode(beat.data) == {"t": "ping", "n": 1, "heads": {"c1": 1}}


def test_no_pong_within_eight_seconds_cuts_the_connection() -> None:
    book = Playbook()
    book.live()
    book.session.tick(25_000)
    assert book.session.due(25_000) == 30_000
    book >> {"t": "pong", "n": 0}
    assert list(book.session.tick(32_999)) == []
    assert closed(list(book.session.tick(33_000)), 4012).abort


def test_a_pong_keeps_it_alive() -> None:
    book = Playbook()
    book.live()
    book.session.tick(25_000)
    book.now = 26_000
    book >> {"t": "pong", "n": 1}
    assert list(book.session.tick(33_000)) == []
    (beat,) = book.session.tick(50_000)
    assert isinstance(beat, Beat)


def test_twenty_seconds_without_receive_ack_is_too_slow() -> None:
    book = Playbook()
    book.live(card())
    book.now = 1_000
    book.commit(said("1"))
    book.out()
    assert list(book.session.tick(20_999)) == []
    assert closed(list(book.session.tick(21_000)), 4008).abort


def test_an_outbox_over_its_cap_is_too_slow() -> None:
    book = Playbook()
    book.live(card())
    for _ in range(257):
        book.commit(said("x"))
    assert closed(list(book.session.tick(0)), 4008).abort


def test_after_the_end_nothing_is_collected() -> None:
    book = Playbook()
    book.live(card())
    book.out()
    assert closed(list(book.session.close(1013, 1_500)), 1013).reason == "1500"
    book.commit(said("1"))
    book.session.answer(frames.Ack("k", "c1", 1, 1))
    book.session.tell(frames.Remind("c1"))
    book.session.join(pack(frames.Joined(card("c2"))))
    book.session.part("c1")
    book.session.notice("denied")
    assert book.out() == []
    assert book.session.more() is None
    assert list(book.session.tick(99_000)) == []


def test_a_log_that_lost_its_end_closes_with_position_lost() -> None:
    book = Playbook()
    book.live(card(head=5))
    commands: list[Command] = []
    for _ in range(3):
        wanted = book.session.more()
        assert wanted is not None
        commands = list(book.session.page(wanted, [], 5, frozenset(), 0))
    closed(commands, 4010)


def test_what_is_granted_may_change_while_somebody_is_connected() -> None:
    book = Playbook()
    book.session.grant(Limits(message_bytes=3, ping=70, pong=30, outbox_frames=2, outbox_bytes=99))
    outbox = book.session.outbox
    assert (outbox.most_frames, outbox.most_bytes) == (2, 99)
    assert book.session._limits.message_bytes == 3
    assert (book.session._heartbeat.every, book.session._heartbeat.within) == (70, 30)
