"""Connections and messages."""

from appliance.errors import Text
from appliance.figures import QUICK, SIZES
from appliance.telemetry.rows import Metric, Panel, ask, quantiles, rate, share_within, spread

TRAFFIC: tuple[Metric, ...] = (
    Metric(
        "kefu_ws_connections",
        "gauge",
        Text("现在连着的页面数，按角色", "Pages that are connected now, by role"),
        ("role",),
        (
            Panel(
                "realtime",
                Text("在线连接", "Connections"),
                "timeseries",
                (ask("sum by (role) (kefu_ws_connections{@})", "{{role}}"),),
                "short",
                Text(
                    "访客与客服的 WebSocket 连接数；突然成片下降说明网络或代理断了。",
                    "WebSocket connections of visitors and agents; many lost at once means the network or a proxy.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_ws_handshakes_total",
        "counter",
        Text("握手次数，按结果", "Handshakes, by result"),
        ("result",),
        (
            Panel(
                "realtime",
                Text("握手", "Handshakes"),
                "timeseries",
                (rate("kefu_ws_handshakes_total", "result"),),
                "cps",
                Text(
                    "每秒握手次数；accepted 以外的都被拒绝，原因见名称。",
                    "Handshakes a second; all but accepted were refused, for the reason named.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_ws_disconnects_total",
        "counter",
        Text("断开次数，按原因", "Disconnections, by reason"),
        ("reason",),
        (
            Panel(
                "realtime",
                Text("断开原因", "Why connections end"),
                "timeseries",
                (rate("kefu_ws_disconnects_total", "reason"),),
                "cps",
                Text(
                    "peer 是对方自己离开；slow、no_pong 多了要看网络；overload、drain 由我们发起。",
                    "peer left by himself; much slow or no_pong points at the network; overload and drain are ours.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_ws_handshake_seconds",
        "histogram",
        Text(
            "从收到握手请求到决定放行用了多久",
            "From the request for a handshake until it was decided to let it in",
        ),
        (),
        (
            Panel(
                "realtime",
                Text("握手用时", "Time of handshakes"),
                "timeseries",
                quantiles("kefu_ws_handshake_seconds", 0.5, 0.99),
                "s",
                Text(
                    "一次握手要查来源和登录；变慢说明循环或存储忙。",
                    "A handshake checks origin and login; slow ones mean a busy loop or store.",
                ),
            ),
        ),
        QUICK,
    ),
    Metric(
        "kefu_ws_send_buffer_bytes",
        "gauge",
        Text("所有连接的待发字节", "Bytes that wait for all connections together"),
        (),
        (
            Panel(
                "realtime",
                Text("待发字节", "Bytes waiting to be sent"),
                "timeseries",
                (ask("sum by (instance) (kefu_ws_send_buffer_bytes{@})"),),
                "bytes",
                Text(
                    "慢的读者让它变大；超过预算时先断开积压最多的连接。",
                    "Slow readers make it grow; beyond the budget whoever has most waiting is cut off.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_heartbeat_timeouts_total",
        "counter",
        Text("没有回答心跳而断开的连接，按角色", "Connections that did not answer the heartbeat, by role"),
        ("role",),
        (
            Panel(
                "realtime",
                Text("心跳超时", "Heartbeats without answer"),
                "timeseries",
                (rate("kefu_heartbeat_timeouts_total", "role"),),
                "cps",
                Text(
                    "对方在规定时间内没有回答心跳，连接被关掉，对方会自己重连。",
                    "The peer did not answer in time; the connection was closed, and he comes back by himself.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_messages_total",
        "counter",
        Text("提交到存储的消息，按方向和种类", "Messages committed to the store, by direction and kind"),
        ("direction", "kind"),
        (
            Panel(
                "realtime",
                Text("消息", "Messages"),
                "timeseries",
                (
                    ask(
                        "sum by (direction, kind) (rate(kefu_messages_total{@}[~]))", "{{direction}} {{kind}}"
                    ),
                ),
                "cps",
                Text(
                    "每秒提交的消息：in 是人发来的，out 是流程自己说的。",
                    "Messages committed a second: in were sent by people, out were said by the flow.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_message_delivery_seconds",
        "histogram",
        Text(
            "有内容要发到写进连接等了多久，按途径",
            "How long what was there for a connection waited for its write, by path",
        ),
        ("path",),
        (
            Panel(
                "realtime",
                Text("投递用时", "Time of delivery"),
                "timeseries",
                quantiles("kefu_message_delivery_seconds", 0.5, 0.99, by="path"),
                "s",
                Text(
                    "direct 是当即写出的，delayed 是降级时推迟的；不含对方网络的时间。",
                    "direct is written at once, delayed was put off under load; the networks of the peers are not in it.",
                ),
            ),
        ),
        QUICK,
    ),
    Metric(
        "kefu_message_ack_seconds",
        "histogram",
        Text(
            "从收到消息或操作到确认（已落盘）用了多久",
            "From the arrival of a message or an act to its acknowledgement, on the disk by then",
        ),
        (),
        (
            Panel(
                "slo",
                Text("250 毫秒内确认的比例", "Acknowledged within 250 ms"),
                "stat",
                (ask(share_within("kefu_message_ack_seconds", 0.25), "确认", "acknowledged"),),
                "percentunit",
                Text(
                    "目标 99.9%：客户发出的消息在 250 毫秒内落盘并得到确认。",
                    "The aim is 99.9 %: a message is on the disk and acknowledged within 250 ms.",
                ),
            ),
            Panel(
                "realtime",
                Text("确认用时", "Time to the acknowledgement"),
                "timeseries",
                quantiles("kefu_message_ack_seconds", 0.5, 0.99, 0.999),
                "s",
                Text(
                    "含排队、提交和落盘；磁盘慢时先在这里看到。",
                    "Queueing, commit and disk; a slow disk shows here first.",
                ),
            ),
        ),
        QUICK,
    ),
    Metric(
        "kefu_message_size_bytes",
        "histogram",
        Text("消息存下来的大小", "Size of messages as they are stored"),
        (),
        (
            Panel(
                "realtime",
                Text("消息大小", "Size of messages"),
                "heatmap",
                spread("kefu_message_size_bytes"),
                "bytes",
                Text(
                    "收到的消息连同记录各占多少字节。", "How many bytes each message takes with its record."
                ),
            ),
        ),
        SIZES,
    ),
    Metric(
        "kefu_messages_deferred_total",
        "counter",
        Text("推迟投递的消息，按原因", "Messages whose delivery was put off, by reason"),
        ("reason",),
        (
            Panel(
                "degradation",
                Text("推迟的消息", "Messages put off"),
                "timeseries",
                (rate("kefu_messages_deferred_total", "reason"),),
                "cps",
                Text(
                    "降级时为普通访客推迟推送或合并成批；不会丢失。",
                    "Under overload, pushes to ordinary visitors wait or go in batches; none is lost.",
                ),
            ),
        ),
    ),
    Metric(
        "kefu_messages_refused_total",
        "counter",
        Text("在提交之前被拒绝的消息，按原因", "Messages refused before the commit, by reason"),
        ("reason",),
        (
            Panel(
                "degradation",
                Text("拒绝的消息", "Messages refused"),
                "timeseries",
                (rate("kefu_messages_refused_total", "reason"),),
                "cps",
                Text(
                    "rate、full、unavailable 是限流和过载；closed、late 是会话已经变了。",
                    "rate, full and unavailable are limits and overload; closed and late mean that things had changed.",
                ),
            ),
            Panel(
                "slo",
                Text("消息可用率", "Availability to messages"),
                "stat",
                (
                    ask(
                        '1 - sum(increase(kefu_messages_refused_total{@,reason=~"full|unavailable"}[$__range]))'
                        ' / (sum(increase(kefu_messages_total{@,direction="in"}[$__range]))'
                        ' + sum(increase(kefu_messages_refused_total{@,reason=~"full|unavailable"}[$__range])))',
                        "可用率",
                        "available",
                    ),
                ),
                "percentunit",
                Text(
                    "没有因为过载或存储而被退回的消息所占的比例；目标 99.9%。",
                    "Share of messages not sent back because of overload or the store; the aim is 99.9 %.",
                ),
            ),
        ),
    ),
)
