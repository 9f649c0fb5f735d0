"""`kefu status`: of a running appliance, and of none."""

from pathlib import Path

from tests.cli.shell import kefu, process


def test_without_an_appliance_it_says_what_to_do(tmp_path: Path) -> None:
    said = kefu("status", "--data", str(tmp_path))
    assert said.code != 0
    assert "Start it (kefu run)" in said.err


def test_it_shows_the_appliance_and_its_pools(tmp_path: Path) -> None:
    with process(tmp_path) as running:
        said = kefu("status", "--data", str(tmp_path), lang="zh")
        assert said.code == 0
        assert running.told["demo"].removesuffix("/demo") in said.out
        assert "会话" in said.out
        shown = kefu("status", "--data", str(tmp_path), "--pools").out.splitlines()
        assert shown[0].split() == [
            "pool",
            "size",
            "used",
            "idle",
            "hits",
            "misses",
            "hit",
            "ratio",
            "mean",
            "wait",
            "left",
        ]
        assert [line.split()[:2] for line in shown[1:]] == [["db", "4"], ["sessions", "20,000"]]
        pools = kefu("--json", "status", "--data", str(tmp_path), "--pools").json
        assert [pool["pool"] for pool in pools] == ["db", "sessions"]
