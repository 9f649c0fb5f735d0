"""The widget on other people's pages: on those named in kefu.yaml it works, on all others it gets no connection."""

import pytest
from playwright.sync_api import expect

from tests.browser.appliance import until
from tests.browser.conftest import Photograph, Stage
from tests.browser.foreign import Foreign
from tests.browser.people import Visitor

pytestmark = pytest.mark.browser


def test_a_page_of_an_allowed_site_embeds_it_under_a_strict_policy(
    stage: Stage, photograph: Photograph
) -> None:
    with Foreign() as shop:
        house = stage.house(origins=(shop.origin,))
        shop.appliance = house.url
        owner = stage.owner(house)
        owner.choose("ready")
        visitor = Visitor(stage.page("foreign", house, shop.host, locale="en-GB"), house)
        visitor.page.goto(shop.origin)
        visitor.online()
        expect(visitor.page).to_have_title("ready")
        visitor.say("Do you ship to Ireland?")
        [conversation] = until(lambda: house.conversations, "the conversation")
        owner.takes(conversation)
        owner.say("We do.")
        visitor.hears("We do.")
        visitor.agrees(conversation)
        # It draws in its own room: the page around it is as it was.
        assert visitor.page.evaluate("document.body.children.length") == 2
        assert visitor.page.evaluate("document.querySelectorAll('style, link[rel=stylesheet]').length") == 0
        photograph(visitor.page, "embedding-allowed")


def test_a_page_of_any_other_site_gets_no_connection(stage: Stage, photograph: Photograph) -> None:
    with Foreign() as shop, Foreign() as other:
        house = stage.house(origins=(shop.origin,))
        other.appliance = house.url
        page = stage.page("foreign", house, other.host, locale="en-GB")
        [watch] = stage.watches
        watch.allowed = ("403", "WebSocket connection to", "CORS policy", "ERR_FAILED")
        page.goto(other.origin)
        visitor = Visitor(page, house)
        visitor.say("Anybody there?")
        # Asking the page something lets the events of the browser come in meanwhile.
        until(
            lambda: visitor.rows() and "Unexpected response code: 403" in str(watch.wrongs), "it is refused"
        )
        expect(visitor.said("Anybody there?")).to_have_attribute("data-state", "sending")
        expect(visitor.hook("connection")).not_to_have_attribute("data-state", "online")
        assert house.conversations == []
        assert page.title() == "Another shop"
        photograph(page, "embedding-refused")
