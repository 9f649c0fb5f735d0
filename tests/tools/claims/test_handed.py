"""What is handed over is really made; what this version does not have is told as missing."""

import msgspec
import pytest

from tests.tools.claims.sample import findings
from tests.tools.loadtest.report.sample import sample
from tools.claims import handed
from tools.claims.findings import Findings
from tools.claims.handed import one_file, report_bytes, topology
from tools.claims.house import House


async def test_a_start_and_what_comes_with_it(house: House) -> None:
    found = findings(connect=sample(), begin=None, missing={})
    await handed.handed(house, found)
    assert found.begin is not None
    assert found.begin.commands == 1
    assert found.begin.seconds > 0
    assert found.report_bytes is not None
    assert found.report_bytes > 10_000
    for part in ("topology_bytes", "profile_bytes"):
        made = getattr(found, part)
        assert (made is None) == (part in found.missing), part
        assert made is None or made > 0


def test_without_a_load_there_is_no_report() -> None:
    found = Findings()
    assert report_bytes(found) is None
    assert "report_bytes" in found.missing


async def test_without_the_command_there_is_no_topology(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handed, "TOPOLOGY", "tools.nowhere.command")
    found = Findings()
    await topology(house.folder, found)
    assert found.topology_bytes is None
    assert "topology_bytes" in found.missing


def test_this_checkout_is_not_one_file() -> None:
    assert not one_file()
    assert msgspec.to_builtins(Findings())["begin"] is None
