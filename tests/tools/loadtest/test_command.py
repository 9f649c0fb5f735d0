"""`kefu loadtest` as people use it: a small real run, what it refuses, and a mutant of the appliance that it catches."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from appliance.errors import Text
from tests.cli.shell import kefu
from tests.shipped import kefu_yaml
from tools.loadtest import command
from tools.loadtest.results import decode
from tools.loadtest.scenario import Phase, Scenario
from tools.loadtest.serving import REPOSITORY, Serving

SMALL = ("--visitors", "20", "--agents", "2", "--rate", "30", "--seconds", "4", "--seed", "7")
FORGETFUL = ("-m", "tests.faults.altered", "--without", "dedup")
SILENT = ("-m", "tests.faults.altered", "--without", "replay")


@pytest.fixture
def config(tmp_path: Path) -> str:
    """A shop that serves at once."""
    path = tmp_path / "kefu.yaml"
    path.write_text(kefu_yaml("100ms"), encoding="utf-8")
    return str(path)


def test_a_chat_of_twenty_visitors(config: str, folder: Path) -> None:
    said = kefu("loadtest", "chat", *SMALL, "-c", config, "-o", str(folder), "--json", "--processes", "2")
    results = decode((folder / "results.json").read_bytes())
    totals = results.totals
    assert said.json["totals"]["acked"] == totals.acked
    assert totals.connections == 20
    assert totals.offered == totals.sent == totals.acked == totals.delivered > 60
    assert (totals.lost, totals.duplicated, totals.out_of_order, totals.unanswered) == (0, 0, 0, 0)
    assert totals.judged == "journals and database"
    assert totals.findings == []
    assert results.latencies["ack"].count == totals.acked
    assert sum(second.acked for second in results.throughput) == totals.acked
    assert [phase.name for phase in results.phases] == ["arrive", "warm up", "chat"]
    assert results.generator.processes == 2
    assert results.command[-2:] == ["--seed", "7"] or "--seed" in results.command
    assert said.code == (0 if said.json["passed"] else 1)
    assert all(Path(file).exists() for file in said.json["files"])
    assert "stored" in said.err


def test_an_appliance_that_forgets_what_it_was_sent_is_caught(
    config: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The load stammers as clients do whose ack was lost; the mutant takes the second one for news."""
    monkeypatch.setattr(command, "ENTRY", FORGETFUL)
    said = kefu("loadtest", "chat", *SMALL, "-c", config, "-o", str(folder), "--json")
    assert said.code == 1
    totals = decode((folder / "results.json").read_bytes()).totals
    assert totals.duplicated > 0
    assert any("stored twice" in finding for finding in totals.findings)
    assert any("twice" in finding and finding.startswith(("a", "v")) for finding in totals.findings)


def test_an_appliance_that_brings_nothing_after_a_cut_is_caught(
    config: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "ENTRY", SILENT)
    small = ("--visitors", "30", "--agents", "2", "--rate", "60", "--seconds", "6", "--seed", "7")
    said = kefu("loadtest", "reconnect-storm", *small, "-c", config, "-o", str(folder), "--json")
    assert said.code == 1
    results = decode((folder / "results.json").read_bytes())
    assert results.storm is not None
    assert results.storm.clients == 32
    assert results.totals.lost > 0
    assert any("never shown" in finding for finding in results.totals.findings)


def test_a_running_appliance_and_a_scenario_of_ones_own(shop: Serving, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "loadtest: 1\nagents: 1\nphases:\n  - {name: in, seconds: 500ms, visitors: 3, greet: true}\n",
        encoding="utf-8",
    )
    where = ("--data", str(shop.data))
    said = kefu("loadtest", str(path), *where, "-o", str(folder), lang="zh")
    assert said.code == 0, said.out + said.err
    assert said.out.startswith("mine：达标")
    results = decode((folder / "results.json").read_bytes())
    assert results.totals.judged == "journals"
    assert results.totals.delivered == 3


def test_ctrl_c_ends_in_order_and_leaves_the_results(config: str, folder: Path) -> None:
    process = started("soak", "--visitors", "5", "--agents", "1", "-c", config, "-o", str(folder))
    # As a terminal does it: the whole group of processes gets the signal.
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=90)
    assert process.returncode == 1, out + err
    assert "interrupted" in out
    assert decode((folder / "results.json").read_bytes()).ended == "interrupted"


def test_a_second_ctrl_c_gives_up_at_once_and_leaves_no_process(config: str, folder: Path) -> None:
    process = started("soak", "--visitors", "5", "--agents", "1", "-c", config, "-o", str(folder))
    children = _children(process.pid)
    assert len(children) >= 2, "the appliance and a generator"
    for _ in range(2):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.2)
    out, err = process.communicate(timeout=90)
    assert process.returncode == 130, out + err
    assert "Traceback" not in err
    assert not any(Path(f"/proc/{pid}").exists() for pid in children)


def started(*arguments: str) -> "subprocess.Popen[str]":
    """Start a load test as a process and wait until it is in its second phase."""
    process = subprocess.Popen(
        [sys.executable, "-m", "appliance", "--lang=en", "loadtest", *arguments],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    end, seen = time.monotonic() + 60, ""
    while "2/2" not in seen:
        assert time.monotonic() < end, "it does not begin"
        seen = process.stderr.readline()
    return process


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("chat", "--url", "http://192.0.2.1:8080"), 2, "--i-own-this-host"),
        (("chat", "--url", "http://127.0.0.1:9"), 2, "--data"),
        (("chat", "--data", "."), 1, "No kefu runs on ."),
        (("nothing",), 2, "There is no scenario 'nothing'"),
        (("nothing.yaml",), 2, "cannot be read"),
        (("chat", "--visitors", "2"), 2, "more visitors, or a lower rate"),
        (("chat", "--visitors", "0"), 2, "--visitors"),
        (("chat", "--rate", "-1"), 2, "--rate"),
        (("connect", "--visitors", "900000"), 2, "ulimit"),
        (("chat", "-c", "missing.yaml"), 2, "missing.yaml"),
    ],
)
def test_what_cannot_be_is_refused_with_its_remedy(
    arguments: tuple[str, ...], code: int, words: str, tmp_path: Path
) -> None:
    said = kefu("loadtest", *arguments, "-o", str(tmp_path / "out"))
    assert said.code == code, said.err
    assert words in said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / "out").exists(), "a refused run leaves nothing behind"


def test_a_scenario_with_mistakes_shows_them_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("loadtest: 1\nphases:\n  - {name: in, visitors: many}\n", encoding="utf-8")
    said = kefu("loadtest", str(path))
    assert said.code == 1
    assert "mine.yaml:3:" in said.err
    assert "whole number" in said.err


def test_the_scenarios_are_listed() -> None:
    said = kefu("loadtest", "--list", "--json")
    assert said.code == 0
    assert {"chat", "soak"} <= {each["name"] for each in json.loads(said.out)["scenarios"]}
    assert "压" not in kefu("loadtest", "--list").out
    assert kefu("loadtest", lang="zh").code == 2


def test_a_fast_scenario_gets_more_processes_where_there_are_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    slow, fast, counted = (
        Scenario("s", Text("", ""), (phase,))
        for phase in (Phase("p", rate=500), Phase("p", rate=8_000), Phase("p", messages=9))
    )
    assert [command.generators(each) for each in (slow, fast, counted)] == [1, 2, 2]
