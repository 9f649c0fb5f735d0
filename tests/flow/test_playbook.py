"""Playbooks: the operator's tests, and ours in his style, on a virtual clock."""

from pathlib import Path

import pytest

from appliance.config.load import load
from appliance.flow.compile import compile_flow
from appliance.flow.graph import Graph
from appliance.flow.playbook import failures
from tests.flow.desks import graph_of_text, playbook, spec_of

ROOT = Path(__file__).parents[2]


def shipped(name: str) -> Graph:
    spec, found = load((ROOT / name).read_text(encoding="utf-8"), name)
    assert spec is not None, found.render("en")
    graph, problems = compile_flow(spec)
    assert graph is not None, problems
    assert len(spec.tests) >= 3
    assert failures(spec, graph) == []
    return graph


@pytest.fixture(scope="module")
def desk() -> Graph:
    return shipped("kefu.yaml")


def test_the_english_twin_passes_its_tests() -> None:
    shipped("packaging/examples/english.kefu.yaml")


@pytest.mark.parametrize(
    ("steps", "given"),
    [
        (
            "0s 用户发送消息 -> 等待接入\n10s 用户发送消息 -> 等待接入\n11s 用户发送消息 -> 分配客服\n12s 客服接入 -> 等客服",
            {},
        ),
        (
            "0s 用户发送消息 -> 等待接入\n20s -> 分配客服\n5m -> 留言\n1h 客服接入 -> 等客服\n61m 客服结束 -> 评价",
            {},
        ),
        ("0s 用户发送消息 -> 分配客服\n1s 客服接入 -> 等客服\n4m -> 分配客服", {"vip": True}),
        ("0s 用户发送消息 -> 留言", {"hours.open": False}),
        ("0s 用户发送消息 -> 分配客服", {"visitor.level": 3}),
        ("0s 用户发送消息 -> 分配客服", {"visitor.tags": ["VIP"]}),
        (
            "0s 用户发送消息 -> 智能接待\n1s AI答复 -> 智能接待\n2s 用户发送消息 -> 智能接待\n3s AI答复 40% -> 等待接入",
            {"ai.on": True},
        ),
        ("0s 用户发送消息 -> 智能接待\n1s 请求人工 -> 等待接入", {"ai.on": True}),
        ("0s 用户发送消息 -> 智能接待\n1s AI失败 -> 等待接入", {"ai.on": True}),
        (
            "0s 用户发送消息 -> 等待接入\n20s 客服接入 -> 等客服\n21s 客服发送消息 -> 等访客\n22s 用户发送消息 -> 等客服\n"
            "30s 客服发送消息 -> 等访客\n40s 客服掉线 -> 分配客服\n41s 客服接入 -> 等客服\n42s 客服结束 -> 评价\n"
            "43s 用户发送消息 -> 等待接入\n70s 客服接入 -> 等客服\n71s 用户结束 -> 评价\n72s 已评价 5 -> 已结束",
            {},
        ),
        ("0s 用户发送消息 -> 等待接入\n1s 用户离开 -> 等待接入\n2s 用户结束 -> 已结束", {}),
        (
            "0s 用户发送消息 -> 等待接入\n20s 客服接入 -> 等客服\n21s 客服发送消息 -> 等访客\n16m -> 评价\n27m -> 已结束",
            {},
        ),
        ("0s 用户发送消息 -> 等待接入\n20s 客服接入 -> 等客服\n30s 客服转接 售后 -> 分配客服", {}),
    ],
)
def test_the_shipped_desk(desk: Graph, steps: str, given: dict[str, object]) -> None:
    assert playbook(desk, steps, given) == ""


@pytest.mark.parametrize(
    ("steps", "given", "says"),
    [
        ("0s 用户发送消息 -> 服务", {}, "step 1: expected '服务', actually '等待'"),
        (
            "0s 用户发送消息 -> 等待\n1s 客服接入 -> 服务\n5s 客服接入 -> 服务",
            {},
            "nobody is asking for an agent",
        ),
        ("0s 客服接入 -> 服务", {}, "begins with the visitor's first message"),
        ("0s -> 等待", {}, "actually '…'"),
        ("0s 用户发送消息 -> 等待\n1s 用户结束 -> 结束\n2s 用户发送消息 -> 等待", {}, "has ended"),
        ("0s 用户发送消息 -> 等待\n1s 客服发送消息 -> 等待", {}, "no agent is in charge"),
        ("0s 用户发送消息 -> 等待\n1s AI答复 -> 等待", {}, "the AI has not been asked"),
        ("0s 用户发送消息 -> 等待", {"served": True}, "served cannot be supposed"),
    ],
)
def test_what_a_failure_says(steps: str, given: dict[str, object], says: str) -> None:
    assert says in playbook(graph_of_text(), steps, given)


