"""A parked conversation: chat goes on without a flow."""

import pytest

from appliance import effects, inputs, records
from tests.flow.desks import Chat, graph_of_text

ENDLESS = """
    initial: 等
    states:
      等: {entry: [enqueue, auto_assign], on: {客服接入: {to: 聊}, 用户发送消息: {to: 转}}, after: {5m: {to: 转}}}
      聊: {on: {用户发送消息: {to: 转}, 客服结束: {to: 完}}}
      转: {always: {to: 转, when: time >= 0s}, on: {用户结束: {to: 完}}}
      完: {final: true}
"""


@pytest.fixture
def alone() -> Chat:
    chat = Chat(graph_of_text(ENDLESS, "queues:\n  甲: {when: vip}\n  乙: {}"))
    chat.open()
    chat.say("boom")
    chat.effects.clear()
    return chat


def test_parking_keeps_the_message_and_asks_for_somebody(alone: Chat) -> None:
    assert alone.last is not None
    kinds = [type(record) for record in alone.last.records]
    assert kinds == [records.Happened, records.Parked]
    snapshot = alone.last.snapshot
    assert snapshot.parked
    assert snapshot.timers == ()
    assert snapshot.waiting is not None
    assert (snapshot.waiting.queue, snapshot.waiting.visit) == ("乙", 2)


def test_parking_leaves_the_agent_in_charge() -> None:
    chat = Chat(graph_of_text(ENDLESS))
    chat.open()
    chat.accept("a")
    snapshot = chat.say("boom").snapshot
    assert snapshot.parked
    assert snapshot.held is not None
    assert snapshot.held.agent == "a"
    assert snapshot.waiting is None


def test_people_go_on(alone: Chat) -> None:
    assert alone.accept("a").effects == (effects.HoldAgent("a", "乙"),)
    assert len(alone.say("hello").records) == 1
    assert alone.answer("a").snapshot.served
    assert alone.put(inputs.TimerDue(1)).records == ()
    assert alone.put(inputs.FoldDiffered("x")).records == ()
    lost = alone.put(inputs.AgentLost("a"))
    assert lost.snapshot.held is None
    assert [type(effect) for effect in lost.effects] == [effects.FreeAgent, effects.WantAgent]
    alone.accept("b")
    moved = alone.put(inputs.AgentTransferred("b", "t", to_queue="甲"))
    assert moved.snapshot.waiting is not None
    assert moved.snapshot.waiting.queue == "甲"
    assert moved.snapshot.waiting.avoid == "b"


@pytest.mark.parametrize("source", [inputs.AgentClosed("a", "c"), inputs.VisitorEnded("c")])
def test_either_side_may_end_it(alone: Chat, source: inputs.Input) -> None:
    alone.accept("a")
    done = alone.put(source)
    assert done.snapshot.closed_at == alone.now
    assert done.snapshot.held is None
    assert isinstance(done.records[-1], records.Closed)
