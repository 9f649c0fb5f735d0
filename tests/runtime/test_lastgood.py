"""Which configuration a start runs, over every state that the history can be in."""

import pytest

from appliance.history import Config
from appliance.runtime.check import Checked, check_text
from appliance.runtime.lastgood import BROKEN, TAKEN_BACK, Chosen, banner, choose
from tests.runtime.reloading import FIRST, greeting

GOOD, OTHER, BAD = greeting("甲"), greeting("乙"), FIRST.replace("to: 分配客服", "to: 分配客户")


def check(text: str, file: str) -> Checked:
    return check_text(text, file, environment=None)


def kept(*entries: tuple[str, str] | tuple[str, str, int]) -> list[Config]:
    """Return a history, newest first, of (text, outcome[, confirm_by])."""
    return [
        Config(
            1_000 - place, "root", f"/etc/{place}.yaml", entry[0], "b", {}, {"旧": str(place)},
            entry[2] if len(entry) > 2 else None, entry[1], 100 - place,  # type: ignore[arg-type]
        )
        for place, entry in enumerate(entries)
    ]  # fmt: skip


def chosen(text: str, *entries: tuple[str, str] | tuple[str, str, int]) -> Chosen | None:
    return choose(check(text, "kefu.yaml"), text, "kefu.yaml", kept(*entries), check)


def test_a_good_file_runs_whatever_was_live_and_aliases_go_on() -> None:
    first = chosen(GOOD)
    assert first is not None
    assert (first.text, first.instead, first.aliases) == (GOOD, None, {})
    later = chosen(GOOD, (OTHER, "live"), (GOOD, "past"))
    assert later is not None
    assert (later.text, later.instead, later.aliases) == (GOOD, None, {"旧": "0"})


def test_a_broken_file_runs_what_was_live_before_it() -> None:
    found = chosen(BAD, (OTHER, "live"), (GOOD, "past"))
    assert found is not None
    assert (found.text, found.instead, found.config, found.file) == (OTHER, BROKEN, 100, "/etc/0.yaml")
    assert found.checked.passed


def test_a_broken_file_with_nothing_good_before_it_runs_nothing() -> None:
    assert chosen(BAD) is None
    assert chosen(BAD, (OTHER, "reverted"), (GOOD, "rolled_back")) is None
    assert chosen(BAD, (BAD, "live")) is None


def test_what_was_not_confirmed_gives_way_to_what_was() -> None:
    for text in (OTHER, BAD):
        found = chosen(text, (OTHER, "live", 99), (GOOD, "past"))
        assert found is not None
        assert (found.text, found.config) == (GOOD, 99)
    # Another file than the one that waited is what the operator wants now.
    changed = chosen(greeting("丙"), (OTHER, "live", 99), (GOOD, "past"))
    assert changed is not None
    assert changed.instead is None


@pytest.mark.parametrize("outcome", ["reverted", "rolled_back"])
def test_what_was_taken_back_does_not_come_back_with_a_start(outcome: str) -> None:
    found = chosen(OTHER, (GOOD, "live"), (OTHER, outcome))
    assert found is not None
    assert (found.text, found.instead) == (GOOD, TAKEN_BACK)
    # The newest word counts: it was applied again.
    again = chosen(OTHER, (OTHER, "live"), (GOOD, "past"), (OTHER, outcome))
    assert again is not None
    assert again.instead is None


def test_what_was_good_once_must_be_good_today() -> None:
    found = chosen(BAD, ("kefu: 0", "live"), (GOOD, "past"))
    assert found is not None
    assert (found.text, found.config) == (GOOD, 99)


def test_the_banner_says_why_what_runs_and_what_to_do() -> None:
    found = chosen(BAD, (OTHER, "live"))
    assert found is not None
    told = banner(found, "shop.yaml")
    for language, why in (("zh", BROKEN.zh), ("en", BROKEN.en)):
        assert why in told[language]
        assert "100" in told[language]
        assert "shop.yaml" in told[language]
        assert "kefu apply" in told[language]
