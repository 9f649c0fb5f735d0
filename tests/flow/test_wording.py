"""The words that the picture and the explanation share."""

from appliance.config.spec import Action, Guard, Transition
from appliance.flow.wording import action_words, asks_for_vip, condition, event_word


def test_events_and_actions_are_said_in_the_readers_language() -> None:
    assert (event_word("visitor.message", "zh"), event_word("visitor.message", "en")) == (
        "用户发送消息", "visitor.message",
    )  # fmt: skip
    assert event_word("custom.paid", "zh") == "custom.paid"
    actions = (Action("say", {"message": "话"}), Action("remind", {"who": "agent"}), Action("set", {"n": 1}))
    assert action_words(actions, "zh") == "发送 话、提醒 客服、设变量 n=1"
    assert action_words(actions, "en") == "say 话, remind agent, set n=1"


def test_later_alternatives_say_that_others_come_first() -> None:
    several = (Transition("a", Guard("vip")), Transition("b", Guard("served")), Transition("c"))
    assert [condition(several, number, "en") for number in range(3)] == ["vip", "else served", "else"]
    assert condition((Transition("a"),), 0, "zh") == ""


def test_the_way_of_vips() -> None:
    asked = [
        asks_for_vip(Transition("a", Guard(text)))
        for text in ("vip", "served && vip", "!vip", "vip || served", "(")
    ]
    assert asked == [True, True, False, False, False]
    assert not asks_for_vip(Transition("a"))
