"""The five dashboards hold every panel of the catalogue once, with what Grafana needs to keep them apart."""

import json
import re

import pytest

from appliance.telemetry.metrics import CATALOGUE
from appliance.telemetry.rows import Dashboard
from tools.dashboards.boards import BOARDS, CHANGED, LEADS, board_of, panels_of, text_of

UNITS = {"short", "none", "s", "bytes", "percentunit", "cps", "bool_yes_no"}
"""Ids of units that Grafana has had since 8; one that it does not know would stand behind the figure as text."""


def test_every_panel_stands_on_one_dashboard() -> None:
    shown = [panel for board in BOARDS for _, panel in panels_of(board)]
    assert len(shown) == sum(len(metric.panels) for metric in CATALOGUE)
    names = [name for board in BOARDS for name, _ in panels_of(board)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("board", BOARDS)
def test_a_dashboard_is_complete(board: Dashboard) -> None:
    found = json.loads(text_of(board, "en"))
    panels = found["panels"]
    assert found["uid"] == f"kefu-{board}"
    assert [each["name"] for each in found["templating"]["list"]] == ["datasource", "job", "instance"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        assert panel["title"]
        assert panel["description"]
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS
        assert panel["datasource"]["uid"] == "${datasource}"
        for target in panel["targets"]:
            windows = set(re.findall(r"\[([^]]*)\]", target["expr"]))
            assert windows <= {"$__rate_interval", "$__range", "$__range:"}, (
                "a window of its own misses samples"
            )
            assert 'job="$job",instance=~"$instance"' in target["expr"]


@pytest.mark.parametrize("board", BOARDS)
def test_languages_differ_in_words_only(board: Dashboard) -> None:
    zh, en = board_of(board, "zh"), board_of(board, "en")
    assert zh["title"] != en["title"]
    for one, other in zip(zh["panels"], en["panels"], strict=True):
        assert (one["id"], one["gridPos"]) == (other["id"], other["gridPos"])
        assert [each["expr"] for each in one["targets"]] == [each["expr"] for each in other["targets"]]


@pytest.mark.parametrize("board", BOARDS)
def test_leads_come_first(board: Dashboard) -> None:
    names = [name.split("/")[1] for name, _ in panels_of(board)]
    assert tuple(dict.fromkeys(names))[: len(LEADS[board])] == LEADS[board]


def test_changes_of_the_tier_are_marked_in_every_chart() -> None:
    marks = [board_of(board, "en")["annotations"]["list"] for board in BOARDS]
    assert [[mark["target"]["expr"] for mark in each] for each in marks] == [[CHANGED]] * len(BOARDS)
