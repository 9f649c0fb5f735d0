"""The desk in scenes of everyday work.  What holds in every scene is in tests/property/test_desk.py."""

from appliance.dispatch import views
from appliance.dispatch.commands import Command, Lost, NobodyFree, Offer, ShowPositions
from appliance.dispatch.desk import Desk
from appliance.dispatch.rules import ANSWER_WITHIN, AVOID_ALONE, GRACE, ONLY_PATIENCE, QueueRule
from appliance.effects import WantAgent
from appliance.model import Agent, Millis

SALES = QueueRule("售前", vip_first=True)
VIP = QueueRule("VIP专席", overflow_to="售前", overflow_after=30_000)
MANUAL = QueueRule("售后", manual=True, offer_ms=20_000)
NOW: Millis = 1_000_000


def ask(since: Millis = NOW, queue: str = "售前", visit: int = 1, **more: object) -> WantAgent:
    return WantAgent(queue=queue, since=since, asking=True, visit=visit, **more)  # type: ignore[arg-type]


def person(name: str, *skills: str, capacity: int = 1, disabled: bool = False) -> Agent:
    return Agent(name, name, name, skills=skills, capacity=capacity, disabled=disabled)


def desk_with(*agents: Agent, rules: tuple[QueueRule, ...] = (VIP, SALES, MANUAL)) -> Desk:
    desk = Desk(rules)
    for agent in agents:
        desk.agent_changed(agent, NOW)
        desk.agent_connected(agent.id, NOW)
        desk.agent_status(agent.id, "ready", NOW)
    return desk


def offers(commands: list[Command]) -> list[tuple[str, str]]:
    return [(one.conversation, one.agent) for one in commands if isinstance(one, Offer)]


def said(commands: list[Command]) -> list[Command]:
    return [one for one in commands if not isinstance(one, ShowPositions | Offer)]


def presence(desk: Desk, agent: str) -> str:
    view = views.agent_view(desk, agent)
    assert view is not None
    return view.presence


def test_an_asker_gets_a_free_agent_at_once_and_the_offer_says_why() -> None:
    desk = desk_with(person("a", capacity=8))
    offer, shown = desk.want("c", ask(), NOW)
    assert isinstance(offer, Offer)
    assert (offer.agent, offer.name, offer.visit, offer.queue, offer.accept) == ("a", "a", 1, "售前", True)
    assert (offer.reasons["rule"], offer.reasons["load"]) == ("least_busy", "0/8")
    assert shown == ShowPositions("售前")


def test_a_place_without_a_wish_waits_until_it_asks() -> None:
    desk = desk_with(person("a"))
    assert offers(desk.want("c", WantAgent("售前", NOW, False, 0), NOW)) == []
    assert offers(desk.want("c", ask(), NOW + 10)) == [("c", "a")]


def test_a_slot_that_comes_free_goes_to_the_one_who_waits_longest() -> None:
    desk = desk_with(person("a"))
    desk.want("served", ask(), NOW)
    desk.hold("served", "a", "售前", NOW)
    assert offers(desk.want("late", ask(NOW + 2), NOW + 2)) == []
    assert offers(desk.want("early", ask(NOW + 1), NOW + 3)) == []
    assert offers(desk.free("served", "a", NOW + 4)) == [("early", "a")]
    assert offers(desk.free("served", "a", NOW + 5)) == []


def test_withdraw_before_hold_gives_the_slot_to_nobody_else() -> None:
    desk = desk_with(person("a"))
    desk.want("c1", ask(), NOW)
    desk.want("c2", ask(NOW + 1), NOW + 1)
    assert offers(desk.withdraw("c1", NOW + 2)) == []
    assert offers(desk.hold("c1", "a", "售前", NOW + 2)) == []
    assert views.holding(desk, "c1") == "a"
    assert offers(desk.free("c1", "a", NOW + 3)) == [("c2", "a")]


def test_an_offer_to_a_wish_that_was_given_up_is_refused_and_frees_the_slot() -> None:
    desk = desk_with(person("a"))
    desk.want("c1", ask(), NOW)
    desk.want("c2", ask(NOW + 1), NOW + 1)
    desk.withdraw("c1", NOW + 2)
    assert offers(desk.refused("c1", "a", 1, NOW + 3)) == [("c2", "a")]
    assert desk.refused("c1", "a", 1, NOW + 4) == []


