"""`kefu check`: exit codes, the text people read, the JSON programs read."""

import socket
from pathlib import Path

import pytest

from tests.cli.shell import ROOT, SHIPPED, kefu, process

WRONG = "kefu: 1\nsite: {nam: x}\nflows: {main: {initial: a, states: {a: {on: {用户发送消息: {to: b}}}}}}\n"


@pytest.fixture
def wrong(tmp_path: Path) -> str:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("file", [SHIPPED, str(ROOT / "packaging/examples/english.kefu.yaml")])
def test_the_shipped_files_are_fine(file: str) -> None:
    said = kefu("check", "-c", file, "--offline")
    assert (said.code, said.err) == (0, "")
    assert "no problems" in said.out


def test_every_problem_at_once_with_place_and_remedy(wrong: str) -> None:
    said = kefu("check", "-c", wrong, "--offline")
    assert said.code == 1
    assert "wrong.yaml:2:8" in said.out
    assert "wrong.yaml:3:" in said.out
    assert "^" in said.out
    assert "2 errors" in said.out
    assert "处错误" in kefu("check", "-c", wrong, "--offline", lang="zh").out


@pytest.mark.parametrize("option", [("--format", "json"), ("--json",)])
def test_the_json_says_the_same(wrong: str, option: tuple[str, ...]) -> None:
    said = kefu("check", "-c", wrong, "--offline", *option)
    assert said.code == 1
    assert (said.json["ok"], said.json["bundle"]) == (False, None)
    first = said.json["problems"][0]
    assert (first["line"], first["severity"]) == (2, "error")
    assert first["message"]["zh"]
    assert first["message"]["en"]
    fine = kefu("check", "-c", SHIPPED, "--offline", *option)
    assert (fine.code, fine.json["ok"], fine.json["problems"]) == (0, True, [])
    assert fine.json["bundle"]


def test_bytes_that_are_no_text_are_a_finding(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe\x00")
    said = kefu("check", "-c", str(tmp_path / "x.yaml"), "--offline")
    assert said.code == 1
    assert "x.yaml" in said.out


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    said = kefu("check", "-c", str(tmp_path / "none.yaml"))
    assert said.code == 2
    assert "none.yaml" in said.err


def test_the_place_is_checked_unless_left_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    arguments = ("check", "-c", SHIPPED, "--data", str(tmp_path / "file"))
    assert kefu(*arguments).code == 1
    assert "--data" in kefu(*arguments).out
    assert kefu(*arguments, "--offline").code == 0


def test_it_changes_nothing(tmp_path: Path) -> None:
    kefu("check", "-c", SHIPPED, "--data", str(tmp_path / "data"))
    assert list(tmp_path.iterdir()) == []


def test_what_the_running_appliance_holds_is_not_held_against_it(tmp_path: Path) -> None:
    text = Path(SHIPPED).read_text(encoding="utf-8")
    with process(tmp_path / "data") as running:
        port = int(running.url.rsplit(":", 1)[1])
        config = tmp_path / "kefu.yaml"
        config.write_text(f"{text}\nlisten: {{port: {port}}}\n", encoding="utf-8")
        assert kefu("check", "-c", str(config), "--data", str(tmp_path / "data")).code == 0
        assert kefu("check", "-c", str(config), "--data", str(tmp_path / "other")).code == 1
    with socket.create_server(("127.0.0.1", port)):
        assert kefu("check", "-c", str(config), "--data", str(tmp_path / "data")).code == 1
