"""Every rule of the choice, from both sides, and its explanation."""

import pytest

from appliance.dispatch.lines import WaitingRoom, Wish
from appliance.dispatch.roster import Roster
from appliance.dispatch.routing import explain, next_agent, next_wish
from appliance.dispatch.rules import AVOID_ALONE, AVOID_ANYWAY, SHOWN_IDS, QueueRule
from appliance.effects import WantAgent
from appliance.model import Agent, Millis

NOW: Millis = 1_000_000


class Scene:
    """Three queues, agents who are ready unless told otherwise, wishes that ask."""

    def __init__(self, *rules: QueueRule) -> None:
        rules = rules or (QueueRule("VIP专席"), QueueRule("售前"), QueueRule("售后"))
        self.room, self.roster = WaitingRoom(rules), Roster(rules)

    def agent(self, name: str, *skills: str, capacity: int = 8, load: int = 0, ready: bool = True) -> None:
        seat = self.roster.enrol(Agent(name, name, name, skills=skills, capacity=capacity), "ready")
        seat.sessions = int(ready)
        self.roster.regroup(seat)
        for number in range(load):
            self.roster.hold(seat, f"{name}-{number}", "售前", None)

    def wish(self, name: str, queue: str = "售前", since: Millis = NOW, **more: object) -> Wish:
        want = WantAgent(queue=queue, since=since, asking=True, visit=1, **more)  # type: ignore[arg-type]
        wish = self.room.arrive(name, want, NOW)
        self.room.put(wish, NOW)
        return wish

    def chosen(self, wish: Wish, now: Millis = NOW) -> tuple[str, str] | None:
        choice = next_agent(wish, self.room, self.roster, now)
        return (choice.seat.agent.id, choice.rule) if choice else None

    def next_for(self, agent: str, now: Millis = NOW) -> str | None:
        wish = next_wish(self.roster.seats[agent], self.room, now)
        return wish.conversation if wish else None


def test_the_least_busy_share_wins() -> None:
    scene = Scene()
    scene.agent("a", capacity=2, load=1)
    scene.agent("b", capacity=8, load=2)
    assert scene.chosen(scene.wish("c")) == ("b", "least_busy")


def test_a_returning_customer_finds_his_own_agent_if_he_has_room() -> None:
    scene = Scene()
    scene.agent("a")
    scene.agent("own", capacity=2, load=1)
    wish = scene.wish("c", last_agent="own")
    assert scene.chosen(wish) == ("own", "own_agent")
    scene.roster.hold(scene.roster.seats["own"], "more", "售前", None)
    assert scene.chosen(wish) == ("a", "least_busy")


@pytest.mark.parametrize("strategy", ["least_busy", "round_robin"])
def test_other_strategies_do_not_know_the_customer(strategy: str) -> None:
    scene = Scene(QueueRule("售前", strategy=strategy))  # type: ignore[arg-type]
    scene.agent("a")
    scene.agent("own")
    assert scene.chosen(scene.wish("c", last_agent="own")) == ("a", strategy)


def test_skills_absence_and_capacity_exclude() -> None:
    scene = Scene()
    scene.agent("unskilled", "售后")
    scene.agent("absent", ready=False)
    scene.agent("full", capacity=1, load=1)
    wish = scene.wish("c")
    assert scene.chosen(wish) is None
    assert [scene.next_for(name) for name in ("unskilled", "absent", "full")] == [None, None, None]


def test_a_transfer_waits_for_its_agent_whatever_his_skills_but_never_beyond_his_capacity() -> None:
    scene = Scene()
    scene.agent("free")
    scene.agent("meant", "售后", capacity=1, load=1)
    wish = scene.wish("c", only="meant")
    assert scene.chosen(wish) is None
    assert scene.next_for("free") is None
    scene.roster.free(scene.roster.seats["meant"], "meant-0")
    assert scene.chosen(wish) == ("meant", "transfer")
    assert scene.next_for("meant") == "c"


