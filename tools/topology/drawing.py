"""From a checked kefu.yaml to a picture, and from a picture to the bytes of a format."""

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

from appliance.config.spec import Spec
from appliance.errors import Language
from appliance.flow.bundle import bundle_id, bundle_of, source_of
from tools.drawing.render import rendered
from tools.topology import overview, parts
from tools.topology.dot import dot_of
from tools.topology.mermaid import mermaid_of
from tools.topology.picture import Picture, View
from tools.topology.svg import svg_of
from tools.topology.table import table_of

FORMS = {
    ".svg": "svg",
    ".png": "png",
    ".pdf": "pdf",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".txt": "text",
}
"""The format by the ending of the file."""


def picture_of(
    spec: Spec,
    text: str,
    language: Language,
    view: View,
    *,
    made: float | None = None,
    whole: bool = False,
) -> Picture:
    """Return the picture of an installation that runs by `spec`, read from `text`.

    `made` is when it is drawn (Unix seconds), None leaves that out; `whole` shortens no list.
    """
    if view == "manager":
        nodes, edges = overview.nodes_of(spec, language), overview.edges_of(spec, language)
    else:
        nodes, edges = parts.nodes_of(spec, language, whole), parts.edges_of(spec, language)
    return Picture(
        spec.site.name,
        language,
        view,
        config_hash(text),
        bundle_id(source_of(bundle_of(spec))),
        nodes,
        edges,
        "" if made is None else moment(made, spec.site.timezone),
    )


def config_hash(text: str) -> str:
    """Return how the history of configurations names a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def moment(seconds: float, timezone: str) -> str:
    """Return a moment as the clock of the site shows it."""
    return f"{datetime.fromtimestamp(seconds, ZoneInfo(timezone)):%Y-%m-%d %H:%M} {timezone}"


def drawn(picture: Picture, form: str) -> tuple[bytes, str]:
    """Return the picture and the characters that no font could draw; raises CannotDrawError."""
    if form in ("png", "pdf"):
        made = rendered(dot_of(picture), form)
        return made.data, made.missing
    written = {"svg": svg_of, "dot": dot_of, "mermaid": mermaid_of, "text": table_of}[form]
    return written(picture).encode(), ""
