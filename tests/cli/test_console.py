"""How commands speak."""

import io
from pathlib import Path

import pytest

from appliance.cli.console import Console, UsageError, language_of, read_bytes, split_globals
from appliance.errors import StartError, Text


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "en_US", "LC_ALL": "zh_TW"}, "zh"),
        ({"LANG": "zh_CN", "LC_MESSAGES": "en_GB"}, "en"),
        ({"LANG": "zh_CN", "LC_ALL": ""}, "zh"),
    ],
)
def test_the_locale_chooses_the_language(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


def test_global_options_are_taken_out_wherever_they_stand() -> None:
    found = split_globals(["check", "--json", "-c", "x", "--lang=zh", "--", "--json"], {"LANG": "C"})
    assert found == (["check", "-c", "x", "--", "--json"], "zh", True)
    assert split_globals([], {"LANG": "zh"}) == ([], "zh", False)


@pytest.mark.parametrize("arguments", [["--lang"], ["--lang", "fr"], ["--lang="]])
def test_a_language_that_is_not_spoken_here(arguments: list[str]) -> None:
    with pytest.raises(UsageError, match="--lang zh"):
        split_globals(arguments, {})


def test_results_go_to_stdout_and_the_rest_to_stderr() -> None:
    out, err = io.StringIO(), io.StringIO()
    console = Console("zh", out=out, err=err)
    console.show("文字", {"a": 1})
    console.note("旁白")
    assert console.fail(StartError(Text("因", "cause"), Text("策", "remedy"))) == 1
    assert console.fail(UsageError(Text("因", "cause"))) == 2
    assert (out.getvalue(), err.getvalue()) == ("文字\n", "旁白\nkefu: 因策\nkefu: 因\n")


def test_as_json_everything_a_program_needs_is_on_stdout() -> None:
    out, err = io.StringIO(), io.StringIO()
    console = Console("en", as_json=True, out=out, err=err)
    console.show("text", {"名": "李"})
    console.fail(StartError(Text("因", "cause")))
    assert out.getvalue() == '{"名": "李"}\n{"error": {"zh": "因", "en": "cause"}}\n'
    assert err.getvalue() == ""


def test_a_file_that_is_not_there_says_where_we_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_bytes(str(tmp_path / "none.yaml"))
    assert str(Path.cwd()) in caught.value.say("en")
    with pytest.raises(UsageError, match="directory"):
        read_bytes(str(tmp_path))


def test_what_nobody_can_hear_is_left_unsaid() -> None:
    with open("/dev/full", "w") as full:
        console = Console("zh", out=full, err=full)
        console.note("旁白")
        with pytest.raises(OSError, match="No space"):
            console.show("文字", {})
        console.mute()
