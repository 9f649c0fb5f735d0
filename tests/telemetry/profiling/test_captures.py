"""Captures on the disk: private, bounded, known again after a restart; one by itself when a tier rises."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import Refused
from appliance.overload import Change
from appliance.telemetry.profiling.captures import FOLDER, REST, Captures
from appliance.telemetry.profiling.profiler import Profiler


class Spawned:
    """Keeps what nobody waits for, so that a test can."""

    def __init__(self) -> None:
        self.works: list[Coroutine[Any, Any, object]] = []

    def __call__(self, work: Coroutine[Any, Any, object], name: str) -> None:
        self.works.append(work)


def shelf(directory: Path, **settings: Any) -> tuple[Captures, Spawned]:
    spawned = Spawned()
    return Captures(directory, Profiler(), spawned, **settings), spawned


async def test_a_capture_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    captures, _ = shelf(tmp_path)
    capture = await captures.take("tasks", 0)
    assert (capture.kind, capture.cause, capture.tier) == ("tasks", "operator", None)
    folder = tmp_path / FOLDER
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert len(captures.data(capture.id)) == capture.bytes
    assert captures.profile(capture.id).types == (("tasks", "count"),)
    again, _ = shelf(tmp_path)
    assert again.all() == [capture]
    again.remove(capture.id)
    assert list(folder.iterdir()) == []
    with pytest.raises(Refused, match="no such capture"):
        again.remove(capture.id)


@pytest.mark.parametrize("name", ["", "../kefu", "/etc/passwd", "20260101-000000-1-cpu"])
async def test_only_what_is_known_becomes_a_path(tmp_path: Path, name: str) -> None:
    captures, _ = shelf(tmp_path)
    (tmp_path / "kefu.pb.gz").write_bytes(b"secret")
    await captures.take("tasks", 0)
    with pytest.raises(Refused) as refused:
        captures.data(name)
    assert refused.value.code == "not_found"


async def test_they_are_bounded_in_count_and_in_bytes(tmp_path: Path) -> None:
    captures, _ = shelf(tmp_path, most=3)
    taken = [await captures.take("tasks", 0) for _ in range(5)]
    assert {capture.id for capture in captures.all()} == {capture.id for capture in taken[-3:]}
    assert len(list((tmp_path / FOLDER).iterdir())) == 6
    tight, _ = shelf(tmp_path, most_bytes=1)
    last = await tight.take("tasks", 0)
    assert tight.all() == [last]


async def test_what_was_damaged_is_left_out_or_said(tmp_path: Path) -> None:
    captures, _ = shelf(tmp_path)
    capture = await captures.take("tasks", 0)
    folder = tmp_path / FOLDER
    (folder / "half.json").write_text('{"id": "ha')
    (folder / "other.json").write_bytes((folder / f"{capture.id}.json").read_bytes())
    (folder / f"{capture.id}.pb.gz").write_bytes(b"nothing")
    again, _ = shelf(tmp_path)
    assert [each.id for each in again.all()] == [capture.id]
    with pytest.raises(Refused, match="damaged"):
        again.profile(capture.id)
    (folder / f"{capture.id}.pb.gz").unlink()
    with pytest.raises(Refused, match="no such capture"):
        again.data(capture.id)
    assert again.all() == []


async def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    captures, _ = shelf(tmp_path)
    (tmp_path / FOLDER).write_text("a file is in the way")
    with pytest.raises(Refused) as refused:
        await captures.take("tasks", 0)
    assert refused.value.code == "unavailable"


async def test_a_rising_tier_takes_one_by_itself_and_then_rests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.telemetry.profiling.captures.AT_RISE", 0.1)
    now = 1_000.0
    captures, spawned = shelf(tmp_path, now=lambda: now)
    captures.tier_rose(Change(1, 1, 0, 0.2, "loop"))
    assert spawned.works == []
    captures.tier_rose(Change(2, 0, 1, 0.7312, "loop"))
    captures.tier_rose(Change(3, 1, 2, 0.9, "commit"))
    assert len(spawned.works) == 1
    await spawned.works[0]
    [capture] = captures.all()
    assert (capture.cause, capture.kind, capture.tier) == ("overload", "cpu", 1)
    assert (capture.load, capture.component) == (0.731, "loop")
    now += REST
    captures.tier_rose(Change(4, 2, 3, 1.1, "loop"))
    assert len(spawned.works) == 2
    await spawned.works[1]
    assert len(captures.all()) == 2


async def test_a_rise_during_a_capture_is_no_error(tmp_path: Path) -> None:
    profiler, spawned = Profiler(), Spawned()
    captures = Captures(tmp_path, profiler, spawned)
    running = asyncio.get_running_loop().create_task(profiler.take("cpu", 0.2))
    await asyncio.sleep(0)
    captures.tier_rose(Change(1, 0, 1, 0.8, "cpu"))
    await spawned.works[0]
    assert captures.all() == []
    await running
