"""The sentences of the schema check: what does not fit, and what to write instead, in both languages.

Kept apart from `shape` so that wording changes without touching how a schema error is read.
"""

from typing import Any

from appliance.config.diagnostics import did_you_mean, printable, quoted
from appliance.config.scalars import meant_duration, too_long
from appliance.errors import Text

Verdict = tuple[str, Text, Text]
"""Code, message, remedy."""

_TYPES = {
    "string": Text("文字", "text"),
    "integer": Text("整数", "a whole number"),
    "number": Text("数字", "a number"),
    "boolean": Text("true/false", "true or false"),
    "object": Text("“键: 值”", "keys with values"),
    "array": Text("列表", "a list"),
    "null": Text("空", "nothing"),
}

_KINDS: dict[str, tuple[Text, Text]] = {
    "duration": (
        Text("不是时长", "is no duration"),
        Text("例如 10s、5m、1h30m、800ms", "for example 10s, 5m, 1h30m, 800ms"),
    ),
    "size": (Text("不是大小", "is no size"), Text("例如 8KiB、1MiB", "for example 8KiB, 1MiB")),
    "origin": (
        Text("不是网站来源", "is no origin"),
        Text("写 https://域名，不带路径和星号", "write https://host without a path or an asterisk"),
    ),
    "address": (
        Text("不是管理接口的地址", "is no address for the admin routes"),
        Text("写 8081、127.0.0.1:8081 或 off", "write 8081, 127.0.0.1:8081 or off"),
    ),
    "color": (Text("不是颜色", "is no colour"), Text("例如 '#1f6f5c'", "for example '#1f6f5c'")),
    "secret": (
        Text("密钥不能直接写在这里", "a secret must not be written here"),
        Text(
            "整个值写成 ${env:变量名} 或 ${file:/路径}", "make the whole value ${env:NAME} or ${file:/path}"
        ),
    ),
    "hours": (
        Text("不是营业时间", "are no opening hours"),
        Text(
            "例如 09:00-23:00、09:00-12:00, 13:00-18:00、00:00-24:00、closed",
            "for example 09:00-23:00, or 09:00-12:00, 13:00-18:00, or 00:00-24:00, or closed",
        ),
    ),
    "moment": (
        Text("不是时刻", "is no moment"),
        Text("例如 2026-10-01 09:30", "for example 2026-10-01 09:30"),
    ),
    "load": (Text("不是负载条件", "is no load condition"), Text("写成 load > 70%", "write load > 70%")),
    "name": (Text("不能作名字", "cannot be a name"), Text("用 1 到 60 个字", "use 1 to 60 letters")),
}

_ORDER = {"hours": "K313", "load": "K315", "secret": "K208"}


def later_key(key: str, kind: str) -> tuple[str, Text, Text]:
    """Return the verdict on a key that belongs to a later version."""
    name = quoted(key)
    if kind == "flows":
        message = Text(
            f"这个版本只运行流程 main，{name.zh}不会运行",
            f"this version runs the flow main only, not {name.en}",
        )
        return (
            "K210",
            message,
            Text("把它并入 main，或改名为 main", "merge it into main, or rename it to main"),
        )
    message = Text(f"这个版本还没有{name.zh}", f"this version does not have {name.en} yet")
    return "K210", message, Text("删掉它，以后的版本再写", "leave it out until a later version")


def unknown_key(key: str, kind: str) -> tuple[str, Text]:
    """Return code and message for a word that is not known where it stands."""
    name = quoted(key)
    if kind == "events":
        return "K302", Text(f"没有{name.zh}这个事件", f"there is no event {name.en}")
    if kind == "action":
        return "K303", Text(f"没有{name.zh}这个动作", f"there is no action {name.en}")
    if kind == "days":
        return "K313", Text(f"{name.zh}不是星期或日期", f"{name.en} is no day or date")
    return "K201", Text(f"这里没有{name.zh}这个设置", f"there is no setting {name.en} here")


def day_help() -> Text:
    """Return how days and dates are written."""
    return Text(
        "例如 mon-fri、sat, sun、周一-周五、2026-10-01、2026-10-01..2026-10-03",
        "for example mon-fri; sat, sun; 2026-10-01; 2026-10-01..2026-10-03",
    )


def missing(name: str) -> tuple[Text, Text]:
    """Return message and remedy for a key that must be there."""
    return Text(f"这里缺少 {name}", f"{name} is missing here"), Text(f"加上 {name}:", f"add {name}:")


