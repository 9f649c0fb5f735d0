"""The desk after a reload of its rules and after a restart: everybody keeps his place in time."""

from appliance.dispatch import views
from appliance.dispatch.commands import Lost, NobodyFree
from appliance.dispatch.desk import Desk
from appliance.dispatch.rules import GRACE, QueueRule
from appliance.effects import WantAgent
from tests.dispatch.test_desk import MANUAL, NOW, SALES, VIP, ask, desk_with, offers, person, presence, said


def test_new_rules_keep_everybody_in_his_place_and_serve_by_the_new_ones() -> None:
    desk = desk_with(person("a", "售前"), rules=(QueueRule("VIP专席"), SALES))
    desk.want("c1", ask(NOW, "VIP专席"), NOW)
    desk.want("c2", ask(NOW + 1, "VIP专席"), NOW + 1)
    desk.want("gone", ask(NOW, "旧组"), NOW + 1)
    assert offers(desk.set_rules((VIP, SALES), NOW + 40_000)) == [("c1", "a")]
    assert [one.name for one in views.queue_views(desk)] == ["VIP专席", "售前", "旧组"]
    assert views.length(desk, "VIP专席") == 2


def test_a_restart_remembers_and_gives_everybody_time_to_come_back() -> None:
    desk = Desk((VIP, SALES, MANUAL))
    commands = desk.restore(
        [person("a", capacity=2), person("b"), person("c")],
        {"a": "ready", "b": "offline"},
        [("c1", "a", "售前"), ("c2", "b", "售前"), ("c3", "deleted", "售前")],
        [("late", ask(NOW - 1)), ("early", ask(NOW - 9)), ("quiet", WantAgent("售后", NOW, False, 0))],
        NOW,
    )
    assert said(commands) == [Lost("b", "c2"), Lost("deleted", "c3")]
    assert (offers(commands), presence(desk, "a")) == ([], "reconnecting")
    assert desk.next_due() == NOW + GRACE
    assert offers(desk.agent_connected("a", NOW + 2_000)) == [("early", "a")]
    assert views.holding(desk, "c1") == "a"


def test_after_a_restart_nobody_is_said_when_nobody_came_back() -> None:
    desk = Desk((SALES,))
    desk.restore([person("a")], {"a": "ready"}, [("c1", "a", "售前")], [("c2", ask())], NOW)
    assert said(desk.tick(NOW + GRACE)) == [Lost("a", "c1"), NobodyFree("c2", 1)]
