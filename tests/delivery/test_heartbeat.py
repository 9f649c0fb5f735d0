"""The heartbeat: when to ask, when to give up."""

import pytest

from appliance.delivery.heartbeat import Heartbeat
from appliance.delivery.rate import Rate
from appliance.delivery.session import Session
from tests.delivery.log import VISITOR, welcome


def test_ping_answer_ping() -> None:
    heart = Heartbeat(25_000, 8_000, 25_000)
    assert heart.due() == 25_000
    assert heart.ping(24_999) == 0
    assert heart.ping(25_000) == 1
    assert heart.due() == 33_000
    assert heart.ping(60_000) == 0, "no second ping while one is unanswered"
    heart.answered(1)
    assert heart.due() == 50_000
    assert heart.ping(50_000) == 2


def test_only_the_last_number_answers() -> None:
    heart = Heartbeat(10, 5, 0)
    assert heart.ping(0) == 1
    heart.answered(0)
    assert not heart.failed(4)
    assert heart.failed(5)
    heart.answered(1)
    assert not heart.failed(5)


@pytest.mark.parametrize("spread", [0.0, 0.4, 1.0])
def test_first_pings_are_spread_over_half_a_period(spread: float) -> None:
    session = Session("visitor", 0, None, spread)
    session.receive(b'{"t":"hello","v":1}', 0)
    session.admitted(VISITOR, welcome(), Rate(1, 1), 0)
    due = int(25_000 * (0.5 + spread / 2))
    assert list(session.tick(due - 1)) == []
    assert len(list(session.tick(due))) == 1
