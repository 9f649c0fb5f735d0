"""The catalogue: every metric that GET /metrics tells, in the order in which it tells them.

The AI level is "off" in this version.  kefu_ai_requests_total and kefu_ai_request_seconds come with it: a row without a source
of its figures would show a zero that nobody counted.
"""

from appliance.telemetry.catalogue.overload import OVERLOAD
from appliance.telemetry.catalogue.process import PROCESS
from appliance.telemetry.catalogue.service import SERVICE
from appliance.telemetry.catalogue.supplies import SUPPLIES
from appliance.telemetry.catalogue.traffic import TRAFFIC
from appliance.telemetry.rows import Metric, Panel, Query

__all__ = ["BY_NAME", "CATALOGUE", "LABELS", "Metric", "Panel", "Query"]

CATALOGUE: tuple[Metric, ...] = (*TRAFFIC, *SERVICE, *OVERLOAD, *SUPPLIES, *PROCESS)

BY_NAME: dict[str, Metric] = {metric.name: metric for metric in CATALOGUE}

LABELS = frozenset(
    {
        *("version", "config_sha", "role", "result", "reason", "direction", "kind", "path"),
        *("state", "queue", "from", "to", "event", "strategy", "component", "tier", "feature"),
        *("pool", "generation", "type"),
    }
)
"""All labels there are.  Their values are words of this program or names in kefu.yaml: never an agent, a visitor, a
conversation, an address or anything else that a stranger may choose.
"""
