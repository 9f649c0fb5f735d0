"""The step: one input, one outcome.  Owners, wishes, places, failures, and what is logged."""

import pytest

from appliance import effects, inputs, records
from appliance.flow.graph import Graph
from appliance.flow.step import next_timer, step, step_safely
from appliance.model import Visitor
from tests.flow.desks import Chat, graph_of_text

NIGHT = """
    initial: 入口
    states:
      入口: {always: [{to: 排队, when: 营业中}, {to: 留言}]}
      排队: {entry: [enqueue, auto_assign], on: {客服接入: {to: 人工}}, after: {5m: {to: 留言}}}
      留言: {entry: [enqueue, auto_assign, offline_form], on: {客服接入: {to: 人工}}}
      人工:
        on: {客服结束: {to: 评价}, 客服掉线: {to: 排队}}
        after: {3m: {to: 排队}}
      评价: {entry: ask_rating, on: {用户发送消息: {to: 入口}, 已评价: {to: 完, action: save_rating}}, after: {1m: {to: 完}}}
      完: {final: true}
"""


@pytest.fixture(scope="module")
def desk() -> Graph:
    return graph_of_text()


@pytest.fixture
def chat(desk: Graph) -> Chat:
    chat = Chat(desk)
    chat.open()
    return chat


@pytest.fixture
def served(chat: Chat) -> Chat:
    chat.accept()
    chat.effects.clear()
    chat.records.clear()
    return chat


def test_opening_makes_the_conversation_and_wants_an_agent(chat: Chat) -> None:
    snapshot = chat.snapshot
    assert snapshot is not None
    assert (snapshot.id, snapshot.opened_at, snapshot.active) == ("k", 1_000_000, ("等待",))
    assert type(chat.records[0]) is records.Happened
    assert chat.records[0].to == ("等待",)
    assert chat.records[1] == records.Queued("客服", 1_000_000)
    assert chat.effects == [effects.WantAgent("客服", 1_000_000, True, 1)]


def test_a_conversation_begins_with_opened(desk: Graph) -> None:
    with pytest.raises(ValueError, match="begins with Opened"):
        step(desk, None, inputs.VisitorSaid("c", "x"), lambda name, scope: None, 0)


def test_an_accepted_offer_makes_the_agent_the_owner(chat: Chat) -> None:
    done = chat.accept("a")
    assert done.snapshot.held is not None
    assert (done.snapshot.held.agent, done.snapshot.held.state) == ("a", "服务")
    assert done.snapshot.waiting is None
    assert records.Assigned("a", "A", "客服") in done.records
    assert [type(effect) for effect in done.effects] == [effects.SetTimer, effects.HoldAgent]
    assert not [record for record in done.records if isinstance(record, records.Unqueued)]


def test_an_offer_for_an_older_wish_is_refused_and_not_logged(chat: Chat) -> None:
    before = chat.snapshot
    done = chat.put(inputs.Offered("a", "A", 7, "客服"))
    assert done.records == ()
    assert done.snapshot is before
    assert done.effects == (effects.RefuseOffer("a", 7),)


def test_an_offer_by_hand_is_shown_and_then_accepted(chat: Chat) -> None:
    shown = chat.put(inputs.Offered("a", "A", 1, "客服", accept=False))
    assert shown.effects == (effects.ShowOffer("a", 1, "客服"),)
    assert len(shown.records) == 1
    done = chat.put(inputs.AgentAccepted("a", "A", 1))
    assert done.snapshot.held is not None
    assert chat.put(inputs.AgentAccepted("b", "B", 1)).effects == (effects.RefuseOffer("b", 1),)


def test_an_agent_owns_the_conversation_though_the_flow_ignores_accept() -> None:
    chat = Chat(
        graph_of_text(
            "initial: 等\nstates:\n  等: {entry: auto_assign, on: {客服结束: {to: 完}}}\n  完: {final: true}"
        )
    )
    chat.open()
    done = chat.accept()
    assert done.snapshot.held is not None
    assert done.snapshot.held.state == "等"
    assert chat.put(inputs.AgentClosed("a")).effects[-1] == effects.FreeAgent("a")


