"""Heartbeats on full connections of a real appliance are in time; gaps are what lies between them."""

from tools.claims.findings import Findings
from tools.claims.heartbeat import Listener, heartbeat
from tools.claims.house import House


async def test_heartbeats_do_not_wait_for_messages(house: House) -> None:
    found = Findings()
    await heartbeat(house, 8.0, found)
    assert found.beats is not None
    # How much piles up is the machine's business: a quick one brings nearly all of it within a bite.
    assert found.beats.waiting_bytes > 5_000
    assert found.beats.message_ms > 0
    assert found.beats.beats > 0
    assert found.beats.cut == 0


async def test_gaps_lie_between_heartbeats() -> None:
    person = Listener(1, "", slow=False)
    assert person.gaps() == []
    person.beats = [1.0, 3.0, 6.5]
    assert person.gaps() == [2.0, 3.5]
    person.written = {"k1": (0.0, 100), "k2": (0.0, 50)}
    assert person.behind == 150
