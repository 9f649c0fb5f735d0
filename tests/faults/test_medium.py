"""The instrument first: a disk that lost what it should keep, or kept what it should lose, would prove nothing."""

import os
import random
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from tests.faults.medium import CUT, SECTOR, Medium, Paper

ROWS_IN_A_CHILD = """
import sys
import apsw
from tests.faults.medium import Medium
from tests.faults.vfs import FaultyVfs

path, synchronous, keep, after = sys.argv[1:]
medium = Medium()
vfs = FaultyVfs(medium)
database = apsw.Connection(path)
database.execute("PRAGMA journal_mode = wal")
database.execute(f"PRAGMA synchronous = {synchronous}")
database.wal_autocheckpoint(20)
medium.cut_after(int(after), keep)
for number in range(100_000):
    database.execute("INSERT INTO row VALUES (?)", (number,))
    print(number, flush=True)
"""


def child(path: Path, synchronous: str, keep: str, after: int) -> tuple[int, list[int]]:
    """Insert rows until the power is cut; return how many were reported as stored, and what is there afterwards."""
    command = [sys.executable, "-c", ROWS_IN_A_CHILD, str(path), synchronous, keep, str(after)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == CUT, done.stderr
    reported = len(done.stdout.splitlines())
    database = apsw.Connection(str(path))
    assert database.execute("PRAGMA integrity_check").get == "ok"
    found = [number for (number,) in database.execute("SELECT number FROM row ORDER BY rowid")]
    database.close()
    return reported, found


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """An empty table in a file that lies safely on the disk."""
    path = tmp_path / "rows.db"
    database = apsw.Connection(str(path))
    database.execute("CREATE TABLE row (number INTEGER)")
    database.close()
    return path


@pytest.mark.parametrize("keep", ["nothing", "something"])
def test_full_synchronisation_keeps_every_reported_row(table: Path, keep: str) -> None:
    reported, found = child(table, "full", keep, random.randint(300, 900))
    assert reported
    # The commit that was under way may have come through or not.
    assert found in (list(range(reported)), list(range(reported + 1)))


def test_normal_synchronisation_loses_reported_rows(table: Path) -> None:
    # Ten rows or so: nothing was moved out of the journal yet.
    reported, found = child(table, "normal", "nothing", 30)
    assert reported > len(found)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"old" * SECTOR)
    return path


def paper_of(file: Path) -> tuple[Paper, int]:
    descriptor = os.open(file, os.O_RDWR)
    return Paper(descriptor), descriptor


def write(paper: Paper, descriptor: int, data: bytes, offset: int) -> None:
    paper.touch(offset, offset + len(data))
    os.pwrite(descriptor, data, offset)


def test_a_cut_gives_back_what_was_not_synced_and_keeps_what_was(file: Path) -> None:
    paper, descriptor = paper_of(file)
    write(paper, descriptor, b"synced", 10)
    paper.synced()
    kept = file.read_bytes()
    assert paper.clean()
    write(paper, descriptor, b"x" * 3 * SECTOR, SECTOR - 7)
    write(paper, descriptor, b"beyond the end", 9 * SECTOR)
    assert not paper.clean()
    paper.cut(share=0.0)
    assert file.read_bytes() == kept


def test_what_was_cut_off_comes_back(file: Path) -> None:
    paper, descriptor = paper_of(file)
    before = file.read_bytes()
    paper.touch(100, paper.length())
    os.ftruncate(descriptor, 100)
    write(paper, descriptor, b"new", 100)
    paper.cut(share=0.0)
    assert file.read_bytes() == before


def test_everything_may_also_have_arrived(file: Path) -> None:
    paper, descriptor = paper_of(file)
    write(paper, descriptor, b"x" * 5_000, 0)
    paper.cut(share=1.0)
    assert file.read_bytes() == b"x" * 5_000


def test_writes_are_torn_between_sectors(file: Path) -> None:
    paper, descriptor = paper_of(file)
    before = file.read_bytes()
    write(paper, descriptor, b"x" * len(before), 0)
    paper.cut(share=0.5)
    after = file.read_bytes()
    sectors = [after[at : at + SECTOR] for at in range(0, len(after), SECTOR)]
    olds = [before[at : at + SECTOR] for at in range(0, len(before), SECTOR)]
    assert all(new in (old, b"x" * SECTOR) for new, old in zip(sectors, olds, strict=True))


def test_what_an_fsync_failed_to_write_stays_lost_until_it_is_written_again(file: Path) -> None:
    paper, descriptor = paper_of(file)
    before = file.read_bytes()
    write(paper, descriptor, b"x" * 2 * SECTOR, 0)
    paper.not_synced()
    write(paper, descriptor, b"y" * SECTOR, 0)
    # This one reports success, and has written only what was written since.
    paper.synced()
    paper.cut(share=1.0)
    assert file.read_bytes() == b"y" * SECTOR + before[SECTOR:]


def test_a_failing_disk_says_how_and_a_full_one_still_writes_over(file: Path) -> None:
    medium = Medium()
    paper = medium.open(str(file))
    assert medium.open(str(file)) is paper
    descriptor = os.open(file, os.O_RDWR)
    length = paper.length()

    def put(data: bytes, offset: int) -> None:
        os.pwrite(descriptor, data, offset)

    medium.failure = "full"
    medium.write(paper, b"over", 0, put)
    with pytest.raises(OSError, match="No space left"):
        medium.write(paper, b"more", length, put)
    medium.failure = "write"
    with pytest.raises(OSError, match="Input/output"):
        medium.write(paper, b"over", 0, put)
    medium.failure = "fsync"
    with pytest.raises(OSError, match="Input/output"):
        medium.sync(paper)
    assert medium.failed == 3
    medium.failure = None
    medium.write(paper, b"more", length, put)
    medium.sync(paper)
    assert file.read_bytes() == b"over" + (b"old" * SECTOR)[4:] + b"more"
    os.close(descriptor)
