"""The semantics of flow-language.md, one by one: hierarchy, selection, timers, always, final."""

import pytest

from appliance import inputs
from appliance.model import Value
from tests.flow.desks import Chat, graph_of_text, playbook

END = "on: {用户结束: {to: 完}}"


def trace(flow: str, *events: str, **facts: Value) -> list[str]:
    """Return the texts said while the custom events happen."""
    texts = "\n".join(f"  {name}: x" for name in sorted(set("甲乙丙丁戊己庚辛")))
    chat = Chat(graph_of_text(flow, f"messages:\n{texts}"))
    chat.facts.update(facts)
    chat.open()
    chat.records.clear()
    for event in events:
        chat.put(inputs.Custom(event))
    return [record.message for record in chat.records if hasattr(record, "message")]


NESTED = """
    initial: 外
    states:
      外:
        initial: 内一
        entry: {say: 甲}
        exit: {say: 乙}
        on:
          用户结束: {to: 完}
          custom.self: {to: 外, action: {say: 丁}}
          custom.child: {to: 内二, action: {say: 丁}}
          custom.again: {to: 内二, action: {say: 丁}, reenter: true}
          custom.stay: {action: {say: 丁}}
        states:
          内一: {entry: {say: 丙}, exit: {say: 戊}, on: {custom.out: {to: 别处, action: {say: 丁}}}}
          内二: {entry: {say: 己}, exit: {say: 庚}, on: {custom.up: {to: 外}}}
      别处: {entry: {say: 辛}, on: {custom.in: {to: 内二}, 用户结束: {to: 完}}}
      完: {final: true}
"""


@pytest.mark.parametrize(
    ("events", "said"),
    [
        (["out"], "戊乙丁辛"),
        (["out", "in"], "戊乙丁辛甲己"),
        (["self"], "戊乙丁甲丙"),
        (["child"], "戊丁己"),
        (["again"], "戊乙丁甲己"),
        (["stay"], "丁"),
        (["child", "up"], "戊丁己庚乙甲丙"),
    ],
)
def test_exit_inner_first_actions_entry_outer_first(events: list[str], said: str) -> None:
    assert "".join(trace(NESTED, *events)) == said


def test_innermost_first_then_file_order_first_true_guard() -> None:
    flow = """
        initial: 外
        states:
          外:
            initial: 内
            on: {custom.x: [{action: {say: 甲}}], custom.y: {action: {say: 戊}}, 用户结束: {to: 完}}
            states:
              内:
                on:
                  custom.x: [{when: tier > 1, action: {say: 乙}}, {when: tier > 0, action: {say: 丙}}, {when: tier > priority, action: {say: 丁}}]
          完: {final: true}
    """
    assert trace(flow, "x", "y", tier=1) == ["丙", "戊"]
    assert trace(flow, "x", tier=2) == ["乙"]
    assert trace(flow, "x", tier=0) == ["甲"]


def test_time_is_counted_from_the_state_that_declares() -> None:
    flow = """
        initial: 外
        states:
          外:
            initial: 一
            on: {用户发送消息: {to: 完, when: time > 10s}}
            states: {一: {after: {8s: {to: 二}}}, 二: {on: {用户发送消息: {to: 三, when: time > 3s}}}, 三: {}}
          完: {final: true}
    """
    graph = graph_of_text(flow)
    assert playbook(graph, "0s 用户发送消息 -> 一\n10s 用户发送消息 -> 二\n11s 用户发送消息 -> 完") == ""
    assert playbook(graph, "0s 用户发送消息 -> 一\n12s 用户发送消息 -> 三") == ""


def test_at_exactly_ten_seconds_more_than_ten_seconds_is_false() -> None:
    graph = graph_of_text(
        "initial: 等\nstates:\n  等: {on: {用户发送消息: {to: 完, when: time > 10s}}}\n  完: {final: true}"
    )
    chat = Chat(graph)
    chat.open()
    assert chat.say(after=10_000).snapshot.active == ("等",)
    assert chat.say(after=1).snapshot.active == ("完",)


def test_timers_are_cancelled_on_exit_and_fire_once_per_entry() -> None:
    flow = """
        initial: 等
        states:
          等: {on: {用户发送消息: {to: 等}, 用户结束: {to: 完}}, after: {5s: {action: {say: 话}}, 20s: {to: 完}}}
          完: {final: true}
    """
    chat = Chat(graph_of_text(flow, "messages: {话: x}"))
    chat.open()
    old = chat.snapshot
    assert old is not None
    chat.say(after=4_000)
    assert chat.put(inputs.TimerDue(old.timers[0].order), 10_000).records == ()
    assert chat.snapshot is not None
    assert [timer.due for timer in chat.snapshot.timers] == [1_009_000, 1_024_000]
    order = chat.snapshot.timers[0].order
    assert chat.put(inputs.TimerDue(order)).records
    assert chat.put(inputs.TimerDue(order)).records == ()
    assert chat.timer().snapshot.closed_at is not None


