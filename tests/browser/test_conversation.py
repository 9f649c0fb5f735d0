"""The main job from end to end: a visitor and two agents, from the greeting to the rating, each in a browser of his own."""

import pytest
from playwright.sync_api import expect

from appliance import inputs, records
from tests.browser.appliance import until
from tests.browser.conftest import Photograph, Stage

pytestmark = pytest.mark.browser


def test_a_conversation_from_the_greeting_to_the_rating(stage: Stage, photograph: Photograph) -> None:
    house = stage.house()
    owner = stage.owner(house)
    lin = stage.agent(owner, "林小月", "lin")
    stage.agent(owner, "周明", "zhou")
    visitor = stage.visitor(house)

    visitor.come()
    expect(visitor.hook("greeting")).to_contain_text("您好，请问有什么可以帮您？")
    expect(visitor.hook("menu-item")).to_have_text(["买前咨询", "退换货"])
    photograph(visitor.page, "conversation-01-greeting")
    assert house.conversations == []

    # Nobody is ready: he waits, and sees where he stands.
    visitor.say("你好,护手霜还有货吗?")
    expect(visitor.hook("queue-line")).to_contain_text("您排在第一位")
    [first] = until(lambda: house.conversations, "the first message opens a conversation")
    photograph(visitor.page, "conversation-02-queue")
    second = stage.visitor(house, "second-visitor")
    second.come()
    second.say("我也想问问")
    expect(second.hook("queue-line")).to_contain_text("您前面还有 1 位")
    lin.hook("tab-queue").click()
    expect(lin.hook("queue-item")).to_have_count(2)
    photograph(lin.page, "conversation-03-waiting")
    second.hook("more").click()
    second.hook("end").click()
    second.hook("end-confirm").click()
    expect(lin.hook("queue-item")).to_have_count(1)

    # Somebody is ready: he is served at once, and the agent sees why.
    lin.choose("ready")
    lin.takes(first)
    visitor.has("林小月")
    expect(visitor.hook("queue-line")).to_be_hidden()
    expect(lin.hook("why-line")).to_have_text("售前 · 最闲 0/8")
    lin.hears("你好,护手霜还有货吗?")

    # Typing is shown on both sides, and ends with the message.
    lin.write("有货的,")
    expect(visitor.hook("typing")).to_contain_text("林小月")
    photograph(visitor.page, "conversation-04-typing")
    lin.say("有货的,今天下单今天发。")
    visitor.hears("有货的,今天下单今天发。")
    expect(visitor.hook("typing")).to_be_hidden()
    visitor.write("那我要两支")
    expect(lin.hook("typing")).to_contain_text("那我要两支")
    photograph(lin.page, "conversation-05-typing")
    visitor.say("那我要两支")
    lin.hears("那我要两支")
    expect(lin.hook("typing")).to_have_count(0)

    visitor.agrees(first)
    lin.agrees(first)
    photograph(visitor.page, "conversation-06-talk")
    photograph(lin.page, "conversation-06-talk-agent")


def test_receipts_go_from_sent_over_delivered_to_read(stage: Stage) -> None:
    house = stage.house()
    owner = stage.owner(house)
    lin = stage.agent(owner, "林小月", "lin")
    visitor = stage.visitor(house)
    visitor.come()
    visitor.say("在吗?")
    expect(visitor.said("在吗?")).to_have_attribute("data-state", "sent")
    [conversation] = house.conversations

    # In the agent's list it is delivered; only opened it is read.
    lin.choose("ready")
    expect(lin.hook("conversation-item", id=conversation)).to_have_attribute("data-unread", "1")
    expect(visitor.said("在吗?")).to_have_attribute("data-state", "delivered")
    lin.takes(conversation)
    expect(visitor.said("在吗?")).to_have_attribute("data-state", "read")
    expect(lin.hook("conversation-item", id=conversation)).to_have_attribute("data-unread", "0")

    # The same the other way: the visitor's window is closed, then opened.
    visitor.hook("launcher").click()
    lin.say("在的")
    expect(lin.said("在的")).to_have_attribute("data-state", "delivered")
    visitor.hook("launcher").click()
    expect(lin.said("在的")).to_have_attribute("data-state", "read")


