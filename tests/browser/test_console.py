"""The console's own ways: what leads where, and what it says of whom."""

import pytest
from playwright.sync_api import expect

from tests.browser.appliance import until
from tests.browser.conftest import Stage

pytestmark = pytest.mark.browser


def test_a_conversation_opens_from_the_team_page_and_who_is_here_has_joined(stage: Stage) -> None:
    house = stage.house()
    owner, visitor = stage.owner(house), stage.visitor(house)
    visitor.come()
    visitor.say("在吗?")
    [conversation] = until(lambda: house.conversations, "the first message opens a conversation")
    owner.choose("ready")
    owner.takes(conversation)
    expect(owner.said("在吗?")).to_be_visible()

    stage.agent(owner, "林小月", "lin")
    row = owner.hook("team-row").filter(has_text="林小月")
    expect(row).not_to_contain_text("离线")
    expect(row).not_to_contain_text("未加入")
    expect(owner.said("在吗?")).to_be_hidden()
    owner.hook("conversation-item").click()
    expect(owner.said("在吗?")).to_be_visible()


def test_a_chief_takes_a_waiting_visitor_once_the_flow_asks_for_somebody(stage: Stage) -> None:
    house = stage.house()
    owner, visitor = stage.owner(house), stage.visitor(house)
    visitor.come()
    visitor.say("在吗?")
    owner.hook("tab-queue").click()
    # The button comes with the flow's wish, so a click on it is never refused as too early.
    owner.hook("take").click()
    owner.hook("tab-mine").click()
    owner.hook("conversation-item").click()
    expect(owner.said("在吗?")).to_be_visible()
