"""Starts that cannot be: one clear sentence with the remedy, exit code 1, and the data as it was."""

import hashlib
import os
import shutil
import socket
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.shipped import kefu_yaml
from tools.loadtest.serving import REPOSITORY, Serving, clean_environment


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an appliance that ran, and was stopped."""
    folder = tmp_path_factory.mktemp("served")
    with Serving(folder, kefu_yaml()) as serving:
        serving.hire("agent")
        assert serving.stop() == 0
    return folder


@pytest.fixture
def stopped(served: Path, tmp_path: Path) -> Serving:
    """A copy of it, not running."""
    shutil.copytree(served / "data", tmp_path / "data")
    return Serving(tmp_path, kefu_yaml())


def try_to_start(serving: Serving, *more: str) -> str:
    """Start it, which must fail with exit code 1; return what it said."""
    done = subprocess.run(
        [*serving.arguments, *more],
        capture_output=True,
        text=True,
        timeout=30,
        cwd=REPOSITORY,
        env={**clean_environment(), "LANG": "C.UTF-8", "LANGUAGE": ""},
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert "Traceback" not in said
    assert "is ready" not in said
    return said


def fingerprint(data: Path) -> dict[str, str]:
    """Return a hash of each file that says something.

    The lock names a process and may change; SQLite leaves an index of its journal (-shm) and an empty journal when a database
    was only read.
    """
    return {
        str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(data.rglob("*"))
        if path.is_file() and path.stat().st_size and path.name not in ("kefu.lock", "kefu.db-shm")
    }


def lines_of(said: str) -> list[str]:
    """Return what was said, line by line, without empty ones."""
    return [line for line in said.splitlines() if line.strip()]


def test_a_second_process_on_the_same_data_is_told_who_is_first(tmp_path: Path) -> None:
    with Serving(tmp_path, kefu_yaml()) as serving:
        said = try_to_start(serving, "--port", "0")
        assert str(serving.pid) in said
        assert "--data" in said
        assert len(lines_of(said)) <= 2
        # The first one did not notice.
        assert serving.ask("GET", "/healthz")[0] == 200
        assert serving.stop() == 0


def test_a_port_in_use_is_named(stopped: Serving) -> None:
    before = fingerprint(stopped.data)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", stopped.port))
        taken.listen()
        said = try_to_start(stopped)
    assert str(stopped.port) in said
    assert "--port" in said
    assert len(lines_of(said)) <= 3
    assert fingerprint(stopped.data) == before


def test_a_data_directory_that_cannot_be_made_is_named(stopped: Serving, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    said = try_to_start(stopped, "--data", str(tmp_path / "file" / "data"))
    assert str(tmp_path / "file" / "data") in said
    assert "--data" in said


def test_a_data_directory_that_cannot_be_written_is_named(stopped: Serving) -> None:
    # Not even root may write into the kernel's own tree, so this holds whoever runs the tests.
    before = sorted(os.listdir("/proc/sys/kernel"))
    said = try_to_start(stopped, "--data", "/proc/sys/kernel")
    assert "/proc/sys/kernel" in said
    assert sorted(os.listdir("/proc/sys/kernel")) == before


@pytest.mark.parametrize("damage", ["middle", "cut off", "empty", "another"])
def test_a_damaged_database_is_left_alone(stopped: Serving, damage: str) -> None:
    path = stopped.data / "kefu.db"
    content = bytearray(path.read_bytes())
    if damage == "middle":
        content[4_096:12_288] = bytes(byte ^ 0x5A for byte in content[4_096:12_288])
    elif damage == "cut off":
        del content[len(content) // 2 :]
    elif damage == "empty":
        content.clear()
    else:
        content[:16] = b"this is no base."
    path.write_bytes(content)
    before = fingerprint(stopped.data)
    said = try_to_start(stopped)
    assert "kefu.db" in said
    assert fingerprint(stopped.data) == before


def test_a_newer_database_is_left_alone(stopped: Serving) -> None:
    with closing(sqlite3.connect(stopped.data / "kefu.db")) as database, database:
        database.execute("INSERT INTO migration VALUES (9999, 'of_the_future', 'x', 0)")
    before = fingerprint(stopped.data)
    said = try_to_start(stopped)
    assert "9999" in said
    assert fingerprint(stopped.data) == before


def test_a_wrong_configuration_starts_nothing_and_names_every_problem(
    stopped: Serving, tmp_path: Path
) -> None:
    before = fingerprint(stopped.data)
    config = tmp_path / "kefu.yaml"
    config.write_text(config.read_text().replace("{to: 留言}", "{to: 流言}").replace("ai: off", "ai: on"))
    # Without --strict the last good configuration runs instead: tests/cli/test_apply.py.
    said = try_to_start(stopped, "--strict")
    assert "流言" in said
    assert "留言" in said
    assert "kefu.yaml:" in said
    assert said.count("kefu.yaml:") >= 3
    assert fingerprint(stopped.data) == before


def test_after_every_refusal_the_data_still_starts(stopped: Serving) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", stopped.port))
        taken.listen()
        try_to_start(stopped)
    with stopped:
        assert stopped.admin("GET", "/admin/agents")[1]["agents"]
        assert stopped.stop() == 0
