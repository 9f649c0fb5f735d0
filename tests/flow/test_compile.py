"""From spec to graph: every problem with its exact place, and a stored bundle that means what the file meant."""

import msgspec
import pytest

from appliance import inputs
from appliance.config.load import load
from appliance.errors import ConfigError
from appliance.flow.compile import compile_flow, graph_of
from appliance.records import Failed
from tests.flow.desks import CHAT, Chat, graph_of_text, problems, spec_of

ONE = "initial: 等\nstates:\n  等: {on: {%s}}\n  完: {final: true}"


def test_a_problem_stands_under_the_word_that_is_wrong() -> None:
    text = (
        "kefu: 1\nflows:\n  main:\n    initial: 等\n    states:\n"
        "      等: {on: {用户结束: {to: 完, when: vip && tme > 10s}}}\n      完: {final: true}\n"
    )
    spec, found = load(text, "kefu.yaml")
    assert spec is not None
    graph, problems_found = compile_flow(spec)
    assert graph is None
    found.extend(problems_found)
    assert found.render("en").splitlines()[:3] == [
        "kefu.yaml:6:43: error[K404]: there is no variable 'tme'",
        "    6 |       等: {on: {用户结束: {to: 完, when: vip && tme > 10s}}}",
        "      | " + " " * 48 + "^^^",
    ]


def test_all_problems_are_found_at_once() -> None:
    flow = """
        initial: 等
        vars: {次: 1}
        states:
          等:
            on:
              用户发送消息: {action: [{set: {次: 一}}, {set: {次: =次 + }}, reply_ai]}
              用户结束: [{to: 完, when: time > 10}, {to: 完, when: vars.此 > 1}]
          完: {final: true}
    """
    extra = "vip: menu == 'x'\nqueues:\n  甲: {when: load > 5}\n  乙: {}\nalerts: {when: [menu == '']}"
    codes = sorted(found.code for found in problems(flow, extra))
    assert codes == sorted(["K403", "K401", "K414", "K403", "K404", "K405", "K403", "K405"])


def test_save_rating_belongs_to_a_rating() -> None:
    assert [found.code for found in problems(ONE % "用户结束: {to: 完, action: save_rating}")] == ["K414"]
    assert problems(ONE % "用户发送消息: {to: 完}, 已评价: {to: 完, action: save_rating}") == []


def test_a_number_where_none_belongs_in_an_action() -> None:
    found = problems(ONE % "用户结束: {to: 完, action: {priority: 1.5}}")
    assert [each.code for each in found] == ["K413"]


def test_a_stored_bundle_compiles_to_the_same_flow() -> None:
    extra = "vip: visitor.level > 2\nqueues:\n  甲: {when: vip}\n  乙: {}"
    graph = graph_of_text(CHAT, extra)
    again = graph_of(graph.source)
    assert again.id == graph.id
    assert again.source == graph.source
    chats = [Chat(each) for each in (graph, again)]
    for chat in chats:
        chat.open()
        chat.accept()
        chat.answer()
        chat.say()
    assert chats[0].records == chats[1].records


def test_what_is_no_bundle_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        graph_of(b"nothing")


def test_a_bundle_of_another_version_says_so() -> None:
    source = graph_of_text().source.replace(b'"ask_rating"', b'"ask_oracle"')
    with pytest.raises(ConfigError, match="cannot be run"):
        graph_of(source)


def test_the_graph_keeps_names_parents_and_document_order() -> None:
    graph = compile_flow(spec_of())[0]
    assert graph is not None
    assert [node.name for node in sorted(graph.nodes.values(), key=lambda node: node.order)] == list(
        graph.nodes
    )
    assert graph.nodes["等客服"].parent is graph.nodes["服务"]
    assert graph.nodes["等客服"].depth == 1
    assert graph.default_queue == "客服"


def test_what_an_event_brings_must_fit_the_variable() -> None:
    flow = """
        initial: 等
        on_error: 完
        vars: {次: 1}
        states:
          等:
            on: {custom.x: {action: {set: {次: =event.data.n}}}, 用户结束: {to: 完}}
            after: {1m: {to: 完}}
          完: {final: true}
    """
    chat = Chat(graph_of_text(flow))
    chat.open()
    chat.put(inputs.Custom("x", data={"n": 3}))
    assert chat.snapshot is not None
    assert chat.snapshot.vars["次"] == 3
    chat.put(inputs.Custom("x", data={"n": "3"}))
    assert chat.snapshot.vars["次"] == 3
    assert any(isinstance(record, Failed) for record in chat.records)
