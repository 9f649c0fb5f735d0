"""A rehearsal shows every step; its verdict is that of the check."""

from appliance.config.load import load
from appliance.flow.compile import compile_flow
from appliance.flow.playbook import failures
from appliance.flow.rehearsal import Rehearsal, rehearse
from tests.flow.desks import spec_of

FLOW = """
    initial: 等
    states:
      等: {on: {用户发送消息: {to: 完, when: time > 10s}}, after: {20s: {action: {say: 话}}, 1m: {to: 完}}}
      完: {final: true}
"""
TESTS = """
messages: {话: 您好}
tests:
  - {name: 早, steps: [0s 用户发送消息 -> 等, 10s 用户发送消息 -> 完, 11s 用户发送消息 -> 完]}
  - {name: 晚, steps: [0s 用户发送消息 -> 等, 20s -> 等, 1m -> 完]}
  - {name: 怪, given: {event.text: 退}, steps: [0s 用户发送消息 -> 等, 1s -> 等]}
"""


def played(*names: str) -> tuple[Rehearsal, ...]:
    spec = spec_of(FLOW, TESTS)
    graph, _ = compile_flow(spec)
    assert graph is not None
    found = rehearse(spec, graph, names)
    if not names:
        failed = {failure.path.split(".")[1] for failure in failures(spec, graph)}
        assert failed == {f"tests[{number}]" for number, each in enumerate(found) if not each.passed}
    return found


def test_every_step_with_what_became_of_it() -> None:
    early, late, strange = played()
    assert [each.passed for each in (early, late, strange)] == [False, True, False]
    assert [(step.states, step.played, step.problem is None) for step in early.steps] == [
        (("等",), True, True), (("等",), True, False), ((), False, True),
    ]  # fmt: skip
    assert [step.said for step in late.steps] == [(), ("话",), ()]
    assert strange.steps[0].problem is not None
    assert not strange.steps[1].played


def test_some_by_name() -> None:
    assert [each.trial.name for each in played("晚")] == ["晚"]


def test_regions_are_shown_side_by_side() -> None:
    text = """
kefu: 1
flows:
  main:
    initial: 双
    states:
      双:
        parallel: true
        on: {用户发送消息: {to: 完}}
        states: {左: {}, 右: {}}
      完: {final: true}
tests: [{name: 并行, steps: [0s 用户发送消息 -> 右]}]
"""
    spec, _ = load(text, "t.yaml")
    assert spec is not None
    graph, _ = compile_flow(spec)
    assert graph is not None
    (only,) = rehearse(spec, graph)
    assert only.passed
    assert only.steps[0].states == ("左", "右")
