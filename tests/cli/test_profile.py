"""`kefu profile`: of a running appliance, of none, and what it refuses."""

from pathlib import Path

import pytest

from appliance.telemetry.profiling.protobuf import decode
from tests.cli.shell import kefu, process
from tests.telemetry.profiling.unhurried import unhurried


def test_without_an_appliance_it_says_what_to_do(tmp_path: Path) -> None:
    said = kefu("profile", "--data", str(tmp_path))
    assert said.code == 1
    assert "Start it (kefu run)" in said.err


@pytest.mark.parametrize(
    "options", [("--kind", "gpu"), ("--seconds", "x"), ("--seconds", "61"), ("--seconds", "nan")]
)
def test_nonsense_is_a_wrong_usage(options: tuple[str, str], tmp_path: Path) -> None:
    assert kefu("profile", "--data", str(tmp_path), *options).code == 2


def test_each_kind_becomes_a_file_for_pprof(tmp_path: Path) -> None:
    with process(tmp_path / "data", "-c", unhurried(tmp_path)):
        for kind, unit in (
            ("tasks", "count"),
            ("block", "nanoseconds"),
            ("heap", "bytes"),
            ("cpu", "nanoseconds"),
        ):
            file = tmp_path / f"{kind}.pb.gz"
            options = ("--data", str(tmp_path / "data"), "--kind", kind, "--seconds", "0.5", "-o", str(file))
            said = kefu("profile", *options)
            assert said.code == 0, said.err
            assert f"go tool pprof -http 127.0.0.1:0 {file}" in said.out
            profile = decode(file.read_bytes())
            assert profile.types[-1][1] == unit
            told = kefu("--json", "profile", *options).json
            assert (told["file"], told["kind"], told["unit"]) == (str(file), kind, unit)
            if kind == "tasks":
                assert "%" in said.out
        refused = kefu("profile", "--data", str(tmp_path / "data"), "--seconds", "0")
        assert (refused.code, "0.1 to 60 seconds" in refused.err) == (1, True)
        unwritable = kefu("profile", "--data", str(tmp_path / "data"), "--kind", "tasks", "-o", str(tmp_path))
        assert (unwritable.code, "cannot be written" in unwritable.err) == (1, True)
