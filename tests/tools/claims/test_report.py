"""The report for people in one sentence, and for programs with keys that stay."""

import json

from tests.tools.claims.sample import report
from tools.claims.report import told


def test_for_programs() -> None:
    value = json.loads(json.dumps(told(report())))
    assert (value["format"], value["quick"], value["ended"]) == (1, True, "complete")
    assert sum(value["counts"].values()) == len(value["rows"])
    row = next(row for row in value["rows"] if row["key"] == "connections")
    assert row["standing"] == "measured"
    assert row["here"]["en"] == "5,251"
    assert row["bench"][0]["source"] == "tests/bench/bench_connections.py"


def test_an_interruption_is_told() -> None:
    assert "interrupted" not in report().sentence.en
    assert report(ended="interrupted").sentence.en.endswith("It was interrupted.")
    assert report(ended="interrupted").sentence.zh.endswith("中途停止。")


def test_the_form_and_the_machine_stand_in_the_subtitle() -> None:
    assert "quick, took 47.3 s · 2 cores, 23 GB" in report().subtitle.en
    assert "full" in report(quick=False).subtitle.en


def test_a_machine_that_was_busy_before_is_told() -> None:
    assert "busy" not in report(load=1.0).sentence.en
    assert "load 1.1" in report(load=1.1).sentence.en
    assert "负载 1.1" in report(load=1.1).sentence.zh
