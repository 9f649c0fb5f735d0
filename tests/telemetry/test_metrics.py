"""The catalogue as a whole: names, labels, panels, and that every query is PromQL about metrics that exist."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from appliance.telemetry.metrics import BY_NAME, CATALOGUE, LABELS, Metric, Panel, Query

UNITS = ("_seconds", "_bytes", "_ratio", "_total")
COUNTED = {
    "kefu_ws_connections": "pages",
    "kefu_sessions": "conversations",
    "kefu_agents": "people",
    "kefu_agent_capacity_slots": "slots",
    "kefu_agent_active_sessions": "conversations",
    "kefu_csat_score": "points",
    "kefu_degradation_tier": "a number of order",
    "kefu_build_info": "a constant",
    "kefu_pool_objects": "objects",
    "kefu_store_batch_rows": "rows",
    "kefu_store_queue_rows": "rows",
    "kefu_asyncio_tasks": "tasks",
    "kefu_config_last_reload_success": "yes or no",
    "kefu_process_open_fds": "descriptors",
    "kefu_process_max_fds": "descriptors",
}
"""What has no unit because it counts things, and which."""

PERSONAL = re.compile(r"agent|visitor|conversation|session|login|name|address|ip|url|origin|page|cid|\bid\b")

PANELS = [(metric, panel) for metric in CATALOGUE for panel in metric.panels]
QUERIES = [(metric, panel, query) for metric, panel in PANELS for query in panel.queries]


def test_no_metric_is_named_twice() -> None:
    assert len(BY_NAME) == len(CATALOGUE)


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: str(metric.name))
def test_a_name_says_whose_it_is_and_in_which_unit(metric: Metric) -> None:
    assert re.fullmatch(r"kefu_[a-z0-9_]+", metric.name)
    assert metric.name.endswith("_total") == (metric.kind == "counter")
    assert metric.name.endswith(UNITS) != (metric.name in COUNTED)
    assert bool(metric.buckets) == (metric.kind == "histogram")
    assert list(metric.buckets) == sorted(set(metric.buckets))


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: str(metric.name))
def test_labels_come_from_the_closed_set(metric: Metric) -> None:
    assert set(metric.labels) <= LABELS
    assert len(set(metric.labels)) == len(metric.labels)


def test_no_label_names_anybody() -> None:
    assert [label for label in LABELS if PERSONAL.search(label)] == []
    assert {label for metric in CATALOGUE for label in metric.labels} == LABELS, "a label that no metric has"


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda metric: str(metric.name))
def test_every_metric_is_shown_or_says_why_not(metric: Metric) -> None:
    assert bool(metric.panels) != bool(metric.unshown)
    if metric.panels:
        own = [query for panel in metric.panels for query in panel.queries if metric in about(query)]
        assert own, "its panels are about other metrics"


@pytest.mark.parametrize(
    ("metric", "panel"), PANELS, ids=[f"{metric.name}: {panel.title.en}" for metric, panel in PANELS]
)
def test_a_panel_says_everything_in_both_languages(metric: Metric, panel: Panel) -> None:
    texts = (metric.help, panel.title, panel.description, *(query.legend for query in panel.queries))
    assert all(text.zh and text.en for text in texts)
    assert all(re.search(r"[\u4e00-\u9fff]", text.zh) for text in texts[:3])
    assert not any(re.search(r"[\u3000-\u9fff\uff00-\uffef]", text.en) for text in texts)
    assert panel.unit
    assert panel.queries


def test_titles_tell_the_panels_of_a_dashboard_apart() -> None:
    for language in (0, 1):
        titles = [(panel.dashboard, panel.title[language]) for _, panel in PANELS]
        assert len(set(titles)) == len(titles)


def test_every_dashboard_has_panels() -> None:
    assert {panel.dashboard for _, panel in PANELS} == {
        "service",
        "realtime",
        "degradation",
        "runtime",
        "slo",
    }


@pytest.mark.parametrize(("metric", "panel", "query"), QUERIES, ids=[query.expr for *_, query in QUERIES])
def test_a_query_asks_only_for_what_there_is(metric: Metric, panel: Panel, query: Query) -> None:
    assert about(query), "it names no metric"
    for name, selector in re.findall(r"(kefu_\w+)\{([^}]*)\}", query.expr):
        found = found_by(name)
        assert found is not None, name
        matchers = re.findall(r'(\w+)(=~?)"((?:[^"\\]|\\.)*)"', selector)
        assert [matcher[0] for matcher in matchers[:2]] == ["job", "instance"]
        known = {*found.labels, "le"} if name.endswith("_bucket") else set(found.labels)
        for label, _, value in matchers[2:]:
            assert label in known
            if label == "le":
                assert float(value) in found.buckets
                assert value == str(float(value)), "the text format writes it so"
    # A name without a selector would read every appliance that Prometheus knows.
    assert len(re.findall(r"kefu_\w+", query.expr)) == len(re.findall(r"kefu_\w+\{", query.expr))
    labels = {label for each in about(query) for label in each.labels} | {"instance", "job", "le"}
    for group in re.findall(r"by \(([^)]*)\)", query.expr):
        assert set(re.split(r",\s*", group)) <= labels
    assert set(re.findall(r"\{\{(\w+)\}\}", query.legend.zh + query.legend.en)) <= labels


def test_prometheus_itself_can_parse_every_query(tmp_path: Path) -> None:
    rules = [
        {"record": f"parsed:{number}", "expr": filled(query.expr)}
        for number, (*_, query) in enumerate(QUERIES)
    ]
    file = tmp_path / "rules.yml"
    file.write_text(json.dumps({"groups": [{"name": "queries", "rules": rules}]}))
    judged = subprocess.run(
        ["promtool", "check", "rules", str(file)], capture_output=True, text=True, check=False
    )
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert f"{len(rules)} rules found" in judged.stdout


def test_the_targets_of_service_levels_are_edges() -> None:
    assert 30.0 in BY_NAME["kefu_session_wait_seconds"].buckets
    assert 180.0 in BY_NAME["kefu_first_response_seconds"].buckets


def filled(expr: str) -> str:
    """Return a query as Grafana sends it."""
    return expr.replace("$__rate_interval", "1m").replace("$__range", "1h").replace("$", "")


def found_by(name: str) -> Metric | None:
    """Return the metric that a name in a query belongs to."""
    if name in BY_NAME:
        return None if BY_NAME[name].kind == "histogram" else BY_NAME[name]
    found = BY_NAME.get(re.sub(r"_(bucket|sum|count)$", "", name))
    return found if found is not None and found.kind == "histogram" else None


def about(query: Query) -> list[Metric]:
    """Return the metrics that a query asks for."""
    return [found for name in re.findall(r"kefu_\w+", query.expr) if (found := found_by(name)) is not None]
