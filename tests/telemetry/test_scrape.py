"""From figures to the text that Prometheus reads, judged by the parser of its client."""

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from appliance.errors import Text
from appliance.figures import Histogram
from appliance.telemetry.metrics import CATALOGUE
from appliance.telemetry.rows import Metric
from appliance.telemetry.scrape import Scrape, Values, pre_created

ROWS = (
    Metric("kefu_said_total", "counter", Text("说过", "Said"), ("direction", "kind")),
    Metric("kefu_here", "gauge", Text("在", "Here"), ("role",)),
    Metric("kefu_tier", "gauge", Text("级", "Tier")),
    Metric("kefu_wait_seconds", "histogram", Text("等", "Wait"), ("queue",), buckets=(1.0, 30.0)),
)
FINE: dict[str, Values] = {
    "kefu_said_total": {("in", "visitor"): 2},
    "kefu_here": {"agent": 1},
    "kefu_tier": 3,
    "kefu_wait_seconds": {"售前": Histogram((1.0, 30.0), [1, 2, 4], 99.0)},
}


def found(values: dict[str, Values]) -> dict[tuple[str, ...], float]:
    registry = CollectorRegistry()
    registry.register(Scrape(lambda: values, catalogue=ROWS))
    text = generate_latest(registry).decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_values_become_series_with_their_labels() -> None:
    assert found(FINE) == {
        ("kefu_said_total", "in", "visitor"): 2,
        ("kefu_here", "agent"): 1,
        ("kefu_tier",): 3,
        ("kefu_wait_seconds_bucket", "1.0", "售前"): 1,
        ("kefu_wait_seconds_bucket", "30.0", "售前"): 3,
        ("kefu_wait_seconds_bucket", "+Inf", "售前"): 7,
        ("kefu_wait_seconds_count", "售前"): 7,
        ("kefu_wait_seconds_sum", "售前"): 99,
    }


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("kefu_wait_seconds", {"售前": Histogram((1.0, 2.0))}),
        ("kefu_wait_seconds", {"售前": 3}),
        ("kefu_tier", Histogram((1.0,))),
    ],
)
def test_a_figure_that_does_not_fit_its_row_is_a_defect_and_no_metric(name: str, wrong: Values) -> None:
    with pytest.raises(TypeError, match=name):
        found({**FINE, name: wrong})


def test_no_row_goes_without_a_source() -> None:
    with pytest.raises(KeyError, match="kefu_tier"):
        found({name: values for name, values in FINE.items() if name != "kefu_tier"})


def test_registering_reads_no_figures() -> None:
    def read() -> dict[str, Values]:
        raise AssertionError("nobody has scraped yet")

    CollectorRegistry().register(Scrape(read))
    assert len(list(Scrape(read).describe())) == len(CATALOGUE)


def test_what_was_never_counted_stands_at_zero() -> None:
    assert pre_created({"b": 2, "c": 3}, ["a", "b"]) == {"a": 0, "b": 2, "c": 3}
