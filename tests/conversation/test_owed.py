"""What a restart owes a conversation is what its steps had asked for."""

from appliance.conversation.owed import owed, owed_effects
from appliance.effects import HoldAgent, SetTimer, WantAgent
from appliance.ports import Owed
from tests.conversation.test_fold import GRAPH, Live


def test_a_waiting_conversation_is_owed_its_timer_and_its_wish() -> None:
    live = Live()
    live.act("says", 11_000)
    assert live.snapshot is not None
    timer, wish = owed_effects(GRAPH, live.snapshot)
    assert timer == SetTimer(live.snapshot.timers[0].due)
    assert isinstance(wish, WantAgent)
    assert (wish.queue, wish.asking, wish.since) == ("售前", True, 1_000)
    assert owed(live.snapshot) == Owed("c1", live.snapshot.timers[0].due, True, False, False)


def test_a_served_conversation_is_owed_its_agent() -> None:
    live = Live()
    live.act("offered", 20_000)
    assert live.snapshot is not None
    assert HoldAgent("a1", "售前") in owed_effects(GRAPH, live.snapshot)
    assert owed(live.snapshot).held


def test_a_closed_conversation_is_owed_nothing() -> None:
    live = Live()
    live.act("ends", 0)
    assert live.snapshot is not None
    assert not live.snapshot.open
    assert owed_effects(GRAPH, live.snapshot) == []
