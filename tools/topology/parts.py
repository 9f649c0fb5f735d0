"""The operator's view: every listener, pool, queue, limit and threshold of kefu.yaml, each in the box that it bounds."""

from collections.abc import Iterator, Sequence
from typing import Literal

from appliance.config.scalars import spoken
from appliance.config.spec import Spec
from appliance.delivery.budget import MOST_WAITING_BYTES
from appliance.errors import Language, Text
from appliance.http.admin import SOCKET_FILE
from appliance.runtime.secrets import SECRETS_FILE, TOKEN_FILE
from appliance.stores.sqlite_file import DATABASE
from tools.topology.listeners import admin_listener, public_listener
from tools.topology.picture import Edge, Fact, Node, Way
from tools.topology.wording import SEPARATOR, queue_line, rung, size

MANY = 12
"""Of a longer list only the first are drawn, and the rest is counted: the text table has them all."""


def nodes_of(spec: Spec, language: Language, whole: bool = False) -> tuple[Node, ...]:
    """Return all parts; `whole`: lists are not shortened."""
    return tuple(_Parts(spec, language, whole).nodes())


def edges_of(spec: Spec, language: Language) -> tuple[Edge, ...]:
    """Return all ways between the parts."""
    return tuple(_ways(spec, language))


class _Parts:
    def __init__(self, spec: Spec, language: Language, whole: bool) -> None:
        self._spec = spec
        self._language: Language = language
        self._whole = whole

    def nodes(self) -> list[Node]:
        return [
            self._visitors(),
            self._staff(),
            self._proxy(),
            self._public(),
            self._ai(),
            self._conversations(),
            self._desk(),
            self._ladder(),
            self._alerts(),
            self._store(),
            self._admin_socket(),
            self._admin_tcp(),
            self._database(),
            self._keys(),
            self._operator(),
            *self._prometheus(),
        ]

    def _say(self, zh: str, en: str) -> str:
        return Text(zh, en).say(self._language)

    def _visitors(self) -> Node:
        limits = self._spec.limits
        origins = [
            Fact(f"origin-{number}", "", self._say(f"嵌入 {origin}", f"in {origin}"))
            for number, origin in enumerate(self._spec.site.origins, 1)
        ]
        return Node(
            "visitors",
            "internet",
            self._say("访客浏览器（聊天窗口）", "Visitors' browsers (widget)"),
            facts=(
                *self._listed(origins, "origins"),
                Fact(
                    "limits.message_bytes",
                    self._say("每条消息", "a message"),
                    f"≤ {size(limits.message_bytes)}",
                ),
                Fact(
                    "limits.messages_per_minute",
                    self._say("每分钟消息", "messages a minute"),
                    f"≤ {limits.messages_per_minute:,}",
                ),
                Fact(
                    "limits.sessions_per_visitor",
                    self._say("每人连接", "connections each"),
                    f"≤ {limits.sessions_per_visitor}",
                ),
            ),
        )

    def _staff(self) -> Node:
        return Node(
            "staff", "internet", self._say("客服浏览器（工作台）", "Agents' browsers (console)"), "/console"
        )

    def _proxy(self) -> Node:
        trust = Fact(
            "trust",
            self._say("X-Forwarded-*", "X-Forwarded-*"),
            self._say("只信来自本机的", "believed from this host only"),
        )
        return Node(
            "proxy",
            "proxy",
            self._say("反向代理", "Reverse proxy"),
            self._say("由您运维：证书、域名", "yours to run: certificate, name"),
            (trust,),
            outside=True,
        )

    def _public(self) -> Node:
        limits, listener = self._spec.limits, public_listener(self._spec.listen)
        facts = [
            Fact(
                "protocols",
                self._say("协议", "protocols"),
                SEPARATOR.join(("HTTP/1.1", "WebSocket", "long polling")),
            ),
            Fact("limits.connections", self._say("连接", "connections"), f"≤ {limits.connections:,}"),
            Fact("limits.body_bytes", self._say("请求体", "request body"), f"≤ {size(limits.body_bytes)}"),
            Fact(
                "heartbeat",
                self._say("心跳", "heartbeat"),
                self._say(
                    f"每 {spoken(limits.ping_every)}，{spoken(limits.pong_within)} 内应答",
                    f"every {spoken(limits.ping_every)}, answered within {spoken(limits.pong_within)}",
                ),
            ),
            Fact(
                "outbox",
                self._say("发送缓冲", "send buffer"),
                self._say(
                    f"每连接 ≤ {size(limits.outbox_bytes)}{SEPARATOR}{limits.outbox_events:,} 条",
                    f"≤ {size(limits.outbox_bytes)}{SEPARATOR}{limits.outbox_events:,} events each",
                ),
            ),
            Fact("budget", self._say("缓冲合计", "all buffers"), f"≤ {size(MOST_WAITING_BYTES)}"),
            Fact("probes", self._say("探针", "probes"), "/healthz, /readyz"),
        ]
        return Node(
            "public",
            "host",
            self._say("公开监听", "Public listener"),
            listener.address(self._language),
            tuple(facts),
        )

    def _ai(self) -> Node:
        return Node("ai", "host", self._say("AI 接口：关", "AI hooks: off"), "ai: off", off=True)

    def _conversations(self) -> Node:
        spec = self._spec
        facts = (
            Fact("pools.sessions", self._say("池 sessions", "pool sessions"), f"{spec.pools.sessions:,}"),
            Fact(
                "limits.mailbox",
                self._say("每会话收件箱", "mailbox each"),
                self._say(f"≤ {spec.limits.mailbox:,} 件", f"≤ {spec.limits.mailbox:,} letters"),
            ),
            Fact("limits.transfers", self._say("转接", "transfers"), f"≤ {spec.limits.transfers}"),
            Fact(
                "limits.presence_grace",
                self._say("掉线宽限", "grace when offline"),
                spoken(spec.limits.presence_grace),
            ),
        )
        return Node("conversations", "host", self._say("会话与流程", "Conversations, flow"), "", facts)

    def _desk(self) -> Node:
        queues = [
            Fact(f"queue-{number}", queue.name, queue_line(queue, self._language))
            for number, queue in enumerate(self._spec.queues, 1)
        ]
        count = len(queues)
        title = self._say(f"排队与派单（{count} 个组）", f"Queues and routing ({count})")
        return Node("desk", "host", title, "", self._listed(queues, "queues"))

    def _ladder(self) -> Node:
        facts = [
            Fact(f"threshold-{number}", *rung(threshold, self._language))
            for number, threshold in enumerate(self._spec.thresholds, 1)
        ]
        return Node(
            "ladder", "host", self._say("过载阶梯", "Overload ladder"), "", tuple(facts), off=not facts
        )

    def _alerts(self) -> Node:
        alerts = self._spec.alerts
        conditions = [
            Fact(f"alert-{number}", "", self._say(f"当 {guard.source}", f"when {guard.source}"))
            for number, guard in enumerate(alerts.when, 1)
        ]
        to = Fact("alerts.to", self._say("发到", "to"), ", ".join(alerts.to))
        # This version checks alerts and sends none: a picture must not promise what does not happen.
        return Node(
            "alerts",
            "host",
            self._say("提醒", "Alerts"),
            self._say("本版只检查，不发出", "checked only, not sent in this version"),
            (to, *self._listed(conditions, "alerts")),
            off=True,
        )

    def _store(self) -> Node:
        facts = [
            Fact(
                "writer",
                self._say("写入", "writer"),
                self._say("1 个线程，先落盘后应答", "1 thread, on disk before the ack"),
            ),
            Fact("pools.db", self._say("池 db（只读连接）", "pool db (readers)"), f"{self._spec.pools.db}"),
            Fact(
                "storage.snapshot_every",
                self._say("快照", "snapshot"),
                self._say(
                    f"每 {self._spec.storage.snapshot_every} 条记录",
                    f"every {self._spec.storage.snapshot_every} records",
                ),
            ),
        ]
        if self._spec.storage.rate:
            rate = self._say(
                f"≤ {self._spec.storage.rate:,} 条/秒", f"≤ {self._spec.storage.rate:,} a second"
            )
            facts.append(Fact("storage.rate", self._say("写入速率", "commit rate"), rate))
        return Node("store", "host", self._say("存储", "Store"), self._spec.storage.url, tuple(facts))

    def _admin_socket(self) -> Node:
        fact = Fact(
            "mode",
            self._say("谁能用", "who may"),
            self._say("启动 kefu 的用户（0600）", "the user of kefu (0600)"),
        )
        return Node(
            "admin_socket", "host", self._say("管理套接字", "Admin socket"), f"DATA/{SOCKET_FILE}", (fact,)
        )

    def _admin_tcp(self) -> Node:
        listener, title = admin_listener(self._spec.listen), self._say("管理监听", "Admin listener")
        if listener is None:
            return Node("admin_tcp", "host", title, "listen.admin: off", off=True)
        facts = (
            Fact(
                "token",
                self._say("谁能用", "who may"),
                self._say(f"持有令牌（{TOKEN_FILE}）", f"holders of {TOKEN_FILE}"),
            ),
            Fact("paths", self._say("路径", "paths"), "/metrics, /admin"),
        )
        return Node("admin_tcp", "host", title, listener.address(self._language), facts)

    def _prometheus(self) -> Iterator[Node]:
        if admin_listener(self._spec.listen) is not None:
            fact = Fact(
                "scrapes", "", self._say("抓取 /metrics，Bearer 令牌", "scrapes /metrics, bearer token")
            )
            yield Node(
                "prometheus",
                "watch",
                "Prometheus",
                self._say("由您运维", "yours to run"),
                (fact,),
                outside=True,
            )

    def _database(self) -> Node:
        fact = Fact(
            "journal", "", self._say("WAL，每次提交都 fsync（FULL）", "WAL, every commit synced (FULL)")
        )
        return Node("database", "data", self._say("数据库", "Database"), f"DATA/{DATABASE}", (fact,))

    def _keys(self) -> Node:
        facts = (
            Fact(
                "signs",
                SECRETS_FILE,
                self._say("登录、访客、身份的签名", "signs logins, visitors, identities"),
            ),
            Fact("admits", TOKEN_FILE, self._say("打开管理监听", "opens the admin listener")),
        )
        return Node("keys", "data", self._say("密钥（0600）", "Keys (0600)"), "", facts)

    def _operator(self) -> Node:
        fact = Fact("commands", "", "status, plan, apply, rollback, agent")
        return Node(
            "operator",
            "watch",
            self._say("运维人员", "Operator"),
            self._say("kefu 命令行", "kefu command line"),
            (fact,),
        )

    def _listed(
        self, facts: Sequence[Fact], name: Literal["origins", "queues", "alerts"]
    ) -> tuple[Fact, ...]:
        """Return a list with an end: of very many the first, and how many more there are."""
        if self._whole or len(facts) <= MANY:
            return tuple(facts)
        rest = len(facts) - MANY + 1
        more = self._say(f"… 另有 {rest} 个，见文本表（.txt）", f"… {rest} more: see the text table (.txt)")
        return (*facts[: MANY - 1], Fact(f"more-{name}", "", more))