def test_quick_reply_and_transfer_with_the_history(stage: Stage, photograph: Photograph) -> None:
    house = stage.house()
    owner = stage.owner(house)
    owner.hook("tab-replies").click()
    owner.hook("reply-add").click()
    owner.hook("reply-shortcut").fill("fahuo")
    owner.hook("reply-text").fill("16 点前的订单当天发出。")
    owner.hook("reply-save").click()
    expect(owner.hook("reply-row")).to_contain_text("16 点前的订单当天发出。")
    lin = stage.agent(owner, "林小月", "lin")
    zhou = stage.agent(owner, "周明", "zhou")
    lin.choose("ready")
    visitor = stage.visitor(house)
    visitor.come()
    visitor.say("什么时候发货?")
    [conversation] = until(lambda: house.conversations, "the conversation")
    lin.takes(conversation)

    lin.write("/fa")
    expect(lin.hook("quick-reply")).to_have_attribute("data-shortcut", "fahuo")
    photograph(lin.page, "transfer-01-quick-reply")
    lin.hook("composer").press("Enter")
    expect(lin.hook("composer")).to_have_value("16 点前的订单当天发出。")
    lin.hook("composer").press("Enter")
    visitor.hears("16 点前的订单当天发出。")
    lin.hook("mode-note").click()
    lin.say("客人很急")
    lin.hears("客人很急")

    zhou.choose("ready")
    lin.hook("transfer").click()
    target = lin.hook("transfer-target", kind="agent").filter(has_text="周明")
    target.click()
    lin.hook("transfer-note").fill("麻烦催一下仓库")
    photograph(lin.page, "transfer-02-dialog")
    lin.hook("transfer-submit").click()
    expect(lin.hook("conversation-item", id=conversation)).to_have_count(0)

    zhou.takes(conversation)
    visitor.has("周明")
    for text in ("什么时候发货?", "16 点前的订单当天发出。", "客人很急"):
        zhou.hears(text)
    expect(zhou.hook("line", kind="transferred")).to_contain_text("麻烦催一下仓库")
    photograph(zhou.page, "transfer-03-history")
    zhou.agrees(conversation)
    # Notes are among staff: the visitor's page has none of it, not even hidden.
    assert visitor.agrees(conversation) == house.messages(conversation)
    assert "客人很急" not in visitor.page.content()
    visitor.say("谢谢周明")
    zhou.hears("谢谢周明")
    zhou.say("已经催了,今天一定发。")
    visitor.hears("已经催了,今天一定发。")


def test_close_one_more_question_and_rating(stage: Stage, photograph: Photograph) -> None:
    house = stage.house()
    owner = stage.owner(house)
    lin = stage.agent(owner, "林小月", "lin")
    lin.choose("ready")
    visitor = stage.visitor(house)
    visitor.come()
    visitor.hook("menu-item").filter(has_text="退换货").click()
    [conversation] = until(lambda: house.conversations, "a choice of the menu opens a conversation")
    lin.takes(conversation)
    expect(lin.hook("why-line")).to_contain_text("售后")
    lin.say("请问要退哪一件?")
    visitor.hears("请问要退哪一件?")
    visitor.say("礼盒")
    lin.hears("礼盒")

    lin.close()
    expect(visitor.hook("rating")).to_be_visible()
    photograph(visitor.page, "rating-01-asked")
    # "One more question": no new conversation, and a person again.
    visitor.say("对了,运费谁出?")
    lin.takes(conversation)
    lin.hears("对了,运费谁出?")
    expect(visitor.hook("rating")).to_be_hidden()
    lin.say("我们出。")
    visitor.hears("我们出。")

    lin.close()
    visitor.hook("rating-star", score="5").click()
    visitor.hook("rating-comment").fill("很耐心")
    photograph(visitor.page, "rating-02-stars")
    visitor.hook("rating-submit").click()
    expect(visitor.hook("line", kind="rated")).to_have_count(1)
    assert house.conversations == [conversation]
    rated = until(lambda: saved_ratings(house.records(conversation)), "the rating is saved")
    assert [(one.score, one.comment) for one in rated] == [(5, "很耐心")]
    assert isinstance(house.records(conversation)[-1][2], records.Closed)
    photograph(visitor.page, "rating-03-done")

    # After the end a message opens a new conversation, below the old one.
    visitor.say("还是我")
    [_, new] = until(lambda: house.conversations if len(house.conversations) == 2 else None, "a second one")
    lin.takes(new)
    lin.hears("还是我")
    opened = house.records(new)[0][2]
    assert isinstance(opened, records.Happened)
    assert isinstance(opened.input, inputs.Opened)


def saved_ratings(log: list[tuple[int, int, records.Record]]) -> list[records.RatingSaved]:
    return [record for _, _, record in log if isinstance(record, records.RatingSaved)]


def test_a_refresh_keeps_an_agent_ready_and_everybody_his_conversation(stage: Stage) -> None:
    house = stage.house()
    owner = stage.owner(house)
    lin = stage.agent(owner, "林小月", "lin")
    lin.choose("ready")
    visitor = stage.visitor(house)
    visitor.come()
    visitor.say("你好")
    [conversation] = until(lambda: house.conversations, "the conversation")
    lin.takes(conversation)
    lin.say("您好,请讲")
    visitor.hears("您好,请讲")

    lin.page.reload()
    lin.online()
    lin.shows("ready")
    lin.takes(conversation)
    lin.agrees(conversation)

    visitor.page.reload()
    visitor.hook("launcher").click()
    visitor.has("林小月")
    visitor.agrees(conversation)
    visitor.say("我刷新了")
    lin.hears("我刷新了")
    lin.say("看得到")
    visitor.hears("看得到")
    # A message that has just arrived and one said before: still one conversation, never released.
    assert house.conversations == [conversation]
    assert not [one for *_, one in house.records(conversation) if isinstance(one, records.Released)]
    lin.shows("ready")
