"""The rows about conversations and agents."""

from appliance.figures import SCORES
from appliance.telemetry.catalogue.service import SERVICE


def test_every_wait_is_told_by_queue() -> None:
    waits = [metric for metric in SERVICE if metric.name.endswith("_seconds")]
    assert len(waits) == 4
    assert all(metric.labels == ("queue",) for metric in waits)


def test_each_score_has_a_bucket_of_its_own() -> None:
    rows = {metric.name: metric for metric in SERVICE}
    assert rows["kefu_csat_score"].buckets == SCORES == (1, 2, 3, 4, 5)
