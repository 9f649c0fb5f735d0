"""The index of who is connected forgets nobody too early and nothing too late."""

from typing import Any

from appliance.delivery.commands import Peer
from appliance.model import Visitor
from appliance.runtime.guests import Guests
from appliance.runtime.links import Links

MOST_PAGES_OF_A_VISITOR = 8


def page() -> Any:
    """A link by identity only: the index never looks into one."""
    return object()


def test_the_oldest_pages_of_a_visitor_have_to_go() -> None:
    guests = Guests(10)
    guests.arrived(Visitor("v1"))
    links, pages = Links(guests), [page() for _ in range(MOST_PAGES_OF_A_VISITOR + 2)]
    surplus = [links.add(each, Peer("visitor", "v1"), f"s{number}") for number, each in enumerate(pages)]
    assert surplus[MOST_PAGES_OF_A_VISITOR - 1] == []
    assert surplus[MOST_PAGES_OF_A_VISITOR] == [pages[0]]
    assert list(links.of_visitor("v1")) == pages
    assert links.remove(pages[3]) == Peer("visitor", "v1")
    assert list(links.of_visitor("v1")) == [*pages[:3], *pages[4:]]


def test_removing_a_link_removes_every_trace() -> None:
    links, tab = Links(Guests(10)), page()
    links.add(tab, Peer("agent", "a1"), "s1")
    links.look(tab, "c1")
    assert list(links.lookers("c1")) == [tab]
    assert links.of_session("s1") == tab
    assert links.remove(tab) == Peer("agent", "a1")
    assert (len(links), list(links.lookers("c1")), list(links.of_agent("a1"))) == (0, [], [])
    assert links.of_session("s1") is None
    assert links.remove(tab) is None


def test_a_link_that_is_gone_can_look_at_nothing() -> None:
    links, tab = Links(Guests(10)), page()
    links.look(tab, "c1")
    assert list(links.lookers("c1")) == []


def test_a_card_on_its_way_is_called_back_by_looking_away() -> None:
    links, tab = Links(Guests(10)), page()
    links.add(tab, Peer("agent", "a1"), "s1")
    links.look_soon(tab, "c1")
    assert links.may_look(tab, "c1")
    links.look_away(tab, "c1")
    assert not links.may_look(tab, "c1")
    links.look(tab, "c1")
    assert links.may_look(tab, "c1")
    links.remove(tab)
    links.look_soon(tab, "c1")
    assert not links.may_look(tab, "c1")