def test_an_offer_that_is_never_answered_is_made_again() -> None:
    desk = desk_with(person("a"))
    desk.want("c", ask(), NOW)
    assert desk.next_due() == NOW + ANSWER_WITHIN
    assert desk.tick(NOW + ANSWER_WITHIN - 1) == []
    assert offers(desk.tick(NOW + ANSWER_WITHIN)) == [("c", "a")]


def test_a_manual_offer_lapses_and_goes_to_the_next_one() -> None:
    desk = desk_with(person("a"), person("b"))
    (offer, *_) = desk.want("c", ask(queue="售后"), NOW)
    assert isinstance(offer, Offer)
    assert not offer.accept
    desk.shown("c", "a", 1, NOW + 100)
    assert desk.next_due() == NOW + 20_100
    assert offers(desk.tick(NOW + 20_100)) == [("c", "b")]
    assert desk.accepting("c", "a", 1, NOW + 20_200)[0] is False
    assert desk.accepting("c", "b", 1, NOW + 20_200)[0] is True


def test_accepting_stops_the_clock_of_the_offer() -> None:
    desk = desk_with(person("a"), person("b"))
    desk.want("c", ask(queue="售后"), NOW)
    desk.shown("c", "a", 1, NOW)
    assert desk.accepting("c", "a", 1, NOW + 19_999) == (True, [])
    assert desk.tick(NOW + 20_000) == []
    desk.hold("c", "a", "售后", NOW + 20_001)
    assert views.holding(desk, "c") == "a"


def test_the_only_agent_who_declines_is_asked_again_after_a_while() -> None:
    desk = desk_with(person("a"))
    desk.want("c", ask(queue="售后"), NOW)
    assert offers(desk.refused("c", "a", 1, NOW)) == []
    assert offers(desk.tick(NOW + AVOID_ALONE)) == [("c", "a")]


def test_a_shown_offer_is_taken_back_with_the_wish() -> None:
    desk = desk_with(person("a"))
    desk.want("c", ask(queue="售后"), NOW)
    desk.want("other", ask(NOW + 1), NOW + 1)
    desk.shown("c", "a", 1, NOW + 2)
    assert offers(desk.withdraw("c", NOW + 3)) == [("other", "a")]


def test_an_offer_shown_after_the_wish_was_given_up_is_taken_back() -> None:
    desk = desk_with(person("a"))
    desk.want("c", ask(queue="售后"), NOW)
    desk.withdraw("c", NOW + 1)
    desk.shown("c", "a", 1, NOW + 2)
    assert offers(desk.want("other", ask(NOW + 3), NOW + 3)) == [("other", "a")]


def test_whoever_is_there_with_room_may_claim_one_who_waits() -> None:
    desk = desk_with(person("a", "VIP专席"), person("b"))
    desk.agent_status("a", "busy", NOW)
    desk.want("c", ask(queue="售后", visit=4), NOW)
    desk.shown("c", "b", 4, NOW)
    assert desk.claim("c", "a", NOW + 1)[0] == 4
    assert desk.claim("c", "b", NOW + 2)[0] is None
    desk.hold("c", "a", "售后", NOW + 3)
    assert (views.holding(desk, "c"), views.decisions(desk, "c")[-1].reasons["rule"]) == ("a", "claimed")
    desk.agent_status("b", "busy", NOW + 4)
    desk.want("d", ask(), NOW + 4)
    assert desk.claim("d", "a", NOW + 5)[0] is None
    desk.agent_disconnected("b", NOW + 6)
    assert desk.claim("d", "b", NOW + 7)[0] is None


def test_a_refresh_changes_nothing_but_gives_no_new_work_meanwhile() -> None:
    desk = desk_with(person("a", capacity=2))
    desk.hold("held", "a", "售前", NOW)
    desk.agent_disconnected("a", NOW + 1)
    assert presence(desk, "a") == "reconnecting"
    assert offers(desk.want("c", ask(), NOW + 2)) == []
    assert offers(desk.agent_connected("a", NOW + 3)) == [("c", "a")]
    assert presence(desk, "a") == "ready"
    assert desk.next_due() == NOW + 3 + ANSWER_WITHIN


