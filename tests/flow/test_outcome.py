"""Effects are the difference a step made: nothing is forgotten, nothing is repeated for nothing."""

from appliance import effects, inputs
from appliance.flow.outcome import want_agent
from tests.flow.desks import Chat, graph_of_text


def test_an_unchanged_wish_is_not_repeated() -> None:
    chat = Chat(graph_of_text())
    chat.open()
    assert chat.say().effects == ()


def test_a_new_priority_is_told_to_the_desk() -> None:
    flow = """
        initial: 等
        states:
          等: {entry: [enqueue, auto_assign], on: {custom.hurry: {action: {priority: 5}}, 用户结束: {to: 完}}}
          完: {final: true}
    """
    chat = Chat(graph_of_text(flow))
    chat.open()
    done = chat.put(inputs.Custom("hurry"))
    assert done.effects == (effects.WantAgent("客服", 1_000_000, True, 1, priority=5),)


def test_leaving_the_queue_withdraws_the_wish() -> None:
    chat = Chat(graph_of_text())
    chat.open()
    assert chat.put(inputs.VisitorEnded()).effects == (effects.WithdrawWish(),)


def test_a_timer_effect_only_when_the_next_moment_changes() -> None:
    chat = Chat(graph_of_text())
    chat.open()
    chat.accept()
    assert chat.answer(after=1_000).effects == (effects.SetTimer(None),)
    assert chat.say().effects == (effects.SetTimer(chat.now + 60_000),)
    assert chat.timer().effects == (effects.Remind("a"), effects.SetTimer(chat.now + 120_000))


def test_a_question_to_the_ai_is_owed_until_answered_or_left() -> None:
    flow = """
        initial: 问
        states:
          问: {entry: ask_ai, on: {用户发送消息: {to: 问}, AI答复: {action: reply_ai}, 请求人工: {to: 等}}}
          等: {on: {用户结束: {to: 完}}}
          完: {final: true}
    """
    chat = Chat(graph_of_text(flow))
    assert effects.AskAi(1) in chat.open().effects
    assert chat.say().effects == (effects.AskAi(2),)
    assert chat.put(inputs.AiAnswered(1, "late")).records == ()
    assert chat.put(inputs.AiAnswered(2, "42")).effects == ()
    chat.say()
    left = chat.put(inputs.VisitorAskedHuman())
    assert left.effects == ()
    assert left.snapshot.ai is None
    assert chat.put(inputs.AiAnswered(3, "too late")).records == ()


def test_what_the_desk_must_know_can_be_read_off_a_snapshot() -> None:
    chat = Chat(graph_of_text(extra="vip: visitor.id == 1".replace("visitor.id == 1", "visitor.level == 0")))
    done = chat.open()
    assert (want_agent(chat.graph, done.snapshot),) == done.effects
    assert want_agent(chat.graph, chat.accept().snapshot) is None
