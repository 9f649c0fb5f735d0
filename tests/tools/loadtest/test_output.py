"""The folder of a run has what is promised, and the run before is found among its neighbours."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from appliance.errors import KefuError
from tests.tools.loadtest.test_outcome import results
from tools.loadtest.output import folder_for, hgrm, previous_of, write
from tools.loadtest.results import decode, encode


def test_everything_is_written(folder: Path) -> None:
    path = folder_for("s", str(folder))
    files = {file.name: file for file in write(results(), path)}
    assert {"results.json", "seconds.csv", "ack.hgrm", "show.hgrm", "handshake.hgrm"} <= set(files)
    assert decode(files["results.json"].read_bytes()) == results()
    assert "Percentile" in files["ack.hgrm"].read_text()


def test_the_distribution_is_in_ms() -> None:
    lines = hgrm(results().latencies["ack"].histogram).decode().splitlines()
    assert any(
        line.split()[:1] == ["2.000"] or line.split()[:1] == ["2.001"] for line in lines if line.strip()
    )


def test_the_run_before_is_the_latest_of_the_same_scenario(tmp_path: Path) -> None:
    for name, changes in (
        ("old", {"started_at": 1}),
        ("new", {"started_at": 2}),
        ("other", {"started_at": 3, "scenario": "other"}),
        ("stopped", {"started_at": 4, "ended": "interrupted"}),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "results.json").write_bytes(encode(replace(results(), **changes)))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "results.json").write_text("{")
    (tmp_path / "this").mkdir()
    found = previous_of(tmp_path / "this", "s")
    assert found is not None
    assert found.started_at == 2
    assert previous_of(tmp_path / "this", "nothing") is None


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KefuError) as refused:
        folder_for("s", str(tmp_path / "file" / "below"))
    assert "-o" in refused.value.say("en")