def test_after_the_grace_time_each_conversation_is_lost_once_and_the_status_survives() -> None:
    desk = desk_with(person("a", capacity=2))
    desk.hold("c1", "a", "售前", NOW)
    desk.hold("c2", "a", "售前", NOW)
    desk.agent_disconnected("a", NOW)
    assert said(desk.tick(NOW + GRACE - 1)) == []
    assert said(desk.tick(NOW + GRACE)) == [Lost("a", "c1"), Lost("a", "c2")]
    assert said(desk.tick(NOW + GRACE + 1)) == []
    assert presence(desk, "a") == "offline"
    desk.agent_connected("a", NOW + GRACE + 2)
    assert presence(desk, "a") == "ready"
    assert views.holding(desk, "c1") == "a"


def test_who_is_forced_offline_loses_everything_at_once_and_gets_nothing() -> None:
    desk = desk_with(person("a", capacity=2))
    desk.hold("c1", "a", "售前", NOW)
    assert said(desk.agent_status("a", "offline", NOW)) == [Lost("a", "c1")]
    assert offers(desk.want("c", ask(), NOW)) == []


def test_a_conversation_that_accepts_an_agent_who_has_just_gone_hears_of_it() -> None:
    desk = desk_with(person("a"))
    desk.want("c", ask(), NOW)
    desk.agent_status("a", "offline", NOW + 1)
    assert said(desk.hold("c", "a", "售前", NOW + 2)) == [Lost("a", "c")]


def test_a_disabled_agent_is_gone() -> None:
    desk = desk_with(person("a"))
    desk.hold("c", "a", "售前", NOW)
    assert said(desk.agent_changed(person("a", disabled=True), NOW)) == [Lost("a", "c")]


def test_who_is_busy_keeps_what_he_has_and_gives_shown_offers_back() -> None:
    desk = desk_with(person("a", capacity=2), person("b"))
    desk.hold("held", "a", "售前", NOW)
    desk.agent_status("b", "busy", NOW)
    desk.want("c", ask(queue="售后"), NOW)
    desk.shown("c", "a", 1, NOW)
    desk.agent_status("b", "ready", NOW)
    commands = desk.agent_status("a", "busy", NOW + 1)
    assert (offers(commands), said(commands)) == ([("c", "b")], [])


def test_nobody_is_said_once_and_only_when_nobody_is_signed_in() -> None:
    desk = desk_with(person("a"))
    desk.agent_status("a", "busy", NOW)
    assert said(desk.want("c", ask(), NOW)) == []
    assert said(desk.agent_status("a", "away", NOW)) == [NobodyFree("c", 1)]
    desk.agent_status("a", "busy", NOW)
    assert said(desk.agent_status("a", "away", NOW)) == []
    assert said(desk.want("again", ask(visit=7), NOW)) == [NobodyFree("again", 7)]


def test_an_agent_in_his_grace_time_is_still_signed_in() -> None:
    desk = desk_with(person("a"))
    desk.agent_disconnected("a", NOW)
    assert said(desk.want("c", ask(), NOW)) == []
    assert said(desk.tick(NOW + GRACE)) == [NobodyFree("c", 1)]


def test_nobody_is_not_said_to_one_who_leaves_a_message_or_may_overflow() -> None:
    desk = desk_with(person("a", "售前"))
    desk.hold("full", "a", "售前", NOW)
    assert said(desk.want("message", ask(queue="售后", left=True), NOW)) == []
    assert said(desk.want("vip", ask(queue="VIP专席"), NOW)) == []
    assert said(desk.agent_status("a", "away", NOW)) == [NobodyFree("vip", 1)]


def test_offline_messages_come_after_live_visitors() -> None:
    desk = desk_with(person("a"))
    desk.hold("served", "a", "售前", NOW)
    desk.want("message", ask(NOW - 900_000, left=True), NOW)
    desk.want("live", ask(NOW + 1), NOW + 1)
    assert offers(desk.free("served", "a", NOW + 2)) == [("live", "a")]
    desk.hold("live", "a", "售前", NOW + 3)
    assert offers(desk.free("live", "a", NOW + 4)) == [("message", "a")]


