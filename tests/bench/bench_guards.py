"""What a guard costs against other people's expression languages: the same conditions, the same values, one run.

Each is compiled beforehand and keeps its values in the form that it likes best; ours are read from where they live.  Whoever gives another answer than we do is
no rival but a bug in the translation, and ends the bench.  All take turns, so that a busy moment of the machine strikes each
of them; of the turns the median counts.
"""

import gc
import sys
import time
from collections.abc import Callable, Mapping
from importlib import import_module
from statistics import median
from typing import Any

from msgspec import Struct

from appliance.flow.guards import compile_guard
from appliance.model import Value, Visitor
from tests.bench.result import Result

GOAL = 500
"""Nanoseconds that a guard may cost."""

Ask = Callable[[], object]


class Question(Struct, frozen=True):
    """One condition: `ours` as an operator writes it, `python` and `cel` as the others want it, and its answer."""

    ours: str
    python: str
    cel: str
    answer: bool


QUESTIONS = (
    Question("time > 10s", "time > 10000", "time > 10000", True),
    Question(
        "visitor.level >= 3 || 'VIP' in visitor.tags",
        "level >= 3 or 'VIP' in tags",
        "level >= 3 || 'VIP' in tags",
        True,
    ),
    Question("营业中 && load < 85%", "open and load < 0.85", "open && load < 0.85", True),
    Question(
        "vip && menu == '退换货' && transfers < 3",
        "vip and menu == '退换货' and transfers < 3",
        "vip && menu == '退换货' && transfers < 3",
        True,
    ),
    Question("time * 2 - 5s > 1m", "time * 2 - 5000 > 60000", "time * 2 - 5000 > 60000", False),
    Question("event.text.contains('人工')", "'人工' in text", "text.contains('人工')", True),
)
VALUES: dict[str, Value] = {
    "time": 11_000,
    "level": 1,
    "tags": ["VIP", "老客户"],
    "open": True,
    "load": 0.3,
    "vip": True,
    "menu": "退换货",
    "transfers": 1,
    "text": "我要人工客服",
}


class Differs(Exception):
    """A rival gives another answer."""


class _Scope:
    """What our guards read, as a running conversation has it."""

    time = VALUES["time"]
    menu = VALUES["menu"]
    transfers = VALUES["transfers"]
    visitor = Visitor("v", level=1, tags=("VIP", "老客户"))
    facts: Mapping[str, Value] = {"hours.open": True, "load": 0.3}

    def fact(self, name: str) -> Value:
        return self.facts[name]

    def is_vip(self) -> bool:
        return True

    def event(self, name: str, default: Value) -> Value:
        return VALUES["text"]


def ours() -> list[Ask]:
    """Return our own guards, ready to be asked."""
    scope = _Scope()
    found: list[Ask] = []
    for question in QUESTIONS:
        guard, problems = compile_guard(question.ours)
        assert guard is not None, problems
        found.append(lambda test=guard.test: test(scope))  # type: ignore[misc]
    return found


def _common_expression_language() -> list[Ask]:
    cel = import_module("cel")
    context = cel.Context(dict(VALUES))
    programs = [cel.compile(question.cel) for question in QUESTIONS]
    return [lambda program=program: program.execute(context) for program in programs]  # type: ignore[misc]


def _with_new_values() -> list[Ask]:
    """The same, told its values each time: those of a conversation change with every event."""
    programs = [import_module("cel").compile(question.cel) for question in QUESTIONS]
    return [lambda program=program: program.execute(VALUES) for program in programs]  # type: ignore[misc]


def _simpleeval() -> list[Ask]:
    evaluator = import_module("simpleeval").EvalWithCompoundTypes(names=dict(VALUES))
    parsed = [(question.python, evaluator.parse(question.python)) for question in QUESTIONS]
    return [lambda text=text, tree=tree: evaluator.eval(text, tree) for text, tree in parsed]  # type: ignore[misc]


def _cel_python() -> list[Ask]:
    celpy: Any = import_module("celpy")
    environment = celpy.Environment()
    context = {name: celpy.json_to_cel(value) for name, value in VALUES.items()}
    programs = [environment.program(environment.compile(question.cel)) for question in QUESTIONS]
    return [lambda program=program: program.evaluate(context) for program in programs]  # type: ignore[misc]


RIVALS: dict[str, Callable[[], list[Ask]]] = {
    "common-expression-language": _common_expression_language,
    "common-expression-language with new values": _with_new_values,
    "simpleeval": _simpleeval,
    "cel-python": _cel_python,
}


def run(quick: bool) -> list[Result]:
    """Measure; `quick` gives each shorter turns, and fewer."""
    turns, length = (3, 20_000_000) if quick else (9, 100_000_000)
    everybody = {"kefu": ours(), **installed(RIVALS)}
    for name, asks in everybody.items():
        agree(name, asks)
    costs = _measured(everybody, turns, length)
    rivals = [name for name in everybody if name != "kefu"]
    results = [
        Result(
            name=f"guards: {question.ours}",
            value=costs["kefu"][number],
            unit="ns",
            goal=GOAL,
            reference=min((costs[name][number] for name in rivals), default=None),
        )
        for number, question in enumerate(QUESTIONS)
    ]
    return results + [
        Result(
            name=f"guards: {name}, on average",
            value=_mean(costs[name]),
            unit="ns",
            reference=_mean(costs["kefu"]),
        )
        for name in rivals
    ]


def installed(rivals: Mapping[str, Callable[[], list[Ask]]]) -> dict[str, list[Ask]]:
    """Return the rivals that are here; of the others it is said that they are not."""
    found: dict[str, list[Ask]] = {}
    for name, make in rivals.items():
        try:
            found[name] = make()
        except ImportError:
            print(
                f"guards: {name} is not installed, so nothing is compared with it; `make bench` installs it",
                file=sys.stderr,
            )
    return found


def agree(name: str, asks: list[Ask]) -> None:
    """Raise Differs unless every answer is the right one."""
    for question, ask in zip(QUESTIONS, asks, strict=True):
        found = ask()
        if bool(found) is not question.answer:
            raise Differs(f"{name}: {question.ours} gives {found!r}")


def _measured(everybody: Mapping[str, list[Ask]], turns: int, length: int) -> dict[str, list[float]]:
    """Return ns by name and question: medians over `turns` turns of about `length` nanoseconds for each."""
    found: dict[str, list[list[float]]] = {name: [[] for _ in asks] for name, asks in everybody.items()}
    for _ in range(turns):
        for name, asks in everybody.items():
            gc.collect()
            for number, ask in enumerate(asks):
                found[name][number].append(_cost(ask, length // len(asks)))
    return {name: [median(costs) for costs in each] for name, each in found.items()}


def _cost(ask: Ask, length: int) -> float:
    once = max(1, _time(ask, 10) // 10)
    rounds = max(10, length // once)
    return _time(ask, rounds) / rounds


def _time(ask: Ask, rounds: int) -> int:
    begun = time.perf_counter_ns()
    for _ in range(rounds):
        ask()
    return time.perf_counter_ns() - begun


def _mean(costs: list[float]) -> float:
    return sum(costs) / len(costs)
