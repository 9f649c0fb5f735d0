"""The index of who is connected forgets nobody too early and nothing too late."""

from appliance.delivery.commands import Peer
from appliance.runtime.links import Links

MOST_PAGES_OF_A_VISITOR = 8


class Page:
    """A link by identity only: the index never looks into one."""


def test_the_oldest_pages_of_a_visitor_have_to_go() -> None:
    links, pages = Links(), [Page() for _ in range(MOST_PAGES_OF_A_VISITOR + 2)]
    surplus = [links.add(page, Peer("visitor", "v1"), f"s{number}") for number, page in enumerate(pages)]  # type: ignore[arg-type]
    assert surplus[MOST_PAGES_OF_A_VISITOR - 1] == []
    assert surplus[MOST_PAGES_OF_A_VISITOR] == [pages[0]]


def test_removing_a_link_removes_every_trace() -> None:
    links, page = Links(), Page()
    links.add(page, Peer("agent", "a1"), "s1")  # type: ignore[arg-type]
    links.look(page, "c1")  # type: ignore[arg-type]
    assert list(links.lookers("c1")) == [page]
    assert links.of_session("s1") is page
    assert links.remove(page) == Peer("agent", "a1")  # type: ignore[arg-type]
    assert (len(links), list(links.lookers("c1")), list(links.of_agent("a1"))) == (0, [], [])
    assert links.of_session("s1") is None
    assert links.remove(page) is None  # type: ignore[arg-type]


def test_a_link_that_is_gone_can_look_at_nothing() -> None:
    links, page = Links(), Page()
    links.look(page, "c1")  # type: ignore[arg-type]
    assert list(links.lookers("c1")) == []