def test_leaving_the_state_releases_the_agent(served: Chat) -> None:
    done = served.put(inputs.AgentClosed("a", "x"))
    assert records.Released("a", "closed") in done.records
    assert effects.FreeAgent("a") in done.effects
    assert done.snapshot.held is None


def test_an_accept_that_is_let_go_at_once_frees_the_slot() -> None:
    chat = Chat(
        graph_of_text(
            "initial: 等\nstates:\n  等: {entry: auto_assign, on: {客服接入: {to: 走}}}\n"
            "  走: {always: {to: 完}}\n  完: {final: true}"
        )
    )
    chat.open()
    done = chat.accept()
    assert done.snapshot.closed_at is not None
    assert effects.RefuseOffer("a", 1) in done.effects


def test_served_is_set_by_the_owner_only(served: Chat) -> None:
    assert not served.answer("boss").snapshot.served
    assert served.answer("a").snapshot.served


def test_a_silent_agent_costs_the_visitor_nothing(served: Chat) -> None:
    served.timer()
    assert served.effects[0] == effects.Remind("a")
    assert records.Reminded("agent") in served.records
    done = served.timer()
    want = next(effect for effect in done.effects if isinstance(effect, effects.WantAgent))
    assert want.since == 1_000_000
    assert (want.avoid, want.asking, want.visit) == ("a", True, 2)


def test_after_a_regular_end_waiting_begins_anew(served: Chat) -> None:
    served.put(inputs.AgentClosed("a"), after=5_000)
    done = served.say("one more question", after=5_000)
    want = next(effect for effect in done.effects if isinstance(effect, effects.WantAgent))
    assert want.since == 1_010_000
    assert want.avoid == ""
    assert want.last_agent == "a"


def test_a_second_lost_is_stale(served: Chat) -> None:
    assert served.put(inputs.AgentLost("b")).records == ()


def test_a_flow_without_agent_lost_asks_again_in_the_asking_state(served: Chat) -> None:
    done = served.put(inputs.AgentLost("a"))
    assert done.handled
    assert done.snapshot.active == ("等待",)
    want = next(effect for effect in done.effects if isinstance(effect, effects.WantAgent))
    assert (want.avoid, want.visit) == ("a", 2)


def test_a_transfer_to_an_agent_asks_for_him_alone(served: Chat) -> None:
    done = served.put(inputs.AgentTransferred("a", "x", to_agent="b"))
    assert records.Released("a", "transferred") in done.records
    assert done.snapshot.transfers == 1
    want = next(effect for effect in done.effects if isinstance(effect, effects.WantAgent))
    assert (want.only, want.avoid) == ("b", "a")
    assert effects.FreeAgent("a") in done.effects


def test_a_transfer_to_a_queue_stays_there_when_the_next_agent_is_lost() -> None:
    chat = Chat(graph_of_text(extra="welcome: {menu: [x]}\nqueues:\n  售后: {when: menu == 'x'}\n  售前: {}"))
    chat.open()
    chat.accept("a")
    done = chat.put(inputs.AgentTransferred("a", "x", to_queue="售后"))
    assert done.snapshot.waiting is not None
    assert done.snapshot.waiting.queue == "售后"
    chat.accept("b")
    done = chat.put(inputs.AgentLost("b"))
    assert done.snapshot.waiting is not None
    assert done.snapshot.waiting.queue == "售后"


def test_a_transfer_while_nobody_serves_is_stale(chat: Chat) -> None:
    assert chat.put(inputs.AgentTransferred("a", "x", to_agent="b")).records == ()


def test_offline_messages_come_after_live_visitors() -> None:
    chat = Chat(graph_of_text(NIGHT), hours_open=False)
    done = chat.open()
    want = next(effect for effect in done.effects if isinstance(effect, effects.WantAgent))
    assert want.left
    assert records.FormAsked() in done.records
    day = Chat(graph_of_text(NIGHT))
    day.open()
    done = day.timer()
    want = next(effect for effect in done.effects if isinstance(effect, effects.WantAgent))
    assert want.left
    # It left the same queue and entered it again: the visitor hears of neither.
    assert not [each for each in done.records if isinstance(each, records.Queued | records.Unqueued)]


