"""A breach as a chat: every one is lived again here, by nothing but step_safely and the words of the promise."""

import pytest

from appliance.config.spec import Guarantee, Spec
from appliance.flow.bundle import bundle_of, source_of
from appliance.flow.compile import graph_of
from appliance.flow.scope import Scope
from appliance.flow.step import next_timer, step_safely
from appliance.flow.verify_story import BEGINNING, Story, story_of
from appliance.inputs import TimerDue
from appliance.model import Snapshot, Value
from appliance.records import Failed, Parked
from tests.flow.promised import CASES, promise_of, searched, spec_with

BROKEN = [name for name, case in CASES.items() if case.verdict in ("late", "ended")]


def story(spec: Spec) -> Story:
    _, machine, breach = searched(spec)
    assert breach is not None
    found = story_of(machine, promise_of(spec), breach)
    assert found is not None
    return found


def lived_again(spec: Spec, told: Story) -> None:
    """Assert that the story happens like this and breaks the promise.  For stories that only rest in what they enter."""
    graph, promise = graph_of(source_of(bundle_of(spec))), promise_of(spec)
    snapshot: Snapshot | None = None
    owed: int | None = None
    for beat in told.beats:
        now = BEGINNING + beat.at

        def read(name: str, scope: Scope, facts: dict[str, Value] = beat.facts) -> Value:
            return facts.get(name, f"<{name}>")

        timer = next_timer(snapshot) if snapshot else None
        if isinstance(beat.source, TimerDue):
            assert timer is not None
            assert timer.due == now
        else:
            assert timer is None or timer.due > now
        before = snapshot.active if snapshot else ()
        done = step_safely(graph, snapshot, beat.source, read, now)
        snapshot = done.snapshot
        assert not any(isinstance(record, Failed | Parked) for record in done.records)
        assert snapshot.active == beat.active
        owed = _owed(promise, owed, before, snapshot, beat.at)
    assert snapshot is not None
    assert owed is not None
    if told.over is None:
        assert not snapshot.open
    else:
        timer = next_timer(snapshot)
        assert told.over - owed == promise.within + 1
        assert timer is None or timer.due >= BEGINNING + told.over


def _owed(
    promise: Guarantee, owed: int | None, before: tuple[str, ...], now: Snapshot, at: int
) -> int | None:
    """Return since when the promise is owed; an `on` may have happened at any step that began in the state."""
    if set(promise.reach) & set(now.active):
        return None
    if owed is not None:
        return owed
    began = promise.source in before if promise.on else promise.source in now.active
    return at if began else None


@pytest.mark.parametrize("name", [name for name in BROKEN if "passed through" not in name])
def test_every_breach_can_be_lived_again(name: str) -> None:
    spec = spec_with(CASES[name])
    lived_again(spec, story(spec))


def test_times_are_the_earliest_that_fit() -> None:
    told = story(spec_with(CASES["two clocks that meet at one moment only"]))
    assert [beat.at for beat in told.beats] == [0, 5_000, 8_000]
    assert told.over is None


def test_a_case_that_is_only_passed_through_has_a_story_too() -> None:
    told = story(spec_with(CASES["a case that is only passed through counts"]))
    assert [beat.at for beat in told.beats] == [0, 10_000]
    assert told.over == 11_001


def test_columns_stand_in_line_whatever_the_script() -> None:
    spec = spec_with(CASES["leaving is no excuse"])
    _, machine, breach = searched(spec)
    assert breach is not None
    told = story_of(machine, promise_of(spec), breach)
    assert told is not None
    lines = told.lines(promise_of(spec), machine)
    assert lines.zh.splitlines() == [
        "0s       访客发来一条消息    → 等",
        "5s       “等”的 5s 计时到了  → 别处",
        "20.001s  …… 超过了 20s，还没有到“好”",
    ]
    assert lines.en.splitlines()[1] == "5s       the timer 5s of '等' fires  → 别处"


def test_a_story_that_the_real_step_does_not_confirm_is_no_story() -> None:
    spec = spec_with(CASES["leaving is no excuse"])
    _, machine, breach = searched(spec)
    assert breach is not None
    kept = promise_of(spec)
    longer = Guarantee(kept.name, kept.source, kept.reach, kept.within * 2, kept.on)
    assert story_of(machine, longer, breach) is None
