"""A panel of the catalogue as Grafana's JSON."""

import zlib
from typing import Any, get_args

from appliance.errors import Text
from appliance.telemetry.rows import Panel, PanelKind
from tools.dashboards.layout import Place
from tools.dashboards.wording import Wording, say

Json = dict[str, Any]

KINDS: tuple[PanelKind, ...] = get_args(PanelKind)

SOURCE: Json = {"type": "prometheus", "uid": "${datasource}"}

TIERS = (
    ("green", Text("0 正常", "0 normal")),
    ("yellow", Text("1 停已读和输入提示", "1 no receipts, no typing")),
    ("orange", Text("2 推迟推送", "2 pushes delayed")),
    ("red", Text("3 不接新访客", "3 no new visitors")),
)
"""The colour and the words of each tier, from 0 up."""

_TOOLTIP = {"mode": "multi", "sort": "desc"}
_REDUCE = {"calcs": ["lastNotNull"], "fields": "", "values": False}
_FIGURE = {"orientation": "auto", "reduceOptions": _REDUCE}


def panel_of(panel: Panel, place: Place, name: str, wording: Wording) -> Json:
    """Return the panel; `name` is what its id is made of, so that the id stays when other panels come or go."""
    return {
        "id": identity(name),
        "type": panel.kind,
        "title": say(panel.title, wording),
        "description": described(panel, wording),
        "datasource": SOURCE,
        "gridPos": place._asdict(),
        "targets": [
            _target(panel, number, query.expr, say(query.legend, wording))
            for number, query in enumerate(panel.queries)
        ],
        "fieldConfig": {"defaults": _defaults(panel, wording), "overrides": []},
        "options": options(panel.kind),
        **_columns(panel),
    }


def identity(name: str) -> int:
    """Return a positive id that depends on nothing but `name`."""
    return zlib.crc32(name.encode()) % 1_000_000 + 1


def described(panel: Panel, wording: Wording) -> str:
    """Return the description: in both languages, or in that of the dashboard and then, with the title, in the other one."""
    if wording == "both":
        return f"{panel.description.zh}\n\n{panel.description.en}"
    own, other = panel.description, Text(panel.description.en, panel.description.zh)
    title = Text(panel.title.en, panel.title.zh)
    mark = Text(": ", "：")
    return f"{own.say(wording)}\n\n{title.say(wording)}{mark.say(wording)}{other.say(wording)}"


def instant(panel: Panel) -> bool:
    """Whether a panel asks for one moment rather than for a course: then it is asked about the whole chosen time."""
    return panel.kind == "table" or any("$__range" in query.expr for query in panel.queries)


def _target(panel: Panel, number: int, expr: str, legend: str) -> Json:
    now = instant(panel)
    form = {"table": "table", "heatmap": "heatmap"}.get(panel.kind, "time_series")
    return {
        "refId": chr(ord("A") + number),
        "datasource": SOURCE,
        "editorMode": "code",
        "expr": expr,
        "legendFormat": legend,
        "format": form,
        "instant": now,
        "range": not now,
    }


def _defaults(panel: Panel, wording: Wording) -> Json:
    nothing = say(Text("没有数据", "no data"), wording)
    found: Json = {
        "unit": panel.unit,
        "color": {
            "mode": "thresholds" if panel.kind in ("stat", "gauge", "state-timeline") else "palette-classic"
        },
        "thresholds": {"mode": "absolute", "steps": _steps(panel)},
        "noValue": nothing,
        "mappings": _mappings(panel, nothing, wording),
    }
    if panel.unit == "percentunit":
        found["min"] = 0
        if panel.kind == "stat":
            # Of a promise of 99.9 % the second decimal is what matters.
            found["decimals"] = 2
    custom = _CUSTOM.get(panel.kind)
    return found if custom is None else {**found, "custom": custom}


def _steps(panel: Panel) -> list[Json]:
    """Return from which value on which colour holds.  What has no aim is neither good nor bad, so it is blue."""
    if panel.kind == "state-timeline":
        return [{"color": colour, "value": tier or None} for tier, (colour, _) in enumerate(TIERS)]
    if panel.goal is None:
        return [{"color": "blue", "value": None}]
    return [{"color": "red", "value": None}, {"color": "green", "value": panel.goal}]


def _mappings(panel: Panel, nothing: str, wording: Wording) -> list[Json]:
    """Return the values that are shown as words: a share of nothing is no number, and a tier has a name."""
    found: list[Json] = [
        {"type": "special", "options": {"match": "null+nan", "result": {"index": 0, "text": nothing}}}
    ]
    if panel.kind == "state-timeline":
        words = {
            str(tier): {"color": colour, "index": tier, "text": say(text, wording)}
            for tier, (colour, text) in enumerate(TIERS)
        }
        found.append({"type": "value", "options": words})
    return found


_CUSTOM: dict[PanelKind, Json] = {
    "timeseries": {
        "drawStyle": "line",
        "lineWidth": 1,
        "fillOpacity": 10,
        "showPoints": "auto",
        "spanNulls": False,
    },
    "state-timeline": {"fillOpacity": 70, "lineWidth": 0},
    "heatmap": {"scaleDistribution": {"type": "linear"}},
    "table": {"align": "auto", "filterable": True, "inspect": False},
}


def options(kind: PanelKind) -> Json:
    """Return the options of a kind of panel."""
    legend = {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True}
    match kind:
        case "timeseries":
            return {"legend": legend, "tooltip": _TOOLTIP}
        case "state-timeline":
            return {
                "legend": {**legend, "showLegend": False},
                "tooltip": {"mode": "single", "sort": "none"},
                "mergeValues": True,
                "rowHeight": 0.9,
                "showValue": "auto",
            }
        case "stat":
            return {
                **_FIGURE,
                "colorMode": "value",
                "graphMode": "none",
                "justifyMode": "auto",
                "percentChangeColorMode": "standard",
                "showPercentChange": False,
                "textMode": "auto",
                "wideLayout": True,
            }
        case "gauge":
            return {**_FIGURE, "showThresholdLabels": False, "showThresholdMarkers": True, "sizing": "auto"}
        case "heatmap":
            return {
                "calculate": False,
                "cellGap": 1,
                "color": {
                    "mode": "scheme",
                    "scheme": "Blues",
                    "fill": "dark-blue",
                    "exponent": 0.5,
                    "steps": 64,
                    "reverse": False,
                },
                "exemplars": {"color": "rgba(255,0,255,0.7)"},
                "legend": {"show": True},
                "rowsFrame": {"layout": "auto"},
                "showValue": "never",
                "tooltip": {"mode": "single", "yHistogram": False},
                "yAxis": {"axisPlacement": "left", "reverse": False},
            }
        case "table":
            return {"cellHeight": "sm", "frameIndex": 0, "showHeader": True}


def _columns(panel: Panel) -> Json:
    """Return what leaves the time, which is that of the question, out of a table."""
    if panel.kind != "table":
        return {}
    hidden = {"Time": True, "__name__": True, "job": True}
    return {"transformations": [{"id": "organize", "options": {"excludeByName": hidden}}]}
