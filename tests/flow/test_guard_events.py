"""What an event carries: the table is held against the inputs that raise the events."""

import pytest
from msgspec.structs import fields

from appliance import inputs
from appliance.config.vocabulary import EVENTS, VARIABLES, is_internal
from appliance.flow.guard_events import CARRIED, strangers
from appliance.flow.guards import compile_guard

RAISED_BY: dict[str, tuple[type, ...]] = {
    "visitor.message": (inputs.Opened, inputs.VisitorSaid, inputs.FormSent),
    "visitor.menu": (inputs.VisitorSaid,),
    "visitor.close": (inputs.VisitorEnded,),
    "visitor.left": (inputs.VisitorLeft,),
    "visitor.ask_human": (inputs.VisitorAskedHuman,),
    "visitor.rated": (inputs.VisitorRated,),
    "agent.accept": (inputs.Offered, inputs.AgentAccepted),
    "agent.message": (inputs.AgentSaid,),
    "agent.close": (inputs.AgentClosed,),
    "agent.transfer": (inputs.AgentTransferred,),
    "agent.lost": (inputs.AgentLost,),
    "assign.none": (inputs.NobodyFree,),
    "ai.answer": (inputs.AiAnswered,),
    "ai.failed": (inputs.AiFailed,),
}
# What Turn.event reads for each variable, as guard_code.py has it.
FIELD = {
    "ai.confidence": "confidence",
    "event.text": "text",
    "event.score": "score",
    "event.agent": "agent",
    "event.reason": "reason",
}


def found(text: str, event: str) -> list[str]:
    guard, problems = compile_guard(text)
    assert guard is not None, problems
    return [text[problem.start : problem.end] for problem in strangers(guard.tree, event)]


def test_the_table_knows_every_variable_of_an_event_and_every_event() -> None:
    assert set(CARRIED) == {word.name for word in VARIABLES if word.of == "event"} == set(FIELD)
    assert {word.name for word in EVENTS if not is_internal(word.name)} == set(RAISED_BY)


@pytest.mark.parametrize("event", RAISED_BY)
@pytest.mark.parametrize("variable", CARRIED)
def test_an_event_carries_what_its_input_holds(event: str, variable: str) -> None:
    holds = [
        FIELD[variable] in {field.name for field in fields(raised)}
        or (variable == "event.text" and raised is inputs.FormSent)
        for raised in RAISED_BY[event]
    ]
    assert all(holds) == any(holds) == (event in CARRIED[variable])


def test_a_stranger_is_found_at_its_place() -> None:
    assert found("vip && event.score > 3", "visitor.message") == ["event.score"]
    assert found("vip && 评分 > 3", "after") == ["评分"]
    assert found("event.data.x == 1 && event.text == ''", "visitor.message") == ["event.data.x"]


def test_what_is_carried_or_may_be_is_left_alone() -> None:
    assert found("event.score > 3", "visitor.rated") == []
    assert found("event.score > 3 && event.data.x", "always") == []
    assert found("event.text == 'x'", "done.chat") == []
    assert found("event.data.x == 1", "custom.paid") == []
    assert found("time > 1s && vip && ai.on", "after") == []


def test_the_remedy_names_the_events_that_carry_it() -> None:
    guard, _ = compile_guard("event.agent == 'a'")
    assert guard is not None
    (problem,) = strangers(guard.tree, "after")
    assert problem.code == "K408"
    assert problem.message.en == "a timer carries no 'event.agent'"
    assert "客服接入" in problem.hint.zh
