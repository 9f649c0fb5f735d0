"""From figures to what Prometheus reads: at the moment of a scrape, every row of the catalogue with its values.

Nothing is counted twice and nothing is spent on an event: the parts add to plain numbers, and whoever scrapes pays.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from appliance.figures import Histogram
from appliance.telemetry.metrics import CATALOGUE, Metric

Labels = Any
"""The value of the one label of a series, or a tuple of the values of its labels in the order of the row."""

Values = Mapping[Labels, float] | Mapping[Labels, Histogram] | float | Histogram
"""What a metric has: one value without labels, else a value for each series."""

Source = Callable[[], Mapping[str, Values]]
"""Returns the values of some metrics of the catalogue, by name."""


class Scrape(Collector):
    """Collects what `sources` say of the metrics in `catalogue`; all of them together must say something of each."""

    def __init__(self, *sources: Source, catalogue: Iterable[Metric] = CATALOGUE) -> None:
        self._sources = sources
        self._catalogue = tuple(catalogue)

    def describe(self) -> Iterable[Family]:
        """Return the families without values: whoever registers this need not read everything for their names."""
        return [_family(metric) for metric in self._catalogue]

    def collect(self) -> Iterable[Family]:
        """Return all families."""
        found: dict[str, Values] = {}
        for source in self._sources:
            found.update(source())
        return [_filled(metric, found[metric.name]) for metric in self._catalogue]


def pre_created(counts: Mapping[Labels, float], known: Iterable[Labels]) -> dict[Labels, float]:
    """Return `counts` with a zero for every one of `known` that was never counted: a rate over nothing has no value."""
    return {**dict.fromkeys(known, 0), **counts}


def _family(metric: Metric) -> CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily:
    match metric.kind:
        case "counter":
            return CounterMetricFamily(metric.family, metric.help.en, labels=metric.labels)
        case "gauge":
            return GaugeMetricFamily(metric.family, metric.help.en, labels=metric.labels)
        case "histogram":
            return HistogramMetricFamily(metric.family, metric.help.en, labels=metric.labels)


def _filled(metric: Metric, values: Values) -> Family:
    family = _family(metric)
    series = values if isinstance(values, Mapping) else {(): values}
    for labels, value in series.items():
        names = [labels] if isinstance(labels, str) else list(labels)
        if isinstance(family, HistogramMetricFamily):
            if not isinstance(value, Histogram) or value.edges != metric.buckets:
                raise TypeError(f"{metric.name} wants a histogram with the edges of its row")
            family.add_metric(names, _buckets(value), value.total)
        elif isinstance(value, Histogram):
            raise TypeError(f"{metric.name} is no histogram")
        else:
            family.add_metric(names, value)
    return family


def _buckets(histogram: Histogram) -> list[tuple[str, float]]:
    """Return the cumulative counts that Prometheus wants, by upper edge."""
    total, buckets = 0, []
    for edge, count in zip((*map(str, histogram.edges), "+Inf"), histogram.counts, strict=True):
        total += count
        buckets.append((edge, float(total)))
    return buckets
