"""What is to be drawn of an installation: zones of trust, nodes in them, the ways between; before any format is chosen.

Every setting is one fact of one node and stands nowhere else, so a changed port changes one label.  Ids are fixed words
(or count on in the order of the file), so two pictures can be compared and a page can point at a node.
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from appliance.errors import Language, Text

View = Literal["manager", "operator"]
"""For whom: at most ten boxes that say what there is, or every setting."""

ZoneId = Literal["internet", "proxy", "host", "data", "watch"]

ZONES: tuple[tuple[ZoneId, Text], ...] = (
    ("internet", Text("互联网", "Internet")),
    ("proxy", Text("TLS 边界", "TLS boundary")),
    ("host", Text("本机：kefu", "This host: kefu")),
    ("data", Text("数据目录 DATA", "Data directory DATA")),
    ("watch", Text("运维与监控", "Operations")),
)
"""The zones of trust, the least trusted first."""

Way = Literal["tls", "plain", "exposed", "file", "inside", "off"]
"""What protects what goes along an edge."""

WAYS: tuple[tuple[Way, Text], ...] = (
    ("tls", Text("TLS 加密", "TLS")),
    ("plain", Text("明文，不出本机", "plain text, never leaves the host")),
    ("exposed", Text("明文，网络可达", "plain text, reachable from the network")),
    ("file", Text("文件或 Unix 套接字", "file or Unix socket")),
    ("inside", Text("进程内", "within the process")),
    ("off", Text("已关", "off")),
)

Tone = Literal["", "fine", "busy", "full"]
"""How a node is, as the running appliance says; "" where it says nothing."""

TONES: tuple[tuple[Tone, Text], ...] = (
    ("fine", Text("● 正常", "● fine")),
    ("busy", Text("▲ 注意", "▲ attention")),
    ("full", Text("■ 告急", "■ critical")),
)

DRIFT = Text("≠ 与运行中的不同", "≠ differs from what runs")


class Fact(Struct, frozen=True):
    """One setting: `name` may be "" where the value speaks for itself; `now` is what the running appliance says of it."""

    id: str
    name: str
    value: str
    now: str = ""


class Node(Struct, frozen=True):
    """A part.  `outside`: needed, but no part of kefu; `off`: there, but switched off.

    `address` is where it listens or lies.  `said` and `drift` are lines about the running appliance.
    """

    id: str
    zone: ZoneId
    title: str
    address: str = ""
    facts: tuple[Fact, ...] = ()
    outside: bool = False
    off: bool = False
    tone: Tone = ""
    said: tuple[str, ...] = ()
    drift: tuple[str, ...] = ()


class Edge(Struct, frozen=True):
    """A way from one node to another: what is spoken on it and what protects it.

    `back`: the arrow points at the source, though the source stands first in the picture.
    """

    id: str
    source: str
    target: str
    label: str
    way: Way
    back: bool = False


class Picture(Struct, frozen=True):
    """All that is drawn.  `config` is the hash of the text, `bundle` that of the flow, `made` a moment or "".

    `live` are lines about the running appliance as a whole, empty when it was not asked.
    """

    title: str
    language: Language
    view: View
    config: str
    bundle: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    made: str = ""
    live: tuple[str, ...] = ()

    def node(self, name: str) -> Node:
        """Return the node with this id."""
        return next(node for node in self.nodes if node.id == name)

    def inside(self, zone: ZoneId) -> tuple[Node, ...]:
        """Return the nodes of a zone."""
        return tuple(node for node in self.nodes if node.zone == zone)

    def zones(self) -> Iterator[tuple[ZoneId, str]]:
        """Yield the zones that hold something, with their names."""
        for zone, name in ZONES:
            if self.inside(zone):
                yield zone, name.say(self.language)

    def ways(self) -> Iterator[tuple[Way, str]]:
        """Yield the ways that occur, with their names."""
        for way, name in WAYS:
            if any(edge.way == way for edge in self.edges):
                yield way, name.say(self.language)

    def tones(self) -> Iterator[tuple[Tone, str]]:
        """Yield the tones with their names, none when the running appliance was not asked."""
        if self.live:
            for tone, name in TONES:
                yield tone, name.say(self.language)

    @property
    def drifted(self) -> int:
        """The number of things that differ from what runs."""
        return sum(len(node.drift) for node in self.nodes)


def tone_word(tone: Tone, language: Language) -> str:
    """Return a tone as a sign and a word: a colour alone would be lost in print."""
    return dict(TONES)[tone].say(language)


def view_word(view: View, language: Language) -> str:
    """Return for whom a picture is."""
    words = {
        "manager": Text("总览", "overview"),
        "operator": Text("运维视图", "operator's view"),
    }
    return words[view].say(language)


def subtitle(picture: Picture) -> str:
    """Return what stands below the title: which file this is of, and when it was drawn."""
    say = picture.language
    parts = [
        Text(f"配置 {picture.config}", f"configuration {picture.config}").say(say),
        Text(f"流程 {picture.bundle}", f"flow {picture.bundle}").say(say),
    ]
    if picture.made:
        parts.append(Text(f"绘于 {picture.made}", f"drawn {picture.made}").say(say))
    return " · ".join(parts)


def heading(picture: Picture) -> str:
    """Return the title of the whole."""
    between = Text("：", ": ").say(picture.language)
    name = Text("部署拓扑", "topology").say(picture.language)
    return f"{picture.title}{between}{name} · {view_word(picture.view, picture.language)}"


def about(picture: Picture) -> str:
    """Return the picture in a sentence, for those who do not see it."""
    drift = ""
    if picture.live:
        count = picture.drifted
        drift = Text(
            f"与运行中的有 {count} 处不同。" if count else "与运行中的一致。",
            f" {count} differences from what runs." if count else " As it runs.",
        ).say(picture.language)
    zones = Text("、", ", ").say(picture.language).join(name for _, name in picture.zones())
    return (
        Text(
            f"{len(picture.nodes)} 个部分，{len(picture.edges)} 条连线；区域：{zones}。",
            f"{len(picture.nodes)} parts, {len(picture.edges)} connections; zones: {zones}.",
        ).say(picture.language)
        + drift
    )
