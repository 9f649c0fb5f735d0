"""Every kind of input has a receiver, and late results are told from timely ones."""

from typing import get_args

import pytest

from appliance import inputs
from appliance.flow.receive import _RECEIVERS, ALWAYS_LOGGED, SILENT, STALE, receive
from appliance.flow.turn import turn_of
from appliance.model import AiTurn, Held, Snapshot, Visitor, Waiting
from tests.flow.desks import graph_of_text

GRAPH = graph_of_text()
HELD = Held("a", "A", "s", 0)
ASKING = Waiting("客服", 0, "s", asking=True, visit=3, asked_by="s")


def test_every_input_is_received() -> None:
    # Opened begins, TimerDue and FoldDiffered are the step's own business.
    assert set(_RECEIVERS) | {inputs.Opened, inputs.TimerDue, inputs.FoldDiffered} == set(
        get_args(inputs.Input)
    )
    assert set(get_args(inputs.Input)) > ALWAYS_LOGGED


@pytest.mark.parametrize(
    ("source", "fields", "event"),
    [
        (inputs.VisitorSaid("c", "x"), {}, "visitor.message"),
        (inputs.VisitorSaid("c", "x", "退"), {}, "visitor.menu"),
        (inputs.FormSent("c", {}), {}, "visitor.message"),
        (inputs.VisitorEnded(), {}, "visitor.close"),
        (inputs.VisitorLeft(), {}, "visitor.left"),
        (inputs.VisitorAskedHuman(), {}, "visitor.ask_human"),
        (inputs.VisitorRated("c", 3), {}, "visitor.rated"),
        (inputs.AgentSaid("b", "c", "x"), {}, "agent.message"),
        (inputs.AgentClosed("a"), {}, "agent.close"),
        (inputs.AgentTransferred("a", "c"), {"held": HELD}, "agent.transfer"),
        (inputs.AgentTransferred("a", "c"), {}, STALE),
        (inputs.AgentLost("a"), {"held": HELD}, "agent.lost"),
        (inputs.AgentLost("b"), {"held": HELD}, STALE),
        (inputs.AgentAccepted("a", "A", 3), {"waiting": ASKING}, "agent.accept"),
        (inputs.AgentAccepted("a", "A", 2), {"waiting": ASKING}, STALE),
        (inputs.Offered("a", "A", 3, "客服"), {"waiting": ASKING}, "agent.accept"),
        (inputs.Offered("a", "A", 3, "客服", accept=False), {"waiting": ASKING}, SILENT),
        (inputs.Offered("a", "A", 3, "客服"), {}, STALE),
        (inputs.NobodyFree(3), {"waiting": ASKING}, "assign.none"),
        (inputs.NobodyFree(2), {"waiting": ASKING}, STALE),
        (inputs.AiAnswered(4, "x"), {"ai": AiTurn(4, "s")}, "ai.answer"),
        (inputs.AiAnswered(3, "x"), {"ai": AiTurn(4, "s")}, STALE),
        (inputs.AiAnswered(4, "x"), {}, STALE),
        (inputs.AiFailed(4, "x"), {"ai": AiTurn(4, "s")}, "ai.failed"),
        (inputs.AiFailed(5, "x"), {"ai": AiTurn(4, "s")}, STALE),
        (inputs.Custom("paid"), {}, "custom.paid"),
        (inputs.Recalled("v", "c", 1), {}, SILENT),
    ],
)
def test_events(source: inputs.Input, fields: dict[str, object], event: str | None) -> None:
    before = Snapshot("k", Visitor("v"), GRAPH.id, 0, **fields)  # type: ignore[arg-type]
    assert receive(turn_of(GRAPH, before, source, lambda name, scope: None, 5, {})) == event


def test_an_accepted_question_is_answered_once() -> None:
    before = Snapshot("k", Visitor("v"), GRAPH.id, 0, ai=AiTurn(4, "s"))
    turn = turn_of(GRAPH, before, inputs.AiAnswered(4, "x"), lambda name, scope: None, 5, {})
    receive(turn)
    assert turn.ai is None