def test_a_timer_is_not_believed_before_it_is_due() -> None:
    flow = "initial: 等\nstates:\n  等: {after: {5s: {to: 完}}}\n  完: {final: true}"
    chat = Chat(graph_of_text(flow))
    done = chat.open()
    assert chat.put(inputs.TimerDue(done.snapshot.timers[0].order), 4_999).records == ()
    assert chat.timer().snapshot.closed_at == 1_005_000


def test_ties_go_to_arming_order_outer_states_first() -> None:
    flow = """
        initial: 外
        states:
          外:
            initial: 内
            after: {5s: {action: {say: 甲}}, 9s: {to: 完}}
            states: {内: {after: {5s: {action: {say: 乙}}}}}
          完: {final: true}
    """
    chat = Chat(graph_of_text(flow, "messages: {甲: x, 乙: x}"))
    chat.open()
    chat.timer()
    chat.timer()
    assert [record.message for record in chat.records if hasattr(record, "message")] == ["甲", "乙"]


def test_an_internal_transition_keeps_the_parents_clock() -> None:
    flow = """
        initial: 外
        states:
          外:
            initial: 一
            on: {用户发送消息: {to: 一}}
            after: {10s: {to: 完}}
            states: {一: {after: {8s: {action: {say: 话}}}}}
          完: {final: true}
    """
    chat = Chat(graph_of_text(flow, "messages: {话: x}"))
    chat.open()
    chat.say(after=6_000)
    assert chat.timer().snapshot.closed_at == 1_010_000


def test_a_timer_whose_guard_is_false_is_used_up() -> None:
    flow = "initial: 等\nstates:\n  等: {after: {5s: {to: 完, when: served}}, on: {用户结束: {to: 完}}}\n  完: {final: true}"
    chat = Chat(graph_of_text(flow))
    chat.open()
    done = chat.timer()
    assert done.snapshot.timers == ()
    assert len(done.records) == 1


def test_a_final_child_raises_done_of_its_parent() -> None:
    flow = """
        initial: 外
        states:
          外:
            initial: 问
            on: {用户结束: {to: 完}}
            states: {问: {on: {用户发送消息: {to: 答完}}}, 答完: {final: true}}
          完: {final: true}
    """
    graph = graph_of_text(flow)
    node = graph.nodes["外"]
    node.on = {**node.on, "done.外": node.on["visitor.close"]}
    chat = Chat(graph)
    chat.open()
    assert chat.say().snapshot.active == ("完",)


def test_close_enters_the_first_final_state() -> None:
    flow = """
        initial: 等
        states:
          等: {on: {用户发送消息: {action: close}}, exit: {say: 甲}}
          完: {final: true, entry: {say: 乙}}
          弃: {final: true}
        on_error: 弃
    """
    chat = Chat(graph_of_text(flow, "messages: {甲: x, 乙: x}"))
    chat.open()
    done = chat.say()
    assert done.snapshot.active == ("完",)
    assert done.snapshot.closed_at == chat.now
    assert [record.message for record in done.records if hasattr(record, "message")] == ["甲", "乙"]


def test_close_without_a_final_state_closes_directly() -> None:
    chat = Chat(graph_of_text("initial: 等\nstates:\n  等: {on: {用户发送消息: {action: close}}}"))
    chat.open()
    done = chat.say()
    assert done.snapshot.closed_at == chat.now
    assert done.snapshot.active == ("等",)


def test_always_sees_what_actions_have_changed() -> None:
    flow = """
        initial: 等
        vars: {次数: 0}
        states:
          等:
            on: {用户发送消息: {action: {set: {次数: =次数 + 1}}}}
            always: {to: 完, when: 次数 >= 3}
          完: {final: true}
    """
    chat = Chat(graph_of_text(flow))
    chat.open()
    assert [chat.say().snapshot.active for _ in range(3)] == [("等",), ("等",), ("完",)]


def test_a_final_child_is_done_and_its_parent_hears_of_it() -> None:
    flow = f"""
    initial: 外
    states:
      外:
        initial: 内
        {END[:-1]}, done.外: {{to: 完, action: {{say: 甲}}}}}}
        states:
          内: {{on: {{custom.go: {{to: 尾}}}}}}
          尾: {{final: true}}
      完: {{final: true}}
"""
    assert trace(flow, "go") == ["甲"]
