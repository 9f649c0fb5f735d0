"""The shape of the catalogue: a metric, the panels that show it, and the queries that fill a panel.

A metric is declared once, here and in telemetry/catalogue/; the collector, the dashboards, the documentation and their tests
read the same row, so that none of them can know another name or label.
"""

from typing import Literal

from msgspec import Struct

from appliance.errors import Text

Kind = Literal["counter", "gauge", "histogram"]
Dashboard = Literal["service", "realtime", "degradation", "runtime", "slo"]
PanelKind = Literal["timeseries", "stat", "gauge", "heatmap", "table", "state-timeline"]

SELECTED = 'job="$job",instance=~"$instance"'
"""What every selector of a query asks for beside its own labels: the variables of a dashboard."""

EVERY = "$__rate_interval"


class Query(Struct, frozen=True):
    """One PromQL expression with the variables of a dashboard ($job, $instance, $__rate_interval), and its legend.

    A legend may hold labels in Grafana's way: "{{queue}}".
    """

    expr: str
    legend: Text


class Panel(Struct, frozen=True):
    """One panel of a dashboard.  `unit` is Grafana's id of a unit: "s", "bytes", "percentunit", "cps", "short"."""

    dashboard: Dashboard
    title: Text
    kind: PanelKind
    queries: tuple[Query, ...]
    unit: str
    description: Text


class Metric(Struct, frozen=True):
    """One metric.  `name` as it stands in a query (a counter ends in _total), `help` for people.

    `buckets` are the upper edges of a histogram, without +Inf, in the unit that the name ends with.  A metric
    without `panels` says in `unshown` why.
    """

    name: str
    kind: Kind
    help: Text
    labels: tuple[str, ...] = ()
    panels: tuple[Panel, ...] = ()
    buckets: tuple[float, ...] = ()
    unshown: str = ""

    @property
    def family(self) -> str:
        """Return the name of its family in the text format: a counter's is without _total."""
        return self.name.removesuffix("_total") if self.kind == "counter" else self.name


def ask(expr: str, zh: str = "", en: str = "") -> Query:
    """Return a query; in `expr` an @ stands for `SELECTED` and [~] for the rate interval.  Without legend: "{{instance}}"."""
    legend = Text(zh or "{{instance}}", en or zh or "{{instance}}")
    return Query(expr.replace("@", SELECTED).replace("[~]", f"[{EVERY}]"), legend)


def rate(name: str, by: str = "", only: str = "") -> Query:
    """Return the query for a counter's rate, summed by one label ("": by none), of the series that `only` selects."""
    more = f",{only}" if only else ""
    if not by:
        return ask(f"sum(rate({name}{{@{more}}}[~]))", "每秒", "per second")
    return ask(f"sum by ({by}) (rate({name}{{@{more}}}[~]))", f"{{{{{by}}}}}")


def quantiles(name: str, *wanted: float, by: str = "") -> tuple[Query, ...]:
    """Return one query for each quantile (0..1) of a histogram, by one label ("": by none)."""
    labels = f"le, {by}" if by else "le"
    of = f"{{{{{by}}}}} " if by else ""
    return tuple(
        ask(
            f"histogram_quantile({each}, sum by ({labels}) (rate({name}_bucket{{@}}[~])))",
            f"{of}p{each * 100:g}",
        )
        for each in wanted
    )


def spread(name: str) -> tuple[Query, ...]:
    """Return the query for a heat map of a histogram."""
    return (ask(f"sum by (le) (increase({name}_bucket{{@}}[~]))", "{{le}}"),)


def share_within(name: str, edge: float, by: str = "") -> str:
    """Return the expression for the share (0..1) of a histogram's observations up to `edge`, which must be an edge of it.

    It is that of the whole chosen time: a promise about a week is not judged by its last minute.
    """
    group = f" by ({by})" if by else ""
    within = f'{name}_bucket{{@,le="{float(edge)}"}}'
    return f"sum{group} (increase({within}[$__range])) / sum{group} (increase({name}_count{{@}}[$__range]))"
