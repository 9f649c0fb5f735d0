"""The JSON Schema of kefu.yaml: one description for the checker, for editors and for people.

It is built from the vocabulary instead of written by hand, so that an editor offers exactly the words that the
checker knows.  schema/kefu.schema.json is its text (`text()`), kept fresh by `make generate` and a test.
"""

import json

from appliance.config import scalars
from appliance.config.schema_flows import flow_definitions
from appliance.config.schema_listen import listen
from appliance.config.schema_parts import Schema, both, record, ref, whole, word_list
from appliance.config.vocabulary import THRESHOLD_ACTIONS, VARIABLES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DAYS = "mon|tue|wed|thu|fri|sat|sun|周一|周二|周三|周四|周五|周六|周日"
CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"


def _definitions() -> Schema:
    guard_help = both("条件。可用的变量：", "A guard. Variables:") + "\n" + word_list(VARIABLES)
    return {
        "duration": {
            "type": "string",
            "pattern": f"^{scalars.DURATION}$",
            "x-kind": "duration",
            "examples": ["10s", "5m", "1h30m", "800ms"],
        },
        "size": {
            "type": "string",
            "pattern": f"^{scalars.SIZE}$",
            "x-kind": "size",
            "examples": ["8KiB", "1MiB"],
        },
        "name": {"type": "string", "minLength": 1, "maxLength": 60, "x-kind": "name"},
        "secret": {
            "type": "string",
            "pattern": r"^\$\{(env:[A-Za-z_][A-Za-z0-9_]*|file:/[^}]+)\}$",
            "x-kind": "secret",
            "examples": ["${env:KEFU_IDENTITY}", "${file:/etc/kefu/identity}"],
        },
        "guard": {"type": ["string", "boolean"], "maxLength": 1000, "description": guard_help},
        "names": {"type": "array", "items": ref("name"), "uniqueItems": True},
        **flow_definitions(),
    }


def _site() -> Schema:
    origin = {"type": "string", "pattern": r"^https?://[^/\s?#@*]+$", "x-kind": "origin"}
    return record(
        both("站点", "The site"),
        {
            "name": ref("name", both("站点名，访客看得到", "Name that visitors see"), default="在线客服"),
            "timezone": {
                "type": "string",
                "default": "Asia/Shanghai",
                "description": both("营业时间按哪个时区", "Time zone of the opening hours"),
            },
            "origins": {
                "type": "array",
                "items": origin,
                "uniqueItems": True,
                "default": [],
                "description": both(
                    "哪些网站可以嵌入聊天窗口；本机的演示页总是可以", "Sites that may embed the widget"
                ),
            },
            "identity_secret": ref(
                "secret",
                both(
                    "网站给访客身份签名的密钥；不写就自动生成",
                    "Key that signs visitors; made at first start if absent",
                ),
            ),
        },
        later=("locale", "color"),
    )


def _hours() -> Schema:
    span = f"{CLOCK}-(?:{CLOCK}|24:00)"
    ranges = {"type": "string", "pattern": f"^(closed|休息|{span}( ?, ?{span})*)$", "x-kind": "hours"}
    return {
        "type": "object",
        "description": both(
            "营业时间，越往下越优先；不写就是全天。过零点写 18:00-02:00",
            "Opening hours, later lines win; always open if absent. Past midnight: 18:00-02:00",
        ),
        "patternProperties": {
            f"^({DAYS})(-({DAYS}))?(, ?({DAYS})(-({DAYS}))?)*$": ranges,
            r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(\.\.[0-9]{4}-[0-9]{2}-[0-9]{2})?$": ranges,
        },
        "additionalProperties": False,
        "x-kind": "days",
    }


def _queue() -> Schema:
    return {
        "anyOf": [
            {"type": "null"},
            record(
                both("一个组", "A queue"),
                {
                    "when": ref("guard", both("什么访客进这个组", "Which visitors join this queue")),
                    "first": {
                        "enum": ["vip", "是VIP"],
                        "description": both("VIP 排在前面", "VIPs go before others"),
                    },
                    "overflow": record(
                        both("等太久转到别的组", "Where those go who wait too long"),
                        {"to": ref("name"), "after": ref("duration")},
                        ("to", "after"),
                    ),
                    "strategy": {
                        "enum": ["sticky", "least_busy", "round_robin"],
                        "default": "sticky",
                        "description": both(
                            "怎么选客服：sticky 回头客找原客服、其余最闲优先",
                            "sticky: a returning customer's own agent, else the least busy",
                        ),
                    },
                    "accept": {
                        "enum": ["auto", "manual"],
                        "default": "auto",
                        "description": both(
                            "auto 直接接入，manual 客服点了才接入", "manual: the agent must accept"
                        ),
                    },
                    "offer": ref(
                        "duration", both("manual 时等客服多久", "How long an offer stands"), default="20s"
                    ),
                    "cap": whole(
                        both("每位客服在这个组最多几个会话", "Conversations an agent may hold here"),
                        1,
                        500,
                        500,
                    ),
                    "ageing": ref(
                        "duration",
                        both("等满这么久就不再让 VIP 插队", "After this wait nobody is overtaken any more"),
                        default="5m",
                    ),
                    "hours": {
                        **_hours(),
                        "description": both(
                            "这个组自己的营业时间；不写就同全站",
                            "Its own opening hours; those of the site if absent",
                        ),
                    },
                },
            ),
        ]
    }