def test_variables_and_facts_may_be_supposed() -> None:
    flow = """
        initial: 入
        vars: {上限: 3}
        states:
          入: {always: [{to: 乙, when: 上限 > 5 && load > 50%}, {to: 甲}]}
          甲: {on: {用户结束: {to: 完}}}
          乙: {on: {用户结束: {to: 完}}}
          完: {final: true}
    """
    graph = graph_of_text(flow)
    assert playbook(graph, "0s 用户发送消息 -> 甲") == ""
    assert playbook(graph, "0s 用户发送消息 -> 乙", {"上限": 6, "load": 0.9}) == ""
    assert graph.vars == {"上限": 3}


def test_every_event_can_be_played() -> None:
    flow = """
        initial: 甲
        states:
          甲:
            entry: [enqueue, auto_assign, ask_ai]
            on: {选择菜单: {to: 乙}, 无人可派: {to: 乙}, AI失败: {to: 乙}, custom.x: {to: 乙}, 用户结束: {to: 完}}
          乙: {on: {用户发送消息: {to: 甲}}}
          完: {final: true}
    """
    graph = graph_of_text(flow)
    steps = "0s 选择菜单 退 -> 甲\n1s 选择菜单 退 -> 乙\n2s 用户发送消息 -> 甲\n3s 无人可派 -> 乙\n4s 用户发送消息 -> 甲"
    assert playbook(graph, f"{steps}\n5s AI失败 -> 乙\n6s 用户发送消息 -> 甲\n7s custom.x -> 乙") == ""


def test_a_flow_that_fails_fails_its_test() -> None:
    flow = "initial: 甲\non_error: 乙\nstates:\n  甲: {always: {to: 甲, when: time >= 0s}, on: {用户结束: {to: 完}}}\n  乙: {on: {用户结束: {to: 完}}}\n  完: {final: true}"
    assert "the flow failed" in playbook(graph_of_text(flow), "0s 用户发送消息 -> 乙")


def test_a_failing_test_is_shown_at_its_state() -> None:
    spec = spec_of(extra="tests:\n  - {name: 错, steps: [0s 用户发送消息 -> 服务]}")
    graph, _ = compile_flow(spec)
    assert graph is not None
    (found,) = failures(spec, graph)
    assert (found.code, found.path) == ("K501", "$.tests[0].steps[0]")
    assert (found.at.line, found.at.end_column - found.at.column) == (3, 2)


NIGHT = """
    initial: 入
    states:
      入: {always: [{to: 有人, when: 营业中}, {to: 没人}]}
      有人: {after: {1h: {to: 入}}, on: {用户结束: {to: 完}}}
      没人: {after: {1h: {to: 入}}, on: {用户结束: {to: 完}}}
      完: {final: true}
"""


@pytest.mark.parametrize(
    ("begins", "given", "steps"),
    [
        ("2026-10-02 01:30", "{}", "[0s 用户发送消息 -> 有人, 59m -> 有人, 1h -> 没人]"),
        ("2026-10-02 02:00", "{}", "[0s 用户发送消息 -> 没人]"),
        ("2026-10-02 02:00", "{营业中: true}", "[0s 用户发送消息 -> 有人, 1h -> 有人]"),
        ("2026-10-03 20:00", "{}", "[0s 用户发送消息 -> 没人]"),
    ],
)
def test_from_a_moment_on_the_opening_hours_apply(begins: str, given: str, steps: str) -> None:
    hours = "hours: {mon-sun: 18:00-02:00, 2026-10-03: closed}"
    spec = spec_of(NIGHT, f"{hours}\ntests: [{{name: 夜, at: {begins}, given: {given}, steps: {steps}}}]")
    graph, problems = compile_flow(spec)
    assert graph is not None, problems
    assert failures(spec, graph) == []


QUEUES = """
hours: {mon-sun: 09:00-23:00}
queues:
  退货: {when: menu == '退货', hours: {mon-fri: 09:00-18:00}}
  客服: {}
"""


@pytest.mark.parametrize(
    ("begins", "given", "state"),
    [
        ("2026-10-09 20:00", "{}", "有人"),
        ("2026-10-09 20:00", "{menu: 退货}", "没人"),
        ("2026-10-09 17:59", "{menu: 退货}", "有人"),
        ("2026-10-10 12:00", "{menu: 退货}", "没人"),
    ],
)
def test_a_queue_may_have_hours_of_its_own(begins: str, given: str, state: str) -> None:
    test = f"tests: [{{name: 时间, at: {begins}, given: {given}, steps: [0s 用户发送消息 -> {state}]}}]"
    spec = spec_of(NIGHT, f"{QUEUES}\n{test}")
    graph, problems = compile_flow(spec)
    assert graph is not None, problems
    assert failures(spec, graph) == []
