"""The heartbeat: when to ask, when to give up."""

from appliance.delivery.heartbeat import Heartbeat


def test_ping_answer_ping() -> None:
    heart = Heartbeat(0, 25_000, 8_000, 1.0)
    assert heart.due() == 25_000
    assert heart.ping(24_999) == 0
    assert heart.ping(25_000) == 1
    assert heart.due() == 33_000
    assert heart.ping(60_000) == 0, "no second ping while one is unanswered"
    heart.answered(1)
    assert heart.due() == 50_000
    assert heart.ping(50_000) == 2


def test_only_the_last_number_answers() -> None:
    heart = Heartbeat(0, 10, 5, 0.0)
    assert heart.ping(0) == 1
    heart.answered(0)
    assert not heart.failed(4)
    assert heart.failed(5)
    heart.answered(1)
    assert not heart.failed(5)