def test_a_rating_goes_to_the_agent_who_served(served: Chat) -> None:
    served.answer("a")
    served.put(inputs.AgentClosed("a"))
    done = served.put(inputs.VisitorRated("r", 4, "good"))
    assert records.RatingSaved(4, "good", "a") in done.records
    assert done.snapshot.closed_at == served.now
    assert done.records[-1] == records.Closed("结束")


def test_closing_leaves_nothing_owed(served: Chat) -> None:
    done = served.put(inputs.VisitorEnded("e"))
    snapshot = done.snapshot
    assert (snapshot.timers, snapshot.waiting, snapshot.held, snapshot.ai) == ((), None, None, None)
    assert effects.SetTimer(None) in done.effects
    assert effects.FreeAgent("a") in done.effects
    after = served.say("hello?")
    assert after.records == ()
    assert after.snapshot is snapshot
    assert served.put(inputs.Offered("b", "B", 9, "")).effects == (effects.RefuseOffer("b", 9),)


def test_messages_are_logged_though_no_state_listens(chat: Chat) -> None:
    done = chat.say("are you there?")
    assert not done.handled
    assert done.records == (records.Happened(inputs.VisitorSaid("v1", "are you there?")),)
    assert done.snapshot.last_at == chat.now


def test_what_changes_nothing_is_not_logged(chat: Chat) -> None:
    for source in (inputs.VisitorLeft(), inputs.Custom("paid"), inputs.TimerDue(99), inputs.NobodyFree(9)):
        done = chat.put(source)
        assert (done.records, done.effects, done.handled) == ((), (), False)


def test_a_chosen_menu_item_is_a_message_unless_the_flow_listens() -> None:
    flow = """
        initial: 等
        states:
          等: {on: {选择菜单: {to: 菜单, when: menu == '退'}, 用户发送消息: {to: 消息}}}
          菜单: {on: {用户结束: {to: 完}}}
          消息: {on: {用户结束: {to: 完}}}
          完: {final: true}
    """
    menu = "welcome: {menu: [退]}"
    chosen, other = Chat(graph_of_text(flow, menu)), Chat(graph_of_text(flow, menu))
    for chat in (chosen, other):
        chat.open()
    assert chosen.say(menu="退").snapshot.active == ("菜单",)
    done = other.say(menu="买")
    assert done.snapshot.active == ("消息",)
    assert done.snapshot.menu == "买"


def test_a_profile_that_makes_a_vip_moves_the_queue_at_once() -> None:
    flow = """
        initial: 等
        states:
          等: {entry: enqueue, always: {to: 要, when: vip, action: auto_assign}, on: {用户结束: {to: 完}}}
          要: {on: {客服接入: {to: 完}}}
          完: {final: true}
    """
    chat = Chat(graph_of_text(flow, "vip: visitor.level >= 3"))
    chat.open()
    done = chat.put(inputs.VisitorKnown(Visitor("v", level=3, signed=True)))
    assert done.snapshot.active == ("要",)
    want = next(effect for effect in done.effects if isinstance(effect, effects.WantAgent))
    assert want.vip
    assert want.asking


def test_staff_inputs_change_the_snapshot_and_raise_nothing(served: Chat) -> None:
    assert served.put(inputs.StaffJoined("boss", "1")).snapshot.joined == ("boss",)
    assert served.put(inputs.StaffJoined("boss", "2", inside=False)).snapshot.joined == ()
    assert served.put(inputs.StaffTagged("a", "3", ("急",))).snapshot.tags == ("急",)
    for source in (inputs.AgentNoted("a", "4", "careful"), inputs.Recalled("a", "5", 3)):
        done = served.put(source)
        assert done.records == (records.Happened(source),)
    assert served.active == ("服务", "等客服")


def test_facts_are_asked_once_and_recorded() -> None:
    flow = """
        initial: 等
        states:
          等: {always: [{to: 完, when: tier > 4}, {to: 完, when: tier > 3}], on: {用户结束: {to: 完}}}
          完: {final: true}
    """
    chat = Chat(graph_of_text(flow), tier=1)
    done = chat.open()
    assert chat.reads == ["tier"]
    happened = done.records[0]
    assert isinstance(happened, records.Happened)
    assert happened.facts == {"tier": 1}


