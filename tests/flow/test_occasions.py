"""How events come about, and when they cannot."""

import pytest

from appliance import inputs
from appliance.config.vocabulary import EVENTS, is_internal
from appliance.flow.occasions import Cannot, occasion
from appliance.model import AiTurn, Held, Snapshot, Visitor, Waiting

IDLE = Snapshot("k", Visitor("v"), "b", 0)
BUSY = Snapshot(
    "k", Visitor("v"), "b", 0,
    waiting=Waiting("q", 0, "s", asking=True, visit=7), held=Held("a", "A", "s", 0), ai=AiTurn(8, "s"),
)  # fmt: skip


@pytest.mark.parametrize("event", [word.name for word in EVENTS if not is_internal(word.name)])
def test_every_event_from_outside_can_come_about(event: str) -> None:
    assert occasion(event, BUSY, "c") is not None


def test_results_carry_the_numbers_of_what_they_answer() -> None:
    assert occasion("agent.accept", BUSY, "c") == inputs.Offered("agent", "客服", 7, "")
    assert occasion("ai.answer", BUSY, "c", "40%") == inputs.AiAnswered(8, "40%", 0.4)
    assert occasion("ai.answer", BUSY, "c", "yes") == inputs.AiAnswered(8, "yes", 1.0)
    assert occasion("agent.transfer", BUSY, "c", "q2") == inputs.AgentTransferred("a", "c", to_queue="q2")
    assert occasion("custom.paid", IDLE, "c") == inputs.Custom("paid", "c")


@pytest.mark.parametrize(
    "event",
    [
        "agent.accept",
        "agent.message",
        "agent.close",
        "agent.lost",
        "agent.transfer",
        "assign.none",
        "ai.answer",
        "ai.failed",
    ],
)
def test_what_nobody_waits_for_cannot_happen(event: str) -> None:
    with pytest.raises(Cannot) as refused:
        occasion(event, IDLE, "c")
    assert refused.value.why.zh
    assert refused.value.why.en