def _thresholds() -> Schema:
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


def _tests() -> Schema:
    step = {
        "type": "string",
        "maxLength": 300,
        "description": both("时间 事件 -> 状态", "time event -> state"),
    }
    given = {"type": "object", "description": word_list(VARIABLES)}
    moment = {
        "type": "string",
        "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}$",
        "x-kind": "moment",
        "description": both("会话几时开始，营业时间照算", "When it begins; the opening hours then apply"),
    }
    steps = {"type": "array", "items": step, "minItems": 1}
    trial = record(
        both("一个测试", "A test"),
        {"name": ref("name"), "at": moment, "given": given, "steps": steps},
        ("name", "steps"),
    )
    about = both("检查时会跑的测试", "Tests that every check runs")
    return {"type": "array", "items": trial, "description": about}


def _storage() -> Schema:
    url = {
        "const": "sqlite",
        "x-later": True,
        "description": both("数据目录里的一个 SQLite 文件", "One SQLite file in the data directory"),
    }
    every = whole(both("每几条记录存一次快照", "Records between two snapshots"), 1, 1000, 32)
    about = both("数据存在哪里", "Where the data is kept")
    return record(about, {"url": url, "snapshot_every": every}, later=("retain", "backup"))


def _alerts() -> Schema:
    to = {"type": "array", "items": {"enum": ["console"], "x-later": True}, "default": ["console"]}
    about = both("什么时候提醒主管", "When supervisors are alerted")
    return record(about, {"to": to, "when": {"type": "array", "items": ref("guard")}})


def _conversation_sections() -> Schema:
    """Return the sections that say how a visitor is served."""
    return {
        "queues": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": ref("name"),
            "additionalProperties": _queue(),
            "description": both(
                "从上往下，第一个 when 为真的组", "From the top, the first whose when is true"
            ),
        },
        "ai": {
            "const": "off",
            "description": both("AI:这个版本只有 off", "AI: this version has off only"),
            "x-later": True,
        },
        "welcome": record(
            both("打开窗口就看到", "What a visitor sees on opening the window"),
            {"say": ref("name", both("messages 里的一条", "One of messages")), "menu": ref("names")},
        ),
        "flows": {
            "type": "object",
            "properties": {"main": ref("flow")},
            "required": ["main"],
            "additionalProperties": False,
            "x-kind": "flows",
            "description": both("会话怎么走", "How a conversation goes"),
        },
        "messages": {
            "type": "object",
            "propertyNames": ref("name"),
            "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 4000},
            "description": both("发给访客的话", "What is said to visitors"),
        },
    }


def _top() -> Schema:
    return {
        "kefu": {"const": 1, "description": both("文件格式的版本", "Version of this file format")},
        "site": _site(),
        "listen": listen(),
        "vip": ref("guard", both("谁是 VIP", "Who is a VIP"), default=False),
        "hours": _hours(),
        **_conversation_sections(),
        "alerts": _alerts(),
        "thresholds": _thresholds(),
        "pools": _pools(),
        "storage": _storage(),
        "limits": _limits(),
        "tests": _tests(),
    }


def _load_guard() -> Schema:
    return {
        "type": "string",
        "pattern": f"^(load|负载) ?> ?{scalars.PERCENT}$",
        "x-kind": "load",
        "examples": ["load > 70%"],
    }


def _pools() -> Schema:
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


def _limits() -> Schema:
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


def document() -> Schema:
    """Return the whole schema as data."""
    top = record(
        both("唯一客服的配置", "Configuration of kefu"),
        _top(),
        ("kefu", "flows"),
        ("channels", "webhooks", "watch"),
    )
    origin = "Generated by `make generate` from appliance/config/schema.py; do not edit."
    return {"$schema": DIALECT, "$comment": origin, "title": "kefu.yaml", **top, "$defs": _definitions()}


def text() -> str:
    """Return the text of schema/kefu.schema.json."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"
