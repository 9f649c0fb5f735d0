"""A guest is one object, however many pages he has; he is forgotten when he has none."""

from typing import Any

from appliance.delivery.commands import Peer
from appliance.model import Visitor
from appliance.runtime.guests import RATE_WINDOW, Guests
from appliance.runtime.links import Links


def page() -> Any:
    return object()


def test_a_second_page_is_the_same_guest_with_the_newer_profile() -> None:
    guests = Guests(5)
    first = guests.arrived(Visitor("v1", page="/a"))
    assert guests.arrived(Visitor("v1", page="/b"), "a1") is first
    assert (first.profile.page, first.last_agent, len(guests)) == ("/b", "a1", 1)


def test_who_has_a_page_is_not_forgotten() -> None:
    guests = Guests(5)
    links, tab = Links(guests), page()
    guests.arrived(Visitor("v1"))
    links.add(tab, Peer("visitor", "v1"), "s1")
    guests.forget("v1")
    assert guests.get("v1") is not None
    assert list(guests.pages("v1")) == [tab]
    links.remove(tab)
    guests.forget("v1")
    assert (guests.get("v1"), list(guests.pages("v1")), len(guests)) == (None, [], 0)
    guests.forget("v1")


def test_the_agent_who_serves_is_remembered_of_those_who_are_here() -> None:
    guests = Guests(5)
    guests.served("gone", "a1")
    assert guests.get("gone") is None
    guest = guests.arrived(Visitor("v1"))
    guests.served("v1", "a2")
    assert guest.last_agent == "a2"


def test_another_grant_counts_what_was_sent_before() -> None:
    guests = Guests(2)
    rate = guests.arrived(Visitor("v1")).rate
    assert [rate.take(0), rate.take(1), rate.take(2)] == [0, 0, RATE_WINDOW - 2]
    guests.grant(3)
    assert rate.take(3) == 0
    assert guests.arrived(Visitor("v2")).rate.sends == 3
