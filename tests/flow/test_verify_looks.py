"""What guards look at: the moments of clocks, single questions, and what is too intricate."""

import pytest

from appliance.flow.verify_looks import Looks, looks_of
from tests.flow.desks import spec_of


def looks(guard: str, extra: str = "", actions: str = "remind") -> Looks:
    flow = f"""
        initial: 甲
        vars: {{n: 0, m: 0}}
        states:
          甲: {{on: {{用户发送消息: {{to: 完, when: "{guard}"}}, 用户离开: {{action: {actions}}}}}}}
          完: {{final: true}}
    """
    return looks_of(spec_of(flow, extra))


@pytest.mark.parametrize(
    ("guard", "cuts"),
    [
        ("time > 10ms", {10}),
        ("time >= 10ms", {9}),
        ("time < 10ms", {9}),
        ("time <= 10ms", {10}),
        ("10ms < time", {10}),
        ("time == 10ms", {9, 10}),
        ("time != 10ms", {9, 10}),
        ("time > 2 * 5ms && !(time > 20ms)", {10, 20}),
        ("time > 15ms / 2", {7}),
        ("vip ? time > 1ms : time > 2ms", {1, 2}),
        ("time >= 0ms", set()),
    ],
)
def test_moments_after_which_an_answer_changes(guard: str, cuts: set[int]) -> None:
    found = looks(guard)
    assert found.cuts.get(("甲", "visitor.message"), set()) == cuts
    assert found.intricate == []


def test_other_clocks_belong_to_the_conversation() -> None:
    found = looks("session.time > 1s || queue.wait >= 2s")
    assert (found.session, found.queue, found.cuts) == ({1_000}, {1_999}, {})


@pytest.mark.parametrize(
    "guard",
    ["load > 85%", "menu == 'x'", "'VIP' in visitor.tags", "event.text.contains('x')", "lower(menu) == 'x'", "size(menu) > 2",
     "tier in [1, 2]", "event.data.k == 3", "hours.open", "vars.n > 3", "served && transfers < 2", "matches(event.text, 'x')"],
)  # fmt: skip
def test_simple_questions(guard: str) -> None:
    assert looks(guard).intricate == []


@pytest.mark.parametrize(
    "guard",
    ["queue.length > agents.ready", "time > session.time / 2", "time * 2 > 10s", "size(tags) > queue.length", "time in [1s, 2s] || load * 2 > 85%",
     "queue.length > vars.n", "menu == queue.name"],
)  # fmt: skip
def test_questions_that_samples_cannot_settle(guard: str) -> None:
    assert looks(guard).intricate == [guard]


def test_the_definition_of_vip_is_looked_at_when_a_guard_reads_it() -> None:
    vip = "vip: visitor.level >= 3 || 'VIP' in visitor.tags"
    assert {each.about for each in looks("vip", vip).questions} == {"vip", "visitor.level", "visitor.tags"}
    assert {each.about for each in looks("served", vip).questions} == set()


def test_variables_that_a_guard_depends_on() -> None:
    assert "vars.m" in looks("vars.n > 1", actions="{set: {n: =vars.m + 1}}").names
    assert "vars.m" not in looks("served", actions="{set: {n: =vars.m + 1}}").names
    assert looks("vars.n > 1", actions="{set: {n: =queue.length}}").intricate == ["queue.length"]
    assert looks("served", actions="{set: {n: =queue.length}}").intricate == []


def test_rules_of_queues_count_when_a_guard_asks_for_the_queue() -> None:
    queues = "queues:\n  甲组: {when: menu == 'x'}\n  乙组: {}"
    assert "menu" in looks("queue.name == '甲组'", queues).names
    assert "menu" not in looks("served", queues).names


@pytest.mark.parametrize(
    ("guard", "queues"),
    [
        ("served", set()),
        ("queue.name == '甲组' || served", {"甲组"}),
        ("'乙组' != queue.name", {"乙组"}),
        ("queue.name in ['甲组', '丙组']", {"甲组", "丙组"}),
        ("startsWith(queue.name, '甲')", None),
        ("lower(queue.name) == '甲组'", None),
        ("queue.name == '甲组' && queue.name < '乙'", {"甲组", "乙"}),
        ("menu == queue.name", None),
    ],
)
def test_queues_that_no_guard_tells_apart_are_one(guard: str, queues: set[str] | None) -> None:
    found = looks(guard)
    assert found.queues == queues
    assert found.queue_class("") == ""
    assert (found.queue_class("丁组") == found.queue_class("戊组")) == (queues is not None)
    assert found.queue_class("甲组") != found.queue_class("丁组") or "甲组" not in (queues or ())


def test_a_queue_kept_in_a_variable_is_told_apart() -> None:
    assert looks("vars.n > 1", actions="{set: {n: '=size(queue.name)'}}").queues is None
