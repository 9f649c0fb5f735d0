"""Options that many commands share are called and explained alike."""

import pytest

from tests.cli.shell import kefu


@pytest.mark.parametrize("command", ["check", "plan", "apply", "run", "agent list"])
def test_the_file_and_the_data_are_named_alike(command: str) -> None:
    said = kefu(*command.split(), "--help")
    assert said.code == 0
    assert "-c FILE, --config FILE" in said.out or "-c, --config FILE" in said.out
    assert "--data DIR" in said.out


@pytest.mark.parametrize("command", ["plan", "apply", "migrate"])
def test_a_rename_needs_both_names(command: str) -> None:
    said = kefu(command, "--rename", "售前")
    assert said.code == 2
    assert "OLD=NEW" in said.err
