"""The sections of kefu.yaml about the machine: its pools, its store, its bounds, and what is given up under load."""

from appliance.config import scalars
from appliance.config.schema_parts import Schema, both, record, ref, whole, word_list
from appliance.config.vocabulary import THRESHOLD_ACTIONS


def _load_guard() -> Schema:
    return {
        "type": "string",
        "pattern": f"^(load|负载) ?> ?{scalars.PERCENT}$",
        "x-kind": "load",
        "examples": ["load > 70%"],
    }


def thresholds() -> Schema:
    names = [name for word in THRESHOLD_ACTIONS for name in (word.name, word.zh)]
    degrade = {
        "anyOf": [
            {"type": "string", "enum": names},
            record("", {name: ref("duration") for name in ("delay_push", "延迟推送")}),
        ],
        "description": word_list(THRESHOLD_ACTIONS),
    }
    return {
        "type": "array",
        "items": record("", {"when": _load_guard(), "action": degrade}, ("when", "action")),
        "maxItems": 3,
        "description": both("机器负载高时依次放弃什么", "What is given up as the load rises"),
    }


def pools() -> Schema:
    return record(
        both("资源池", "Pools"),
        {
            "db": whole(both("读数据库的连接数", "Connections that read the database"), 1, 32, 4),
            "sessions": whole(
                both(
                    "内存里的会话数，闲置的留在存储里", "Conversations in memory; idle ones wait in the store"
                ),
                10,
                1_000_000,
                20_000,
            ),
        },
        later=("ai", "http"),
    )


def storage() -> Schema:
    url = {
        "const": "sqlite",
        "x-later": True,
        "description": both("数据目录里的一个 SQLite 文件", "One SQLite file in the data directory"),
    }
    every = whole(both("每几条记录存一次快照", "Records between two snapshots"), 1, 1000, 32)
    rate = whole(both("每秒最多写几条记录（0：不限）", "Records a second at most (0: no limit)"), 0, 10**6, 0)
    fields = {"url": url, "snapshot_every": every, "rate": rate}
    return record(both("数据存在哪里", "Where the data is kept"), fields, later=("retain", "backup"))


def limits() -> Schema:
    size, span = "size", "duration"
    return record(
        both("上限，一般不用改", "Limits; the defaults are fine"),
        {
            "message_bytes": ref(size, both("一条消息", "One message"), default="8KiB"),
            "body_bytes": ref(size, both("一个网页请求", "One request body"), default="1MiB"),
            "outbox_bytes": ref(
                size, both("一个连接里待发的量", "Waiting for one connection"), default="1MiB"
            ),
            "outbox_events": whole(
                both("一个连接里待发的条数", "Events waiting for one connection"), 16, 4096, 256
            ),
            "mailbox": whole(
                both("一个会话里待处理的条数", "Inputs waiting for one conversation"), 8, 4096, 256
            ),
            "connections": whole(both("同时在线的连接数", "Connections open at once"), 10, 1_000_000, 15_000),
            "sessions_per_visitor": whole(both("一位访客的连接数", "Connections of one visitor"), 1, 64, 8),
            "messages_per_minute": whole(
                both("一位访客每分钟的消息数", "Messages of a visitor a minute"), 5, 6000, 120
            ),
            "transfers": whole(both("一个会话最多转接几次", "Transfers of one conversation"), 0, 50, 3),
            "presence_grace": ref(
                span, both("客服断线多久算掉线", "How long an agent may be away"), default="45s"
            ),
            "ping_every": ref(span, both("心跳间隔", "Heartbeat interval"), default="25s"),
            "pong_within": ref(span, both("心跳应答期限", "Deadline of a heartbeat's answer"), default="8s"),
        },
    )


def alerts() -> Schema:
    to = {"type": "array", "items": {"enum": ["console"], "x-later": True}, "default": ["console"]}
    about = both("什么时候提醒主管", "When supervisors are alerted")
    return record(about, {"to": to, "when": {"type": "array", "items": ref("guard")}})
