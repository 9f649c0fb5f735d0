"""One set of dashboards for everybody: both languages, and what they share only once."""

import re

import pytest

from appliance.errors import Text
from appliance.telemetry.metrics import CATALOGUE
from tools.dashboards.alerts import ALERTS
from tools.dashboards.boards import TITLES
from tools.dashboards.wording import Wording, beside, say, tell


@pytest.mark.parametrize(
    ("zh", "en", "both"),
    [
        ("排队时长", "Waits", "排队时长 · Waits"),
        ("{{queue}}", "{{queue}}", "{{queue}}"),
        ("{{queue}} 上限", "{{queue}} slots", "{{queue}} 上限 · slots"),
        ("负载 {{instance}}", "load {{instance}}", "负载 · load {{instance}}"),
        ("kefu · 服务", "kefu · Service", "kefu · 服务 · Service"),
    ],
)
def test_what_both_languages_share_is_said_once(zh: str, en: str, both: str) -> None:
    assert say(Text(zh, en), "both") == both
    assert (say(Text(zh, en), "zh"), say(Text(zh, en), "en")) == (zh, en)


def test_sentences_have_lines_of_their_own() -> None:
    assert tell(Text("一句。", "One."), "both") == "一句。\nOne."
    assert tell(Text("一句。", "One."), "en") == "One."


@pytest.mark.parametrize(("wording", "others"), [("both", ("zh", "en")), ("zh", ("en",)), ("en", ("zh",))])
def test_no_language_is_lost(wording: Wording, others: tuple[str, ...]) -> None:
    assert beside(wording) == others


def test_every_title_is_read_in_both_languages_and_fits_a_panel() -> None:
    panels = [panel.title for metric in CATALOGUE for panel in metric.panels]
    titles = [say(each, "both") for each in (*panels, *TITLES.values(), *(alert.summary for alert in ALERTS))]
    assert [each for each in titles if not re.search(r"[\u4e00-\u9fff].* · .*[A-Za-z]{2}", each)] == []
    assert [each for each in titles if len(each) > 60] == []
