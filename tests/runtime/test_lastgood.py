"""What a start runs: the file, unless it is broken or was taken back."""

import pytest
from msgspec.structs import replace

from appliance.history import Config, Outcome
from appliance.runtime.check import Checked, check_text
from appliance.runtime.lastgood import BROKEN, TAKEN_BACK, banner, choose

GOOD = "kefu: 1\nflows: {main: {initial: a, states: {a: {final: true}}}}\n"
BETTER = GOOD + "site: {name: 店}\n"
WRONG = GOOD + "sitee: {}\n"


def check(text: str, file: str) -> Checked:
    return check_text(text, file, environment=None)


def entry(number: int, text: str, outcome: Outcome, confirm_by: int | None = None) -> Config:
    return Config(1, "li", "kefu.yaml", text, "b", {}, {}, confirm_by, outcome, number)


def chosen(text: str, *configs: Config) -> tuple[str, int | None] | None:
    found = choose(check(text, "k"), text, "k", configs, check)
    return None if found is None else (found.text, found.config)


def test_the_file_runs_when_it_is_sound() -> None:
    assert chosen(GOOD) == (GOOD, None)
    assert chosen(BETTER, entry(1, GOOD, "live")) == (BETTER, None)


def test_a_broken_file_gives_way_to_what_was_live() -> None:
    assert chosen(WRONG) is None
    assert chosen(WRONG, entry(2, BETTER, "live"), entry(1, GOOD, "past")) == (BETTER, 2)
    assert chosen(WRONG, entry(2, BETTER, "live", 99), entry(1, GOOD, "past")) == (GOOD, 1)


@pytest.mark.parametrize("outcome", ["reverted", "rolled_back"])
def test_what_was_taken_back_does_not_come_back_with_a_restart(outcome: Outcome) -> None:
    history = (entry(3, GOOD, "live"), entry(2, BETTER, outcome), entry(1, GOOD, "past"))
    assert chosen(BETTER, *history) == (GOOD, 3)
    found = choose(check(BETTER, "k"), BETTER, "k", history, check)
    assert found is not None
    assert found.instead is TAKEN_BACK
    again = (entry(4, BETTER, "live"), replace(history[0], outcome="past"), *history[1:])
    assert chosen(BETTER, *again) == (BETTER, None), "it was applied again since"


def test_what_nobody_had_confirmed_when_the_power_went_is_taken_back() -> None:
    history = (entry(2, BETTER, "live", 1_000), entry(1, GOOD, "past"))
    assert chosen(BETTER, *history) == (GOOD, 1)


def test_what_this_version_refuses_is_passed_over() -> None:
    assert chosen(WRONG, entry(2, WRONG + "x: 1\n", "live"), entry(1, GOOD, "past")) == (GOOD, 1)
    assert chosen(WRONG, entry(2, WRONG + "x: 1\n", "live")) is None


def test_queues_keep_their_former_names() -> None:
    live = replace(entry(1, GOOD, "live"), aliases={"旧": "客服"})
    found = choose(check(GOOD, "k"), GOOD, "k", (live,), check)
    assert found is not None
    assert found.aliases == {"旧": "客服"}


def test_the_banner_names_the_reason_the_number_and_the_remedy() -> None:
    found = choose(check(WRONG, "k"), WRONG, "k", (entry(7, GOOD, "live"),), check)
    assert found is not None
    assert found.instead is BROKEN
    told = banner(found, "kefu.yaml")
    assert "7" in told["zh"]
    assert "kefu apply" in told["en"]
