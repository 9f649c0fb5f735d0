"""The colours of a flow: grounds, the deeper the darker, and one colour for whoever sets a transition off."""

from tools.graph.picture import Kind

STATE = "#ffffff"
GROUNDS = ("#f8fafc", "#f1f5f9", "#e8edf3")
"""Behind the children of a state, the deeper the darker."""

COLOURS: dict[Kind, str] = {
    "visitor": "#1d4ed8",
    "agent": "#047857",
    "time": "#b03a06",
    "always": "#475569",
    "other": "#7e22ce",
}
"""The arrow and its words, by what sets it off."""


def ground(depth: int) -> str:
    """Return what lies behind the children of a state at `depth`."""
    return GROUNDS[min(depth, len(GROUNDS) - 1)]
