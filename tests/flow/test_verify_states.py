"""What counts of a conversation, and making one of it again at other readings of its clocks."""

import pytest
from msgspec.structs import replace

from appliance.flow.bundle import bundle_of, source_of
from appliance.flow.verify_machine import Machine
from appliance.flow.verify_search import NOW
from appliance.flow.verify_states import PROMISE, QUEUE, SESSION, States, Unclear, clock_of
from appliance.model import Snapshot
from tests.flow.desks import spec_of

FLOW = """
    initial: 外
    vars: {n: 0, 闲: 0}
    states:
      外:
        initial: 内
        entry: enqueue
        on: {用户发送消息: {to: 完, when: "GUARD"}}
        states:
          内: {after: {3s: {to: 完}, 2s: {action: remind}}}
      完: {final: true}
"""


def begun(guard: str) -> tuple[States, Snapshot]:
    spec = spec_of(FLOW.replace("GUARD", guard))
    machine = Machine(spec, source_of(bundle_of(spec)))
    (outcome,) = machine.outcomes(None, machine.events.openings[0].make(None), NOW)  # type: ignore[arg-type]
    return machine.states, outcome.snapshot


def test_only_clocks_that_something_depends_on_run() -> None:
    states, snapshot = begun("served")
    assert states.clocks(snapshot, False) == (clock_of("内"),)
    states, snapshot = begun("time > 1s && session.time > 9s && queue.wait > 2s")
    assert states.clocks(snapshot, True) == (clock_of("外"), clock_of("内"), SESSION, QUEUE, PROMISE)
    assert states.limits(snapshot, 5)[clock_of("外")] == 1_001
    assert states.limits(snapshot, 5)[clock_of("内")] == 3_000
    assert states.limits(snapshot, 5)[PROMISE] == 6


def test_a_conversation_at_other_readings() -> None:
    states, snapshot = begun("time > 1s && queue.wait > 2s")
    there = states.at(snapshot, {clock_of("外"): 700, clock_of("内"): 500, QUEUE: 600}, NOW)
    assert there.entered == (NOW - 700, NOW - 500)
    assert [(timer.due - NOW, timer.index) for timer in there.timers] == [(1_500, 1), (2_500, 0)]
    assert there.waiting is not None
    assert there.waiting.since == there.waiting_since == NOW - 600
    assert states.key(there, False) == states.key(snapshot, False)


def test_what_no_guard_reads_does_not_count_and_what_one_reads_does() -> None:
    for guard, same in (("vars.n > 1", {"闲": 5}), ("served", {"n": 1})):
        states, snapshot = begun(guard)
        assert states.key(replace(snapshot, vars={**snapshot.vars, **same}), False) == states.key(
            snapshot, False
        )
    states, snapshot = begun("vars.n > 1")
    assert states.key(replace(snapshot, vars={"n": 1, "闲": 0}), False) != states.key(snapshot, False)
    assert states.key(replace(snapshot, vars={"n": False, "闲": 0}), False) != states.key(snapshot, False)
    assert states.key(snapshot, True) != states.key(snapshot, False)
    assert states.key(replace(snapshot, timers=snapshot.timers[:1]), False) != states.key(snapshot, False)


def test_guards_are_cut_where_the_event_meets_them() -> None:
    states, snapshot = begun("time > 1s || session.time > 9s")
    assert states.cuts(snapshot, ("visitor.message",)) == [(clock_of("外"), (1_000,)), (SESSION, (9_000,))]
    assert states.cuts(snapshot, ("visitor.left",)) == [(SESSION, (9_000,))]


def test_waiting_since_another_time_than_the_place_is_not_pretended_to_be_clear() -> None:
    states, snapshot = begun("queue.wait > 2s")
    with pytest.raises(Unclear):
        states.at(replace(snapshot, waiting_since=None), {}, NOW)
