"""`kefu agent`, on the running appliance and on its data."""

import getpass
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.cli.agent import read_password
from appliance.cli.console import Console
from appliance.errors import Refused
from tests.cli.shell import SHIPPED, Said, kefu, process

PASSWORD = "correct horse battery"


@pytest.fixture(params=["running", "offline"])
def data(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    with process(tmp_path) as running:
        if request.param == "offline":
            running.end()
        yield tmp_path


def agent(data: Path, *arguments: str, stdin: str = "", lang: str = "en") -> Said:
    return kefu("agent", *arguments, "--data", str(data), "-c", SHIPPED, stdin=stdin, lang=lang)


def test_from_invitation_to_being_disabled(data: Path) -> None:
    said = agent(data, "add", "小李", "--login", "Li", "--skills", "售前，售后", "--capacity", "5")
    assert said.code == 0, said
    assert "/console#invite=" in said.out
    said = agent(data, "list", "--json")
    li = {each["login"]: each for each in said.json["agents"]}["li"]
    assert (li["name"], li["skills"], li["capacity"], li["joined"]) == ("小李", ["售前", "售后"], 5, False)
    assert agent(data, "passwd", "li", stdin=PASSWORD + "\n").code == 0
    assert "active" in agent(data, "list").out
    said = agent(data, "invite", "li")
    assert "/console#invite=" in said.out
    assert "未设密码" in agent(data, "list", lang="zh").out
    assert agent(data, "disable", "li").code == 0
    assert "disabled" in agent(data, "list").out
    assert agent(data, "enable", "li").code == 0
    assert "disabled" not in agent(data, "list").out


def test_what_cannot_be_done_is_one_sentence(data: Path) -> None:
    assert agent(data, "add", "x", "--login", "li").code == 0
    for arguments, told in [
        (("add", "y", "--login", "LI"), "another agent"),
        (("add", "y", "--login", "a b"), "letters"),
        (("add", "y", "--login", "wang", "--skills", "none"), "no queue 'none'"),
        (("disable", "nobody"), "no such agent"),
        (("passwd", "li"), "characters"),
    ]:
        said = agent(data, *arguments)
        assert said.code == 1, said
        assert told in said.err
        assert said.err.count("\n") == 1
    assert agent(data, "add", "y", "--login", "x", "--capacity", "0").code == 2
    assert agent(data, "add", "y").code == 2


def test_columns_stand_below_each_other_with_chinese_names(tmp_path: Path) -> None:
    with process(tmp_path):
        agent(tmp_path, "add", "李小龙", "--login", "li")
        agent(tmp_path, "add", "Bo", "--login", "bo")
        rows = {line.split()[0]: line for line in agent(tmp_path, "list", lang="zh").out.splitlines()}
    # Three Chinese characters take six cells.
    assert rows["li"].index("agent") + 3 == rows["bo"].index("agent")


def test_at_a_terminal_it_is_typed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter([PASSWORD, PASSWORD, PASSWORD, "other"])
    monkeypatch.setattr(getpass, "getpass", lambda prompt: next(typed))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert read_password(Console("zh")) == PASSWORD
    with pytest.raises(Refused, match="not the same"):
        read_password(Console("zh"))
