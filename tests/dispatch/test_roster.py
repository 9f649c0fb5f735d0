"""Presence, load and the groups of a queue."""

from appliance.dispatch.roster import Roster, Seat
from appliance.dispatch.rules import QueueRule
from appliance.model import Agent, Presence

SALES = QueueRule("售前", strategy="least_busy")
TURNS = QueueRule("售后", strategy="round_robin", cap=1)


def agent(
    name: str, skills: tuple[str, ...] = (), capacity: int = 4, caps: dict[str, int] | None = None
) -> Agent:
    return Agent(name, name, name, skills=skills, capacity=capacity, caps=caps or {})


def seated(roster: Roster, one: Agent, chosen: Presence = "ready") -> Seat:
    seat = roster.enrol(one, chosen)
    roster.connect(seat, 0)
    roster.regroup(seat)
    return seat


def test_presence_as_colleagues_see_it() -> None:
    seat = Roster([SALES]).enrol(agent("a"))
    assert (seat.shown, seat.chosen, seat.signed_in) == ("offline", "away", False)
    seat.sessions, seat.chosen = 1, "busy"
    assert (seat.shown, seat.signed_in, seat.taking) == ("busy", True, False)
    seat.sessions, seat.due = 0, 45_000
    assert (seat.shown, seat.signed_in, seat.gone) == ("reconnecting", True, False)
    seat.due = None
    assert (seat.shown, seat.signed_in, seat.gone) == ("offline", False, True)
    seat.sessions, seat.agent = 1, Agent("a", "a", "a", disabled=True)
    assert (seat.shown, seat.gone) == ("offline", True)


def test_the_last_page_counts_and_one_too_many_goodbyes_do_not() -> None:
    roster = Roster([SALES])
    seat = seated(roster, agent("a"))
    roster.connect(seat, 1)
    assert not roster.disconnect(seat, 2)
    assert roster.disconnect(seat, 3)
    assert not roster.disconnect(seat, 4)
    assert (seat.sessions, seat.last_seen) == (0, 3)


def test_empty_skills_mean_every_queue() -> None:
    roster = Roster([SALES, TURNS])
    seated(roster, agent("a"))
    seated(roster, agent("b", skills=("售后",)))
    assert sorted(roster.pools["售前"].free_keys) == ["a"]
    assert sorted(roster.pools["售后"].free_keys) == ["a", "b"]
    roster.enrol(agent("b", skills=("售前",)))
    assert sorted(roster.pools["售前"].free_keys) == ["a", "b"]
    assert sorted(roster.pools["售后"].free_keys) == ["a"]


def test_least_busy_is_by_share_then_by_idle_time_then_by_id() -> None:
    roster = Roster([SALES])
    big, small, other = (seated(roster, agent(*one)) for one in (("a", (), 8), ("b", (), 2), ("c", (), 2)))

    def order() -> list[str]:
        return [key[2] for key in roster.pools["售前"].free]

    assert order() == ["a", "b", "c"]
    roster.reserve(big, "c1", 1, "售前", now=10)
    roster.reserve(small, "c2", 1, "售前", now=20)
    assert order() == ["c", "a", "b"]
    slot = roster.reserve(other, "c3", 1, "售前", now=30)
    roster.release(other, slot)
    assert order() == ["c", "a", "b"]
    roster.reserve(small, "c4", 1, "售前", now=40)
    assert list(roster.pools["售前"].full) == ["b"]


def test_round_robin_is_by_turns() -> None:
    roster = Roster([TURNS])
    one, two = seated(roster, agent("a", (), 9, {"售后": 9})), seated(roster, agent("b", (), 9, {"售后": 9}))
    roster.reserve(one, "c1", 1, "售后", now=1)
    assert roster.pools["售后"].free[0][2] == "b"
    roster.reserve(two, "c2", 1, "售后", now=1)
    assert roster.pools["售后"].free[0][2] == "a"


def test_caps_of_the_queue_and_of_the_agent() -> None:
    roster = Roster([SALES, TURNS])
    seat, generous = seated(roster, agent("a")), seated(roster, agent("b", caps={"售后": 2}))
    for one in (seat, generous):
        roster.hold(one, f"c-{one.agent.id}", "售后", None)
    assert not seat.has_room(TURNS)
    assert seat.has_room(SALES)
    assert generous.has_room(TURNS)
    assert list(roster.pools["售后"].full) == ["a"]


def test_a_slot_turns_into_a_held_conversation_and_comes_back_once() -> None:
    roster = Roster([SALES])
    seat = seated(roster, agent("a", capacity=1))
    slot = roster.reserve(seat, "c1", 1, "售前", now=1)
    roster.hold(seat, "c1", "otherwise", slot)
    assert (seat.load, seat.held, seat.by_queue) == (1, {"c1": "售前"}, {"售前": 1})
    roster.release(seat, slot)
    assert seat.load == 1
    assert roster.free(seat, "c1")
    assert not roster.free(seat, "c1")
    assert (seat.load, seat.by_queue, list(roster.pools["售前"].free_keys)) == (0, {}, ["a"])


def test_a_conversation_has_one_owner() -> None:
    roster = Roster([SALES])
    one, two = seated(roster, agent("a")), seated(roster, agent("b"))
    roster.hold(one, "c1", "售前", None)
    roster.hold(two, "c1", "售前", None)
    assert (one.held, two.held, roster.owners["c1"]) == ({}, {"c1": "售前"}, two)
    assert not roster.free(one, "c1")


def test_a_stranger_is_gone_until_somebody_enrols_him() -> None:
    roster = Roster([SALES])
    seat = roster.seat("deleted")
    assert seat.gone
    roster.enrol(agent("deleted"))
    seat.sessions, seat.chosen = 1, "ready"
    assert roster.seat("deleted").taking


def test_an_agent_without_capacity_is_never_divided_by() -> None:
    roster = Roster([SALES])
    seated(roster, agent("a", capacity=0))
    assert roster.pools["售前"].free == []
    assert list(roster.pools["售前"].full) == ["a"]


def test_a_queue_added_later_is_served_too() -> None:
    roster = Roster([SALES])
    seated(roster, agent("a"))
    roster.add_rule(TURNS)
    roster.add_rule(TURNS)
    assert list(roster.pools["售后"].free_keys) == ["a"]
    roster.set_rules([TURNS])
    assert list(roster.pools) == ["售后"]
    assert list(roster.pools["售后"].free_keys) == ["a"]
