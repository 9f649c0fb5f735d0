"""One way from text to something that runs; what check passes, starts."""

import os
from pathlib import Path

import pytest

from appliance.flow.compile import graph_of
from appliance.runtime.check import check_bytes, check_text
from appliance.runtime.place import Environment

ROOT = Path(__file__).parents[2]
GOOD = """
kefu: 1
site: {name: 店, identity_secret: "${env:KEFU_SECRET}"}
flows:
  main:
    initial: 等
    states:
      等: {on: {用户发送消息: {action: auto_assign}, 用户结束: {to: 完}}}
      完: {final: true}
tests:
  - {name: 走通, steps: [0s 用户发送消息 -> 等, 1s 用户结束 -> 完]}
"""


def here(tmp_path: Path, **changes: object) -> Environment:
    settings: dict[str, object] = {
        "data": tmp_path,
        "variables": {"KEFU_SECRET": "s"},
        "files": 100_000,
        "port": 0,
    }
    return Environment(**{**settings, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["kefu.yaml", "packaging/examples/english.kefu.yaml"])
def test_the_shipped_files_pass(name: str, tmp_path: Path) -> None:
    checked = check_bytes((ROOT / name).read_bytes(), name, environment=here(tmp_path))
    assert checked.passed
    assert checked.diagnostics.render("en") == ""


def test_what_passes_can_be_stored_and_run_again() -> None:
    checked = check_text(GOOD, "kefu.yaml", environment=None)
    assert checked.graph is not None
    assert graph_of(checked.source).id == checked.graph.id


def test_nothing_of_the_machine_is_looked_at_offline() -> None:
    assert check_text(GOOD, "kefu.yaml", environment=None).passed


def test_findings_of_all_stages_stand_together(tmp_path: Path) -> None:
    wrong = GOOD.replace("-> 等,", "-> 完,")
    checked = check_text(wrong, "kefu.yaml", environment=here(tmp_path, variables={}))
    assert [found.code for found in checked.diagnostics] == ["K603", "K501"]
    assert checked.graph is None
    assert checked.source == b""
    assert checked.spec is not None


def test_form_errors_stop_before_the_flow() -> None:
    checked = check_text("kefu: 1\nflows: 3\n", "kefu.yaml", environment=None)
    assert not checked.passed
    assert checked.spec is None


def test_guard_errors_stop_before_the_tests() -> None:
    checked = check_text(
        GOOD.replace("{to: 完}}}", "{to: 完, when: time > 1}}}"), "kefu.yaml", environment=None
    )
    assert [found.code for found in checked.diagnostics] == ["K403"]
    assert checked.graph is None


def test_checking_writes_nothing(tmp_path: Path) -> None:
    data = tmp_path / "not" / "yet"
    assert check_text(GOOD, "kefu.yaml", environment=here(tmp_path, data=data)).passed
    assert os.listdir(tmp_path) == []
