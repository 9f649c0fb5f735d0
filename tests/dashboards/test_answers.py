"""A real Prometheus scrapes a running appliance through a working day, and answers every query there is with data.

Every query of every panel, of the variables and of the marks; every recording rule; and both sides of every comparison of an
alert, whose texts Prometheus fills in.  Nothing is left out: a query that finds nothing is a dashboard with a hole.
"""

import asyncio
import math
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.dashboards.drive import full, working_day
from tests.dashboards.scraper import Prometheus
from tests.shipped import kefu_yaml
from tools.dashboards.alerts import ALERTS, Alert
from tools.dashboards.boards import BOARDS, CHANGED, board_of, panels_of
from tools.dashboards.files import files
from tools.dashboards.prometheus import JOB, TOKEN_FILE
from tools.dashboards.rules import RECORDINGS, Recording
from tools.loadtest.serving import SHIPPED, Serving

SHOP = SHIPPED.read_text(encoding="utf-8")
LADDER = SHOP[SHOP.index("thresholds:") : SHOP.index("pools:")]
CONFIG = full(kefu_yaml("100ms").replace("thresholds: []\n", LADDER))
WINDOW = "3m"
QUERIES = [
    pytest.param(query.expr, id=f"{name} {number}")
    for board in BOARDS
    for name, panel in panels_of(board)
    for number, query in enumerate(panel.queries)
]
VARIABLES = [each for each in board_of("service", "en")["templating"]["list"] if each["type"] == "query"]

MARKS = (
    'kefu_sessions_started_total{queue="售前"}',
    *(f'kefu_sessions_ended_total{{reason="{reason}"}}' for reason in ("visitor", "timer")),
    *(f'kefu_config_reloads_total{{result="{result}"}}' for result in ("applied", "refused")),
    *(
        f'kefu_degradation_transitions_total{{from="{before}",to="{after}"}}'
        for before, after in ((0, 1), (1, 2), (2, 3), (3, 2), (2, 1), (1, 0))
    ),
    *(f'kefu_profiler_captures_total{{type="{kind}"}}' for kind in ("cpu", "heap", "tasks")),
    'kefu_gc_pause_seconds_sum{generation="2"}',
    'max_over_time(kefu_agents{state="busy"}[3m])',
    'max_over_time(kefu_agents{state="away"}[3m])',
    "max_over_time(kefu_queue_oldest_wait_seconds[3m])",
    'kefu_ws_disconnects_total{reason!="replaced"}',
    "kefu_feature_suppressed_total",
    "kefu_messages_deferred_total",
    "kefu_csat_score_count",
    "kefu_first_response_seconds_count",
    "kefu_session_handle_seconds_count",
)
"""What the day must have moved, so that no answer is that of an idle appliance.

An agent's close asks the visitor for his rating in this shop, so it is he or the time that ends a conversation.
"""


class Day(NamedTuple):
    """What is left of the day."""

    prometheus: Prometheus
    pending: list[dict[str, Any]]
    """The alerts that waited to fire while tier 3 was held."""


def always(alert: Alert) -> str:
    """Return the expression so that it has a value whether the comparisons hold or not, as long as both sides have one.

    The day is short: what was there five minutes ago is asked for five seconds ago.
    """
    return re.sub(r" (==|>=|<=|>|<) ", r" \1 bool ", alert.expr).replace("offset 5m", "offset 5s")


def install(folder: Path, serving: Serving) -> None:
    """Install the files as the guide says; only the address, and how often it looks, are this test's."""
    written = {
        Path(path).name: text for path, text in files("both").items() if path.startswith("prometheus/")
    }
    target = serving.status()["admin_url"].removeprefix("http://")
    scraping = written["prometheus.yml"].replace("127.0.0.1:8081", target).replace("15s", "1s")
    assert target in scraping
    settings = yaml.safe_load(scraping)
    settings["rule_files"].append("always.yml")
    rules = yaml.safe_load(written["rules.yml"])
    for rule in rules["groups"][1]["rules"]:
        alert = next(each for each in ALERTS if each.name == rule["alert"])
        rule |= {"alert": f"Always{alert.name}", "expr": always(alert)}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(settings))
    (folder / "rules.yml").write_text(written["rules.yml"])
    (folder / "always.yml").write_text(yaml.safe_dump({"groups": [rules["groups"][1] | {"name": "always"}]}))
    shutil.copy(serving.data / "admin.token", folder / TOKEN_FILE)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    folder = tmp_path_factory.mktemp("prometheus")
    pending: list[dict[str, Any]] = []
    with Serving(tmp_path_factory.mktemp("dashboards"), CONFIG) as serving:
        install(folder, serving)
        with Prometheus(folder) as prometheus:

            def look(tier: int) -> None:
                if tier == 3:
                    pending.extend(prometheus.get("/api/v1/alerts")["alerts"])

            prometheus.scrapes()
            asyncio.run(working_day(serving, CONFIG, look))
            # Two more looks, and the rules have seen everything that happened.
            time.sleep(3)
            yield Day(prometheus, pending)


