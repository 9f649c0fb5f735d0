"""Files far larger than anybody's: right work, or a plain word, never a traceback and never silence."""

import pytest

from appliance.config.source import DEEPEST, LARGEST
from appliance.runtime.check import check_bytes, check_text
from tests.bench.bench_check import DESKS
from tests.bench.large import large

MINIMAL = "kefu: 1\nflows: {main: {initial: 等, states: {等: {on: {用户发送消息: {action: auto_assign}, 用户结束: {to: 完}}}, 完: {final: true}}}}\n"


def test_four_thousand_lines_are_read_to_the_end() -> None:
    text = large(DESKS)
    assert text.count("\n") > 4_000
    assert check_text(text, "kefu.yaml", environment=None).passed
    broken = text.replace("-> 分配0", "-> 分配1")
    found = check_text(broken, "kefu.yaml", environment=None).diagnostics
    assert [(each.code, each.at.line) for each in found] == [("K501", text.count("\n"))]


def test_two_thousand_states_run() -> None:
    checked = check_text(large(500), "kefu.yaml", environment=None)
    assert checked.graph is not None
    assert len(checked.graph.nodes) > 2_000


@pytest.mark.parametrize("piece", ["# 注释\n", "a: [", "{", "- ", "'", "x: !y &z\n", "\t"])
def test_ten_megabytes_of_anything(piece: str) -> None:
    data = (MINIMAL + piece * (10_000_000 // len(piece.encode()))).encode()
    found = check_bytes(data, "kefu.yaml", environment=None).diagnostics
    assert [each.code for each in found] == ["K102"]
    assert str(LARGEST // 1024) in found.render("en")


@pytest.mark.parametrize("opening", ["{a: ", "[", "- "])
def test_depth_is_refused_where_it_begins(opening: str) -> None:
    found = check_text("kefu: 1\nflows: " + opening * 3_000, "kefu.yaml", environment=None).diagnostics
    assert found.failed
    assert all(each.at.column < 20 + DEEPEST * 6 for each in found)


def test_states_as_deep_as_may_be() -> None:
    depth = (DEEPEST - 7) // 2
    opening = "".join(f"{{initial: 层{n}, states: {{层{n}: " for n in range(depth))
    text = (
        "kefu: 1\nflows: {main: {initial: 等, states: {完: {final: true}, 等: "
        + opening
        + "{on: {用户发送消息: {action: auto_assign}, 用户结束: {to: 完}}}"
        + "}}" * depth
        + "}}}\n"
    )
    checked = check_text(text, "kefu.yaml", environment=None)
    assert checked.diagnostics.render("en") == ""
    assert checked.passed


@pytest.mark.parametrize(
    "name",
    ["😀", "👩\u200d💻 组", "ｆｕｌｌ", "等待。接入！", "état", "الانتظار", "a" * 60, "’", "—", "3", "年 月"],
)
def test_any_name_is_a_name(name: str) -> None:
    written = f'"{name}"' if name == "3" else name
    checked = check_text(MINIMAL.replace("等", written), "kefu.yaml", environment=None)
    assert checked.diagnostics.render("en") == ""
    assert checked.graph is not None
    assert name in checked.graph.nodes


def test_twins_in_two_forms_of_unicode_are_told() -> None:
    twins = MINIMAL.replace("states: {等", "states: {e\u0301: {final: true}, \u00e9: {final: true}, 等")
    found = check_text(twins, "kefu.yaml", environment=None).diagnostics
    assert "K106" in {each.code for each in found}
