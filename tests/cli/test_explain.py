"""`kefu explain`: as people read it, in both languages, and as programs do."""

from pathlib import Path

import pytest

from tests.cli.shell import ROOT, SHIPPED, kefu

GOLDEN = ROOT / "tests" / "golden" / "cli"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_state_as_people_read_it(language: str) -> None:
    said = [
        kefu("explain", name, "-c", SHIPPED, lang=language)
        for name in ("等待接入", "评价", "人工服务", "已结束")
    ]
    assert [each.code for each in said] == [0] * 4
    text = "-----\n".join(each.out for each in said)
    assert text == (GOLDEN / f"explain-{language}.txt").read_text(encoding="utf-8")


def test_programs_get_english_events() -> None:
    told = kefu("explain", "等待接入", "-c", SHIPPED, "--json").json
    assert told["events"]["visitor.message"] == [
        {
            "state": "等待接入",
            "trigger": "visitor.message",
            "when": "time > 10s",
            "to": "分配客服",
            "actions": [{"name": "auto_assign", "args": {}}],
        }
    ]


def test_all_states_and_a_state_that_is_none(tmp_path: Path) -> None:
    said = kefu("explain", "-c", SHIPPED)
    assert said.code == 0
    assert "    等待接入" in said.out
    assert "已结束  (final)" in said.out
    wrong = kefu("explain", "等待接人", "-c", SHIPPED)
    assert (wrong.code, "等待接入" in wrong.err) == (2, True)
    broken = tmp_path / "k.yaml"
    broken.write_text("kefu: 2\n", encoding="utf-8")
    assert kefu("explain", "x", "-c", str(broken)).code == 1
