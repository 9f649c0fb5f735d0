"""The questions, asked of a real appliance: what it answers becomes a picture with its differences."""

from pathlib import Path

import pytest

from appliance.errors import StartError
from tests.cli.shell import kefu, process
from tests.tools.topology.goldens import CHANGED
from tests.tools.topology.sites import SHIPPED
from tools.topology.drawing import config_hash
from tools.topology.running import asked_of


def test_nothing_runs(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="No kefu runs"):
        asked_of(str(tmp_path), SHIPPED, "kefu.yaml")


def test_a_real_appliance_tells(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "kefu.yaml"
    file.write_text(CHANGED, encoding="utf-8")
    with process(data) as running:
        found = asked_of(str(data), SHIPPED, "kefu.yaml")
        assert (found.changes, found.config) == ((), config_hash(SHIPPED))
        assert found.status["url"] == running.url
        changed = asked_of(str(data), CHANGED, "kefu.yaml").changes
        assert changed is not None
        assert {change.path for change in changed} == {"thresholds.2", "pools.db"}
        refused = asked_of(str(data), "kefu: 2\n", "kefu.yaml")
        assert (refused.changes, bool(refused.problems)) == (None, True)

        picture = tmp_path / "live.svg"
        said = kefu("topology", "-c", str(file), "--live", "--data", str(data), "-o", str(picture), "--json")
        assert said.code == 0, said.err
        assert said.json["drift"]["store"] == ["pools db: runs 4 · file 6"]
        assert said.json["drift"]["public"][0].startswith(f"address: runs {running.url}")
        drawn = picture.read_text(encoding="utf-8")
        assert "● fine" in drawn
        assert "≠ pools db: runs 4 · file 6" in drawn