def _ways(spec: Spec, language: Language) -> list[Edge]:
    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(language)

    edges = [
        Edge("visitors-proxy", "visitors", "proxy", "HTTPS, WSS", "tls"),
        Edge("staff-proxy", "staff", "proxy", "HTTPS, WSS", "tls"),
        Edge("proxy-public", "proxy", "public", "HTTP, WebSocket", "plain"),
        Edge("conversations-ai", "conversations", "ai", "", "off"),
        Edge("public-conversations", "public", "conversations", say("消息", "messages"), "inside"),
        Edge("public-ladder", "public", "ladder", say("降级", "degrades"), "inside", back=True),
        Edge("conversations-desk", "conversations", "desk", say("排队", "waits"), "inside"),
        Edge("conversations-store", "conversations", "store", say("记录", "records"), "inside"),
        Edge("ladder-alerts", "ladder", "alerts", "", "off"),
        Edge("store-database", "store", "database", "SQLite", "file"),
        Edge("operator-admin_socket", "operator", "admin_socket", "HTTP", "file"),
        Edge(
            "admin_socket-conversations",
            "admin_socket",
            "conversations",
            say("配置、状态", "configuration, status"),
            "inside",
        ),
    ]
    admin = admin_listener(spec.listen)
    if admin is not None:
        way: Way = "plain" if admin.loopback else "exposed"
        edges.append(Edge("prometheus-admin_tcp", "prometheus", "admin_tcp", "HTTP", way))
        edges.append(
            Edge("admin_tcp-conversations", "admin_tcp", "conversations", say("指标", "metrics"), "inside")
        )
    if not public_listener(spec.listen).loopback:
        around = say("不经代理", "past the proxy")
        edges.append(Edge("visitors-public", "visitors", "public", f"HTTP, WebSocket · {around}", "exposed"))
    return edges
