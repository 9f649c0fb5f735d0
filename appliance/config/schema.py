"""The JSON Schema of kefu.yaml: one description for the checker, for editors and for people.

It is built from the vocabulary instead of written by hand, so that an editor offers exactly the words that the
checker knows.  schema/kefu.schema.json is its text (`text()`), kept fresh by `make generate` and a test.
"""

import json

from appliance.config import scalars, schema_machine
from appliance.config.schema_flows import flow_definitions
from appliance.config.schema_listen import listen
from appliance.config.schema_parts import Schema, both, record, ref, whole, word_list
from appliance.config.vocabulary import VARIABLES

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
        "alerts": schema_machine.alerts(),
        "thresholds": schema_machine.thresholds(),
        "pools": schema_machine.pools(),
        "storage": schema_machine.storage(),
        "limits": schema_machine.limits(),
        "tests": _tests(),
    }


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
