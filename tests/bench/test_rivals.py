"""The comparison with other libraries is one only while all of them do the same."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.bench.bench_rivals import Differs, agree, measured
from tests.bench.rivals import python
from tests.bench.rivals.definition import CONTEXT, EVENTS, PATHS, Rival, states
from tests.bench.rivals.kefu import Kefu
from tests.bench.rivals.python import PythonStatemachine, Sismic, Transitions
from tests.bench.rivals.xstate import XState

_SNAKES = (Transitions, PythonStatemachine, Sismic)


@pytest.fixture
def everybody() -> Iterator[list[Rival]]:
    with ExitStack() as running:
        scripts = [running.enter_context(XState("send")), running.enter_context(XState("pure"))]
        yield [Kefu(), *(kind() for kind in _SNAKES), *scripts]


def test_all_visit_the_same_states_round_after_round(everybody: list[Rival]) -> None:
    agree(everybody)
    for rival in everybody:
        assert rival.run(3) > 0
    agree(everybody)


def test_the_events_lead_through_the_flow_and_back_to_where_they_began() -> None:
    visited = Kefu().trace()
    innermost = {state.name for state in states() if not state.states}
    assert len(visited) == len(EVENTS) + 1
    assert visited[0] == visited[-1] == "entrance"
    # An open conversation that goes in a circle never closes, and our desk is open.
    assert innermost - set(visited) == {"done", "message_left"}
    assert PATHS["agents_turn"] == ("reception", "service", "agents_turn")


@pytest.mark.parametrize("kind", _SNAKES)
def test_a_guard_that_answers_otherwise_is_found(kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = {**CONTEXT, "level": 3}
    monkeypatch.setattr(python, "CONTEXT", planted)
    with pytest.raises(Differs, match=r"after visitor_message \(1\) in assigning, kefu in assistant"):
        agree([Kefu(), kind()])


def test_whoever_takes_longer_counts_as_slower() -> None:
    class Slow:
        def __init__(self, name: str, cost: int) -> None:
            self.name, self._cost = name, cost

        def trace(self) -> list[str]:
            return []

        def run(self, rounds: int) -> int:
            return rounds * len(EVENTS) * self._cost

    found = measured([Slow("a", 2_000_000), Slow("b", 500_000)], turns=3, length=1)
    assert found == {"a": 2_000.0, "b": 500.0}
