"""What may happen at a moment: everything but what the appliance refuses."""

from msgspec.structs import replace

from appliance import inputs
from appliance.errors import Text
from appliance.flow.bundle import bundle_of, source_of
from appliance.flow.occasions import Cannot
from appliance.flow.verify_events import SUPERVISOR, Events, with_values
from appliance.flow.verify_machine import Machine
from appliance.model import AiTurn, Held, Snapshot, Visitor, Waiting
from tests.flow.desks import spec_of

IDLE = Snapshot("k", Visitor("visitor"), "b", 0)


def events(on: str, extra: str = "") -> Events:
    flow = f"initial: 甲\nstates:\n  甲: {{on: {{{on}}}}}\n  完: {{final: true}}"
    spec = spec_of(flow, extra)
    return Machine(spec, source_of(bundle_of(spec))).events


def possible(found: Events, now: Snapshot) -> list[inputs.Input]:
    result: list[inputs.Input] = []
    for each in found.later:
        try:
            result.append(each.make(now))
        except Cannot:
            continue
    return result


def names(found: Events, now: Snapshot) -> set[str]:
    return {type(source).__name__ for source in possible(found, now)}


def test_an_idle_conversation() -> None:
    assert names(events("用户结束: {to: 完}"), IDLE) == {
        "VisitorSaid", "VisitorEnded", "VisitorLeft", "VisitorAskedHuman", "VisitorRated", "AgentSaid", "AgentClosed",
    }  # fmt: skip


def test_what_needs_an_agent_a_wish_or_a_question() -> None:
    found = events("用户结束: {to: 完}")
    held = Snapshot("k", Visitor("visitor"), "b", 0, held=Held("a", "A", "甲", 0))
    assert names(found, held) - names(found, IDLE) == {"AgentLost", "AgentTransferred"}
    asking = Snapshot("k", Visitor("visitor"), "b", 0, waiting=Waiting("q", 0, "甲", asking=True, visit=1))
    assert names(found, asking) - names(found, IDLE) == {"Offered", "NobodyFree"}
    ai = Snapshot("k", Visitor("visitor"), "b", 0, ai=AiTurn(1, "甲"))
    assert names(found, ai) - names(found, IDLE) == {"AiAnswered", "AiFailed"}


def test_a_supervisor_writes_whoever_is_in_charge_when_a_guard_can_tell() -> None:
    held = Snapshot("k", Visitor("visitor"), "b", 0, held=Held("a", "A", "甲", 0))
    plain, telling = events("客服发送消息: {to: 完}"), events("客服发送消息: {to: 完, when: served}")

    def agents(found: Events) -> set[str]:
        return {source.agent for source in possible(found, held) if isinstance(source, inputs.AgentSaid)}

    assert agents(plain) == {"a"}
    assert agents(telling) == {"a", SUPERVISOR}


def test_menus_custom_events_and_profiles_when_the_flow_knows_them() -> None:
    found = events(
        "选择菜单: {to: 完, when: menu == '退'}, custom.paid: {to: 完, when: vip}", "vip: visitor.level > 2"
    )
    made = possible(found, IDLE)
    assert [source.menu for source in made if isinstance(source, inputs.VisitorSaid)] == ["", "退"]
    assert [source.name for source in made if isinstance(source, inputs.Custom)] == ["paid"]
    assert [source.visitor.level for source in made if isinstance(source, inputs.VisitorKnown)] == [3]
    assert len(found.openings) == 4


def test_transfers_end_where_the_appliance_ends_them() -> None:
    held = Snapshot("k", Visitor("visitor"), "b", 0, held=Held("a", "A", "甲", 0), transfers=3)
    assert "AgentTransferred" in names(events("用户结束: {to: 完}"), held)
    assert "AgentTransferred" not in names(events("用户结束: {to: 完, when: transfers < 9}"), held)


def test_values_are_told_by_both_their_names() -> None:
    said = with_values(
        Text("变了", "changes"), (("hours.open", False), ("load", 0.851), ("event.data.x", ("a", "b")))
    )
    assert said == (
        "变了（营业中=false，负载=85.1%，event.data.x=a, b）",
        "changes (hours.open=false, load=85.1%, event.data.x=a, b)",
    )


QUEUES = "queues: {甲组: {overflow: {to: 乙组, after: 30s}}, 乙组: {}, 丙组: {}}"


def test_where_one_is_sent_counts_when_a_guard_asks_for_the_queue() -> None:
    held = Snapshot("k", Visitor("visitor"), "b", 0, held=Held("a", "A", "甲", 0))

    def targets(when: str) -> set[str]:
        found = possible(events(f'客服发送消息: {{to: 完, when: "{when}"}}', QUEUES), held)
        return {source.to_queue for source in found if isinstance(source, inputs.AgentTransferred)}

    assert targets("served") == {""}
    assert len(targets("queue.name == '乙组'")) == 3
    assert {"", "乙组"} < targets("queue.name == '乙组'")
    assert targets("startsWith(queue.name, '乙')") == {"", "甲组", "乙组", "丙组"}


def test_an_agent_of_the_overflow_queue_accepts_when_a_guard_can_tell() -> None:
    def asking(queue: str) -> Snapshot:
        return replace(IDLE, waiting=Waiting(queue, 0, "甲", asking=True, visit=1))

    def served_from(when: str, queue: str) -> list[str]:
        found = possible(events(f'客服接入: {{to: 完, when: "{when}"}}', QUEUES), asking(queue))
        return [source.queue for source in found if isinstance(source, inputs.Offered)]

    assert served_from("served", "甲组") == [""]
    assert served_from("queue.name == '乙组'", "甲组") == ["", "乙组"]
    assert served_from("queue.name == '乙组'", "丙组") == [""]
