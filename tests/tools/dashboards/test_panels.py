"""What a panel of the catalogue becomes in Grafana's JSON."""

from appliance.errors import Text
from appliance.telemetry.rows import Panel, ask
from tools.dashboards.layout import Place
from tools.dashboards.panels import described, identity, instant, panel_of

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
