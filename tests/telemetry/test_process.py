"""What the kernel tells of this process."""

import os
from pathlib import Path

from appliance.telemetry.process import file_limit, memory_limit, open_files, resident_bytes


def test_memory_that_is_used_is_counted() -> None:
    before = resident_bytes()
    held = bytearray(os.urandom(1)) * 64_000_000
    assert resident_bytes() - before > 48_000_000
    del held


def test_a_container_has_what_it_is_given(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text("536870912\n")
    assert memory_limit((limit,)) == 536_870_912


def test_without_a_limit_it_is_the_machine(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    limit.write_text("max\n")
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert memory_limit((tmp_path / "nothing", limit)) == machine
    limit.write_text("9223372036854771712\n")
    assert memory_limit((limit,)) == machine


def test_an_open_file_is_counted(tmp_path: Path) -> None:
    before = open_files()
    with open(tmp_path / "x", "w"):
        assert open_files() == before + 1
    assert 0 < before < file_limit()
