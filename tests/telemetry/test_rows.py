"""How queries are written."""

from appliance.errors import Text
from appliance.telemetry.rows import Metric, ask, quantiles, rate, share_within, spread

CHOSEN = 'job="$job",instance=~"$instance"'


def test_every_selector_asks_for_the_chosen_job_and_instance() -> None:
    assert ask("up{@} > 0").expr == f"up{{{CHOSEN}}} > 0"
    assert ask("up{@}").legend == Text("{{instance}}", "{{instance}}")
    assert ask("up{@}", "在", "up").legend == Text("在", "up")


def test_rates_over_the_interval_that_grafana_works_out() -> None:
    assert rate("a_total").expr == f"sum(rate(a_total{{{CHOSEN}}}[$__rate_interval]))"
    by = rate("a_total", "role", 'role="x"')
    assert by.expr == f'sum by (role) (rate(a_total{{{CHOSEN},role="x"}}[$__rate_interval]))'
    assert by.legend.en == "{{role}}"


def test_quantiles_of_a_histogram() -> None:
    half, most = quantiles("a_seconds", 0.5, 0.99, by="queue")
    assert half.legend.en == "{{queue}} p50"
    assert most.expr == (
        f"histogram_quantile(0.99, sum by (le, queue) (rate(a_seconds_bucket{{{CHOSEN}}}[$__rate_interval])))"
    )


def test_a_share_names_the_edge_as_the_text_format_writes_it() -> None:
    assert 'le="30.0"' in share_within("a_seconds", 30)


def test_a_heat_map_counts_by_bucket() -> None:
    assert spread("a_seconds")[0].legend.en == "{{le}}"


def test_the_family_of_a_counter_goes_without_its_suffix() -> None:
    assert Metric("a_total", "counter", Text("", "")).family == "a"
    assert Metric("a", "gauge", Text("", "")).family == "a"
