"""The accounting of slots and the record of decisions, where the scenes of the desk do not look."""

from appliance.dispatch.commands import Offer
from appliance.dispatch.desk import Desk
from appliance.dispatch.matching import REMEMBERED_DECISIONS, Matching
from appliance.dispatch.rules import AVOID_ALONE, QueueRule
from appliance.effects import WantAgent
from appliance.model import Agent


def staffed(*names: str, capacity: int = 1) -> Desk:
    desk = Desk([QueueRule("售前")])
    for name in names:
        desk.agent_changed(Agent(name, name, name, capacity=capacity), 0)
        desk.agent_connected(name, 0)
        desk.agent_status(name, "ready", 0)
    return desk


def test_a_queue_that_nobody_configured_is_a_queue_all_the_same() -> None:
    matching = Matching([])
    line = matching.add_queue("旧组")
    assert matching.add_queue("旧组") is line
    assert list(matching.roster.pools) == ["旧组"]


def test_every_decision_is_remembered_with_the_moment_it_was_made() -> None:
    desk = staffed("a")
    desk.want("c1", WantAgent("售前", 5, True, 1), 5)
    desk.want("c2", WantAgent("售前", 6, True, 1), 6)
    desk.tick(7)
    made = [(one.at, one.conversation, one.agent, one.reasons["rule"]) for one in desk.decisions]
    assert made == [(5, "c1", "a", "least_busy"), (6, "c2", None, "waits")]


def test_the_memory_of_decisions_is_bounded() -> None:
    desk = staffed()
    for number in range(REMEMBERED_DECISIONS + 5):
        desk.want(f"c{number}", WantAgent("售前", 1, True, 1), 1)
    assert len(desk.decisions) == REMEMBERED_DECISIONS
    assert desk.decisions[0].conversation == "c5"


def test_an_avoided_agent_is_free_for_it_when_the_last_other_one_goes() -> None:
    desk = staffed("slow", "other")
    desk.hold("held", "other", "售前", 0)
    desk.want("c", WantAgent("售前", 0, True, 1, avoid="slow"), 0)
    assert desk.tick(AVOID_ALONE) == []
    commands = desk.agent_status("other", "away", AVOID_ALONE + 1)
    assert [one.agent for one in commands if isinstance(one, Offer)] == ["slow"]


def test_a_slot_is_found_by_its_offer_only() -> None:
    desk = staffed("a", "b")
    desk.want("c", WantAgent("售前", 1, True, 4), 1)
    assert desk.slot("c", "a", 4) is not None
    assert desk.slot("c", "b", 4) is None
    assert desk.slot("c", "a", 3) is None
    assert desk.slot("d", "a", 4) is None
