"""What operators read of their promises: golden texts in both languages, the shipped files, regions and ways back."""

from pathlib import Path

import pytest

from appliance.config.load import load
from appliance.flow.bundle import bundle_of, source_of
from appliance.flow.compile import compile_flow
from appliance.flow.verify import verify
from appliance.flow.verify_search import Budget
from tests.flow import proofs
from tests.flow.desks import spec_of
from tests.flow.promised import END, Promised, spec_with, verdict

ROOT = Path(__file__).parents[2]
SHIPPED = """
    guarantee:
      - {name: 排队有结果, from: 排队, reach: [人工服务, 留言, 评价, 已结束], within: 5m}
      - {name: 喊人工就转人工, from: 智能接待, on: 请求人工, reach: [排队, 留言], within: 1s}
    states:
"""
ENGLISH = """
    guarantee:
      - {name: an answer in the queue, from: queue, reach: [in service, message left, rating, done], within: 5m}
      - {name: a human when asked for, from: assistant, on: visitor.ask_human, reach: [queue, message left], within: 1s}
    states:
"""


def said(file: str, promises: str, within: str = "") -> list[str]:
    """Return the codes of a shipped file with promises put in."""
    text = (ROOT / file).read_text(encoding="utf-8")
    if "    guarantee:" in text:
        start = text.index("    guarantee:")
        text = text[:start] + text[text.index("    states:", start) :]
    text = text.replace("\n    states:\n", promises.replace("5m}", f"{within or '5m'}}}"), 1)
    spec, found = load(text, file)
    assert spec is not None, found.render("en")
    graph, _ = compile_flow(spec)
    assert graph is not None
    return [each.code for each in verify(spec, graph)]


@pytest.mark.parametrize(
    ("file", "promises"), [("kefu.yaml", SHIPPED), ("packaging/examples/english.kefu.yaml", ENGLISH)]
)
def test_the_shipped_promises_hold_and_shorter_ones_do_not(file: str, promises: str) -> None:
    assert said(file, promises) == []
    assert said(file, promises, "299999ms") == ["K440"]


@pytest.mark.parametrize("name", proofs.cases())
def test_golden(name: str) -> None:
    text, data = proofs.rendered(name)
    assert text == (proofs.FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert data == (proofs.FOLDER / f"{name}.json").read_text(encoding="utf-8")


def test_every_code_of_the_prover_has_a_golden_text() -> None:
    shown = "".join(path.read_text(encoding="utf-8") for path in proofs.FOLDER.glob("*.txt"))
    assert all(f"[{code}]" in shown for code in ("K440", "K441", "K443", "K444"))


def test_an_exhausted_budget_is_a_warning_and_never_silence() -> None:
    spec = spec_with(
        Promised("from: 等, reach: 好, within: 10s", f"等: {{after: {{10s: {{to: 好}}}}}}\n{END}", "kept")
    )
    graph, _ = compile_flow(spec)
    assert graph is not None
    (found,) = verify(spec, graph, Budget(1, 1))
    assert (found.code, found.severity) == ("K442", "warning")
    assert verify(spec, graph) == []


def test_a_flow_without_promises_is_not_explored() -> None:
    spec = spec_of()
    graph, _ = compile_flow(spec)
    assert graph is not None
    assert verify(spec, graph, Budget(0, 0)) == []


def test_a_promise_makes_no_new_bundle() -> None:
    flow = "initial: 等\nstates:\n  等: {on: {用户结束: {to: 完}}}\n  完: {final: true}"
    promised = flow.replace(
        "states:", "guarantee: [{name: 甲, from: 等, on: 用户结束, reach: 完, within: 1s}]\nstates:"
    )
    assert source_of(bundle_of(spec_of(promised))) == source_of(bundle_of(spec_of(flow)))


REGIONS = """服务:
  parallel: true
  on: {用户结束: {to: 完}}
  states:
    回答:
      initial: 等客服
      states:
        等客服: {on: {客服发送消息: {to: 等访客}}, after: {3m: {to: 好}}}
        等访客: {on: {用户发送消息: {to: 等客服}}, after: {DELAY: {to: 好}}}
    看护:
      initial: 安静
      states:
        安静: {on: {用户离开: {to: 走了}}, after: {5m: {action: remind}}}
        走了: {on: {用户发送消息: {to: 安静}}}
"""


@pytest.mark.parametrize(("delay", "outcome"), [("2m", "kept"), ("3001ms", "kept"), ("3m1s", "late")])
def test_regions_side_by_side(delay: str, outcome: str) -> None:
    states = REGIONS.replace("DELAY", delay) + END
    case = Promised("from: 安静, on: 用户离开, reach: [好, 完, 等客服], within: 3m", states, outcome)
    # Somebody who left and never comes back: what the other region waits for decides.
    assert verdict(spec_with(case)) == outcome


WAY_BACK = """服务:
  initial: 甲
  on: {用户离开: {to: 暂停}}
  states:
    甲: {on: {客服发送消息: {to: 乙}}, after: {1h: {to: 好}}}
    乙: {after: {1h: {to: 好}}}
    回来: {history: shallow, initial: 甲}
暂停: {after: {5s: {to: TARGET}}}
"""


@pytest.mark.parametrize(("target", "outcome"), [("甲", "kept"), ("回来", "late")])
def test_a_way_back_leads_to_where_the_conversation_was(target: str, outcome: str) -> None:
    case = Promised(
        "from: 暂停, reach: [甲, 好], within: 5s", WAY_BACK.replace("TARGET", target) + END, outcome
    )
    assert verdict(spec_with(case)) == outcome
    either = case._replace(promise="from: 暂停, reach: [甲, 乙], within: 5s")
    assert verdict(spec_with(either)) == "kept"
