"""SPIN judges the explorer: the same verdict on every small flow, on the shipped file, and on random flows."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from appliance.config.load import load
from appliance.config.spec import Spec
from tests.flow.promised import CASES, promise_of, spec_with, verdict
from tests.tools.spin import violated
from tools.promela import main, promela

ROOT = Path(__file__).parents[2]
PROMISES = """
    guarantee:
      - {name: 排队有结果, from: 排队, reach: [人工服务, 留言, 评价, 已结束], within: 5m}
      - {name: 喊人工就转人工, from: 智能接待, on: 请求人工, reach: [排队, 留言], within: 1s}
      - {name: 排队四分钟有结果, from: 排队, reach: [人工服务, 留言, 评价, 已结束], within: 4m}
    states:
"""


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.spin])
def test_small_flows(name: str, tmp_path: Path) -> None:
    spec = spec_with(CASES[name])
    assert violated(promela(spec, promise_of(spec)), tmp_path) == (CASES[name].verdict in ("late", "ended"))


def shipped() -> Spec:
    text = (ROOT / "kefu.yaml").read_text(encoding="utf-8")
    if "    guarantee:" in text:
        start = text.index("    guarantee:")
        text = text[:start] + text[text.index("    states:", start) :]
    spec, found = load(text.replace("\n    states:\n", PROMISES, 1), "kefu.yaml")
    assert spec is not None, found.render("en")
    return spec


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_whole_shipped_file(number: int, tmp_path: Path) -> None:
    spec = shipped()
    promise = spec.main.guarantees[number]
    alone = replace(spec, flows={"main": replace(spec.main, guarantees=(promise,))})
    broken = verdict(alone) in ("late", "ended")
    assert violated(promela(spec, promise), tmp_path) == broken == (number == 2)


FAULTS = [
    ("promise++", "skip"),
    ("a1_0 = 1;", "a1_0 = 0;"),
    ("if :: !owed -> owed = 1", "if :: false -> owed = 1"),
]


@pytest.mark.parametrize(("right", "wrong"), FAULTS)
def test_a_fault_in_a_model_shows(right: str, wrong: str, tmp_path: Path) -> None:
    found = False
    for number, name in enumerate(
        ("a silent visitor", "a timer at the very end is in time", "leaving is no excuse")
    ):
        spec = spec_with(CASES[name])
        model = promela(spec, promise_of(spec))
        folder = tmp_path / str(number)
        folder.mkdir()
        said = violated(model.replace(right, wrong), folder)
        found = found or said != (CASES[name].verdict in ("late", "ended"))
    assert found


def test_the_command_prints_a_model_or_says_why_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "kefu: 1\nflows:\n  main:\n    initial: a\n    guarantee: [{name: p, from: a, reach: b, within: 2s}]\n"
        "    states: {a: {after: {1s: {to: b}}}, b: {final: true}}\n"
    )
    file = tmp_path / "kefu.yaml"
    file.write_text(text, encoding="utf-8")
    assert main([str(file), "p"]) == 0
    assert "one tick is 1000 ms" in capsys.readouterr().out
    assert main([str(file), "q"]) == 1
    assert "no guarantee 'q'" in capsys.readouterr().err
    file.write_text(
        text.replace("a: {after", 'a: {on: {用户发送消息: {to: b, when: "size(menu) > 2"}}, after'),
        encoding="utf-8",
    )
    assert main([str(file), "p"]) == 1
    assert "no model for this flow" in capsys.readouterr().err
    file.write_text("kefu: 1", encoding="utf-8")
    assert main([str(file), "p"]) == 1
    assert "K203" in capsys.readouterr().err
