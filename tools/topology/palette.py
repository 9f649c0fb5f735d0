"""The colours of a topology: a ground for each zone, a stroke for each way, a tone for each state; words say the same."""

from tools.topology.picture import Node, Tone, Way, ZoneId

BOX = "#ffffff"
OUTSIDE = "#f8fafc"

ZONE_GROUNDS: dict[ZoneId, str] = {
    "internet": "#fdf2f2",
    "proxy": "#fdf6e7",
    "host": "#eef4fb",
    "data": "#f1f2f6",
    "watch": "#eef7f3",
}
ZONE_LINES: dict[ZoneId, str] = {
    "internet": "#e4b4b4",
    "proxy": "#dcc48a",
    "host": "#a9c3e0",
    "data": "#b9bdcb",
    "watch": "#a5cdbd",
}

WAY_COLOURS: dict[Way, str] = {
    "tls": "#047857",
    "plain": "#9a5b00",
    "exposed": "#b91c1c",
    "file": "#4338ca",
    "inside": "#475569",
    "off": "#64748b",
}
"""Strokes and their words."""

DASHES: dict[Way, str] = {"plain": "7 3", "file": "2 3", "off": "4 4"}
"""How a stroke is broken, so that ways can be told apart in grey, too; all others are whole."""

TONE_COLOURS: dict[Tone, str] = {"": "#94a3b8", "fine": "#047857", "busy": "#9a5b00", "full": "#b91c1c"}
TONE_GROUNDS: dict[Tone, str] = {"": BOX, "fine": "#f0fbf6", "busy": "#fff8e6", "full": "#fdecec"}

DRIFT = "#86198f"


def ground(node: Node) -> str:
    """Return what a box is filled with."""
    return OUTSIDE if node.outside or node.off else TONE_GROUNDS[node.tone]


def border(node: Node) -> str:
    """Return the colour of the border of a box: what differs is seen even where all is well."""
    return DRIFT if node.drift and node.tone in ("", "fine") else TONE_COLOURS[node.tone]


def heavy(node: Node) -> bool:
    """Whether the border is drawn thick: somebody should look there."""
    return bool(node.drift) or node.tone in ("busy", "full")
