"""The core against the textbook, on random charts; and planted faults of the core, each of which this must catch.

The core keeps plans, configurations and handlers; the textbook works everything out each time.  Where they part, a cache
lies or a rule of Appendix D is missing.
"""

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.flow import macrostep, plans
from appliance.flow.plans import Configuration, Plan
from appliance.flow.states import Node, Transition
from tests.conformance.charts import EVENTS, Draw, random_chart
from tests.conformance.differential import Seen, by_the_textbook, on_the_core
from tests.conformance.textbook import Arrow, Chart, State

CHARTS = 600


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_core_does_what_the_textbook_does(data: st.DataObject) -> None:
    chart, events = drawn(lambda low, high: data.draw(st.integers(low, high)))
    assert on_the_core(chart, events) == by_the_textbook(chart, events)


def test_the_same_on_larger_charts() -> None:
    """Hypothesis likes small charts, and shrinks them; these are as large as they come."""
    assert [seed for seed in range(CHARTS) if differs(seed)] == []


def test_the_charts_are_worth_it() -> None:
    """Most charts have regions, many remember something, nearly all come to rest, and a run is long."""
    charts = [of_seed(seed) for seed in range(CHARTS)]
    runs = [by_the_textbook(chart, events) for chart, events in charts]
    kinds = [{state.kind for state in chart.states.values()} for chart, _ in charts]
    assert sum("parallel" in each for each in kinds) > CHARTS / 2
    assert sum({"shallow", "deep"} <= each for each in kinds) > CHARTS / 10
    assert sum("final" in each for each in kinds) > CHARTS / 4
    assert sum(any(seen.history for seen in run) for run in runs) > CHARTS / 3
    assert sum(("endless",) in [seen.trace for seen in run] for run in runs) < CHARTS / 50
    assert sum(len(seen.trace) for run in runs for seen in run) > CHARTS * 50


def drawn(draw: Draw) -> tuple[Chart, list[str]]:
    """Return a chart, and events for it."""
    return random_chart(draw), [EVENTS[draw(0, 2)] for _ in range(draw(1, 8))]


def of_seed(seed: int) -> tuple[Chart, list[str]]:
    """Return chart number `seed`."""
    return drawn(random.Random(seed).randint)


def differs(seed: int) -> bool:
    """Whether the core, as it is or with a fault planted, does not do what the textbook does; a crash counts."""
    chart, events = of_seed(seed)
    try:
        seen: list[Seen] = on_the_core(chart, events)
    except Exception:
        return True
    return seen != by_the_textbook(chart, events)


def test_a_state_that_was_not_left_is_not_entered() -> None:
    """A history state of an outer state leads, from inside, to where one is: what lies between stays as it is.

    It was found here: the state between was active twice, and its actions ran twice from then on.
    """
    outer = State("s0", "state", None, 0)
    kept = State("s1", "deep", outer, 1)
    between = State("s2", "state", outer, 2)
    inner = State("s3", "state", between, 3)
    away = State("s4", "state", None, 4)
    outer.children, between.children = [kept, between], [inner]
    kept.initial = Arrow("default s1", kept, (between,))
    outer.initial = Arrow("initial s0", outer, (between,))
    between.initial = Arrow("initial s2", between, (inner,))
    inner.arrows = [Arrow("t2", inner, (away,), ("a",)), Arrow("t3", inner, (kept,), ("b",))]
    away.arrows = [Arrow("t6", away, (outer,), ("c",))]
    chart = Chart(
        {each.name: each for each in (outer, kept, between, inner, away)}, Arrow("begin", None, (outer,))
    )
    seen = on_the_core(chart, ["a", "c", "b", "a"])
    assert seen == by_the_textbook(chart, ["a", "c", "b", "a"])
    assert seen[3].trace == ("exit s3", "act t3", "enter s3")
    assert seen[3].active == ("s0", "s2", "s3")


