"""`kefu` itself: help in two languages, exit codes, and one sentence for whatever goes wrong."""

import json

import pytest

from appliance import __version__, cli
from appliance.cli import main, told_of
from appliance.cli.catalog import COMMANDS, Row
from appliance.errors import StartError, Text
from tests.cli.shell import kefu


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", ("用法", "退出码", "启动")), ("en", ("usage", "exit codes", "start the appliance"))],
)
def test_help_names_every_command_and_the_exit_codes(lang: str, words: tuple[str, ...]) -> None:
    said = kefu("--help", lang=lang)
    assert said.code == 0
    for row in COMMANDS:
        assert f"  {row.name}" in said.out
    for word in (*words, "--lang", "--json"):
        assert word in said.out


def test_without_a_command_it_helps_and_says_that_this_was_no_use() -> None:
    assert kefu().code == 2
    assert kefu("help").code == 0
    assert kefu("--version").out == f"kefu {__version__}\n"


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.name)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_command_helps(row: Row, lang: str) -> None:
    said = kefu(row.name, "--help", lang=lang)
    assert said.code == 0
    assert said.out
    assert said.err == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("nope",),
        ("check", "--nope"),
        ("check", "extra"),
        ("run", "--port", "x"),
        ("run", "--port", "70000"),
        ("agent", "nope"),
        ("--lang", "fr", "check"),
        ("check", "--lang"),
    ],
)
def test_wrong_usage_is_2_and_one_sentence(arguments: tuple[str, ...]) -> None:
    said = kefu(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert said.err.startswith("kefu: ")
    assert said.err.count("\n") == 1


def test_language_and_json_may_stand_anywhere(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--json", "--lang", "zh", "nope"], ["nope", "--json"]):
        assert main(arguments) == 2
        told = json.loads(capsys.readouterr().out)["error"]
        assert "没有命令" in told["zh"]
        assert "no command" in told["en"]


def test_an_error_wrapped_by_a_task_group_is_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    error = StartError(Text("停", "stopped"))

    def fails(arguments: object, console: object) -> int:
        raise BaseExceptionGroup("x", [ExceptionGroup("y", [ValueError(), error])])

    monkeypatch.setattr(cli, "load", lambda row: fails)
    said = kefu("run")
    assert (said.code, said.err) == (1, "kefu: stopped\n")


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(arguments: object, console: object) -> int:
        raise ValueError("a bug")

    monkeypatch.setattr(cli, "load", lambda row: fails)
    with pytest.raises(ValueError, match="a bug"):
        kefu("run")
    assert list(told_of(ValueError())) == []


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(arguments: object, console: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "load", lambda row: interrupted)
    assert kefu("run").code == 130
