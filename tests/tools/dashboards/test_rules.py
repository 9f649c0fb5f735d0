"""Recording rules are named as Prometheus advises, and ask for metrics that exist."""

import re

from appliance.telemetry.metrics import BY_NAME
from tools.dashboards.rules import ACK_EDGE, BUDGET, OBJECTIVE, RECORDINGS, WINDOWS


def test_names_say_level_metric_and_operation() -> None:
    names = [rule.record for rule in RECORDINGS]
    assert len(set(names)) == len(names)
    for rule in RECORDINGS:
        level, metric, operation = rule.record.split(":")
        assert level in ("instance", "instance_queue")
        assert metric.startswith("kefu_")
        window = re.search(r"\d+[mh]$", operation)
        assert window is not None
        assert f"[{window[0]}]" in rule.expr


def test_every_window_has_both_ratios() -> None:
    for window in WINDOWS:
        found = [rule.record for rule in RECORDINGS if rule.record.endswith(f"ratio_rate{window}")]
        assert len(found) >= 2


def test_they_ask_for_what_there_is() -> None:
    for rule in RECORDINGS:
        for name in re.findall(r"\bkefu_\w+(?=[{\[])", rule.expr):
            assert name in BY_NAME or re.sub(r"_(bucket|count|sum)$", "", name) in BY_NAME


def test_the_objective_is_an_edge_of_the_histogram_and_leaves_a_budget() -> None:
    assert ACK_EDGE in BY_NAME["kefu_message_ack_seconds"].buckets
    assert OBJECTIVE + BUDGET == 1
