"""A file for its owner only, made once."""

import stat
from pathlib import Path

import pytest

from appliance.errors import StartError, Text
from appliance.runtime.keyfile import damaged, kept

WHAT, LOSS = Text("某文件", "some file"), Text("会丢东西", "things are lost")


def test_it_is_made_once(tmp_path: Path) -> None:
    made: list[bytes] = []

    def fresh() -> bytes:
        made.append(b"one")
        return b"one"

    path = tmp_path / "deep" / "file"
    assert kept(path, fresh, WHAT, LOSS) == kept(path, fresh, WHAT, LOSS) == b"one"
    assert made == [b"one"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["file"]


def test_every_error_names_the_file_and_what_deleting_it_costs(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch(0o640)
    path.chmod(0o640)
    with pytest.raises(StartError) as caught:
        kept(path, bytes, WHAT, LOSS)
    for error in (caught.value, damaged(path, WHAT, LOSS)):
        assert str(path) in error.say("en")
        assert "things are lost" in error.say("en")
        assert "会丢东西" in error.say("zh")
