"""What a panel of the catalogue becomes in Grafana's JSON."""

import re

import pytest

from appliance.config.spec import THRESHOLDS
from appliance.errors import Text
from appliance.telemetry.metrics import CATALOGUE
from appliance.telemetry.rows import Panel, ask
from tools.dashboards.layout import Place
from tools.dashboards.panels import TIERS, Json, described, identity, instant, panel_of

PANEL = Panel(
    "service",
    Text("排队", "Waits"),
    "timeseries",
    (ask("a{@}", "甲", "one"), ask("b{@}", "乙", "other")),
    "s",
    Text("等了多久。", "How long."),
)
PLACE = Place(0, 5, 12, 8)


def test_it_is_worded_in_one_language_and_explained_in_both() -> None:
    english, chinese = (panel_of(PANEL, PLACE, "x", language) for language in ("en", "zh"))
    assert (english["title"], chinese["title"]) == ("Waits", "排队")
    assert english["description"] == "How long.\n\n排队：等了多久。"
    assert described(PANEL, "both") == "等了多久。\n\nHow long."
    assert panel_of(PANEL, PLACE, "x", "both")["title"] == "排队 · Waits"
    assert described(PANEL, "zh") == "等了多久。\n\nWaits: How long."
    assert [target["legendFormat"] for target in english["targets"]] == ["one", "other"]
    assert [target["refId"] for target in english["targets"]] == ["A", "B"]
    assert english["gridPos"] == {"x": 0, "y": 5, "w": 12, "h": 8}
    assert english["fieldConfig"]["defaults"]["unit"] == "s"


def test_an_id_depends_on_its_name_only() -> None:
    assert panel_of(PANEL, PLACE, "x", "zh")["id"] == identity("x") == 233924
    assert identity("y") != identity("x")


def test_what_is_about_the_whole_time_is_asked_once() -> None:
    whole = Panel("slo", PANEL.title, "stat", (ask("increase(a{@}[$__range])"),), "s", PANEL.description)
    assert instant(whole)
    assert not instant(PANEL)
    target = panel_of(whole, PLACE, "x", "en")["targets"][0]
    assert (target["instant"], target["range"]) == (True, False)


def test_a_table_has_no_column_of_times() -> None:
    table = Panel("service", PANEL.title, "table", PANEL.queries, "s", PANEL.description)
    shown = panel_of(table, PLACE, "x", "en")
    assert shown["targets"][0]["format"] == "table"
    assert shown["transformations"][0]["options"]["excludeByName"]["Time"]


def looks(panel: Panel) -> Json:
    defaults: Json = panel_of(panel, PLACE, "x", "en")["fieldConfig"]["defaults"]
    return defaults


@pytest.mark.parametrize(
    "panel", [panel for metric in CATALOGUE for panel in metric.panels], ids=lambda panel: str(panel.title.en)
)
def test_what_names_an_aim_is_red_below_it_and_nothing_else_is_judged(panel: Panel) -> None:
    aim = re.search(r"aim is ([\d.]+) %", panel.description.en)
    if aim:
        assert panel.goal == pytest.approx(float(aim[1]) / 100)
        assert f"目标 {aim[1]}%" in panel.description.zh
    steps = looks(panel)["thresholds"]["steps"]
    if panel.goal is not None:
        assert steps == [{"color": "red", "value": None}, {"color": "green", "value": panel.goal}]
    elif panel.kind != "state-timeline":
        assert [step["color"] for step in steps] == ["blue"]


def test_the_tiers_have_words_and_colours() -> None:
    found = looks(
        Panel("degradation", PANEL.title, "state-timeline", PANEL.queries, "short", PANEL.description)
    )
    assert len(TIERS) == 1 + len(THRESHOLDS)
    assert [step["value"] for step in found["thresholds"]["steps"]] == [None, 1, 2, 3]
    words = found["mappings"][-1]["options"]
    assert [*words] == ["0", "1", "2", "3"]
    assert words["3"] == {"color": "red", "index": 3, "text": "3 no new visitors"}


def test_a_share_of_nothing_is_no_number() -> None:
    assert looks(PANEL)["mappings"][0]["options"]["match"] == "null+nan"