def test_who_let_the_visitor_wait_is_asked_again_only_for_want_of_others() -> None:
    scene = Scene()
    scene.agent("slow")
    wish = scene.wish("c", avoid="slow", last_agent="slow")
    assert scene.chosen(wish, NOW + AVOID_ALONE - 1) is None
    assert scene.chosen(wish, NOW + AVOID_ALONE) == ("slow", "least_busy")
    assert scene.next_for("slow", NOW + AVOID_ALONE) == "c"
    scene.agent("other", capacity=1, load=1)
    assert scene.chosen(wish, NOW + AVOID_ALONE) is None
    assert scene.next_for("slow", NOW + AVOID_ALONE) is None
    assert scene.chosen(wish, NOW + AVOID_ANYWAY) == ("slow", "least_busy")
    scene.roster.free(scene.roster.seats["other"], "other-0")
    assert scene.chosen(wish, NOW + AVOID_ANYWAY) == ("other", "least_busy")


def test_overflow_asks_the_second_queue_after_the_first() -> None:
    scene = Scene()
    scene.agent("second", "售前")
    wish = scene.wish("c", "VIP专席")
    assert scene.chosen(wish) is None
    wish.overflow = "售前"
    scene.room.put(wish, NOW)
    assert scene.chosen(wish) == ("second", "overflow")
    assert scene.next_for("second") == "c"
    scene.agent("first", "VIP专席")
    assert scene.chosen(wish) == ("first", "least_busy")


def test_an_agent_gets_the_first_of_all_his_queues() -> None:
    scene = Scene()
    scene.agent("a")
    scene.wish("left", "VIP专席", NOW - 99, left=True)
    scene.wish("sales", "售前", NOW - 50)
    scene.wish("after sales", "售后", NOW - 90)
    assert scene.next_for("a") == "sales"
    scene.wish("vip", "VIP专席", NOW - 1)
    assert scene.next_for("a") == "vip"
    scene.wish("aged", "售后", NOW - 300_000)
    assert scene.next_for("a") == "aged"
    for name in ("aged", "vip", "sales", "after sales"):
        scene.room.drop(name)
    assert scene.next_for("a") == "left"


def test_a_head_that_nobody_can_serve_does_not_block_those_behind() -> None:
    scene = Scene()
    scene.agent("a")
    scene.wish("meant for b", since=NOW - 99, only="b")
    scene.wish("avoids a", since=NOW - 50, avoid="a")
    scene.wish("behind", since=NOW)
    assert scene.next_for("a") == "behind"


def test_a_decision_explains_itself() -> None:
    scene = Scene(QueueRule("售前", vip_first=True))
    scene.agent("a", load=2)
    scene.agent("full", capacity=1, load=1)
    scene.agent("absent", ready=False)
    scene.wish("before", since=NOW - 9_000)
    wish = scene.wish("c", since=NOW - 4_000, last_agent="a")
    choice = next_agent(wish, scene.room, scene.roster, NOW)
    assert explain(wish, choice, scene.room, scene.roster, NOW) == {
        "queue": "售前",
        "home": "售前",
        "rule": "own_agent",
        "load": "2/8",
        "eligible": ["a"],
        "eligible_count": 1,
        "full": ["full"],
        "full_count": 1,
        "not_ready": ["absent"],
        "not_ready_count": 1,
        "position": 2,
        "waited_ms": 4_000,
        "vip": False,
        "aged": False,
        "left": False,
    }


def test_waiting_is_explained_too_and_long_lists_are_cut() -> None:
    scene = Scene()
    for number in range(20):
        scene.agent(f"a{number:02}", ready=False)
    reasons = explain(scene.wish("c"), None, scene.room, scene.roster, NOW)
    assert (reasons["rule"], reasons["load"], reasons["not_ready_count"]) == ("waits", "", 20)
    assert reasons["not_ready"] == [f"a{number:02}" for number in range(SHOWN_IDS)]
