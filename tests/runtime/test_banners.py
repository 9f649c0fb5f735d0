"""The sentences at the top of a supervisor's console."""

from appliance.config.load import load
from appliance.history import Config
from appliance.runtime import banners


def test_a_refusal_names_the_first_error_and_how_many_there_are() -> None:
    _, found = load("kefu: 1\nsitee: {}\nflows: 3\n", "k.yaml")
    told = banners.refused(found, 5)
    assert (told.code, told.since) == ("reload_failed", 5)
    assert "2 errors" in told.en
    assert "2: " in told.zh
    assert "sitee" in told.zh


def test_what_waits_says_until_when() -> None:
    told = banners.unconfirmed(Config(1, "li", "k", "t", "b", confirm_by=99, id=4))
    assert (told.code, told.until, "4" in told.en) == ("unconfirmed", 99, True)


def test_the_last_good_one_says_what_the_start_said() -> None:
    assert banners.last_good({"zh": "甲", "en": "a"}, 3).zh == "甲"
