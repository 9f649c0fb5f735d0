"""The scratchpad mirrors the snapshot, field by field."""

from inspect import signature

from appliance import inputs
from appliance.flow.scope import Scope
from appliance.flow.turn import Turn, turn_of
from appliance.model import Snapshot, Visitor
from tests.flow.desks import Chat, graph_of_text


def test_the_first_fields_are_those_of_the_snapshot_in_order() -> None:
    shared = Snapshot.__struct_fields__
    assert Turn.__struct_fields__[: len(shared)] == shared
    types = {name: kind for name, kind in Turn.__annotations__.items() if name in shared}
    assert types == {name: Snapshot.__annotations__[name] for name in shared}
    assert signature(turn_of).parameters


def test_a_turn_that_did_nothing_is_the_snapshot_again() -> None:
    chat = Chat(graph_of_text())
    before = chat.open().snapshot
    turn = turn_of(chat.graph, before, inputs.VisitorLeft(), chat.read, 5, {})
    assert turn.snapshot() == before


def turn(**fields: object) -> Turn:
    graph = graph_of_text(extra="welcome: {menu: [甲]}\nqueues:\n  甲: {when: menu == '甲'}\n  乙: {}")
    before = Snapshot("k", Visitor("v"), graph.id, 0, **fields)  # type: ignore[arg-type]
    return turn_of(graph, before, inputs.VisitorSaid("c", "x"), lambda name, scope: None, 100, {})


def test_a_wish_without_a_place_takes_one_by_the_rules() -> None:
    here = turn(menu="甲")
    here.here = "外"
    here.ask()
    waiting = here.waiting
    assert waiting is not None
    assert (waiting.queue, waiting.since, waiting.asking, waiting.visit) == ("甲", 100, True, 1)
    here.leave(frozenset(("外",)))
    assert here.waiting is None


def test_place_and_wish_are_given_up_separately() -> None:
    here = turn()
    here.here = "外"
    here.enqueue()
    here.here = "内"
    here.ask()
    here.leave(frozenset(("内",)))
    assert here.waiting is not None
    assert not here.waiting.asking
    here.here = "内"
    here.ask()
    assert here.waiting.visit == 2
    assert not here.wants(1)
    assert here.wants(2)


def test_another_queue_makes_old_offers_stale() -> None:
    here = turn()
    here.ask()
    here.enqueue("甲")
    assert here.waiting is not None
    assert (here.waiting.queue, here.waiting.visit, here.waiting.since) == ("甲", 2, 100)


def test_a_form_has_a_text_for_guards() -> None:
    here = turn()
    here.input = inputs.FormSent("c", {"电话": "123", "问题": "退款"})
    assert here.event("text", "") == "123\n退款"
    assert here.event("score", None) is None


def test_the_queue_ahead_is_the_one_it_is_in_or_would_come_into() -> None:
    here = turn(menu="甲")
    here.time = 7
    assert here.likely_queue() == "甲"
    assert here.waiting is None
    assert here.time == 7
    assert turn().likely_queue() == "乙"
    here.enqueue("乙")
    assert here.likely_queue() == "乙"


def test_a_rule_that_asks_for_the_queue_while_it_is_chosen_hears_of_none() -> None:
    asked: list[str] = []

    def read(name: str, scope: Scope) -> bool:
        asked.append(scope.likely_queue())
        return True

    graph = graph_of_text(extra="queues:\n  甲: {when: 营业中}\n  乙: {}")
    before = Snapshot("k", Visitor("v"), graph.id, 0)
    here = turn_of(graph, before, inputs.VisitorSaid("c", "x"), read, 100, {})
    assert here.likely_queue() == "甲"
    assert asked == [""]
