"""A seat numbers what its person says, holds back what would be too much at once, and stays away ever longer."""

from random import Random

from tools.loadtest.person import MOST_UNACKED, Person
from tools.loadtest.seat import Seat, Words
from tools.loadtest.tally import Mark, mark_of


def seat(name: str = "v0", cookie: str = "") -> Seat:
    """A person who is not connected keeps what he says in his outbox."""
    return Seat(name, Person(1, cookie), Random(1), "r")


def marks(mine: Seat, conversation: str = "c") -> list[Mark | None]:
    return [mark_of(pending.text, conversation, "r") for pending in mine.person.outbox.values()]


def test_messages_are_numbered_and_say_when_they_were_due() -> None:
    mine = seat()
    mine.served = True
    assert mine.say("hi", Words("c", 2.5))
    assert mine.say("hi", Words("c", 3.0))
    assert marks(mine) == [Mark("v0", 1, 2_500_000), Mark("v0", 2, 3_000_000)]
    assert [pending.due for pending in mine.person.outbox.values()] == [2.5, 3.0]


def test_before_anybody_serves_him_no_time_is_told() -> None:
    mine = seat()
    mine.say("hi", Words(None, 2.5))
    assert marks(mine) == [Mark("v0", 1, 0)]


def test_an_agent_has_a_stream_in_each_conversation() -> None:
    mine = seat("a3", "cookie")
    mine.say("hi", Words("c", 1))
    mine.say("hi", Words("d", 1))
    assert {name: stream.said for name, stream in mine.streams.items()} == {"a3/c": 1, "a3/d": 1}


def test_too_much_at_once_is_held_with_its_time() -> None:
    mine = seat()
    mine.served = True
    sent = [mine.say("hi", Words("c", float(number))) for number in range(MOST_UNACKED + 2)]
    assert sent == [True] * MOST_UNACKED + [False] * 2
    assert (mine.held, mine.under_way) == (2, MOST_UNACKED + 2)
    cid = next(iter(mine.person.outbox))
    del mine.person.outbox[cid]
    assert mine.acked(cid)
    last = marks(mine)[-1]
    assert last == Mark("v0", MOST_UNACKED + 1, MOST_UNACKED * 1_000_000)
    assert mine.held == 1


def test_at_the_end_it_tells_what_is_open_and_what_was_refused() -> None:
    mine = seat()
    cids = []
    for number in range(3):
        mine.say("hi", Words("c", float(number)))
        cids.append(next(reversed(mine.person.outbox)))
    mine.acked(cids[0])
    mine.person.journal.refused.append((cids[1], "denied"))
    stream = mine.settle()["v0"]
    assert (stream.said, stream.refused, stream.open, stream.ordered) == (3, [2], [3], True)


def test_an_order_that_the_server_put_off_is_not_his() -> None:
    mine = seat()
    mine.say("hi", Words("c", 1))
    mine.person.deferred = 1
    assert not mine.settle()["v0"].ordered


def test_he_stays_away_ever_longer_until_he_is_welcome() -> None:
    mine = seat()
    waits = [mine.pause(1006) for _ in range(8)]
    assert 0.5 <= waits[0] <= 1.5
    assert 15 <= waits[-1] <= 45
    assert mine.back() is None
    assert mine.pause(1006) <= 1.5
    mine.cut_at = 0.0
    assert (mine.back() or 0) > 0
    assert mine.back() is None


def test_what_was_shown_is_kept_by_stream() -> None:
    mine = seat()
    for number in (1, 3):
        mine.shown("c", "a0/c", number)
    reader = mine.reader()
    assert reader.gapped == set()
    assert reader.name == "v0"
    assert reader.views["a0/c"].missing == {2}
    mine.person.journal.gaps.append(("c", 2, 3))
    assert mine.reader().gapped == {"a0/c"}
    agent = seat("a3", "cookie")
    agent.person.journal.gaps.append(("d", 2, 3))
    assert agent.reader().gapped == {"a3/d"}
