"""What chiefs read at the top of their console is one sentence in either language."""

from appliance.config.diagnostics import Diagnostics, Span
from appliance.errors import Text
from appliance.history import Config
from appliance.runtime import banners


def test_a_refusal_names_the_first_error_and_how_many_there_are() -> None:
    found = Diagnostics("kefu.yaml", "a\nb\n")
    found.warning("K101", "$", Span(1, 1, 1, 2), Text("小事", "a trifle"))
    found.error("K102", "$", Span(2, 1, 2, 2), Text("大事", "a mistake"))
    found.error("K103", "$", Span(2, 2, 2, 3), Text("又一件", "another one"))
    banner = banners.refused(found, 77)
    assert (banner.code, banner.since, banner.until) == ("reload_failed", 77, None)
    for text, word in ((banner.zh, "大事"), (banner.en, "a mistake")):
        assert word in text
        assert "2" in text


def test_what_waits_says_how_it_is_confirmed_and_until_when() -> None:
    banner = banners.unconfirmed(Config(5, "root", "kefu.yaml", "", "b", confirm_by=65, id=9))
    assert (banner.code, banner.since, banner.until) == ("unconfirmed", 5, 65)
    assert "kefu confirm" in banner.zh
    assert "kefu confirm" in banner.en
    assert "9" in banner.en


def test_the_notice_of_a_start_is_passed_on() -> None:
    banner = banners.last_good({"zh": "注意", "en": "careful"}, 3)
    assert (banner.code, banner.zh, banner.en) == ("last_good", "注意", "careful")
