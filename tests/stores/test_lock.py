"""One process a data directory, and the second one is told who the first is."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.errors import StartError
from appliance.stores.lock import LOCK_FILE, acquire, prepare

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys
from pathlib import Path
from appliance.stores.lock import acquire
lock = acquire(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_the_directory_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    directory = tmp_path / "a" / "data"
    with acquire(directory):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert stat.S_IMODE((directory / LOCK_FILE).stat().st_mode) == 0o600


def test_the_mode_of_an_existing_directory_stays(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    prepare(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_second_process_is_told_the_pid_of_the_first(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StartError) as caught:
            acquire(tmp_path)
        for language in ("zh", "en"):
            assert str(holder.pid) in caught.value.cause.say(language)
            assert "--data" in caught.value.remedy.say(language)
        # The refused attempt leaves the holder's pid where the next one looks for it.
        assert (tmp_path / LOCK_FILE).read_text() == f"{holder.pid}\n"
        holder.kill()
    acquire(tmp_path).release()


def test_released_it_can_be_taken_again(tmp_path: Path) -> None:
    lock = acquire(tmp_path)
    with pytest.raises(StartError):
        acquire(tmp_path)
    lock.release()
    lock.release()
    acquire(tmp_path).release()


@pytest.mark.parametrize("place", ["file", "proc"])
def test_a_directory_that_cannot_be_made_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("a file")
    directory = tmp_path / "file" / "data" if place == "file" else Path("/proc/kefu")
    with pytest.raises(StartError) as caught:
        acquire(directory)
    assert str(directory) in caught.value.cause.en
    assert all([*caught.value.cause, *caught.value.remedy])


def test_a_file_in_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "data"
    place.write_text("a file")
    with pytest.raises(StartError):
        acquire(place)
    assert place.read_text() == "a file"


def test_a_lock_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).mkdir()
    with pytest.raises(StartError) as caught:
        acquire(tmp_path)
    assert str(tmp_path) in caught.value.cause.zh