def test_a_guard_that_fails_is_false_and_tells_the_flow_once() -> None:
    flow = """
        initial: 等
        states:
          等: {always: {to: 完, when: queue.position > 3}, on: {用户结束: {to: 完}}}
          完: {final: true}
    """
    chat = Chat(graph_of_text(flow), queue_position=None)
    assert chat.open().snapshot.active == ("等",)
    assert chat.say().snapshot.active == ("等",)


ENDLESS = """
    initial: 等
    on_error: 救
    states:
      等: {on: {用户发送消息: {to: 甲}, 用户结束: {to: 完}}}
      甲: {always: {to: 乙}}
      乙: {always: [{to: 完, when: vip}, {to: 甲}]}
      救: {entry: auto_assign, on: {用户发送消息: {to: 甲}, 用户结束: {to: 完}}}
      完: {final: true}
"""


def test_an_endless_flow_takes_on_error_once_and_is_then_parked() -> None:
    chat = Chat(graph_of_text(ENDLESS))
    chat.open()
    done = chat.say("round")
    assert done.snapshot.active == ("救",)
    assert done.snapshot.failures == 1
    assert isinstance(done.records[0], records.Happened)
    assert done.records[1] == records.Failed("FlowError: more than 100 microsteps")
    done = chat.say("and round")
    assert done.snapshot.parked
    assert isinstance(done.records[1], records.Parked)
    assert done.snapshot.waiting is not None
    assert done.snapshot.waiting.asking


def test_without_on_error_the_first_failure_parks() -> None:
    flow = ENDLESS.replace("on_error: 救", "").replace(
        "用户结束: {to: 完}}}\n      甲", "用户结束: {to: 救}}}\n      甲"
    )
    chat = Chat(graph_of_text(flow))
    chat.open()
    assert chat.say("round").snapshot.parked


def test_a_text_that_cannot_be_rendered_fails_the_same_way_in_replay() -> None:
    flow = """
        initial: 等
        on_error: 救
        states:
          等: {on: {用户发送消息: {action: {say: 坏}}, 用户结束: {to: 完}}}
          救: {on: {用户结束: {to: 完}}}
          完: {final: true}
    """
    graph = graph_of_text(flow, "messages: {坏: x}")
    chat = Chat(graph)
    chat.open()
    before = chat.snapshot

    def broken(name: str, scope: object) -> object:
        raise ZeroDivisionError(name)

    live = step_safely(graph, before, inputs.VisitorSaid("1", "x"), broken, chat.now)
    assert live.snapshot.active == ("救",)
    logged = records.decode(records.encode(live.records[0]))
    assert isinstance(logged, records.Happened)
    again = step_safely(graph, before, logged.input, lambda name, scope: logged.facts[name], chat.now)
    assert again.records == live.records
    assert again.snapshot == live.snapshot


def test_what_failed_does_not_come_again(served: Chat) -> None:
    flow = """
        initial: 外
        on_error: 救
        states:
          外:
            initial: 内
            after: {1m: {action: {set: {次: =次 / 0}}}}
            on: {用户结束: {to: 完}}
            states: {内: {}, 救: {}}
          完: {final: true}
        vars: {次: 1}
    """
    chat = Chat(graph_of_text(flow))
    chat.open()
    done = chat.timer()
    assert done.snapshot.failures == 1
    assert done.snapshot.active == ("外", "救")
    assert all(timer.due > chat.now for timer in done.snapshot.timers)


def test_folding_differently_takes_on_error(chat: Chat) -> None:
    done = chat.put(inputs.FoldDiffered("seq 3"))
    assert done.records[1] == records.Failed("FlowError: the log differs: seq 3")
    assert done.snapshot.open


def test_next_timer_is_the_earliest(served: Chat) -> None:
    assert served.snapshot is not None
    timer = next_timer(served.snapshot)
    assert timer is not None
    assert timer.due == served.now + 60_000
