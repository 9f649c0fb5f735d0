"""What `kefu status` counts: who is connected, what is open, who waits, who is there to serve."""

from typing import Any

from appliance.dispatch import views
from appliance.http.services import Services
from appliance.runtime.compose import Appliance

PRESENCES = ("ready", "busy", "away", "offline", "reconnecting")


def counts_of(appliance: Appliance, parts: Services) -> dict[str, Any]:
    """Return the counts: WebSockets by role, open conversations, how many wait and how long (ms) the first one has, agents.

    "ready" agents take conversations now, full ones included; "agents" has all by the status that colleagues see.
    """
    desk = appliance.desk.desk
    staff = len(tuple(parts.sockets.staff()))
    oldest = views.oldest(desk)
    agents = views.staffing(desk).agents
    return {
        "connections": {"visitor": len(parts.sockets) - staff, "agent": staff},
        "conversations": appliance.conversations.tally.open,
        "waiting": sum(line.length for line in desk.room.lines.values()),
        "waiting_ms": 0 if oldest is None else max(0, appliance.clock.now() - oldest),
        "ready": views.agents_ready(desk),
        "agents": {status: agents.get(status, 0) for status in PRESENCES},
    }
