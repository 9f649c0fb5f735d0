"""The explorer: its verdicts on small flows, and faults planted in it that these verdicts show."""

import importlib
import inspect
import sys
import types

import pytest

from appliance.flow.verify_search import Budget, told
from tests.flow.promised import CASES, spec_with, verdict


@pytest.mark.parametrize("name", CASES)
def test_verdicts(name: str) -> None:
    assert verdict(spec_with(CASES[name])) == CASES[name].verdict


def test_without_a_budget_it_does_not_say_that_a_promise_holds() -> None:
    case = spec_with(CASES["a variable that opens the way"])
    assert verdict(case, Budget(1, 1_000)) == "undecided"
    assert verdict(case, Budget(1_000, 5)) == "undecided"


def test_a_counter_without_end_uses_the_budget_up_and_no_more() -> None:
    case = CASES["a variable that opens the way"]._replace(
        states="等: {on: {用户发送消息: {to: 等, action: {set: {次: =vars.次 + 1}}}, 客服发送消息: {to: 好, when: vars.次 > 9}}, "
        "after: {10s: {to: 好}}}\n好: {on: {用户结束: {to: 完}}}\n完: {final: true}",
        promise="from: 好, on: 用户离开, reach: 完, within: 99d",
    )
    budget = Budget(300, 100_000)
    assert verdict(spec_with(case), budget) in ("undecided", "late")
    assert budget.states >= -300


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (0, "0s"),
        (1, "0.001s"),
        (10_000, "10s"),
        (60_000, "1m"),
        (90_500, "1m30.5s"),
        (86_400_000, "1d"),
        (3_600_000, "1h"),
    ],
)
def test_times_are_told_as_operators_write_them(time: int, text: str) -> None:
    assert told(time) == text


FAULTS = [
    ("verify_search", "late.limit(PROMISE, within + 1)", "late.limit(PROMISE, within)"),
    ("verify_search", "late.limit(PROMISE, within + 1)", "late.limit(PROMISE, within + 2)"),
    ("verify_search", "if late.limit(PROMISE, within + 1):", "if False:"),
    ("verify_search", "(clock, 0, delay - 1)", "(clock, 0, delay)"),
    ("verify_search", "later - (other.order < timer.order)", "later"),
    ("verify_search", "if owed and self._breach is None:", "if False:"),
    ("verify_search", "low = high + 1", "low = high + 2"),
    ("verify_search", "cell.late(beyond)", "{}"),
    ("verify_states", "entered = tuple([now - reading.get(clock_of(name), 0)", "entered = tuple([now - 0"),
    ("verify_states", "if name in armed or name in self._cuts", "if name in armed"),
    (
        "verify_states",
        "if self._looks.session:\n            found.append(SESSION)",
        "if False:\n            pass",
    ),
    ("verify_states", "snapshot.visitor,", "None,"),
    ("verify_zones", "zone.bounds[row * side] for row", "-zone.bounds[row] for row"),
    ("verify_zones", "self.bounds[row * side] = FREE", "pass"),
    ("verify_zones", "0 if clock in fresh else where[clock]", "where.get(clock, 0)"),
    ("verify_looks", '">": {upto}', '">": {below}'),
    ("verify_machine", "name == promise.source and not owed", "False"),
    ("verify_machine", "if not reach.isdisjoint(active):", "if False:"),
    ("verify_machine", "        if rest:\n                given[name] = first", "        others.clear()"),
]


@pytest.mark.parametrize(("module", "right", "wrong"), FAULTS)
def test_a_planted_fault_shows(module: str, right: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(module, right, wrong, monkeypatch)
    assert any(_verdict(name) != case.verdict for name, case in CASES.items())


def _verdict(name: str) -> str:
    try:
        return verdict(spec_with(CASES[name]), Budget(2_000, 20_000))
    except (KeyError, ValueError, IndexError):
        return "stumbles"


def plant(name: str, right: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a module with one piece of text exchanged in the place of the real one, for this test."""
    real = importlib.import_module(f"appliance.flow.{name}")
    source = inspect.getsource(real)
    assert source.count(right) == 1, (name, right)
    faulty = types.ModuleType(real.__name__)
    monkeypatch.setitem(sys.modules, real.__name__, real)
    exec(compile(source.replace(right, wrong), name, "exec"), faulty.__dict__)  # noqa: S102  # our own text
    for key, value in vars(faulty).items():
        before = getattr(real, key, None)
        if (
            isinstance(value, type)
            and value.__module__ == faulty.__name__
            and not hasattr(value, "__struct_fields__")
        ):
            for part, function in vars(value).items():
                if isinstance(function, types.FunctionType):
                    monkeypatch.setattr(before, part, function)
        elif isinstance(value, types.FunctionType) and value.__module__ == faulty.__name__:
            for other in [
                each for path, each in sys.modules.items() if path.startswith("appliance.flow.verify")
            ]:
                if getattr(other, key, None) is before:
                    monkeypatch.setattr(other, key, value)