def numbers(day: Day, expr: str) -> list[float]:
    """Return the values of a query as Grafana would send it, without those that are none."""
    filled = (
        expr.replace("$job", JOB)
        .replace("$instance", ".*")
        .replace("$__rate_interval", WINDOW)
        .replace("$__range", WINDOW)
    )
    assert "$" not in filled
    return [value for value in day.prometheus.values(filled) if math.isfinite(value)]


def test_the_appliance_is_scraped_with_its_token(day: Day) -> None:
    targets = day.prometheus.get("/api/v1/targets")["activeTargets"]
    assert [(each["health"], each["lastError"]) for each in targets] == [("up", "")]


@pytest.mark.parametrize("expr", MARKS)
def test_the_day_has_left_its_marks(day: Day, expr: str) -> None:
    assert sum(numbers(day, expr)) > 0


@pytest.mark.parametrize("expr", QUERIES)
def test_a_query_of_a_panel_answers_with_data(day: Day, expr: str) -> None:
    assert numbers(day, expr)


@pytest.mark.parametrize("rule", RECORDINGS, ids=lambda rule: str(rule.record))
def test_a_recording_rule_has_recorded(day: Day, rule: Recording) -> None:
    assert numbers(day, rule.record)
    assert numbers(day, rule.expr)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert.name))
def test_an_alert_has_something_to_compare_and_its_texts_can_be_filled_in(day: Day, alert: Alert) -> None:
    assert numbers(day, always(alert))
    found = [
        each
        for each in day.prometheus.get("/api/v1/alerts")["alerts"]
        if each["labels"]["alertname"] == f"Always{alert.name}"
    ]
    assert found
    for each in found:
        texts = each["annotations"]
        assert texts["runbook_url"].endswith(f"{alert.name}.md")
        for name in ("description", "description_zh", "description_en"):
            assert "<error" not in texts[name]
            assert "{{" not in texts[name]
            assert "<no value>" not in texts[name]
            assert re.search(r"127\.0\.0\.1:\d+|售前|售后|VIP专席", texts[name]), texts[name]


HAPPENED = (
    *(f'increase(kefu_sessions_ended_total{{reason="{reason}"}}[3m])' for reason in ("visitor", "timer")),
    *(f'max_over_time(kefu_agents{{state="{state}"}}[3m])' for state in ("ready", "busy", "away")),
    *(f"count_over_time((kefu_degradation_tier == {tier})[3m:1s])" for tier in (0, 1, 2, 3)),
    *(f'increase(kefu_config_reloads_total{{result="{result}"}}[3m])' for result in ("applied", "refused")),
    'increase(kefu_messages_refused_total{reason="too_long"}[3m])',
    *(f'increase(kefu_messages_total{{direction="{way}"}}[3m])' for way in ("in", "out")),
    'increase(kefu_ws_handshakes_total{result="accepted"}[3m])',
    'increase(kefu_ws_disconnects_total{reason="lost"}[3m])',
    "sum without (feature) (increase(kefu_feature_suppressed_total[3m]))",
    "increase(kefu_messages_deferred_total[3m])",
    "max_over_time(kefu_queue_oldest_wait_seconds[3m])",
    "increase(kefu_csat_score_count[3m])",
    "increase(kefu_first_response_seconds_count[3m])",
    "increase(kefu_session_handle_seconds_count[3m])",
)
"""What a day must have had, so that the answers are about something: zeros are there from the start."""


@pytest.mark.parametrize("expr", HAPPENED)
def test_it_was_a_full_day(day: Day, expr: str) -> None:
    assert max(numbers(day, expr)) > 0


def test_no_rule_failed(day: Day) -> None:
    groups = day.prometheus.get("/api/v1/rules")["groups"]
    assert [rule["lastError"] for group in groups for rule in group["rules"] if rule["health"] != "ok"] == []


def test_holding_a_tier_raises_its_alerts(day: Day) -> None:
    names = {each["labels"]["alertname"] for each in day.pending}
    assert {"KefuDegraded", "KefuTurnsVisitorsAway"} <= names
    assert not {"KefuDown", "KefuMemoryFills", "KefuFilesRunOut", "KefuReloadRefused"} & names


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda each: str(each["name"]))
def test_a_variable_has_something_to_choose(day: Day, variable: dict[str, Any]) -> None:
    asked = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"]["query"])
    assert asked is not None
    selector = asked[1].replace("$job", JOB)
    values = day.prometheus.get(f"/api/v1/label/{asked[2]}/values", **{"match[]": selector})
    assert len(values) == 1


def test_changes_of_the_tier_are_marked(day: Day) -> None:
    assert numbers(day, CHANGED)