def test_a_parent_that_was_left_is_entered_again() -> None:
    """Leaving changes where a history state leads, but not how much of the chart a transition leaves and enters.

    It was found here: the region was entered without the parallel state around it.
    """
    around = State("s0", "parallel", None, 0)
    kept = State("s1", "deep", around, 1)
    region = State("s2", "state", around, 2)
    middle = State("s3", "state", region, 3)
    inner = State("s4", "state", middle, 4)
    around.children, region.children, middle.children = [kept, region], [middle], [inner]
    kept.initial = Arrow("default s1", kept, (region,))
    region.initial = Arrow("initial s2", region, (middle,))
    middle.initial = Arrow("initial s3", middle, (inner,))
    middle.arrows = [Arrow("t2", middle, (kept,), ("b",))]
    chart = Chart(
        {each.name: each for each in (around, kept, region, middle, inner)}, Arrow("begin", None, (around,))
    )
    seen = on_the_core(chart, ["b"])
    assert seen == by_the_textbook(chart, ["b"])
    # The first b was raised on the way in, when the history state had nothing to remember yet.
    start = seen[0].trace.index("hear b")
    assert seen[0].trace[start + 1 : start + 6] == ("exit s4", "exit s3", "exit s2", "exit s0", "act t2")
    assert seen[0].active == ("s0", "s2", "s3", "s4")


# Planted faults -------------------------------------------------------------------------------------------------------

Plant = Callable[[pytest.MonkeyPatch], None]


def wrong_exit_order(patch: pytest.MonkeyPatch) -> None:
    real = macrostep._leave

    def leave(turn: Any, plan: Plan) -> None:
        right, plan.exits = plan.exits, plan.exits[::-1]
        real(turn, plan)
        plan.exits = right

    patch.setattr(macrostep, "_leave", leave)


def wrong_entry_order(patch: pytest.MonkeyPatch) -> None:
    real = plans._Entering.entries
    patch.setattr(plans._Entering, "entries", lambda self: real(self)[::-1])


def actions_before_exits(patch: pytest.MonkeyPatch) -> None:
    real = macrostep._leave

    def leave(turn: Any, plan: Plan) -> None:
        for each in plan.transitions:
            macrostep._run(turn, each.actions, "")
        real(turn, plan)
        plan.transitions = ()

    patch.setattr(macrostep, "_leave", leave)


def conflicts_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Configuration, "_without_conflicts", lambda self, transitions, history: transitions)


def the_first_region_always_wins(patch: pytest.MonkeyPatch) -> None:
    def first(
        self: Configuration, transitions: tuple[Transition, ...], history: Any
    ) -> tuple[Transition, ...]:
        kept: list[Transition] = []
        for each in transitions:
            if not any(self._exits(each, history) & self._exits(other, history) for other in kept):
                kept.append(each)
        return tuple(kept)

    patch.setattr(Configuration, "_without_conflicts", first)


def history_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Configuration, "_remembered", lambda self, exits: {})


def deep_history_taken_for_shallow(patch: pytest.MonkeyPatch) -> None:
    def remembered(self: Configuration, exits: tuple[Node, ...]) -> dict[str, tuple[str, ...]]:
        return {
            each.name: tuple(node.name for node in self.nodes if node.parent is left)
            for left in exits
            for each in left.histories
        }

    patch.setattr(Configuration, "_remembered", remembered)


def plans_kept_without_their_history(patch: pytest.MonkeyPatch) -> None:
    real = Configuration.plan

    def plan(self: Configuration, transitions: tuple[Transition, ...], history: Any) -> Plan:
        self._histories = ()
        return real(self, transitions, history)

    patch.setattr(Configuration, "plan", plan)


def plans_kept_by_their_first_transition(patch: pytest.MonkeyPatch) -> None:
    real = Configuration.plan
    known: dict[tuple[Configuration, Transition, str], Plan] = {}

    def plan(self: Configuration, transitions: tuple[Transition, ...], history: Any) -> Plan:
        key = (self, transitions[0], str(history))
        if key not in known:
            known[key] = real(self, transitions, history)
        return known[key]

    patch.setattr(Configuration, "plan", plan)


