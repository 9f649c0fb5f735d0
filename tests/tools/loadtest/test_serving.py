"""The appliance as a process: it starts, is killed, starts again on the same data, and says why it does not start."""

from pathlib import Path

import pytest

from appliance.errors import StartError
from tests.shipped import kefu_yaml
from tools.loadtest.serving import Serving, clean_environment


def test_it_lives_several_times_on_one_data_directory(tmp_path: Path) -> None:
    with Serving(tmp_path, kefu_yaml()) as serving:
        first = serving.pid
        serving.kill()
        serving.start()
        assert serving.pid != first
        assert serving.ready_after > 0
        assert serving.stop() == 0
    assert "ready" in serving.log() or "就绪" in serving.log()


def test_what_it_says_when_it_does_not_start_is_passed_on(tmp_path: Path) -> None:
    serving = Serving(tmp_path, "kefu: 1\n")
    with pytest.raises(StartError) as failed:
        _ = serving.pid
    assert "start()" in failed.value.say("en")
    with pytest.raises(StartError) as failed:
        serving.start()
    assert "flows" in failed.value.say("en")
    assert "kefu check" in failed.value.say("zh")


def test_the_environment_speaks_utf_8() -> None:
    assert clean_environment()["PYTHONUTF8"] == "1"
