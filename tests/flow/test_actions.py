"""Every action of the vocabulary, and that the registry knows exactly these."""

import pytest

from appliance import effects, inputs, records
from appliance.config.vocabulary import ACTIONS
from appliance.errors import Text
from appliance.flow.actions import REGISTRY, bind
from appliance.flow.turn import FlowError, Turn, turn_of
from appliance.model import AiTurn, Held, Snapshot, Visitor
from tests.flow.desks import graph_of_text

GRAPH = graph_of_text(extra="welcome: {menu: [甲]}\nqueues:\n  甲: {when: menu == '甲'}\n  乙: {}")


def turn(source: inputs.Input | None = None, **fields: object) -> Turn:
    before = Snapshot("k", Visitor("v"), GRAPH.id, 0, **fields)  # type: ignore[arg-type]
    made = turn_of(
        GRAPH, before, source or inputs.VisitorSaid("c", "x"), lambda name, scope: f"<{name}>", 100, {}
    )
    made.here = "此"
    return made


def run(made: Turn, name: str, /, **arguments: object) -> Turn:
    action = bind(name, dict(arguments))
    assert not isinstance(action, Text), action
    action(made)
    return made


def test_the_registry_and_the_vocabulary_agree() -> None:
    assert set(REGISTRY) == {word.name for word in ACTIONS if not word.later}
    for word in ACTIONS:
        if not word.later and not word.free:
            names = {parameter.name for parameter in word.parameters}
            assert names == set(REGISTRY[word.name].params.__struct_fields__), word.name


def test_wrong_arguments_are_refused_when_bound() -> None:
    for tag, arguments in (
        ("say", {}),
        ("say", {"message": 3}),
        ("dequeue", {"x": 1}),
        ("priority", {"level": "a"}),
    ):
        assert isinstance(bind(tag, dict(arguments)), Text)


def test_say_records_the_rendered_text_and_its_name() -> None:
    made = run(turn(), "say", message="您好")
    assert made.records == [records.Said("system", "<message:您好>", "您好")]
    assert made.facts == {"message:您好": "<message:您好>"}


def test_remind_needs_somebody() -> None:
    assert run(turn(), "remind").records == []
    made = run(turn(held=Held("a", "A", "s", 0)), "remind", who="agent")
    assert made.records == [records.Reminded("agent")]
    assert made.effects == [effects.Remind("a")]


def test_enqueue_dequeue_auto_assign() -> None:
    made = run(turn(), "enqueue", queue="甲")
    assert made.waiting is not None
    assert (made.waiting.queue, made.waiting.entered_by, made.waiting.asking) == ("甲", "此", False)
    run(made, "auto_assign")
    assert made.waiting.asked_by == "此"
    assert run(made, "dequeue").waiting is None
    assert made.records == [records.Queued("甲", 100), records.Unqueued("甲")]


def test_transfer_follows_the_agent() -> None:
    made = run(
        turn(inputs.AgentTransferred("a", "c", to_queue="甲"), held=Held("a", "A", "s", 0)), "transfer"
    )
    assert made.waiting is not None
    assert (made.waiting.queue, made.waiting.asking) == ("甲", True)
    made = run(turn(inputs.AgentTransferred("a", "c", to_agent="b")), "transfer")
    assert made.waiting is not None
    assert (made.waiting.queue, made.waiting.only) == ("乙", "b")
    made = run(turn(), "transfer", queue="甲")
    assert made.waiting is not None
    assert not made.waiting.asking


def test_ask_ai_and_reply_ai() -> None:
    made = run(turn(), "ask_ai")
    assert made.ai == AiTurn(1, "此")
    made = run(turn(inputs.AiAnswered(1, "42")), "reply_ai")
    assert made.records == [records.Said("ai", "42")]
    with pytest.raises(FlowError):
        run(turn(), "reply_ai")


def test_ratings() -> None:
    made = run(turn(waiting_since=5), "ask_rating")
    assert made.waiting_since is None
    assert made.records == [records.RatingAsked()]
    rated = inputs.VisitorRated("c", 5, "good")
    assert run(turn(rated, last_agent="a", served=True), "save_rating").records == [
        records.RatingSaved(5, "good", "a")
    ]
    assert run(turn(rated, last_agent="a"), "save_rating").records == [records.RatingSaved(5, "good", "")]
    with pytest.raises(FlowError):
        run(turn(), "save_rating")


def test_offline_form_puts_the_place_behind_live_visitors_in_either_order() -> None:
    for order in (("enqueue", "offline_form"), ("offline_form", "enqueue")):
        made = turn()
        for tag in order:
            run(made, tag)
        assert made.waiting is not None
        assert made.waiting.left


def test_set_computes_before_it_changes_and_bounds_what_grows() -> None:
    made = turn(vars={"a": 1, "b": 2})
    run(made, "set", values={"a": lambda turn: turn.vars["b"], "b": lambda turn: turn.vars["a"]})
    assert made.vars == {"a": 2, "b": 1}
    for value in (1 << 53, float("inf"), float("nan"), "x" * 2_001):
        with pytest.raises(FlowError):
            run(made, "set", values={"a": lambda turn, value=value: value})


def test_tag_note_priority_close() -> None:
    made = turn()
    run(made, "tag", tag="急")
    run(made, "tag", tag="急")
    run(made, "note", text="小心")
    run(made, "priority", level=3)
    run(made, "close")
    assert made.records == [records.Tagged("急"), records.Noted("小心")]
    assert (made.tags, made.priority, made.closing) == (("急",), 3, True)
