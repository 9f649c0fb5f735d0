"""What people and guards read of the desk."""

import pytest

from appliance.dispatch import views
from appliance.dispatch.commands import OfferView, Position
from appliance.dispatch.desk import Desk
from appliance.dispatch.rules import QueueRule
from appliance.effects import WantAgent
from appliance.model import Agent


@pytest.fixture
def desk() -> Desk:
    desk = Desk([QueueRule("售前", vip_first=True), QueueRule("售后", manual=True)])
    desk.agent_changed(Agent("a", "a", "甲", capacity=2), 0)
    desk.agent_changed(Agent("z", "z", "乙", disabled=True), 0)
    desk.agent_connected("a", 7)
    desk.agent_status("a", "ready", 8)
    desk.hold("held", "a", "售前", 9)
    desk.want("offered", WantAgent("售后", 10, True, 3), 10)
    desk.shown("offered", "a", 3, 11)
    desk.want("c1", WantAgent("售前", 20, True, 1), 20)
    desk.want("c2", WantAgent("售前", 21, False, 0, vip=True), 21)
    desk.want("message", WantAgent("售前", 2, True, 1, left=True), 22)
    return desk


def test_positions_are_those_of_visitors(desk: Desk) -> None:
    assert views.positions(desk, "售前") == {
        "c2": Position("售前", 1, 2, None),
        "c1": Position("售前", 2, 2, None),
    }
    assert views.position(desk, "c1") == Position("售前", 2, 2, None)
    assert views.position(desk, "message") is None
    assert views.position(desk, "nobody") is None
    assert views.positions(desk, "nowhere") == {}


def test_staffing_counts_who_is_there_what_they_may_hold_and_what_they_hold(desk: Desk) -> None:
    staffing = views.staffing(desk)
    assert staffing.agents == {"ready": 1}, "who is disabled is not staff"
    assert staffing.slots == {"售前": 2, "售后": 2}
    assert staffing.held == {"售前": 1}
    desk.agent_status("a", "busy", 50)
    staffing = views.staffing(desk)
    assert staffing.agents == {"busy": 1}
    assert staffing.slots == {"售前": 0, "售后": 0}, "only the ready take anybody"
    assert staffing.held == {"售前": 1}


def test_a_cap_limits_the_slots_of_its_queue() -> None:
    desk = Desk([QueueRule("售前", cap=3), QueueRule("售后")])
    desk.agent_changed(Agent("a", "a", "甲", capacity=5, caps={"售后": 1}), 0)
    desk.agent_connected("a", 1)
    desk.agent_status("a", "ready", 2)
    assert views.staffing(desk).slots == {"售前": 3, "售后": 1}


def test_decisions_are_counted_by_strategy_and_rule(desk: Desk) -> None:
    assert dict(desk.decided) == {("sticky", "least_busy"): 1, ("sticky", "waits"): 2}


def test_what_guards_read(desk: Desk) -> None:
    assert (views.length(desk, "售前"), views.length(desk, "nowhere")) == (2, 0)
    assert (
        views.agents_ready(desk),
        views.agents_ready(desk, "售前"),
        views.agents_ready(desk, "nowhere"),
    ) == (1, 1, 0)
    assert (views.oldest(desk, "售前"), views.oldest(desk), views.oldest(desk, "nowhere")) == (20, 10, None)
    desk.tick(400_000)
    assert views.oldest(desk, "售前") == 20


def test_a_queue_as_the_console_shows_it(desk: Desk) -> None:
    view = views.queue_view(desk, "售前", limit=2)
    assert view is not None
    assert (view.length, view.left, view.ready, view.with_room, view.signed_in, view.oldest) == (
        2,
        1,
        1,
        0,
        1,
        20,
    )
    assert [(one.conversation, one.position, one.asking, one.vip) for one in view.waiting] == [
        ("c2", 1, False, True),
        ("c1", 2, True, False),
    ]
    assert view.waiting[1].reasons["full"] == ["a"]
    assert views.queue_view(desk, "nowhere") is None
    (offered,) = views.queue_views(desk)[1].waiting
    assert offered.offered_to == "a"


def test_an_agent_as_colleagues_see_him(desk: Desk) -> None:
    (view,) = views.agent_views(desk)
    assert (view.id, view.presence, view.sessions, view.last_seen) == ("a", "ready", 1, 7)
    assert (view.load, view.capacity, view.held) == (2, 2, ("held",))
    assert view.offers == (OfferView("offered", 3, "售后", True, 20_011),)
    assert views.agent_view(desk, "nobody") is None


def test_decisions_of_one_conversation_or_all(desk: Desk) -> None:
    assert [one.agent for one in views.decisions(desk, "offered")] == ["a"]
    assert [one.conversation for one in views.decisions(desk)] == ["offered", "c1", "message"]


def test_who_owns_what(desk: Desk) -> None:
    assert (views.holding(desk, "held"), views.holding(desk, "c1")) == ("a", "")