def wrong_type(expected: list[str], instance: Any, kind: str) -> Verdict:
    """Return the verdict on a value of another kind than the schema allows."""
    got = _kind_of(instance)
    number = isinstance(instance, int | float) and not isinstance(instance, bool)
    if kind in ("duration", "size") and number:
        units = Text("s、m、h、d", "s, m, h, d") if kind == "duration" else Text("B、KiB、MiB", "B, KiB, MiB")
        message = Text(f"{instance} 没有单位", f"{instance} has no unit")
        return "K207", message, Text(f"单位可以是 {units.zh}", f"units are {units.en}")
    known = [name for name in expected if name != "null"] or expected
    zh = "或".join(_TYPES[name].zh for name in known)
    en = " or ".join(_TYPES[name].en for name in known)
    if instance is None:
        return "K202", Text(f"这里没有值，应该是{zh}", f"there is no value; expected {en}"), Text("", "")
    message = Text(f"这里应该是{zh}，写的却是{_TYPES[got].zh}", f"expected {en}, found {_TYPES[got].en}")
    if kind == "transitions" and got == "string":
        hint = Text(f"写成 {{to: {printable(instance)[:60]}}}", f"write {{to: {printable(instance)[:60]}}}")
        return "K202", message, hint
    if "string" in expected and got in ("number", "integer", "boolean"):
        return "K202", message, Text("如果是文字，加引号", "put quotes around it if it is text")
    return "K202", message, Text("", "")


def wrong_value(validator: str, limit: Any, instance: Any, schema: dict[str, Any]) -> Verdict:
    """Return the verdict on a value of the right kind that breaks `validator`."""
    kind = str(schema.get("x-kind", ""))
    if validator in ("enum", "const"):
        return _not_among(limit if validator == "enum" else [limit], instance, schema)
    if kind == "action" and validator in ("minProperties", "maxProperties"):
        message = Text("一项只能写一个动作", "one item holds one action")
        return (
            "K318",
            message,
            Text("几个动作写成列表 [动作, {动作: 值}]", "write several as a list [a, {b: value}]"),
        )
    if kind in _KINDS:
        return wrong_kind(kind, instance)
    return "K205", *_out_of_bounds(validator, limit, instance)


def wrong_kind(kind: str, instance: Any) -> Verdict:
    """Return the verdict on a text that is not what `kind` asks for."""
    message, hint = _KINDS[kind]
    if kind == "secret":
        # Whatever stands there may be the secret itself, so the message must not repeat it.
        return "K208", message, hint
    name = quoted(instance)
    if kind == "duration" and (meant := meant_duration(str(instance))):
        wrong = Text(f"{name.zh}的单位写法不对", f"the unit in {name.en} is not known")
        return "K207", wrong, Text(f"写成 {meant}", f"write {meant}")
    if kind == "duration" and too_long(str(instance)):
        return "K205", Text(f"{name.zh}太长", f"{name.en} is too long"), Text("最多十年", "ten years at most")
    return _ORDER.get(kind, "K206"), Text(f"{name.zh}{message.zh}", f"{name.en} {message.en}"), hint


def _not_among(allowed: list[Any], instance: Any, schema: dict[str, Any]) -> Verdict:
    name = quoted(instance if isinstance(instance, str | int | float) else _TYPES[_kind_of(instance)].en)
    words = [str(value) for value in allowed]
    if schema.get("x-later"):
        message = Text(f"这个版本只支持 {words[0]}", f"this version supports {words[0]} only")
        return "K210", message, Text(f"写成 {words[0]}", f"write {words[0]}")
    message = Text(f"这里不能写{name.zh}", f"{name.en} is not possible here")
    return "K204", message, did_you_mean(str(instance), words)


def _out_of_bounds(validator: str, limit: Any, instance: Any) -> tuple[Text, Text]:
    name = quoted(instance)
    match validator:
        case "minimum":
            return Text(f"{name.zh}太小", f"{name.en} is too small"), Text(
                f"至少 {limit}", f"at least {limit}"
            )
        case "maximum":
            return Text(f"{name.zh}太大", f"{name.en} is too large"), Text(
                f"最多 {limit}", f"at most {limit}"
            )
        case "minLength" | "minItems" | "minProperties":
            return Text("这里不能是空的", "this must not be empty"), Text("", "")
        case "maxLength":
            return Text("太长了", "this is too long"), Text(
                f"最多 {limit} 个字", f"at most {limit} characters"
            )
        case "maxItems":
            return Text("太多了", "these are too many"), Text(f"最多 {limit} 项", f"at most {limit}")
        case "uniqueItems":
            return Text("有重复的项", "an item occurs twice"), Text("留一个", "keep one of them")
        case _:
            return Text(f"{name.zh}不合规定", f"{name.en} does not fit"), Text("", "")


def _kind_of(instance: Any) -> str:
    match instance:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"
