"""The manager's view: at most ten boxes that say in plain words what there is, how much it takes and what protects it."""

from appliance.config.spec import Spec
from appliance.errors import Language, Text
from appliance.stores.sqlite_file import DATABASE
from tools.topology.listeners import admin_listener, public_listener
from tools.topology.picture import Edge, Fact, Node, Way
from tools.topology.wording import short_rung

MOST_BOXES = 10

SHOWN_IN = {
    "public": "kefu",
    "conversations": "kefu",
    "desk": "kefu",
    "alerts": "ladder",
    "store": "database",
    "admin_socket": "operator",
    "admin_tcp": "kefu",
    "keys": "database",
}
"""The box of this view that stands for a part of the operator's, where it has another name."""


def nodes_of(spec: Spec, language: Language) -> tuple[Node, ...]:
    """Return the boxes."""

    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(language)

    def line(name: str, zh: str, en: str) -> Fact:
        return Fact(name, "", say(zh, en))

    limits, count = spec.limits, len(spec.queues)
    admin = admin_listener(spec.listen)
    address = admin.address(language) if admin else ""
    monitored = [line("listen.admin", f"管理监听 {address}", f"admin listener {address}")] if admin else []
    watching = say("读指标，凭令牌；由您运维", "reads metrics with a token; yours to run")
    prometheus = [Node("prometheus", "watch", "Prometheus", watching, outside=True)] if admin else []
    rungs = [
        Fact(f"threshold-{number}", "", short_rung(threshold, language))
        for number, threshold in enumerate(spec.thresholds, 1)
    ]
    return (
        Node(
            "visitors",
            "internet",
            say("访客", "Visitors"),
            say("网站上的聊天窗口", "chat window on the site"),
        ),
        Node("staff", "internet", say("客服", "Agents"), say("浏览器里的工作台", "console in the browser")),
        Node(
            "proxy",
            "proxy",
            say("反向代理", "Reverse proxy"),
            say("TLS 在这里终止；由您运维", "TLS ends here; yours to run"),
            outside=True,
        ),
        Node(
            "kefu",
            "host",
            say("客服系统 kefu", "kefu, the desk"),
            public_listener(spec.listen).address(language),
            (
                line(
                    "limits.connections",
                    f"最多 {limits.connections:,} 个连接",
                    f"up to {limits.connections:,} connections",
                ),
                line(
                    "pools.sessions",
                    f"内存中 {spec.pools.sessions:,} 个会话",
                    f"{spec.pools.sessions:,} conversations in memory",
                ),
                line(
                    "queues",
                    f"{count} 个组排队派单",
                    f"{count} {'queue' if count == 1 else 'queues'} of visitors",
                ),
                *monitored,
            ),
        ),
        Node(
            "ladder",
            "host",
            say("过载保护", "Overload protection"),
            "",
            tuple(rungs),
            off=not rungs,
        ),
        Node("ai", "host", say("AI：关", "AI: off"), off=True),
        Node(
            "database",
            "data",
            say("数据", "Data"),
            DATABASE,
            (
                line("durable", "每条消息先落盘，再应答", "on disk before it is acknowledged"),
                line("pools.db", f"{spec.pools.db} 个只读连接", f"{spec.pools.db} reading connections"),
            ),
        ),
        Node(
            "operator",
            "watch",
            say("运维人员", "Operator"),
            say("只在本机，只限启动它的用户", "this host, the user of kefu only"),
        ),
        *prometheus,
    )


def edges_of(spec: Spec, language: Language) -> tuple[Edge, ...]:
    """Return the ways between the boxes."""

    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(language)

    edges = [
        Edge("visitors-proxy", "visitors", "proxy", "HTTPS, WSS", "tls"),
        Edge("staff-proxy", "staff", "proxy", "HTTPS, WSS", "tls"),
        Edge("proxy-kefu", "proxy", "kefu", "HTTP, WebSocket", "plain"),
        Edge("kefu-ladder", "kefu", "ladder", say("负载", "load"), "inside"),
        Edge("kefu-ai", "kefu", "ai", "", "off"),
        Edge("kefu-database", "kefu", "database", "SQLite", "file"),
        Edge("operator-kefu", "operator", "kefu", say("管理", "manages"), "file"),
    ]
    admin = admin_listener(spec.listen)
    if admin is not None:
        way: Way = "plain" if admin.loopback else "exposed"
        edges.append(Edge("prometheus-kefu", "prometheus", "kefu", "HTTP", way))
    if not public_listener(spec.listen).loopback:
        around = say("不经代理", "past the proxy")
        edges.append(Edge("visitors-kefu", "visitors", "kefu", f"HTTP, WebSocket · {around}", "exposed"))
    return tuple(edges)
