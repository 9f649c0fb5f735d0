"""Small flows with a promise each, and whether it is kept: what the explorer and SPIN must agree on.

Every one stands for something that a prover gets wrong easily.
"""

from typing import NamedTuple

from appliance.config.spec import Guarantee, Spec
from appliance.flow.bundle import bundle_of, source_of
from appliance.flow.verify_machine import Machine
from appliance.flow.verify_search import Breach, Budget, Search
from tests.flow.desks import spec_of


class Promised(NamedTuple):
    """A flow (the inside of `main:`) with a promise, and the verdict: kept, late, ended or never."""

    promise: str
    states: str
    verdict: str
    spin: bool = True


END = "好: {after: {1h: {to: 完}}, on: {用户结束: {to: 完}}}\n完: {final: true}"

CASES: dict[str, Promised] = {
    "a timer at the very end is in time": Promised("from: 等, reach: 好, within: 10s", f"等: {{after: {{10s: {{to: 好}}}}}}\n{END}", "kept"),
    "one millisecond less is not": Promised("from: 等, reach: 好, within: 9999ms", f"等: {{after: {{10s: {{to: 好}}}}}}\n{END}", "late", False),
    "a silent visitor": Promised("from: 等, reach: 好, within: 1h", f"等: {{on: {{用户发送消息: {{to: 好}}}}}}\n{END}", "late"),
    "a guard that is true for a second": Promised(
        "from: 等, reach: 好, within: 11s",
        f"等: {{after: {{11s: {{to: 好}}}}, on: {{用户发送消息: {{to: 完, when: time > 10s}}}}}}\n{END}", "ended",
    ),
    "a guard that is never true in time": Promised(
        "from: 等, reach: 好, within: 10s",
        f"等: {{after: {{10s: {{to: 好}}}}, on: {{用户发送消息: {{to: 完, when: time >= 10s}}}}}}\n{END}", "kept",
    ),
    "the outer of two timers is first": Promised(
        "from: 等, reach: 好, within: 10s",
        "等:\n  initial: 内\n  after: {10s: {to: 好}}\n  states:\n    内: {after: {10s: {to: 完}}}\n" + END, "kept",
    ),
    "the end is no answer": Promised(
        "from: 等, reach: 好, within: 1h", f"等: {{after: {{10s: {{to: 好}}}}, on: {{用户结束: {{to: 完}}}}}}\n{END}", "ended",
    ),
    "leaving is no excuse": Promised(
        "from: 等, reach: 好, within: 20s",
        f"等: {{after: {{5s: {{to: 别处}}}}}}\n别处: {{on: {{用户发送消息: {{to: 好}}}}}}\n{END}", "late",
    ),
    "a retry that restarts the clock": Promised(
        "from: 外, reach: 好, within: 10s",
        "外:\n  initial: 试\n  states:\n    试: {after: {6s: {to: 好}}, on: {用户发送消息: {to: 试}}}\n" + END, "late",
    ),
    "an event in the state starts it": Promised(
        "from: 智能, on: 请求人工, reach: 好, within: 1s", f"智能: {{entry: ask_ai, on: {{请求人工: {{to: 好}}}}}}\n{END}", "kept",
    ),
    "an event that is forgotten at night": Promised(
        "from: 智能, on: 请求人工, reach: 好, within: 1s",
        f"智能: {{on: {{请求人工: {{to: 好, when: 营业中}}}}, after: {{1h: {{to: 好}}}}}}\n{END}", "late",
    ),
    "what is only passed through counts": Promised(
        "from: 等, reach: 经过, within: 10s",
        f"等: {{after: {{10s: {{to: 经过}}}}}}\n经过: {{always: {{to: 好}}}}\n{END}", "kept",
    ),
    "a case that is only passed through counts": Promised(
        "from: 经过, reach: 好, within: 1s",
        f"等: {{after: {{10s: {{to: 经过}}}}}}\n经过: {{always: {{to: 别处}}}}\n别处: {{after: {{2s: {{to: 好}}}}}}\n{END}", "late",
    ),
    "two clocks that meet at one moment only": Promised(
        "from: 外, reach: 好, within: 9s",
        "外:\n  initial: 等\n  after: {9s: {to: 好}}\n  states:\n    等: {on: {用户发送消息: {to: 甲}}}\n"
        "    甲: {after: {3s: {to: 乙}}}\n    乙: {always: {to: 完, when: session.time == 8s}}\n" + END, "ended",
    ),
    "a loop that no clock ends": Promised(
        "from: 等, reach: 好, within: 5s",
        f"等: {{on: {{用户发送消息: {{to: 等}}, 客服发送消息: {{to: 好, when: session.time > 1h}}}}, after: {{5s: {{to: 好}}}}}}\n{END}", "late",
    ),
    "an agent who is asked for and taken away": Promised(
        "from: 服务, on: 客服掉线, reach: [等, 完], within: 1s",
        f"等: {{entry: [enqueue, auto_assign], on: {{客服接入: {{to: 服务}}, 用户结束: {{to: 完}}}}}}\n服务: {{on: {{客服结束: {{to: 好}}}}}}\n{END}", "kept",
    ),
    "the VIP who is not served": Promised(
        "from: 等, reach: 好, within: 10s",
        f"等: {{after: {{10s: [{{to: 好, when: '!vip'}}, {{action: remind}}]}}, on: {{用户结束: {{to: 好}}}}}}\n{END}", "late",
    ),
    "a variable that opens the way": Promised(
        "from: 等, reach: 好, within: 10s",
        f"等: {{after: {{5s: {{to: 再等, action: {{set: {{次: =vars.次 + 1}}}}}}}}}}\n"
        f"再等: {{after: {{5s: [{{to: 好, when: vars.次 == 1}}, {{to: 完}}]}}}}\n{END}", "kept",
    ),
    "a state that has a guard on time and no timer": Promised(
        "from: 外, reach: 好, within: 12s",
        "外:\n  initial: 等\n  after: {12s: {to: 好}}\n  states:\n"
        "    等: {on: {用户发送消息: {to: 完, when: time > 10s}}}\n" + END,
        "ended",
    ),
    "a guard that is not yet true at its constant": Promised(
        "from: 外, reach: 好, within: 15ms",
        "外:\n  initial: 等\n  after: {15ms: {to: 好}}\n  states:\n"
        "    等: {on: {用户发送消息: {to: 乙, when: time > 10ms}}}\n    乙: {after: {4ms: {to: 完}}}\n" + END.replace("1h", "20ms"),
        "kept",
    ),
    "a case that never comes up": Promised(
        "from: 等, on: 客服结束, reach: 好, within: 1s",
        "等: {always: {to: 好}}\n" + END, "never",
    ),
}  # fmt: skip


def spec_with(case: Promised) -> Spec:
    """Return the file of a case."""
    states = "\n".join(f"  {line}" for line in case.states.splitlines())
    first = case.states.partition(":")[0]
    flow = f"initial: {first}\nvars: {{次: 0}}\nguarantee:\n  - {{name: 保证, {case.promise}}}\nstates:\n{states}"
    return spec_of(flow, "vip: visitor.level >= 3")


def searched(spec: Spec, budget: Budget | None = None) -> tuple[Search, Machine, Breach | None]:
    """Explore the first promise of a file."""
    machine = Machine(spec, source_of(bundle_of(spec)))
    search = Search(machine, promise_of(spec), budget or Budget(20_000, 200_000))
    return search, machine, search.run()


def promise_of(spec: Spec) -> Guarantee:
    """Return the first promise of a file."""
    return spec.main.guarantees[0]


def verdict(spec: Spec, budget: Budget | None = None) -> str:
    """Return kept, late, ended, never or undecided."""
    search, _, breach = searched(spec, budget)
    if breach is not None:
        return "ended" if breach.bounds is None else "late"
    if not search.decided:
        return "undecided"
    return "kept" if search.arose else "never"
