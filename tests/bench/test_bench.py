"""The bench runner reports what it is given; the numbers themselves are nobody's test."""

import sys
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from tests.bench import __main__ as runner
from tests.bench.report import table
from tests.bench.result import Result

STEP = Result(name="一步", value=6.5, unit="µs", goal=8, reference=3.25)
RATE = Result(name="durable", value=9_000, unit="msg/s", better="more", goal=10_000)


def test_a_goal_is_met_in_its_own_direction() -> None:
    assert (STEP.met, STEP.ratio) == (True, 2.0)
    assert (RATE.met, RATE.ratio) == (False, None)
    assert Result(name="x", value=1, unit="s").met is None


def test_the_table_is_aligned_for_chinese_names_too() -> None:
    assert table([STEP, RATE]).splitlines() == [
        "measurement  value   unit    goal  met  reference  ratio",
        "一步           6.5     µs       8  yes       3.25   2.00",
        "durable      9,000  msg/s  10,000   NO",
    ]


def test_every_chosen_bench_runs_and_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[bool] = []

    def run(quick: bool) -> list[Result]:
        asked.append(quick)
        return [STEP]

    planted = ModuleType("tests.bench.bench_planted")
    vars(planted)["run"] = run
    monkeypatch.setitem(sys.modules, planted.__name__, planted)
    monkeypatch.setattr(runner, "discover", lambda wanted=(): ["bench_planted"])
    assert runner.main(["--quick"], tmp_path / "deep" / "bench.json") == 0
    assert asked == [True]
    assert "一步" in capsys.readouterr().out
    written = msgspec.json.decode((tmp_path / "deep" / "bench.json").read_bytes())
    assert written["quick"] is True
    assert written["results"] == [
        {
            "name": "一步",
            "value": 6.5,
            "unit": "µs",
            "goal": 8.0,
            "reference": 3.25,
            "ratio": 2.0,
            "met": True,
        }
    ]


def test_a_name_that_no_bench_has_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.main(["nonesuch"]) == 2
    assert "no bench" in capsys.readouterr().err