def regions_not_entered(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(plans._Entering, "_other_regions", lambda self, parallel: None)


def parallel_states_as_domains(patch: pytest.MonkeyPatch) -> None:
    def domain(self: Any, transition: Transition) -> Node | None:
        source = transition.source
        targets = self._effective(transition.targets)
        node = source
        if node is None or not node.children or transition.reenter:
            node = source.parent if source else None
        while node is not None and not all(target.within(node) for target in targets):
            node = node.parent
        return node

    patch.setattr(plans._Entering, "domain", domain)


def every_transition_internal(patch: pytest.MonkeyPatch) -> None:
    real = plans._Entering.domain

    def domain(self: Any, transition: Transition) -> Node | None:
        return real(self, Transition(transition.source, transition.targets, reenter=False))

    patch.setattr(plans._Entering, "domain", domain)


def one_transition_only(patch: pytest.MonkeyPatch) -> None:
    real = macrostep.select
    patch.setattr(macrostep, "select", lambda turn, listening: real(turn, listening)[:1])


def regions_never_done(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(macrostep, "_done", lambda node, active: False)


def a_region_done_is_all_done(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(macrostep, "_done", lambda node, active: True)


def initial_actions_forgotten(patch: pytest.MonkeyPatch) -> None:
    real = plans._Entering.entries
    patch.setattr(plans._Entering, "entries", lambda self: tuple((node, ()) for node, _ in real(self)))


def history_of_this_step_not_seen(patch: pytest.MonkeyPatch) -> None:
    """A history state left and entered in one step leads to what was left before, not now."""
    real = Configuration._remembered
    calls: list[dict[str, tuple[str, ...]]] = [{}]

    def remembered(self: Configuration, exits: tuple[Node, ...]) -> dict[str, tuple[str, ...]]:
        calls.append(real(self, exits))
        return calls[-2]

    patch.setattr(Configuration, "_remembered", remembered)


def entry_times_mixed_up(patch: pytest.MonkeyPatch) -> None:
    real = Plan.__init__

    def plan(self: Plan, *given: Any) -> None:
        real(self, *given)
        self.origin = None

    patch.setattr(Plan, "__init__", plan)


def what_stays_is_entered(patch: pytest.MonkeyPatch) -> None:
    """A fault that was found here: the way to a remembered state does not stop at the states that stay."""
    real = Configuration._planned

    def planned(self: Configuration, transitions: tuple[Transition, ...], history: Any) -> Plan:
        plan = real(self, transitions, history)
        before = plans._Entering(self._all, history)
        entering = plans._Entering(self._all, {**history, **plan.remembered})
        for each in plan.transitions:
            entering.take(each, before.domain(each))
        exits = tuple(node for node in reversed(self.nodes) if node.name in plan.exit_names)
        return Plan(plan.transitions, exits, entering.entries(), self.nodes, plan.led, plan.remembered)

    patch.setattr(Configuration, "_planned", planned)


def domains_worked_out_twice(patch: pytest.MonkeyPatch) -> None:
    """The other fault that was found here: the domain is another one when history has changed."""
    real = plans._Entering.take
    patch.setattr(
        plans._Entering,
        "take",
        lambda self, transition, domain: real(self, transition, self.domain(transition)),
    )


FAULTS: tuple[Plant, ...] = (
    wrong_exit_order,
    wrong_entry_order,
    actions_before_exits,
    conflicts_kept,
    the_first_region_always_wins,
    history_forgotten,
    deep_history_taken_for_shallow,
    plans_kept_without_their_history,
    plans_kept_by_their_first_transition,
    regions_not_entered,
    parallel_states_as_domains,
    every_transition_internal,
    one_transition_only,
    regions_never_done,
    a_region_done_is_all_done,
    initial_actions_forgotten,
    history_of_this_step_not_seen,
    entry_times_mixed_up,
    what_stays_is_entered,
    domains_worked_out_twice,
)


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_caught(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    assert any(differs(seed) for seed in range(CHARTS))
