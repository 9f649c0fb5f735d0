"""Facts come from the clock, the desk and the texts; a name that is none is an error, not an empty value."""

import pytest
from msgspec.structs import replace

from appliance.config.hours import Hours
from appliance.config.spec import THRESHOLDS, Message
from appliance.config.templates import template_names
from appliance.config.vocabulary import TEMPLATE_VARIABLES, VARIABLES, by_every_name
from appliance.dispatch.desk import Desk
from appliance.dispatch.rules import QueueRule
from appliance.effects import WantAgent
from appliance.flow.turn import Turn, turn_of
from appliance.inputs import VisitorSaid
from appliance.model import Agent, Snapshot, Visitor, Waiting
from appliance.overload import Controller, Signals
from appliance.runtime.facts import Facts
from appliance.runtime.live import Live, prepare
from tests.runtime.house import shipped

NIGHT = 1_790_000_000_000 - 1_790_000_000_000 % 86_400_000 + 18 * 3_600_000  # 02:00 in Shanghai
DAY = NIGHT + 10 * 3_600_000
SHIPPED = shipped()
TEXTS = {
    "请留言": "{{ visitor.name }},{{ hours.next_open }} 起有人",
    "位置": "第 {{ queue.position }} 位",
    "贵宾": "{{ vip }}",
}
HOURS = Hours(weekly=(((9 * 60, 23 * 60),),) * 7)


def facts() -> tuple[Facts, Desk]:
    desk = Desk([QueueRule("售前")])
    spec = replace(
        SHIPPED.spec, hours=HOURS, messages={name: Message(name, text) for name, text in TEXTS.items()}
    )
    return Facts(Live(prepare(spec, SHIPPED.graph)), desk, Controller((), 0)), desk


def scope(name: str = "", level: int = 0, waiting: Waiting | None = None) -> Turn:
    """Return a conversation of the shipped flow in the middle of a step, `now` not mattering."""
    snapshot = Snapshot("c1", Visitor("v1", name, level=level), "b", DAY, waiting=waiting)
    return turn_of(SHIPPED.graph, snapshot, VisitorSaid("1", "在吗"), lambda name, scope: None, DAY, {})


def test_every_fact_of_the_vocabulary_can_be_read() -> None:
    read, _ = facts()
    for word in VARIABLES:
        if word.fact:
            read.read(word.name, None, "c1", DAY)


def test_an_unknown_fact_is_an_error() -> None:
    with pytest.raises(KeyError):
        facts()[0].read("weather", None, "c1", DAY)


def test_hours_follow_the_time_of_the_input() -> None:
    read, _ = facts()
    assert read.read("hours.open", None, "c1", DAY) is True
    assert read.read("hours.open", None, "c1", NIGHT) is False


def test_a_queue_with_hours_of_its_own_closes_by_them() -> None:
    spec = replace(
        SHIPPED.spec,
        hours=HOURS,
        queues=tuple(
            replace(queue, hours=Hours(weekly=(((20 * 60, 28 * 60),),) * 7))
            if queue.name == "售后"
            else queue
            for queue in SHIPPED.spec.queues
        ),
        messages={name: Message(name, text) for name, text in TEXTS.items()},
    )
    read = Facts(Live(prepare(spec, SHIPPED.graph)), Desk([QueueRule("售前")]), Controller((), 0))
    returns = scope(waiting=Waiting("售后", DAY, "排队"))
    assert [read.read("hours.open", each, "c1", NIGHT) for each in (None, scope(), returns)] == [
        False,
        False,
        True,
    ]
    assert [read.read("hours.open", each, "c1", DAY) for each in (None, scope(), returns)] == [
        True,
        True,
        False,
    ]
    assert read.read("message:请留言", returns, "c1", DAY) == ",20:00 起有人"


def test_the_queue_as_a_waiting_visitor_sees_it() -> None:
    read, desk = facts()
    desk.agent_changed(Agent("a1", "a1", "李"), DAY)
    for place, conversation in enumerate(("c0", "c1")):
        desk.want(conversation, WantAgent("售前", DAY + place, False, 0), DAY + 10)
    snapshot = scope(waiting=Waiting("售前", DAY + 1, "排队"))
    values = {
        name: read.read(name, snapshot, "c1", DAY + 60_001)
        for name in ("queue.position", "queue.length", "queue.wait")
    }
    assert values == {"queue.position": 2, "queue.length": 2, "queue.wait": 60_000}
    assert read.read("queue.oldest", snapshot, "c1", DAY + 60_001) == 60_001
    assert read.read("message:位置", snapshot, "c1", DAY) == "第 2 位"


def test_texts_name_the_visitor_and_the_next_opening() -> None:
    read, _ = facts()
    snapshot = scope("王")
    assert read.read("message:请留言", snapshot, "c1", NIGHT) == "王,09:00 起有人"


def test_every_name_that_a_text_may_use_has_a_value() -> None:
    read, _ = facts()
    snapshot = scope("王")
    values = read._variables(snapshot, "c1", DAY)
    missing = [name for name in template_names() if canonical(name) not in values]
    assert missing == []


def canonical(name: str) -> str:
    words = {**by_every_name(VARIABLES), **by_every_name(TEMPLATE_VARIABLES)}
    return words[name].name


def test_who_is_a_vip_is_told_by_the_bundle_that_the_conversation_is_pinned_to() -> None:
    read, _ = facts()
    everybody = SHIPPED.graph.supposing(vip=True)
    one = scope(level=0)
    assert read.read("message:贵宾", one, "c1", DAY) == "False"
    one.graph = everybody
    assert read.read("message:贵宾", one, "c1", DAY) == "True"


def test_a_greeting_that_fails_turns_nobody_away() -> None:
    read, _ = facts()
    assert read.greeting(DAY) == ""


def test_load_and_tier_are_those_of_the_ladder() -> None:
    controller = Controller(THRESHOLDS, 0)
    read = Facts(Live(prepare(SHIPPED.spec, SHIPPED.graph)), Desk([QueueRule("售前")]), controller)
    assert (read.read("load", None, "c1", DAY), read.read("tier", None, "c1", DAY)) == (0.0, 0)
    for now in range(0, 4_000, 250):
        controller.sample(Signals(memory=0.75), now)
    assert (read.read("load", None, "c1", DAY), read.read("tier", None, "c1", DAY)) == (0.75, 1)
