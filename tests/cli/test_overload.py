"""`kefu overload` on a running appliance: look, hold, rehearse, leave it to the load again."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from appliance.cli.overload import CAUSES, OFF
from appliance.overload import FEATURES, Signals, load_of
from tests.cli.shell import kefu, process


def until(holds: Callable[[], bool], within: float = 10.0) -> None:
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_a_tier_is_held_and_left_again(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))

    def state() -> dict[str, Any]:
        found: dict[str, Any] = kefu("--json", "overload", *data).json
        return found

    with process(tmp_path):
        said = kefu("overload", *data)
        assert said.code == 0
        assert "tier 1" in said.out
        assert "> 70%" in said.out
        assert "nothing" in said.out
        said = kefu("overload", *data, "--tier", "2", "--for", "2m")
        assert "held for 120 s" in said.out
        until(lambda: state()["tier"] == 2)
        shown = kefu("overload", *data, lang="zh")
        assert "人工指定" in shown.out
        assert "已读回执、正在输入、即时推送" in shown.out
        kefu("overload", *data, "--auto")
        until(lambda: state()["tier"] == 0)
        over = kefu("--json", "overload", *data, "--rehearse", "--for", "1s").json["over_at"]
        until(lambda: state()["tier"] == 0 and time.time() * 1000 > over, 20.0)
        steps = [each["to"] for each in state()["history"]]
        assert steps == [1, 2, 1, 0, 1, 2, 3, 2, 1, 0]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--tier", "4"),
        ("--tier", "1", "--auto"),
        ("--rehearse", "--for", "10m"),
        ("--tier", "1", "--for", "soon"),
    ],
)
def test_nonsense_is_explained(tmp_path: Path, wrong: tuple[str, ...]) -> None:
    said = kefu("overload", "--data", str(tmp_path), *wrong)
    assert said.code == 2
    assert said.err


def test_without_an_appliance_it_says_what_to_do(tmp_path: Path) -> None:
    said = kefu("overload", "--data", str(tmp_path))
    assert said.code == 1
    assert "kefu run" in said.err


def test_every_feature_and_every_cause_has_words() -> None:
    assert set(OFF) == set(FEATURES)
    assert set(CAUSES) == {*load_of(Signals()).components, "operator", "rehearsal"}