def test_overflow_at_its_time() -> None:
    desk = desk_with(person("a", "售前"))
    desk.want("c", ask(queue="VIP专席"), NOW)
    assert desk.next_due() == NOW + 30_000
    (offer,) = [one for one in desk.tick(NOW + 30_000) if isinstance(one, Offer)]
    assert (offer.queue, offer.reasons["home"], offer.reasons["rule"]) == ("售前", "VIP专席", "overflow")


def test_ageing_goes_before_vip() -> None:
    desk = desk_with(person("a"))
    desk.hold("served", "a", "售前", NOW)
    desk.want("patient", ask(), NOW)
    desk.want("vip", ask(NOW + 299_999, vip=True), NOW + 299_999)
    assert views.positions(desk, "售前")["vip"].position == 1
    assert desk.tick(NOW + 300_000) == [ShowPositions("售前")]
    assert views.positions(desk, "售前")["patient"].position == 1
    assert offers(desk.free("served", "a", NOW + 300_001)) == [("patient", "a")]


def test_a_transfer_waits_for_its_agent_and_then_falls_back() -> None:
    desk = desk_with(person("a"), person("b"))
    desk.hold("busy", "b", "售前", NOW)
    assert offers(desk.want("c", ask(only="b"), NOW)) == []
    assert desk.next_due() == NOW + ONLY_PATIENCE
    assert offers(desk.tick(NOW + ONLY_PATIENCE)) == [("c", "a")]


def test_a_transfer_to_one_who_goes_or_is_not_there_falls_back_at_once() -> None:
    desk = desk_with(person("a"), person("b"))
    desk.hold("busy", "b", "售前", NOW)
    desk.want("c", ask(only="b"), NOW)
    assert offers(desk.agent_status("b", "offline", NOW + 1)) == [("c", "a")]
    desk.hold("c", "a", "售前", NOW + 2)
    desk.free("c", "a", NOW + 3)
    assert offers(desk.want("d", ask(only="nobody"), NOW + 4)) == [("d", "a")]


def test_a_new_visit_leaves_the_former_offer_to_its_answer() -> None:
    desk = desk_with(person("a"), person("b"))
    desk.want("c", ask(), NOW)
    assert offers(desk.want("c", ask(visit=2), NOW + 1)) == [("c", "b")]
    desk.refused("c", "a", 1, NOW + 2)
    desk.hold("c", "b", "售前", NOW + 3)
    loads = {view.id: view.load for view in views.agent_views(desk)}
    assert loads == {"a": 0, "b": 1}


def test_the_same_wish_again_keeps_its_offer_and_takes_new_facts() -> None:
    desk = desk_with(person("a"))
    desk.want("c", ask(), NOW)
    assert offers(desk.want("c", ask(), NOW + 1)) == []
    desk.want("d", ask(NOW + 2), NOW + 2)
    desk.want("e", ask(NOW + 3), NOW + 3)
    desk.want("e", ask(NOW + 3, vip=True), NOW + 4)
    assert offers(desk.refused("c", "a", 1, NOW + 5)) == [("e", "a")]


def test_more_capacity_or_a_new_skill_serves_at_once() -> None:
    desk = desk_with(person("a", "售后"))
    desk.want("c", ask(), NOW)
    assert offers(desk.agent_changed(person("a", "售后", "售前"), NOW)) == [("c", "a")]
    desk.want("d", ask(), NOW)
    assert offers(desk.agent_changed(person("a", capacity=2), NOW)) == [("d", "a")]


def test_a_lost_skill_may_leave_nobody() -> None:
    desk = desk_with(person("a"))
    desk.hold("full", "a", "售前", NOW)
    desk.want("c", ask(), NOW)
    assert said(desk.agent_changed(person("a", "售后"), NOW)) == [NobodyFree("c", 1)]


def test_expected_wait_comes_from_waits_that_ended() -> None:
    desk = desk_with(person("a", capacity=9))
    desk.want("c", ask(NOW - 5_000), NOW)
    desk.hold("c", "a", "售前", NOW + 2_000)
    desk.want("message", ask(left=True), NOW)
    desk.hold("message", "a", "售前", NOW + 90_000)
    desk.agent_status("a", "busy", NOW + 90_000)
    desk.want("d", ask(), NOW + 90_000)
    place = views.position(desk, "d")
    assert place is not None
    assert place.expected_ms == 2_000
